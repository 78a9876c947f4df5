"""What is resized and blurred in NumPy alone, against scikit-image."""

import numpy as np
import pytest
from skimage.filters import gaussian

from faceaging_tf.resampling import blur_matrix, resize_matrix


@pytest.mark.parametrize("sigma", [0.3, 0.6, 2.0])
def test_a_blur_is_scikit_images(sigma):
    row = np.random.default_rng(0).normal(size=20)
    np.testing.assert_allclose(blur_matrix(20, sigma) @ row, gaussian(row, sigma, mode="nearest", preserve_range=True), atol=1e-5)


def test_every_pixel_is_a_mean():
    for kernel in ("linear", "cubic"):
        np.testing.assert_allclose(resize_matrix(12, 7, kernel).sum(axis=1), 1, rtol=1e-6)
