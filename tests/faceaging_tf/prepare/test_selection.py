"""What is decided with all pictures in view."""

import numpy as np
import pandas
import pytest

from faceaging_tf.prepare import reasons
from faceaging_tf.prepare.selection import _near, drawn_split, select
from faceaging_tf.prepare.settings import Settings


def rows(*changes):
    """A table of pictures that differ, but for what is said."""
    base = {
        "age_min": 30.0,
        "age_max": 30.0,
        "age_estimate": 31.0,
        "person": "",
        "source": "s",
        "split": "",
        "sharpness": 0.1,
        "reason": "",
        "detail": "",
    }
    generator = np.random.default_rng(0)
    own = lambda place: {
        "file": f"{place}.jpg",
        "content": f"c{place}",
        "fingerprint": generator.bytes(32).hex(),
    }
    return pandas.DataFrame(
        [{**base, **own(place), **change} for place, change in enumerate(changes)]
    )


def fates(table, settings=Settings()):
    return list(select(table, settings)["reason"])


def test_of_the_same_bytes_one_stays():
    assert fates(rows({"content": "x"}, {}, {"content": "x"})) == ["", "", reasons.SAME_FILE]


def test_of_pictures_that_look_alike_the_sharpest_stays():
    of = lambda first: {"fingerprint": (bytes([first]) + bytes(31)).hex()}
    alike = [of(0b1011), {**of(0b1000), "sharpness": 0.2}, of(0b11110111)]
    table = select(rows(*alike), Settings(near_duplicate=2))
    assert list(table["reason"]) == [reasons.SAME_PICTURE, "", ""]
    assert table["detail"][0] == "It shows the same as 1.jpg."


def test_hashes_are_compared_bit_by_bit():
    generator = np.random.default_rng(1)
    hashes = [int.from_bytes(generator.bytes(32)) for _ in range(150)]
    # Neighbours that differ in 1 to 11 bits; equal ones are found before.
    near = [
        value ^ sum(1 << int(bit) for bit in generator.choice(256, 1 + place % 11, replace=False))
        for place, value in enumerate(hashes)
    ]
    both = hashes + near
    for most in (0, 3, 10):
        expected = {
            (one, other)
            for one in range(300)
            for other in range(one + 1, 300)
            if (both[one] ^ both[other]).bit_count() <= most
        }
        assert {
            tuple(sorted(pair))
            for pair in _near([value.to_bytes(32).hex() for value in both], most)
        } == expected


def test_without_pictures_there_is_nothing_to_decide():
    assert (
        fates(rows({"reason": reasons.NO_FACE}, {"reason": reasons.NO_FACE}))
        == [reasons.NO_FACE] * 2
    )


def test_many_copies_take_no_pairs_of_each_with_each():
    table = rows(*[{"fingerprint": "00" * 32}] * 3000)
    assert fates(table).count(reasons.SAME_PICTURE) == 2999


def test_one_picture_under_two_ages_is_dropped_both_times():
    table = select(
        rows({"content": "x"}, {"content": "x", "age_min": 45.0, "age_max": 45.0}), Settings()
    )
    assert list(table["reason"]) == [reasons.CONFLICTING_AGES] * 2
    assert (
        table["detail"][0]
        == "It shows the same as 1.jpg, which is 45 by its label, and this one 30."
    )


def test_labels_that_nearly_agree_do_not_conflict():
    assert fates(rows({"content": "x"}, {"content": "x", "age_min": 34.0, "age_max": 34.0})) == [
        "",
        reasons.SAME_FILE,
    ]
    assert (
        fates(
            rows({"content": "x"}, {"content": "x", "age_min": 34.0, "age_max": 34.0}),
            Settings(conflicting_years=3),
        )
        == [reasons.CONFLICTING_AGES] * 2
    )


def test_ranges_that_overlap_and_unknown_ages_do_not_conflict():
    ranged = [
        {"content": "x", "age_min": 20.0, "age_max": 29.0},
        {"content": "x", "age_min": 25.0, "age_max": 35.0},
    ]
    assert fates(rows(*ranged)) == ["", reasons.SAME_FILE]
    assert fates(
        rows({"content": "x", "age_min": np.nan, "age_max": np.nan}, {"content": "x"})
    ) == [reasons.SAME_FILE, ""]


def test_a_chain_of_small_differences_is_not_one_picture():
    of = lambda bits: {"fingerprint": (2**bits - 1).to_bytes(32).hex()}
    assert fates(rows(*map(of, (0, 15, 30, 45)))) == [
        "",
        reasons.SAME_PICTURE,
        "",
        reasons.SAME_PICTURE,
    ]


def test_ages_that_a_dataset_lacks_are_estimated_and_marked():
    table = select(
        rows({"age_min": np.nan, "age_max": np.nan, "age_estimate": 44.0}, {}), Settings()
    )
    assert list(table["age_estimated"]) == [True, False] and list(table["age_min"]) == list(
        table["age_max"]
    ) == [44.0, 30.0]


def test_implausible_labels_are_flagged_and_dropped_when_asked():
    table = rows(
        {"age_estimate": 60.0},
        {"age_estimate": 50.0},
        {"age_min": 20.0, "age_max": 39.0, "age_estimate": 60.0},
    )
    assert list(select(table, Settings())["flags"]) == ["implausible age", "", ""]
    assert fates(table) == ["", "", ""] and fates(table, Settings(drop_implausible=True)) == [
        reasons.IMPLAUSIBLE_AGE,
        "",
        "",
    ]


def test_nobody_is_in_two_splits():
    people = [{"person": str(place % 50)} for place in range(400)]
    table = select(rows(*people), Settings(validation=0.3, test=0.3))
    assert (table.groupby("person")["split"].nunique() == 1).all() and set(table["split"]) == {
        "train",
        "validation",
        "test",
    }


def test_splits_have_their_shares():
    drawn = [
        drawn_split(f"person {place}", Settings(validation=0.1, test=0.2)) for place in range(5000)
    ]
    assert drawn.count("validation") / 5000 == pytest.approx(0.1, abs=0.015) and drawn.count(
        "test"
    ) / 5000 == pytest.approx(0.2, abs=0.02)


def test_a_split_of_the_dataset_is_kept_unless_asked():
    table = rows(
        {"split": "test"}, {"split": "validation", "person": "a"}, {"split": "train", "person": "a"}
    )
    assert list(select(table, Settings())["split"]) == ["test", "validation", "validation"]
    assert set(select(table, Settings(own_splits=False, validation=0, test=0))["split"]) == {
        "train"
    }
