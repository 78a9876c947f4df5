"""Change outside the person and at the border, by hand."""

import numpy as np

from faceaging_tf.evaluate.outside_person import outside_of, outside_person


def mask(side=128):
    """A person in the middle half."""
    person = np.zeros((side, side), "uint8")
    person[side // 4 : -side // 4, side // 4 : -side // 4] = 255
    return person


def test_the_outline_is_grown_by_a_little():
    # Three pixels of 128 each way: 64 + 6.
    assert (~outside_of(mask(), 128)).sum() == 70**2
    assert (~outside_of(mask(), 256)).sum() == 140**2


def test_a_change_of_the_person_is_none_outside():
    heads = np.full((1, 128, 128, 3), 100, "uint8")
    outputs = heads.copy()
    outputs[:, 30:98, 30:98] = 250
    assert {name: value.tolist() for name, value in outside_person(heads, outputs, mask()[None]).items()} == {
        "outside_difference": [0], "outside_largest": [0], "border_difference": [0], "border_largest": [0]
    }  # fmt: skip


def test_mean_and_largest_are_of_the_pixels_outside_and_of_the_border():
    heads = np.full((1, 128, 128, 3), 100, "uint8")
    outputs = heads.copy()
    outputs[0, 0, 0] = 40
    found = outside_person(heads, outputs, mask()[None])
    border = 128**2 - 122**2
    np.testing.assert_allclose(found["outside_difference"], [60 / (128**2 - 70**2)], rtol=1e-5)
    np.testing.assert_allclose(found["border_difference"], [60 / border], rtol=1e-5)
    assert found["outside_largest"] == found["border_largest"] == [60]


def test_who_fills_the_square_has_no_outside():
    heads = np.zeros((1, 32, 32, 3), "uint8")
    found = outside_person(heads, heads, np.full((1, 64, 64), 255, "uint8"))
    assert np.isnan(found["outside_difference"][0]) and found["border_largest"][0] == 0
