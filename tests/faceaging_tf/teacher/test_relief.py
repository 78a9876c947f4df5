"""Relief that exemplars lend: what only one of them has is held back."""

import cv2
import numpy as np

from faceaging_tf.layers.head_ageing import WINDOW
from faceaging_tf.teacher.mean_face import MEAN_SHAPE
from faceaging_tf.teacher.relief import (
    AGAIN,
    BOXED_IN,
    LOCALLY,
    PEAK,
    USUAL,
    _without_own_lines,
)

SIDE = 96
# Where a line lies, on a cheek, and where forehead and chin are free of one.
ROWS, COLUMN, BROWS, CHIN = slice(50, 60), 26, slice(2, 12), slice(78, 92)


def limited(planes):
    """Relief without own lines, `(K, SIDE, SIDE)`."""
    return _without_own_lines(planes, MEAN_SHAPE, SIDE).reshape(-1, SIDE, SIDE)


def exemplars(count=5, line=0.0):
    """Noise of deviation .02 as relief, `(count, SIDE * SIDE)`; the first has a line as well."""
    planes = np.random.default_rng(0).normal(size=(count, SIDE, SIDE)) * 0.02
    planes[0, ROWS, COLUMN] = line
    return planes.reshape(count, -1)


def test_a_line_of_one_exemplar_is_held_to_what_is_usual_in_its_place():
    usual = 0.02 * np.sqrt(2 / np.pi)
    held = np.abs(limited(exemplars(line=-0.5))[0])
    # As a whole: what counts is its mean around.
    around = PEAK * cv2.GaussianBlur(held, (0, 0), LOCALLY * SIDE)[ROWS, COLUMN]
    assert around.max() < 1.25 * AGAIN * USUAL * usual
    assert around.min() > 0.75 * AGAIN * USUAL * usual


def test_a_line_that_is_held_becomes_no_strip_of_one_shade():
    profile = np.array([0.1, 0.3, 0.5, 0.3, 0.1])
    planes = exemplars().reshape(-1, SIDE, SIDE)
    planes[0, ROWS, COLUMN - 2 : COLUMN + 3] = -profile
    held = -limited(planes.reshape(5, -1))[0, ROWS, COLUMN - 2 : COLUMN + 3].mean(axis=0)
    # Limited pixel by pixel, all would be of its middle's depth.
    assert held[[0, 4]].max() < 0.6 * held[2]
    assert held[[1, 3]].max() < 0.85 * held[2]


def test_a_line_that_most_have_stays():
    planes = exemplars(line=-0.5).reshape(-1, SIDE, SIDE)
    planes[:4, ROWS, COLUMN - 1 : COLUMN + 2] = -0.5
    alone, shared = limited(exemplars(line=-0.5)), limited(planes.reshape(5, -1))
    depth = lambda relief: np.abs(relief[0, ROWS, COLUMN]).mean()
    assert depth(shared) > 1.5 * depth(alone)


def test_lines_of_the_forehead_are_anybodys_own():
    planes = exemplars().reshape(-1, SIDE, SIDE)
    planes[0, BROWS, COLUMN] = -0.5
    np.testing.assert_allclose(limited(planes.reshape(5, -1))[0, BROWS, COLUMN], -0.5, atol=1e-6)


def test_below_the_corners_of_the_mouth_less_is_left():
    left, top, side = WINDOW
    column, row = ((MEAN_SHAPE[[57, 210]].mean(axis=0) - (left, top)) / side * SIDE).astype(int)
    near = lambda planes, column: np.abs(
        planes[:, row - 2 : row + 3, column - 2 : column + 3]
    ).mean()
    planes = limited(exemplars(200))
    assert near(planes, column) / near(planes, SIDE // 2) < 1 - 0.9 * BOXED_IN


def test_fine_texture_keeps_its_sign_and_its_strength():
    given = exemplars()
    relief = limited(given)[:, 30:60]
    given = given.reshape(-1, SIDE, SIDE)[:, 30:60]
    assert (np.sign(relief) == np.sign(given)).all()
    assert 0.8 < relief.std() / given.std() < 1.1


def test_what_is_usual_on_one_side_of_a_face_is_usual_on_the_other():
    planes = exemplars().reshape(-1, SIDE, SIDE)
    other = SIDE - 1 - COLUMN
    planes[0, ROWS, other] = -0.5
    alone = limited(planes.reshape(5, -1))
    planes[1:, ROWS, COLUMN - 1 : COLUMN + 2] = -0.5
    usual = limited(planes.reshape(5, -1))
    depth = lambda relief: np.abs(relief[0, ROWS, other]).mean()
    assert depth(usual) > 1.3 * depth(alone)
