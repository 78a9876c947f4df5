"""Reflection padding against numpy's."""

import numpy as np
import pytest
from verbs import LayerVerbs

from faceaging_tf.layers import ReflectionPadding2D


class TestVerbs(LayerVerbs):
    layer_class, arguments = ReflectionPadding2D, {"padding": 2}

    def inputs(self):
        return np.random.default_rng(0).normal(size=(2, 4, 5, 3)).astype("float32")


@pytest.mark.parametrize("padding", [0, 1, 3])
def test_it_pads_as_numpy_does(padding):
    x = np.random.default_rng(0).normal(size=(2, 4, 6, 3)).astype("float32")
    pads = ((0, 0), (padding, padding), (padding, padding), (0, 0))
    np.testing.assert_array_equal(ReflectionPadding2D(padding)(x), np.pad(x, pads, mode="reflect"))


def test_an_unknown_side_stays_unknown():
    assert ReflectionPadding2D(3).compute_output_shape((None, None, 8, 2)) == (None, None, 14, 2)


def test_a_mirror_wider_than_the_image_is_refused():
    with pytest.raises(
        ValueError, match=r"padding=3\) got an image of width 3; it needs more than 3 pixels"
    ):
        ReflectionPadding2D(3).build((None, 8, 3, 1))


@pytest.mark.parametrize("padding", [-1, 1.5, "1"])
def test_a_padding_that_is_no_number_of_pixels_is_refused(padding):
    with pytest.raises(ValueError, match="ReflectionPadding2D got padding=.*whole number"):
        ReflectionPadding2D(padding)
