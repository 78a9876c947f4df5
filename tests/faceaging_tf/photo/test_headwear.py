"""Headwear by its looks: what is looked at of a head, and what is found of it."""

import cv2
import numpy as np
import pytest
from painted_heads import FACE, HAT, POINTS, painted

from faceaging_tf.geometry.landmarks import CHIN, OVAL
from faceaging_tf.photo.colours import log_colour
from faceaging_tf.photo.covered import covered
from faceaging_tf.photo.headwear import headwear, headwear_features, headwear_scores

AT = POINTS.astype("float64")


def hooded(colour):
    """The face in a hood, and where the hood is `(256, 256)`."""
    middle, tall = AT[list(OVAL)].mean(axis=0), AT[CHIN, 1] - AT[10, 1]
    width = AT[454, 0] - AT[234, 0]
    cloth = np.zeros((256, 256), "uint8")
    ellipse = lambda scale, high, value: cv2.ellipse(
        cloth,
        tuple(np.int32(middle * 256)),
        (int(width * 128 * scale), int(tall * 128 * high)),
        *(0, 0, 360, value, -1),
    )
    ellipse(1.9, 1.7, 1)
    cloth[int((middle[1] + 0.6 * tall) * 256) :, 40:216] = 1
    ellipse(1.12, 1.12, 0)
    weave = np.random.default_rng(0).uniform(0.97, 1.03, (256, 256, 1))
    return np.where(cloth[..., None], np.uint8(np.array(colour) * weave), FACE), cloth > 0


def test_a_picture_of_one_colour_has_nothing_to_look_at_but_that():
    features = headwear_features(log_colour(np.full((256, 256, 3), 128, "uint8")), AT)
    assert features.shape == (8, 8, 14)
    assert np.abs(features).max() < 1e-3


def test_a_mirrored_head_has_mirrored_features():
    mirrored = AT.copy()
    # Brows, cheeks and temples change sides.
    swapped = {105: 334, 334: 105, 205: 425, 425: 205, 234: 454, 454: 234}
    for number, other in swapped.items():
        mirrored[number] = AT[other] * (-1, 1) + (1, 0)
    for number in (10, 152, 4):
        mirrored[number] = AT[number] * (-1, 1) + (1, 0)
    face = painted(HAT, (80, 52, 36), slice(0, 128))
    features = headwear_features(log_colour(face), AT)
    other = headwear_features(log_colour(face[:, ::-1]), mirrored)
    plain = [0, 1, 2, 3, 4, 5, 6, 7, 9, 11, 12, 13]
    assert np.allclose(other[:, ::-1][..., plain], features[..., plain], atol=0.02)
    assert np.allclose(other[:, ::-1][..., [8, 10]], features[..., [10, 8]], atol=0.02)


@pytest.mark.parametrize("colour", [(24, 23, 25), (80, 52, 36), (170, 30, 35), (120, 120, 122)])
def test_a_hat_looks_like_one_and_no_hood(colour):
    looks, hood = headwear_scores(log_colour(painted(HAT, colour)), AT)
    assert looks > 3 and hood < 0
    assert headwear_scores(log_colour(FACE), AT)[0] < 0


@pytest.mark.parametrize("colour", [(25, 24, 26), (90, 64, 46)])
def test_a_hood_is_found_down_to_the_shoulders(colour):
    face, cloth = hooded(colour)
    mask = covered(face, POINTS)
    beside = np.zeros_like(cloth)
    beside[130:180] = True
    inner = cv2.erode(np.uint8(cloth), np.ones((7, 7))) > 0
    assert mask[inner & beside].mean() > 0.9 and mask[150:200, 110:146].max() < 0.01


def test_of_a_tight_face_nothing_is_known():
    tight = (AT - 0.5) * 2.2 + 0.5
    assert headwear(log_colour(FACE), tight) is None
