"""Folders named by age."""

import pytest

from faceaging_tf.data.readers import find

READER = find("folders")


@pytest.mark.parametrize(
    "file, ages, split",
    [
        ("35/x.jpg", (35, 35), ""),
        ("001/x.jpg", (1, 1), ""),
        ("faces/20-29/x.jpg", (20, 29), ""),
        ("70+/x.jpg", (70, 99), ""),
        ("more than 70/x.jpg", (70, 99), ""),
        ("train/0-9/x.jpg", (0, 9), "train"),
        ("val/20-29/women/x.jpg", (20, 29), "validation"),
        ("Test/20-29/x.jpg", (20, 29), "test"),
        ("20-29/valid/x.jpg", (20, 29), "validation"),
    ],
)
def test_ages_and_splits(sources_of, file, ages, split):
    source = sources_of(READER, [file])[file]
    assert (source.age_min, source.age_max) == ages and source.split == split and not source.problem


@pytest.mark.parametrize(
    "file, clause",
    [
        ("x.jpg", "it lies in no folder that is named by age, such as 35, 20-29 or 70+"),
        ("people/x.jpg", "it lies in no folder"),
        ("35/111/x.jpg", "it lies below several folders that are named by age (35, 111)"),
        ("29-20/x.jpg", "the ages 29 to 20 end before they begin"),
        ("500/x.jpg", "the age 500 is not between 0 and 122"),
        ("35/notes.txt", "is no picture by its name"),
    ],
)
def test_what_is_wrong_is_told(sources_of, file, clause):
    assert clause in sources_of(READER, [file])[file].problem


def test_folders_of_five_digits_are_no_ages(tree_of):
    assert not READER.recognises(tree_of(["00000/00000.png", "01000/01000.png"]))
