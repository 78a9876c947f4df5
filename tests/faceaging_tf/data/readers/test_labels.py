"""Words of labels: ages, sexes, splits."""

import pytest

from faceaging_tf.data.readers import ReaderError
from faceaging_tf.data.readers.labels import ages_of, is_picture, plausible, sex_of, split_of


@pytest.mark.parametrize(
    "text, ages",
    [
        ("35", (35, 35)),
        (" 7.5 ", (7.5, 7.5)),
        ("20-29", (20, 29)),
        ("20 – 29", (20, 29)),
        ("20−29", (20, 29)),
        ("50_69", (50, 69)),
        ("20 to 29", (20, 29)),
        ("70+", (70, 99)),
        ("More than 70", (70, 99)),
        ("100+", (100, 100)),
        ("0", (0, 0)),
    ],
)
def test_ages(text, ages):
    assert ages_of(text) == ages


@pytest.mark.parametrize(
    "text, clause",
    [
        ("", "no age is given"),
        ("old", "is neither a number of years nor a group"),
        ("-3", "is neither"),
        ("nan", "is neither"),
        ("250", "the age 250 is not between 0 and 122"),
        ("29-20", "end before they begin"),
        ("1981-05-05", "is neither"),
    ],
)
def test_what_is_no_age(text, clause):
    with pytest.raises(ValueError, match=clause):
        ages_of(text)


def test_an_age_that_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="not between"):
        plausible(float("nan"), None)


@pytest.mark.parametrize(
    "word, sex",
    [
        ("F", "female"),
        ("Woman", "female"),
        ("male", "male"),
        (" m ", "male"),
        ("", ""),
        ("nan", ""),
        ("other", ""),
    ],
)
def test_sexes(word, sex):
    assert sex_of(word, "The column sex of t.csv") == sex


def test_a_number_is_no_sex():
    with pytest.raises(
        ReaderError,
        match="The column sex of t.csv says 1, and datasets number the sexes both ways round",
    ):
        sex_of("1", "The column sex of t.csv")


@pytest.mark.parametrize(
    "word, split", [("val", "validation"), ("Training", "train"), ("test", "test"), ("extra", "")]
)
def test_splits(word, split):
    assert split_of(word) == split


@pytest.mark.parametrize(
    "file, picture",
    [("a/b.JPG", True), ("a.HEIC", True), ("a.pts", False), ("a.jpg/b.txt", False), ("jpg", False)],
)
def test_pictures_by_their_names(file, picture):
    assert is_picture(file) is picture
