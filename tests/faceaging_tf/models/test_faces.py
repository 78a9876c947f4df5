"""The two forms of a face."""

import numpy as np
import pytest

from faceaging_tf.models.faces import checked_faces, resized, to_pixels, to_range


def test_every_level_survives_the_way_there_and_back():
    levels = np.arange(256, dtype="uint8")
    np.testing.assert_array_equal(to_pixels(to_range(levels)), levels)


def test_black_is_minus_one_and_white_is_one():
    assert np.asarray(to_range(np.array([0, 255], "uint8"))).tolist() == [-1.0, 1.0]


def test_pixels_are_rounded_and_clipped():
    # (x + 1) * 127.5: 127.499 and 127.501 round apart.
    assert to_pixels([-1.5, 1.5, -1e-5, 1e-5]).tolist() == [0, 255, 127, 128]


def test_an_image_of_the_right_size_is_left_alone():
    image = np.random.default_rng(0).integers(0, 256, (1, 8, 8, 3), dtype="uint8")
    np.testing.assert_array_equal(resized(image, 8), image)


def test_shrinking_smooths_first():
    stripes = np.zeros((1, 64, 64, 1), "uint8")
    stripes[:, :, ::2] = 200
    assert np.abs(resized(stripes, 16)[:, 2:-2, 2:-2] - 100).max() < 2


def test_faces_pass_the_check_as_they_are():
    faces = np.zeros((2, 8, 8, 3), "uint8")
    assert checked_faces(faces, "anyone") is faces


def test_whoever_asked_is_named():
    with pytest.raises(ValueError, match="^anyone got faces of shape"):
        checked_faces(np.zeros((8, 8, 3), "uint8"), "anyone")
