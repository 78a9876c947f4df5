"""Where no face is, and what changed there."""

import numpy as np
import pytest

from faceaging_tf.data.align import TEMPLATE
from faceaging_tf.evaluate.outside_face import outside, outside_change


@pytest.mark.parametrize("size", [32, 128])
def test_no_landmark_is_outside(size):
    x, y = (TEMPLATE * size).astype(int).T
    assert not outside(size)[y, x].any()


def test_corners_temples_and_the_sides_of_the_neck_are():
    mask = outside(128)
    assert mask[[0, 0, 127, 127, 10, 120], [0, 127, 0, 127, 8, 20]].all() and not mask[64, 20] and not mask[100, 64]


def test_it_is_a_sixth_to_a_third_of_the_square_and_symmetric():
    mask = outside(128)
    assert 1 / 6 < mask.mean() < 1 / 3 and (mask == mask[:, ::-1]).all()


def test_a_change_inside_the_face_is_none_outside():
    faces = np.random.default_rng(0).integers(0, 200, (2, 64, 64, 3), dtype="uint8")
    changed = faces + 50 * (~outside(64)[None, :, :, None]).astype("uint8")
    difference, shift = outside_change(faces, changed)
    assert difference.tolist() == shift.tolist() == [0, 0]


def test_a_tint_is_a_difference_and_a_shift_of_colour():
    faces = np.full((1, 64, 64, 3), 100, "uint8")
    difference, shift = outside_change(faces, faces + np.array([30, 0, 40], "uint8"))
    assert difference[0] == pytest.approx(70 / 3) and shift[0] == pytest.approx(50)


def test_noise_is_a_difference_and_hardly_a_shift_of_colour():
    faces = np.full((1, 64, 64, 3), 128, "uint8")
    noisy = np.random.default_rng(0).integers(98, 159, faces.shape).astype("uint8")
    difference, shift = outside_change(faces, noisy)
    # Of 64 pixels a cell, or fewer at the outline, the mean of such noise is off by some 4 levels.
    assert difference[0] == pytest.approx(15, abs=1) and shift[0] < 6


def test_an_inverted_background_is_a_large_shift():
    faces = np.full((1, 64, 64, 3), 220, "uint8")
    assert outside_change(faces, 255 - faces)[1][0] == pytest.approx(185 * np.sqrt(3))


def test_halves_that_shift_against_each_other_do_not_cancel():
    faces = np.full((1, 64, 64, 3), 128, "uint8")
    changed = faces.copy()
    changed[:, :32] += 40
    changed[:, 32:] -= 40
    assert outside_change(faces, changed)[1][0] == pytest.approx(40 * np.sqrt(3))
