"""Landmarks onto a template."""

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

from faceaging_tf.geometry.align import (
    MESH_TEMPLATE,
    TEMPLATE,
    align_face,
    cut_square,
    similarity_to_template,
)

LANDMARKS = np.array([(203.5, 101), (244.5, 102), (224, 126), (203, 140), (243.5, 141)])


def smooth_picture(height, width):
    """A picture whose every pixel follows from its place: linear in x, in y, and in both."""
    y, x = np.mgrid[:height, :width]
    levels = np.stack(
        [x * 200 / width, y * 200 / height, (x + y) * 100 / max(height, width)], axis=-1
    )
    return np.rint(levels + 20).astype(np.uint8)


def turned(points, degrees, scale, shift):
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return scale * points @ turn.T + shift


@pytest.mark.parametrize("degrees, scale", [(0, 1.0), (30, 4.0), (-100, 0.3)])
def test_a_template_that_was_turned_scaled_and_shifted_comes_back(degrees, scale):
    landmarks = turned(TEMPLATE * 128 - 0.5, degrees, scale, np.array([300, 200]))
    matrix = similarity_to_template(landmarks, 128)
    np.testing.assert_allclose(
        landmarks @ matrix[:, :2].T + matrix[:, 2], TEMPLATE * 128 - 0.5, atol=1e-9
    )


def test_noisy_landmarks_are_fitted_by_least_squares():
    noise = np.random.default_rng(0).normal(0, 3, (5, 2))
    landmarks = turned(TEMPLATE * 128, 20, 3, np.array([50, 60])) + noise
    # A similarity is linear in its four numbers: x' = ax - by + c, y' = bx + ay + d.
    x, y = landmarks.T
    one, zero = np.ones(5), np.zeros(5)
    system = np.concatenate([np.stack([x, -y, one, zero], 1), np.stack([y, x, zero, one], 1)])
    a, b, c, d = np.linalg.lstsq(system, (TEMPLATE * 128 - 0.5).T.ravel(), rcond=None)[0]
    np.testing.assert_allclose(
        similarity_to_template(landmarks, 128), [[a, -b, c], [b, a, d]], atol=1e-9
    )


def test_the_templates_differ_by_no_more_than_a_few_percent():
    assert np.abs(MESH_TEMPLATE - TEMPLATE).max() < 0.03


def test_a_face_on_the_template_is_cut_out_unchanged():
    picture = smooth_picture(128, 128)
    np.testing.assert_array_equal(align_face(picture, TEMPLATE * 128 - 0.5, 128), picture)


def test_shrinking_by_a_whole_number_is_the_mean_over_blocks():
    noise = np.random.default_rng(0).integers(0, 256, (128, 128, 3), dtype=np.uint8)
    expected = noise.reshape(32, 4, 32, 4, 3).mean(axis=(1, 3))
    # Bicubic samples between the pixels stand for the area, hence not to the last level.
    assert np.abs(align_face(noise, TEMPLATE * 128 - 0.5, 32) - expected).mean() < 3


def test_a_face_aligned_at_192_and_shrunk_is_the_face_aligned_at_128():
    large = align_face(astronaut(), LANDMARKS, 192)
    shrunk = np.asarray(Image.fromarray(large).resize((128, 128), Image.Resampling.BOX)).astype(
        float
    )
    assert np.abs(shrunk - align_face(astronaut(), LANDMARKS, 128)).mean() < 2


@pytest.mark.parametrize("scale", [0.1, 0.9, 1.2, 1.4, 1.9, 2.6, 3.4, 5.5])
def test_a_ramp_stays_a_ramp_at_any_size(scale):
    side = int(128 * max(scale, 1)) + 8
    ramp = np.repeat(np.linspace(0, 250, side)[None, :, None], side, axis=0).repeat(3, axis=2)
    to_square = np.array([[1, 0, -1.5], [0, 1, -1.5]]) / scale
    crop = cut_square(np.rint(ramp).astype("uint8"), to_square, int(120 * min(scale, 1)) or 1)
    expected = 250 * (scale * np.arange(crop.shape[1]) + 1.5) / (side - 1)
    assert np.abs(crop[..., 0] - expected).max() <= 1.5


@pytest.mark.parametrize("period", [2, 3])
def test_fine_stripes_on_a_large_face_turn_grey_instead_of_aliasing(period):
    stripes = np.zeros((1280, 1280, 3), np.uint8)
    stripes[:, np.arange(1280) % period == 0] = 240
    crop = align_face(stripes, turned(TEMPLATE * 1280, 10, 0.75, np.array([200, 50])), 128)
    # A mean over 7.5 pixels lets 6 % of a stripe of two through; a point sample all of it.
    assert np.abs(crop.astype(float) - 240 / period).max() < 0.08 * 120


def test_colours_of_a_turned_face_are_those_at_its_place():
    picture = smooth_picture(600, 800)
    landmarks = turned(TEMPLATE * 128 - 0.5, 25, 2.3, np.array([300, 150]))
    matrix = similarity_to_template(landmarks, 128)
    crop = align_face(picture, landmarks, 128)
    x, y = np.linalg.inv(np.vstack([matrix, (0, 0, 1)]))[:2] @ (20, 90, 1)
    np.testing.assert_allclose(crop[90, 20], [x / 4 + 20, y / 3 + 20, (x + y) / 8 + 20], atol=1)


def test_beyond_the_edge_the_photo_is_mirrored():
    picture = smooth_picture(128, 128)
    crop = cut_square(picture, np.array([[1.0, 0, 10], [0, 1, 0]]), 128)
    np.testing.assert_array_equal(crop[:, :10], picture[:, 9::-1])


@pytest.mark.parametrize("size", [1000, 1001, 1003])
def test_a_white_photo_has_no_dark_edge_whatever_its_size(size):
    white = np.full((size, size, 3), 255, np.uint8)
    assert align_face(white, TEMPLATE * size, 64).min() == 255


@pytest.mark.parametrize(
    "landmarks",
    [
        np.zeros((4, 2)),
        np.full((5, 2), np.nan),
        np.full((5, 2), 7.0),
        [(-900 + x, -900 + y) for x, y in LANDMARKS],
    ],
    ids=["four points", "not finite", "one place", "outside"],
)
def test_landmarks_that_are_no_face_are_refused(landmarks):
    with pytest.raises(ValueError, match="landmarks"):
        align_face(astronaut(), landmarks, 128)


def test_grey_pixels_are_refused():
    with pytest.raises(ValueError, match=r"\(height, width, 3\) uint8"):
        align_face(astronaut()[..., 0], LANDMARKS, 128)
