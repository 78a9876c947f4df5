"""Who belongs to which group, and the gaps between them."""

import numpy as np

from faceaging_tf.data import FaceCorpus
from faceaging_tf.evaluate.bootstrap import Figure
from faceaging_tf.evaluate.groups import AskedAges, groups_of, largest_gap

AGES = np.array([3.0, 41.5, 49.9, 8.0], "float32")


def corpus(**attributes):
    return FaceCorpus(
        np.zeros((4, 8, 8, 3), "uint8"),
        AGES,
        AGES,
        {name: np.array(values) for name, values in attributes.items()},
    )


def test_decades_come_from_the_ages():
    groups = groups_of(corpus(), AGES)
    assert {name: members.tolist() for name, members in groups["decade"].items()} == {
        "0-9": [True, False, False, True],
        "40-49": [False, True, True, False],
    }


def test_columns_of_the_catalogue_are_groups_and_blanks_are_none():
    groups = groups_of(corpus(sex=["f", "m", "", "f"], file=list("abcd")), AGES)
    assert list(groups) == ["decade", "sex"] and {
        name: int(members.sum()) for name, members in groups["sex"].items()
    } == {"f": 2, "m": 1}


def test_the_largest_gap_is_between_lowest_and_highest():
    figures = {"a": Figure(3.0, 0, 0, 20), "b": Figure(5.5, 0, 0, 20), "c": Figure(4.0, 0, 0, 20)}
    assert largest_gap(figures) == {"gap": 2.5, "lowest": "a", "highest": "b"}


def test_small_groups_take_no_part():
    figures = {
        "a": Figure(3.0, 0, 0, 20),
        "b": Figure(9.0, 0, 0, 9),
        "c": Figure(4.0, 0, 0, 10),
        "d": None,
    }
    assert largest_gap(figures) == {"gap": 1.0, "lowest": "a", "highest": "c"}


def test_one_group_has_no_gap():
    assert largest_gap({"a": Figure(3.0, 0, 0, 20)}) is None


def test_those_who_are_told_of_are_from_the_first_age_up_to_the_second():
    asked = AskedAges(older=(20, 45), younger=(40, 70))
    ages = np.array([19.9, 20, 40, 45, 69, 70])
    assert asked.of(10, ages).tolist() == [False, True, True, False, False, False]
    assert asked.of(-10, ages).tolist() == [False, False, True, True, True, False]
    assert AskedAges().of(10, ages).all()
