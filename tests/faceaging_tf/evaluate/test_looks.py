"""What classifiers look at: patches of skin and small heads; and photographs resampled as outputs
are.
"""

import numpy as np
import pytest

from faceaging_tf.evaluate.looks import (
    PATCHES,
    head_looks,
    skin_features,
    skin_patches,
    small_heads,
)
from faceaging_tf.evaluate.resampled import STRENGTH, random_flow, resampled


def landmarks(x=0.5, y=0.5):
    return np.tile(np.array([x, y], "float32"), (468, 1))


def test_patches_are_an_eighth_of_the_side_about_their_landmarks():
    head = np.arange(64 * 64 * 3).reshape(64, 64, 3).astype("uint8")
    points = landmarks()
    points[PATCHES[1]] = (0.25, 0.75)
    patches = skin_patches(head, points)
    assert patches.shape == (5, 8, 8, 3)
    np.testing.assert_array_equal(patches[0], head[28:36, 28:36])
    np.testing.assert_array_equal(patches[1], head[44:52, 12:20])


def test_patches_stay_in_the_picture():
    head = np.arange(64 * 64 * 3).reshape(64, 64, 3).astype("uint8")
    np.testing.assert_array_equal(skin_patches(head, landmarks(1.2, -0.3))[0], head[:8, 56:])


def test_features_are_finite_and_those_of_a_flat_patch_are_its_colour():
    features = skin_features(np.full((5, 16, 16, 3), 255, "uint8")).reshape(6, -1)
    assert features.shape == (6, 57) and np.isfinite(features).all()
    # After 30 shares of patterns: L, a and b of white, no deviation, no skewness.
    np.testing.assert_allclose(features[0, 30:39], [100, 0, 0, 0, 0, 0, 0, 0, 0], atol=0.02)
    np.testing.assert_allclose(features[5], features[:5].mean(axis=0), rtol=1e-5)


def test_small_heads_stand_on_grey():
    heads = np.full((1, 192, 192, 3), 200, "uint8")
    mask = np.zeros((1, 96, 96), "uint8")
    mask[:, :, :48] = 255
    small = small_heads(heads, mask)
    assert (
        small.shape == (1, 96, 96, 3)
        and (small[:, :, :48] == 200).all()
        and (small[:, :, 48:] == 128).all()
    )


def test_looks_are_one_row_a_head():
    heads = np.random.default_rng(0).integers(0, 255, (3, 64, 64, 3)).astype("uint8")
    looks = head_looks(heads, np.stack([landmarks()] * 3), np.full((3, 16, 16), 255, "uint8"))
    assert {name: values.shape[0] for name, values in looks.items()} == {"skin": 3, "head": 3}


def test_a_flow_has_its_strength_in_the_middle_and_vanishes_at_the_border():
    flow = random_flow(64, 3)
    middle = flow[24:40, 24:40]
    assert (
        np.sqrt((flow[16:48, 16:48] ** 2).mean()) == pytest.approx(STRENGTH, rel=0.01)
        and np.abs(middle).max() > 0
    )
    assert not flow[[0, -1]].any() and not flow[:, [0, -1]].any()


def test_resampling_blurs_noise_and_leaves_smooth_pictures_alike():
    noise = np.random.default_rng(0).integers(0, 255, (1, 64, 64, 3)).astype("uint8")
    smooth = np.broadcast_to(np.arange(64, dtype="uint8")[None, None, :, None], (1, 64, 64, 3))
    moved = resampled(noise)
    assert moved[0, 16:48, 16:48].std() < 0.95 * noise[0, 16:48, 16:48].std()
    # Two pixels of 256 are half a pixel of 64, of deviation.
    assert np.abs(resampled(smooth).astype(float) - smooth).max() < 3
    np.testing.assert_array_equal(moved, resampled(noise))
