"""What stands out in a corpus: a sentence where something does, and none where nothing does."""

import pandas
import pytest

from faceaging_tf.prepare import reasons
from faceaging_tf.prepare.findings import ADVICE, decade_name, decade_of, findings, percent

TOLD = {"files": 4000, "image_size": 128, "dropped": {}, "settings": {"implausible_years": 25.0}}
COUNT = 4000


def faces(**columns):
    """A corpus in which nothing is wrong, but for the columns that are given: 400 faces a decade,
    every tenth of them for tests.
    """
    numbers = range(COUNT)
    sound = {
        "age": [number * 100 / COUNT for number in numbers],
        "estimated": False,
        "sex": ["female" if number % 2 else "male" for number in numbers],
        "person": [f"p{number}" for number in numbers],
        "source": ["b" if number % 3 else "a" for number in numbers],
        "split": ["train" if number % 10 else "test" for number in numbers],
        "face_size": 200.0,
        "flags": "",
    }
    return pandas.DataFrame({**sound, **columns})


def only(told, rows):
    """The one sentence that is found."""
    (sentence,) = findings(told, rows)
    return sentence


def shares(share, those, others):
    """A column in which the first so many of each hundred differ."""
    return [those if number % 100 < 100 * share else others for number in range(COUNT)]


def test_nothing_is_said_where_nothing_is_wrong():
    assert findings(TOLD, faces()) == []


def test_every_reason_has_its_advice():
    assert ADVICE.keys() == reasons.MEANINGS.keys()


def test_decades():
    assert decade_of([0, 9.99, 10, 89, 90, 118, -1]).tolist() == [0, 0, 10, 80, 90, 90, 0]
    assert [decade_name(0), decade_name(80), decade_name(90)] == [
        "0 to 9",
        "80 to 89",
        "90 and over",
    ]


@pytest.mark.parametrize(
    "part, written",
    [
        (0, "0 %"),
        (1, "<\u202f0.1 %"),
        (40, "0.4 %"),
        (200, "2 %"),
        (1236, "12 %"),
        (9999, "99.9 %"),
        (10000, "100 %"),
    ],
)
def test_shares_are_never_rounded_to_none_or_all(part, written):
    assert percent(part, 10000).replace("\u00a0", " ") == written


def test_too_few_of_the_old():
    # Of 70 and over, 97.5 to 100 are left: 100 faces, of which 10 are for tests.
    ages = faces()["age"].where(lambda age: (age < 70) | (age >= 97.5), 40.0)
    assert only(TOLD, faces(age=ages)) == (
        "There are too few faces of 70 and over to learn from (90; 200 a decade are needed): faces made that old will look like the few there are."
    )


@pytest.mark.parametrize(
    "low, high, start",
    [
        (0, 10, "There is no face under 10 to train on: what faces made that young"),
        (30, 50, "There is no face from 30 to 49 to train on: what faces made that age"),
        (80, 200, "There is no face of 80 and over to train on: what faces made that old"),
    ],
)
def test_ages_without_a_face_are_named_as_one_range(low, high, start):
    assert only(
        TOLD, faces(age=faces()["age"].where(lambda age: (age < low) | (age >= high), 65.0))
    ).startswith(start)


def test_few_faces_in_all():
    found = findings(TOLD, faces().iloc[::20].assign(split="train"))
    assert found[0].startswith("There are only 200 faces to train on.") and found[1].startswith(
        "No decade of age has 200 faces to train on"
    )


def test_one_face():
    assert findings(TOLD, faces().iloc[:1].assign(split="train"))[0].startswith(
        "There is only 1 face to train on."
    )


@pytest.mark.parametrize("share, found", [(0.29, True), (0.31, False)])
def test_few_of_a_sex(share, found):
    rows = faces(sex=shares(share, "female", "male"), split="train")
    assert [
        sentence.split(" of the")[0].replace("\u00a0", " ") for sentence in findings(TOLD, rows)
    ] == (["Only 29 %"] if found else [])


def test_no_sex_is_no_finding():
    assert findings(TOLD, faces(sex="")) == []


def test_a_source_that_all_faces_of_an_age_are_from():
    rows = faces()
    rows.loc[rows["age"] >= 80, "source"] = "old & <b>"
    assert only(TOLD, rows).startswith(
        "Of the faces aged 80 to 89 and 90 and over, more than 90\u00a0% are from one source, old & <b>:"
    )


@pytest.mark.parametrize("source", ["", "utkface"])
def test_one_source_for_all_is_no_age(source):
    assert findings(TOLD, faces(source=source)) == []


def test_persons_that_are_not_known():
    assert only(TOLD, faces(person="")).startswith(
        "Who is shown is known of no face, so that the same person may be in two splits"
    )
    assert only(TOLD, faces(person=shares(0.25, "p", ""))).startswith(
        "Who is shown is known of only 25\u00a0% of the faces"
    )
    assert findings(TOLD, faces(person="", split="train")) == []


def test_ages_that_are_estimated():
    assert only(TOLD, faces(estimated=shares(0.11, True, False))).startswith(
        "11\u00a0% of the ages are not from labels"
    )
    assert findings(TOLD, faces(estimated=shares(0.1, True, False))) == []


def test_labels_that_are_flagged():
    assert "more than 25 years" in only(TOLD, faces(flags=shares(0.06, "implausible age", "")))
    assert findings(TOLD, faces(flags=shares(0.05, "implausible age", ""))) == []


def test_small_originals():
    assert only(TOLD, faces(face_size=100.0)).startswith(
        "Half of the faces were no wider than 100 pixels in their pictures and were enlarged to 128"
    )
    assert findings(TOLD, faces(face_size=128.0)) == []


def test_what_one_reason_took():
    told = {**TOLD, "dropped": {"blurred": 1201, "no face": 1200}}
    sentence = only(told, faces())
    assert (
        sentence.startswith("30\u00a0% of the files were dropped for one reason, blurred:")
        and "--least_sharpness" in sentence
    )


def test_nothing_to_train_on():
    assert only(TOLD, faces(split="test")).startswith("No face is in the split to train on")
    found = findings({**TOLD, "dropped": {"no face": 4000}}, faces().iloc[:0])
    assert found[0].startswith("No face got into the corpus") and found[1].startswith(
        "100\u00a0% of the files were dropped for one reason, no face"
    )
