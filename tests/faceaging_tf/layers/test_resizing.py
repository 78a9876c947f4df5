"""Resizing by matrices, against the backend's own."""

import numpy as np
import pytest
from keras import ops
from skimage.transform import AffineTransform, warp

from faceaging_tf.layers import cut_window, resize_by_matrices
from faceaging_tf.layers.resizing import by_matrices


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    "size, kernel, interpolation",
    [
        (32, "linear", "bilinear"),
        (20, "linear", "bilinear"),
        (96, "linear", "bilinear"),
        (128, "cubic", "bicubic"),
    ],
)
def test_it_is_the_backends_resizing(size, kernel, interpolation, channels):
    images = np.random.default_rng(0).normal(size=(2, 48, 48, channels)).astype("float32")
    expected = ops.image.resize(images, (size, size), interpolation=interpolation, antialias=True)
    np.testing.assert_allclose(resize_by_matrices(images, size, kernel), expected, atol=1e-5)


@pytest.mark.parametrize("channels", [1, 2])
def test_rows_and_columns_are_mixed_each_by_its_matrix(channels):
    generator = np.random.default_rng(1)
    images, rows, columns = (
        generator.normal(size=shape).astype("float32")
        for shape in ((2, 4, 5, channels), (3, 4), (6, 5))
    )
    np.testing.assert_allclose(
        by_matrices(images, rows, columns),
        np.einsum("ri,nijc,qj->nrqc", rows, images, columns),
        atol=1e-5,
    )


def test_images_of_the_size_are_left_alone():
    images = np.ones((1, 8, 8, 2))
    assert resize_by_matrices(images, 8) is images


def test_a_window_is_scikit_images():
    images = np.random.default_rng(0).normal(size=(2, 24, 24, 3)).astype("float32")
    left, top, right, bottom = window = (0.1, 0.3, 0.7, 0.9)
    scale = (right - left) * 24 / 20
    to_image = AffineTransform(
        scale=scale, translation=(left * 24 + scale / 2 - 0.5, top * 24 + scale / 2 - 0.5)
    )
    expected = [
        warp(image, to_image, output_shape=(20, 20), order=1, mode="edge") for image in images
    ]
    np.testing.assert_allclose(cut_window(images, window, 20), expected, atol=1e-5)


def test_a_window_over_the_edge_is_empty_there():
    image = np.ones((1, 8, 8, 1), "float32")
    np.testing.assert_array_equal(
        np.asarray(cut_window(image, (-0.5, 0.0, 0.5, 1.0), 8))[0, :, :, 0],
        np.repeat([[0, 0, 0, 0, 1, 1, 1, 1]], 8, axis=0),
    )
