"""Gaussians, pyramids and their weighted sums, against scipy's filters and skimage's resizing."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, map_coordinates
from skimage.transform import resize

from faceaging_tf.layers.gaussian import blurred, halved, kernel, mixed, pyramid


def noise(*shape):
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def smooth(size):
    """Waves of a third to a whole side, `(size, size)`."""
    x, y = np.meshgrid(*2 * [(np.arange(size) + 0.5) / size])
    return (np.sin(6 * np.pi * x) + np.cos(4 * np.pi * y + 2 * x)).astype("float32")


@pytest.mark.parametrize("sigma", [0.3, 1.0, 2.5])
def test_the_kernel_sums_to_one_and_is_symmetric(sigma):
    weights = kernel(sigma)
    assert weights.sum() == pytest.approx(1)
    np.testing.assert_array_equal(weights, weights[::-1])


@pytest.mark.parametrize("sigma", [1.0, 2.0])
def test_a_blur_is_scipys_with_zeros_beyond_the_border(sigma):
    planes = noise(2, 16, 20, 1)
    expected = [
        gaussian_filter(plane, sigma, mode="constant", radius=int(3 * sigma))
        for plane in planes[..., 0]
    ]
    np.testing.assert_allclose(blurred(planes, sigma)[..., 0], expected, atol=1e-5)


def test_halving_is_the_mean_of_four():
    images = noise(2, 6, 8, 3)
    np.testing.assert_allclose(
        halved(images), images.reshape(2, 3, 2, 4, 2, 3).mean(axis=(2, 4)), atol=1e-6
    )


@pytest.mark.parametrize("sigma", [1.0, 2.0])
def test_a_blur_inside_counts_only_what_there_is(sigma):
    planes = noise(2, 16, 20, 1)
    present = np.array(blurred(np.ones((1, 16, 20, 1), "float32"), sigma))
    assert present.min() < 0.6
    found = np.array(blurred(planes, sigma, inside=True))
    np.testing.assert_allclose(found, np.array(blurred(planes, sigma)) / present, atol=1e-5)


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_a_level_is_the_plane_blurred_by_twice_as_much_as_the_level_before(level):
    plane = smooth(128)
    found = np.array(pyramid(plane[None, ..., None], 4)[level])[0, ..., 0]
    step = 2**level
    middles = np.arange((step - 1) / 2, 128, step)
    expected = map_coordinates(
        gaussian_filter(plane, float(step)), np.meshgrid(middles, middles, indexing="ij")
    )
    # Away from the border, beyond which there are zeros.
    inner = slice(24 // step + 3, -(24 // step + 3))
    np.testing.assert_allclose(found[inner, inner], expected[inner, inner], atol=0.02)


@pytest.fixture(scope="module")
def plane_and_levels():
    plane = noise(2, 32, 32, 1)
    return plane, pyramid(plane, 3)


def weighted(plane_and_levels, *weights):
    return np.array(mixed(*plane_and_levels, np.float32([weights, weights])))


def test_bands_and_what_is_left_sum_to_the_plane(plane_and_levels):
    bands = [
        weighted(plane_and_levels, *each)
        for each in ([1, -1, 0, 0], [0, 1, -1, 0], [0, 0, 1, -1], [0, 0, 0, 1])
    ]
    np.testing.assert_allclose(sum(bands), plane_and_levels[0], atol=1e-5)


def test_the_finest_band_is_the_plane_less_its_blur(plane_and_levels):
    plane = plane_and_levels[0]
    expected = [
        each - gaussian_filter(each, 1.0, mode="constant", radius=3) for each in plane[..., 0]
    ]
    np.testing.assert_allclose(weighted(plane_and_levels, 1, -1, 0, 0)[..., 0], expected, atol=1e-5)


def test_a_coarse_level_comes_up_step_by_step(plane_and_levels):
    coarse = np.array(plane_and_levels[1][2])[0, ..., 0]
    expected = resize(
        resize(coarse, (16, 16), order=1, mode="edge"), (32, 32), order=1, mode="edge"
    )
    np.testing.assert_allclose(
        weighted(plane_and_levels, 0, 0, 0, 1)[0, ..., 0], expected, atol=1e-5
    )


def test_each_plane_has_its_own_weights(plane_and_levels):
    plane, levels = plane_and_levels
    found = mixed(plane, levels, np.float32([[1, 0, 0, 0], [0, 0, 0, 0]]))
    np.testing.assert_allclose(found, [plane[0], np.zeros_like(plane[1])], atol=1e-6)
