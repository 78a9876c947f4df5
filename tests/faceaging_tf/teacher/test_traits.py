"""Traits: each grows with what it is called by, by as much as is drawn."""

import numpy as np
import pytest
from drawn_heads import SIDE, draw_head, shape

from faceaging_tf.geometry.landmarks import (
    LEFT_EYE_CORNER,
    LEFT_MOUTH,
    LOWER_LIP,
    RIGHT_EYE_CORNER,
    RIGHT_MOUTH,
)
from faceaging_tf.networks.face_parser import TRAITS
from faceaging_tf.teacher.traits import UNITS, traits_of

EVERYWHERE = np.ones((SIDE, SIDE), "float32")
LANDMARKS = shape() * SIDE - 0.5
EYES = np.linalg.norm(LANDMARKS[LEFT_EYE_CORNER] - LANDMARKS[RIGHT_EYE_CORNER])


def grey(level=128):
    return np.full((SIDE, SIDE, 3), level, np.uint8)


def difference(landmarks=LANDMARKS, picture=None):
    """By how much traits differ from those of the mean shape on grey, in their own measures."""
    return UNITS * (
        traits_of(grey() if picture is None else picture, landmarks, EVERYWHERE)
        - traits_of(grey(), LANDMARKS, EVERYWHERE)
    )


def moved(number, by):
    landmarks = LANDMARKS.copy()
    landmarks[number] += by
    return landmarks


def test_a_mouth_is_as_wide_as_its_corners_are_apart():
    wider = moved([LEFT_MOUTH, RIGHT_MOUTH], [(-4, 0), (4, 0)])
    np.testing.assert_allclose(difference(wider), [8 / EYES, 0, 0, 0, 0], atol=1e-3)


def test_a_mouth_is_as_open_as_its_lips_are_apart():
    # The lower lip is half of the lips' middle, from which the corners are counted.
    np.testing.assert_allclose(
        difference(moved(LOWER_LIP, (0, 6))), [0, 6 / EYES, -3 / EYES, 0, 0], atol=2e-3
    )


def test_corners_that_hang_count_as_lower():
    lower = moved([LEFT_MOUTH, RIGHT_MOUTH], [(0, 5), (0, 5)])
    np.testing.assert_allclose(difference(lower)[2], 5 / EYES, atol=1e-3)


def test_lighter_skin_is_lighter():
    # Lightness of LAB of 0..255: 255 / 100 of L*, which is 53.59 for 128 and 77.70 for 192.
    np.testing.assert_allclose(difference(picture=grey(192))[3], 2.55 * (77.70 - 53.59), atol=1.5)


def test_light_from_the_left_is_the_logarithm_of_its_share():
    lit = grey(100)
    lit[:, : SIDE // 2] = 200
    np.testing.assert_allclose(difference(picture=lit)[4], np.log(201 / 101), rtol=1e-3)


def test_only_skin_counts():
    picture = grey()
    picture[:64] = 255
    skin = EVERYWHERE.copy()
    skin[:64] = 0
    np.testing.assert_allclose(
        traits_of(picture, LANDMARKS, skin), traits_of(grey(), LANDMARKS, skin)
    )


@pytest.mark.parametrize("seed", range(3))
def test_a_drawn_heads_traits_are_finite_and_as_many_as_the_parsers(seed):
    landmarks = shape(seed=seed)
    found = traits_of(draw_head(landmarks)[0], landmarks * SIDE - 0.5, EVERYWHERE)
    assert np.isfinite(found).all() and len(found) == len(TRAITS) - 1
