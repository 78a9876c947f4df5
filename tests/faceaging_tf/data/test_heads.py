"""Zips of whole heads: what they give, and what is said of those that cannot be read."""

import io
import zipfile

import numpy as np
import pytest
from drawn_heads import SIDE, drawn_heads, write_heads

from faceaging_tf.data.corpus import CorpusError
from faceaging_tf.data.heads import MASK_SIDE, concatenate_heads, load_heads


@pytest.fixture(scope="module")
def heads():
    return drawn_heads(5)


@pytest.mark.parametrize("masks", ["npz", "png"])
def test_heads_are_read_as_they_were_written(tmp_path, heads, masks):
    found = load_heads(write_heads(tmp_path / "heads.zip", heads, masks), "all", SIDE)
    for name in ("landmarks", "masks", "closed"):
        np.testing.assert_array_equal(getattr(found, name), getattr(heads, name))
    np.testing.assert_array_equal(found.corpus.faces, heads.corpus.faces)
    assert found.corpus.attributes["sex"].tolist() == heads.corpus.attributes["sex"].tolist()


def test_a_split_takes_its_rows_of_everything(tmp_path, heads):
    path = write_heads(tmp_path / "heads.zip", heads)
    for split, rows in (("validation", [0]), ("test", [1]), ("train", [2, 3, 4])):
        found = load_heads(path, split, 32)
        np.testing.assert_array_equal(found.landmarks, heads.landmarks[rows])
        np.testing.assert_array_equal(found.masks, heads.masks[rows])
        assert len(found) == len(rows)


def test_a_limit_takes_the_first(tmp_path, heads):
    found = load_heads(write_heads(tmp_path / "heads.zip", heads), "train", 32, limit=2)
    np.testing.assert_array_equal(found.landmarks, heads.landmarks[2:4])


def test_masks_of_another_size_are_resized(tmp_path, heads):
    smaller = type(heads)(heads.corpus, heads.landmarks, heads.masks[:, ::2, ::2], heads.closed)
    found = load_heads(write_heads(tmp_path / "heads.zip", smaller), "all", 32)
    assert found.masks.shape == (5, MASK_SIDE, MASK_SIDE)
    assert np.abs(found.masks.astype(float) - heads.masks).mean() < 5


@pytest.mark.parametrize(
    "column,closed",
    [
        ({"hair": ["no", "yes", "", "no", "yes"]}, [False, True, True, False, True]),
        ({"race": ["x"] * 5}, [False] * 5),
    ],
)
def test_the_table_says_whose_hair_is_cut_off(tmp_path, heads, column, closed):
    assert (
        load_heads(write_heads(tmp_path / "heads.zip", heads, **column), "all", 32).closed.tolist()
        == closed
    )


REFUSED = {
    "no landmarks": (
        {"landmarks": False},
        r"holds no landmarks.npz; it needs the 468 landmarks of every head",
    ),
    "fewer landmarks": (
        {"landmarks": np.zeros((4, 468, 2))},
        r"are \(4, 468, 2\); they need the shape \(5, 468, 2\), a row for each",
    ),
    "other landmarks": (
        {"landmarks": np.zeros((5, 5, 2))},
        r"are \(5, 5, 2\); they need the shape \(5, 468, 2\)",
    ),
    "no masks": (
        {"masks": None},
        r"holds neither masks.npz nor masks/0.png; every head needs a mask of the person",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_missing_or_does_not_fit_is_told(tmp_path, heads, what):
    written, sentence = REFUSED[what]
    with pytest.raises(CorpusError, match=sentence) as caught:
        load_heads(write_heads(tmp_path / "heads.zip", heads, **written), "all", 32)
    assert "heads.zip" in str(caught.value) and str(caught.value).endswith(".")


def test_an_array_that_unpacks_to_far_more_than_it_is_is_refused(tmp_path, heads):
    path = write_heads(tmp_path / "heads.zip", heads, masks="png", landmarks=False)
    target = io.BytesIO()
    np.savez_compressed(target, landmarks=np.zeros(2**24, "float64"))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("landmarks.npz", target.getvalue())
    with pytest.raises(CorpusError, match="would unpack to 134"):
        load_heads(path, "all", SIDE)


def test_a_folder_is_refused(tmp_path, heads):
    import zipfile

    zipfile.ZipFile(write_heads(tmp_path / "heads.zip", heads)).extractall(tmp_path / "heads")
    with pytest.raises(CorpusError, match="is no zip; heads are read from a zip"):
        load_heads(tmp_path / "heads", "all", 32)


def test_what_the_corpus_lacks_is_told_as_for_every_corpus(tmp_path):
    with pytest.raises(CorpusError, match="There is no corpus at"):
        load_heads(tmp_path / "none.zip")


def test_several_become_one_in_their_order(heads):
    found = concatenate_heads([heads.take([3, 1]), heads.take(heads.corpus.age < 30)])
    rows = [3, 1, *np.flatnonzero(heads.corpus.age < 30)]
    for name in ("landmarks", "masks", "closed"):
        np.testing.assert_array_equal(getattr(found, name), getattr(heads, name)[rows])
    np.testing.assert_array_equal(found.corpus.age, heads.corpus.age[rows])
