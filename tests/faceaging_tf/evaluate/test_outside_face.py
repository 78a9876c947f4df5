"""What changed where no face is."""

import numpy as np
import pytest

from faceaging_tf.data.face_outline import outside
from faceaging_tf.evaluate.outside_face import outside_face


def changed(faces, outputs):
    figures = outside_face(faces, outputs)
    return figures["outside_difference"], figures["outside_colour_shift"]


def test_a_change_inside_the_face_is_none_outside():
    faces = np.random.default_rng(0).integers(0, 200, (2, 64, 64, 3), dtype="uint8")
    with_spot = faces + 50 * (~outside(64)[None, :, :, None]).astype("uint8")
    difference, shift = changed(faces, with_spot)
    assert difference.tolist() == shift.tolist() == [0, 0]


def test_a_tint_is_a_difference_and_a_shift_of_colour():
    faces = np.full((1, 64, 64, 3), 100, "uint8")
    difference, shift = changed(faces, faces + np.array([30, 0, 40], "uint8"))
    assert difference[0] == pytest.approx(70 / 3) and shift[0] == pytest.approx(50)


def test_noise_is_a_difference_and_hardly_a_shift_of_colour():
    faces = np.full((1, 64, 64, 3), 128, "uint8")
    noisy = np.random.default_rng(0).integers(98, 159, faces.shape).astype("uint8")
    difference, shift = changed(faces, noisy)
    # Of 64 pixels a cell, or fewer at the outline, the mean of such noise is off by some 4 levels.
    assert difference[0] == pytest.approx(15, abs=1) and shift[0] < 6


def test_an_inverted_background_is_a_large_shift():
    faces = np.full((1, 64, 64, 3), 220, "uint8")
    assert changed(faces, 255 - faces)[1][0] == pytest.approx(185 * np.sqrt(3))


def test_halves_that_shift_against_each_other_do_not_cancel():
    faces = np.full((1, 64, 64, 3), 128, "uint8")
    shifted = faces.copy()
    shifted[:, :32] += 40
    shifted[:, 32:] -= 40
    assert changed(faces, shifted)[1][0] == pytest.approx(40 * np.sqrt(3))
