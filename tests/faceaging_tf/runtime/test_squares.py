"""Squares of a photo, sampled quickly."""

import numpy as np
import pytest
from skimage.data import astronaut

from faceaging_tf.geometry.align import cut_square
from faceaging_tf.runtime.squares import looked_at


def similarity(scale, degrees, middle, side):
    """The similarity that turns a photo about a point that it brings to the square's centre."""
    angle = np.deg2rad(degrees)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.column_stack([turn, (side - 1) / 2 - turn @ middle])


def test_whole_pixels_are_the_photos_own():
    square = looked_at(astronaut(), similarity(1, 0, (224.5, 119.5), 64), 64)
    np.testing.assert_array_equal(square, astronaut()[88:152, 193:257])


@pytest.mark.parametrize(("scale", "degrees"), [(1.7, 10), (0.6, -40), (0.21, 90), (0.13, 3)])
def test_it_is_the_carefully_cut_square(scale, degrees):
    to_square = similarity(scale, degrees, (224, 119), 96)
    quickly, carefully = (cut(astronaut(), to_square, 96) for cut in (looked_at, cut_square))
    apart = quickly.astype(float) - carefully
    assert np.abs(apart).mean() < 0.15 * astronaut().std() and abs(apart.mean()) < 1


def test_beyond_the_edge_lies_the_mirror_image():
    square = looked_at(astronaut(), similarity(1, 0, (-0.5, 100), 64), 64)
    np.testing.assert_array_equal(square[:, :32], square[:, :31:-1])


def test_a_square_outside_the_photo_is_refused():
    with pytest.raises(ValueError, match="lies outside the photo of 512x512 pixels"):
        looked_at(astronaut(), similarity(1, 0, (900, 100), 64), 64)
