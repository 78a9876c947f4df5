"""What is resized and blurred in NumPy alone, against scikit-image."""

import numpy as np
import pytest
from skimage.filters import gaussian
from skimage.transform import AffineTransform, warp

from faceaging_tf.resampling import (
    blur_matrix,
    by_matrices,
    enlarging_matrix,
    resize_matrix,
    window_matrix,
)


@pytest.mark.parametrize("sigma", [0.3, 0.6, 2.0])
def test_a_blur_is_scikit_images(sigma):
    row = np.random.default_rng(0).normal(size=20)
    np.testing.assert_allclose(
        blur_matrix(20, sigma) @ row,
        gaussian(row, sigma, mode="nearest", preserve_range=True),
        atol=1e-5,
    )


def test_every_pixel_is_a_mean():
    for kernel in ("linear", "cubic"):
        np.testing.assert_allclose(resize_matrix(12, 7, kernel).sum(axis=1), 1, rtol=1e-6)


@pytest.mark.parametrize("low, high, size", [(0.158, 0.842, 40), (0.3, 0.7, 31)])
def test_a_window_enlarged_is_scikit_images(low, high, size):
    row = np.random.default_rng(0).normal(size=20)
    # Pixels of the window to pixels of the row, both with their centres at whole numbers.
    scale = (high - low) * 20 / size
    to_row = AffineTransform(scale=(scale, 1), translation=(low * 20 + scale / 2 - 0.5, 0))
    expected = warp(row[None], to_row, output_shape=(1, size), order=1, mode="edge")[0]
    np.testing.assert_allclose(window_matrix(20, size, low, high) @ row, expected, atol=1e-5)


@pytest.mark.parametrize("kernel", ["linear", "cubic"])
def test_a_slope_stays_a_slope_in_a_window_that_is_shrunk(kernel):
    centres = (np.arange(200) + 0.5) / 200
    places = 0.3 + 0.4 * (np.arange(16) + 0.5) / 16
    np.testing.assert_allclose(
        window_matrix(200, 16, 0.3, 0.7, kernel) @ centres, places, atol=2e-4
    )


def test_stripes_finer_than_the_windows_pixels_are_smoothed_away():
    stripes = np.tile([0.0, 1.0], 100)
    np.testing.assert_allclose(window_matrix(200, 16, 0.3, 0.7) @ stripes, 0.5, atol=0.02)


def test_beyond_the_row_there_is_nothing():
    matrix = window_matrix(4, 8, -0.5, 1.5, "cubic")
    np.testing.assert_allclose(matrix, np.pad(np.eye(4), ((2, 2), (0, 0))), atol=1e-7)


def test_a_window_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="it must end after it begins"):
        window_matrix(4, 4, 0.8, 0.2)


@pytest.mark.parametrize(
    "rows, columns",
    [
        (blur_matrix(50, 0.6), None),
        (resize_matrix(50, 130, "cubic"), resize_matrix(50, 20)),
        (np.random.default_rng(1).normal(size=(37, 50)).astype("float32"), np.zeros((9, 50))),
    ],
    ids=["blurred", "resized", "full and empty"],
)
def test_matrices_are_applied_to_columns_and_rows(rows, columns):
    image = np.random.default_rng(0).integers(0, 256, (50, 50, 3), dtype="uint8")
    expected = np.einsum("hi,wj,ijc->hwc", rows, rows if columns is None else columns, image)
    np.testing.assert_allclose(by_matrices(image, rows, columns), expected, rtol=1e-4, atol=1e-2)


def test_what_is_enlarged_is_blurred_first():
    row = np.random.default_rng(0).normal(size=20)
    blurred = gaussian(row, 0.6 * 0.5, mode="nearest", preserve_range=True)
    expected = resize_matrix(20, 30, "cubic") @ blurred
    np.testing.assert_allclose(enlarging_matrix(20, 30) @ row, expected, atol=1e-5)
