"""Flows between shapes, and the landmarks that they go by."""

import numpy as np
import pytest

from faceaging_tf.geometry.flow import BORDER, anchors, flow_between
from faceaging_tf.geometry.landmarks import BETWEEN_EYES, COUNT, UPPER_OVAL, above_oval
from faceaging_tf.teacher.mean_face import MEAN_SHAPE

SIZE = 32
# Pixels in the middle of the face.
MIDDLE = slice(14, 20)


def test_points_above_the_oval_lie_on_the_ray_from_between_the_eyes():
    found = above_oval(MEAN_SHAPE, 0.5, 1.0).reshape(len(UPPER_OVAL), 2, 2)
    for number, (near, far) in zip(UPPER_OVAL, found, strict=True):
        ray = MEAN_SHAPE[number] - MEAN_SHAPE[BETWEEN_EYES]
        np.testing.assert_allclose(
            [near, far], [MEAN_SHAPE[number] + ray / 2, MEAN_SHAPE[number] + ray], atol=1e-6
        )


def test_anchors_are_the_landmarks_two_rows_above_and_the_border():
    found = anchors(MEAN_SHAPE)
    assert len(found) == COUNT + 2 * len(UPPER_OVAL) + len(BORDER)
    np.testing.assert_array_equal(found[:COUNT], MEAN_SHAPE)


def test_a_shape_lies_where_it_lies():
    np.testing.assert_array_equal(flow_between(MEAN_SHAPE, MEAN_SHAPE, SIZE), 0)


def test_what_was_shifted_is_found_by_the_shift_back():
    found = flow_between(MEAN_SHAPE, MEAN_SHAPE + (0.05, -0.02), SIZE)
    np.testing.assert_allclose(
        found[MIDDLE, MIDDLE], np.broadcast_to([-0.05, 0.02], (6, 6, 2)), atol=1e-6
    )


def test_what_was_enlarged_is_found_nearer_to_its_middle():
    middle = MEAN_SHAPE.mean(axis=0)
    found = flow_between(MEAN_SHAPE, middle + 1.1 * (MEAN_SHAPE - middle), SIZE)
    axis = (np.arange(SIZE) + 0.5)[MIDDLE] / SIZE
    place = np.stack(np.meshgrid(axis, axis), axis=-1)
    np.testing.assert_allclose(found[MIDDLE, MIDDLE], (place - middle) * (1 / 1.1 - 1), atol=1e-5)


def test_the_border_stays_and_nothing_is_unknown():
    found = flow_between(MEAN_SHAPE, MEAN_SHAPE + 0.05, 256)
    assert np.isfinite(found).all()
    assert np.abs(found[[0, -1]]).max() < 0.005


@pytest.mark.parametrize("number", [1, 33, 152, 330])
def test_a_landmark_of_the_target_is_found_at_that_of_the_source(number):
    source = MEAN_SHAPE + 0.01 * np.sin(9 * MEAN_SHAPE[:, ::-1])
    column, row = (MEAN_SHAPE[number] * 256).astype(int)
    place = (np.array([column, row]) + 0.5) / 256
    np.testing.assert_allclose(
        place + flow_between(source, MEAN_SHAPE, 256)[row, column], source[number], atol=1.5 / 256
    )
