"""Resizing by matrices, against the backend's own."""

import numpy as np
import pytest
from keras import ops

from faceaging_tf.layers import resize_by_matrices


@pytest.mark.parametrize("size, kernel, interpolation", [(32, "linear", "bilinear"), (20, "linear", "bilinear"), (96, "linear", "bilinear"), (128, "cubic", "bicubic")])
def test_it_is_the_backends_resizing(size, kernel, interpolation):
    images = np.random.default_rng(0).normal(size=(2, 48, 48, 3)).astype("float32")
    expected = ops.image.resize(images, (size, size), interpolation=interpolation, antialias=True)
    np.testing.assert_allclose(resize_by_matrices(images, size, kernel), expected, atol=1e-5)


def test_images_of_the_size_are_left_alone():
    images = np.ones((1, 8, 8, 2))
    assert resize_by_matrices(images, 8) is images
