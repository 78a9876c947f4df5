"""Lips of drawn heads: how high they are drawn is what is measured."""

import numpy as np
import pytest
from drawn_heads import draw_head, heads_of, shape

from faceaging_tf.geometry.landmarks import (
    LEFT_EYE_CORNER,
    LIPS,
    LOWER_LIP,
    MOUTH,
    RIGHT_EYE_CORNER,
    UPPER_LIP,
)
from faceaging_tf.teacher.lips import lip_heights, lips_change, with_thinner_lips
from faceaging_tf.teacher.mean_face import MEAN_SHAPE

TOP, BOTTOM = 0, 17


def pressed(landmarks, share=1.0, apart=0.0):
    """Landmarks whose mouth is shut, or open by a fraction of the side, and whose lips have a share
    of their height.
    """
    found = landmarks.copy()
    line = found[list(MOUTH), 1].mean()
    found[list(MOUTH), 1] = line
    found[UPPER_LIP, 1], found[LOWER_LIP, 1] = line - apart / 2, line + apart / 2
    found[list(LIPS), 1] = line + share * (found[list(LIPS), 1] - line)
    return found


def test_heights_are_those_that_are_drawn():
    landmarks = pressed(MEAN_SHAPE)
    span = np.linalg.norm(landmarks[LEFT_EYE_CORNER] - landmarks[RIGHT_EYE_CORNER])
    line = landmarks[UPPER_LIP, 1]
    drawn = np.abs(landmarks[[TOP, BOTTOM], 1] - line) / span
    found = lip_heights(draw_head(landmarks)[0], landmarks)
    np.testing.assert_allclose(found, drawn, atol=0.015)
    half = pressed(MEAN_SHAPE, 0.5)
    np.testing.assert_allclose(lip_heights(draw_head(half)[0], half), drawn / 2, atol=0.015)


def test_what_is_measured_is_the_colour_and_not_the_landmarks():
    full, thin = pressed(MEAN_SHAPE), pressed(MEAN_SHAPE, 0.5)
    np.testing.assert_allclose(
        lip_heights(draw_head(thin)[0], full), lip_heights(draw_head(thin)[0], thin), atol=1e-6
    )


def test_open_lips_and_lips_of_the_skins_colour_have_no_height():
    opened = pressed(MEAN_SHAPE, apart=0.03)
    assert np.isnan(lip_heights(draw_head(opened)[0], opened)).all()
    plain = np.full((256, 256, 3), 128, np.uint8)
    assert np.isnan(lip_heights(plain, pressed(MEAN_SHAPE))).all()


def heads_that_lose(share, count=24):
    """Men of 20 to 84 whose lips lose a share of their height in 50 years, counted from 18; their
    landmarks say nothing of it.
    """
    ages = np.linspace(20, 84, count)
    shapes = [pressed(shape(seed=number)) for number in range(count)]
    drawn = [
        draw_head(pressed(each, 1 - share * (age - 18) / 50))
        for each, age in zip(shapes, ages, strict=True)
    ]
    pictures, masks = zip(*drawn, strict=True)
    return heads_of(pictures, shapes, masks, ages, source=["drawn"] * count)


def test_it_finds_by_how_much_lips_get_thinner():
    for share in (0.0, 0.5):
        early, late = lips_change(heads_that_lose(share))
        # At 68: 50 years, 23 of them beyond 45.
        np.testing.assert_allclose(early + 23 / 50 * late, -share, atol=0.1)


def test_of_too_few_lips_nothing_is_said():
    np.testing.assert_array_equal(lips_change(heads_that_lose(0.5, count=4)), 0)


def test_thinner_lips_move_towards_the_mouths_line_and_with_it():
    slope = np.full((468, 2), 0.01)
    moved = with_thinner_lips(slope, MEAN_SHAPE, np.array([-0.5, -0.25]))
    np.testing.assert_array_equal(moved[:, 0], slope[:, 0])
    others = np.setdiff1d(np.arange(468), np.flatnonzero(moved[:, 1] != slope[:, 1]))
    assert set(MOUTH) <= set(others) and len(others) > 400
    for outer, inner, share in ((TOP, UPPER_LIP, -0.5), (BOTTOM, LOWER_LIP, -0.25)):
        height = MEAN_SHAPE[outer, 1] - MEAN_SHAPE[inner, 1]
        assert moved[outer, 1] == pytest.approx(0.01 + share * height, abs=1e-3)
    same = with_thinner_lips(slope, MEAN_SHAPE, np.zeros(2))
    np.testing.assert_allclose(same, slope, atol=1e-9)
