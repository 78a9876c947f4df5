"""Growth of made-up children: faces that lengthen and heads that narrow are found in the maps."""

import numpy as np
import pytest
from drawn_heads import heads_of

from faceaging_tf.data.heads import concatenate_heads
from faceaging_tf.layers.mean_face_part import MAP_SIDE
from faceaging_tf.teacher.growth import STRENGTH, growth_change
from faceaging_tf.teacher.mean_face import MEAN_SHAPE

CHIN, EYES, LEFT, RIGHT = 152, 168, 234, 454
HEIGHT = MEAN_SHAPE[CHIN, 1] - MEAN_SHAPE[EYES, 1]


def people(lengthen=0.0, narrow=0.0, ages=None, number=180):
    """`Heads` whose faces below the eyes grow longer by a share of themselves between 2 and 10 and
    again between 10 and 18, and whose heads at the eyes grow narrower by a share of what they are
    at 18.
    """
    ages = np.linspace(2, 30, number) if ages is None else np.asarray(ages, "float64")
    left = (18.0 - np.clip(ages, 2, 18)) / 8
    landmarks, masks, rng = [], [], np.random.default_rng(0)
    for share in left:
        points = MEAN_SHAPE + rng.normal(0, 2e-3, MEAN_SHAPE.shape)
        points[:, 1] -= share * lengthen * np.maximum(points[:, 1] - MEAN_SHAPE[EYES, 1], 0)
        landmarks.append(points)
        half = 0.32 * (1 + share * narrow) * 128
        columns = np.abs(np.arange(128) + 0.5 - 64) < half
        masks.append(np.broadcast_to(np.uint8(255) * columns, (128, 128)))
    sexes = np.where(np.arange(len(ages)) % 2, "male", "female")
    return heads_of(np.zeros((len(ages), 4, 4, 3), "uint8"), landmarks, masks, ages, sex=sexes)


def moved(flow, point):
    """Where a flow takes a point of the mean face, for flows are small."""
    column, row = (np.asarray(point) * MAP_SIDE).astype(int)
    return -flow[row, column]


def widening(flow, reach):
    """By how much of itself the head widens at the height of the eyes, so far out."""
    half = reach * (MEAN_SHAPE[RIGHT, 0] - MEAN_SHAPE[LEFT, 0]) / 2
    ends = [MEAN_SHAPE[EYES] + (side * half, 0) for side in (-1, 1)]
    return (moved(flow, ends[1]) - moved(flow, ends[0]))[0] / (2 * half)


@pytest.mark.parametrize("sex", [0, 1])
@pytest.mark.parametrize("span", [0, 1])
def test_a_face_that_lengthens_is_found_so_whatever_its_size(sex, span):
    flow = growth_change(people(lengthen=0.04), MEAN_SHAPE)[sex, span]
    longer = (moved(flow, MEAN_SHAPE[CHIN]) - moved(flow, MEAN_SHAPE[EYES]))[1] / HEIGHT
    assert longer - widening(flow, 0.9) == pytest.approx(STRENGTH * 0.04, rel=0.25)


def test_a_head_that_narrows_narrows_about_its_face():
    flow = growth_change(people(narrow=0.06), MEAN_SHAPE)[0, 0]
    assert widening(flow, 1.15) < widening(flow, 0.6) - 0.03


def test_heads_that_do_not_grow_stay():
    # But for the noise of single landmarks.
    assert np.sqrt(np.mean(growth_change(people(), MEAN_SHAPE) ** 2)) < 1e-3


def test_too_few_children_say_nothing_of_growth():
    heads = people(lengthen=0.04, ages=[5.0] * 40 + [25.0] * 100)
    assert not growth_change(heads, MEAN_SHAPE).any()


def test_adults_of_a_source_without_children_count_for_nothing():
    heads = people(lengthen=0.04)
    young = heads.take(np.flatnonzero(heads.corpus.age < 20))
    others = heads.take(np.flatnonzero(heads.corpus.age >= 20))
    young.corpus.attributes["source"] = np.full(len(young), "school")
    others.corpus.attributes["source"] = np.full(len(others), "office")
    others.landmarks[:] *= 0.9
    found = growth_change(concatenate_heads([young, others]), MEAN_SHAPE)
    np.testing.assert_array_equal(found, growth_change(young, MEAN_SHAPE))


def test_maps_are_symmetric_and_the_frames_corners_stay():
    flow = growth_change(people(lengthen=0.04, narrow=0.06), MEAN_SHAPE)
    np.testing.assert_allclose(flow, flow[..., ::-1, :] * (-1, 1), atol=1e-9)
    assert abs(flow[:, :, [0, -1]][:, :, :, [0, -1]]).max() < 2e-3
