"""The mean face's shape, and pictures brought into it."""

import numpy as np
import pytest
from drawn_heads import SIDE, draw_head, heads_of, shape, spot

from faceaging_tf.layers.head_ageing import WINDOW
from faceaging_tf.teacher.mean_face import MEAN_SHAPE, frontal_adults, into_mean_face, mean_shape


def brightest(picture):
    """Where a picture `(h, h)` is brightest, fractions of its side."""
    row, column = np.unravel_index(picture.argmax(), picture.shape)
    return (np.array([column, row]) + 0.5) / len(picture)


@pytest.mark.parametrize("number", [1, 36, 152, 280])
def test_a_dot_on_a_landmark_comes_to_that_landmark_of_the_mean_face(number):
    landmarks = shape(0.9, (0.03, -0.02), seed=3)
    found = into_mean_face(
        spot(landmarks, number, 0.012)[..., 0].astype("float32"), landmarks, MEAN_SHAPE, 128
    )
    np.testing.assert_allclose(brightest(found), MEAN_SHAPE[number], atol=1.5 / 128)


def test_a_window_shows_its_part_of_the_mean_face():
    landmarks = shape(1.1, (-0.02, 0.01))
    found = into_mean_face(
        spot(landmarks, 36, 0.012)[..., 0].astype("float32"), landmarks, MEAN_SHAPE, 96, WINDOW
    )
    left, top, side = WINDOW
    np.testing.assert_allclose((left, top) + side * brightest(found), MEAN_SHAPE[36], atol=1.5 / 96)


def test_a_picture_on_the_mean_shape_stays():
    picture = np.random.default_rng(0).uniform(size=(SIDE, SIDE, 3)).astype("float32")
    np.testing.assert_allclose(
        into_mean_face(picture, MEAN_SHAPE, MEAN_SHAPE, SIDE), picture, atol=1e-3
    )


@pytest.fixture(scope="module")
def heads():
    """Two adults, a child, and one who turned away, whose nose lies nearer to one side."""
    turned = shape()
    turned[1, 0] += 0.1
    shapes = [shape(), shape(1.1, (0.02, 0)), shape(0.8), turned]
    picture, mask = draw_head(shape())
    return heads_of([picture] * 4, shapes, [mask] * 4, [30, 60, 8, 40])


def test_adults_seen_from_the_front_are_chosen(heads):
    assert frontal_adults(heads).tolist() == [True, True, False, False]


def test_heads_cut_off_at_the_hairline_are_not_chosen(heads):
    assert frontal_adults(
        type(heads)(heads.corpus, heads.landmarks, heads.masks, np.array([False, True, True, True]))
    ).tolist() == [False, True, False, False]


def test_the_mean_shape_is_theirs(heads):
    np.testing.assert_allclose(mean_shape(heads), heads.landmarks[:2].mean(axis=0), atol=1e-6)


def test_the_shape_that_is_kept_is_one_of_468_points_within_the_square_and_symmetric():
    assert MEAN_SHAPE.shape == (468, 2) and 0 < MEAN_SHAPE.min() and MEAN_SHAPE.max() < 1
    # Corners of the eyes, of the mouth, sides of the face.
    for left, right in ((33, 263), (61, 291), (234, 454)):
        np.testing.assert_allclose(
            MEAN_SHAPE[left], (1, 0) + MEAN_SHAPE[right] * (-1, 1), atol=0.01
        )
