"""What is measured of one head: its flow, its masks, its traits, and where it can be trusted."""

import numpy as np
import pytest
from drawn_heads import SIDE, draw_head, face_outline, hair_mask, shape

from faceaging_tf.geometry.flow import flow_between
from faceaging_tf.geometry.landmarks import NOSE_TIP
from faceaging_tf.networks import face_parser
from faceaging_tf.networks.face_parser import TRAITS
from faceaging_tf.teacher.mean_face import MEAN_SHAPE
from faceaging_tf.teacher.measured import measured_head

LANDMARKS = shape(0.95, (0.03, -0.01), seed=2)


def measured(sex="", closed=True):
    picture, mask = draw_head(LANDMARKS)
    return measured_head(picture, LANDMARKS, mask, MEAN_SHAPE, sex, closed)


@pytest.fixture(scope="module")
def head():
    return measured("female")


def at(plane, point):
    column, row = (np.asarray(point) * plane.shape[0]).astype(int)
    return plane[row, column]


def test_it_measures_what_a_parser_says(head):
    parser = face_parser(image_size=SIDE, widths=(4, 4, 4, 4), blocks=1)
    assert {name: getattr(head, name).shape for name in parser.output} == {
        name: output.shape[1:] for name, output in parser.output.items()
    }
    assert len(TRAITS) == len(head.traits) and head.weight.shape == head.flow.shape[:2]


@pytest.mark.parametrize("number", [1, 36, 152])
def test_its_flow_leads_from_a_landmark_to_that_of_the_mean_face(head, number):
    column, row = (LANDMARKS[number] * 64).astype(int)
    found = (np.array([column, row]) + 0.5) / 64 + head.flow[row, column]
    np.testing.assert_allclose(found, MEAN_SHAPE[number], atol=1 / 64)


def test_its_flow_is_the_mean_face_seen_in_the_head(head):
    np.testing.assert_allclose(head.flow, flow_between(MEAN_SHAPE, LANDMARKS, 64), atol=3e-3)


def test_its_regions_are_skin_and_hair(head):
    skin, hair = np.moveaxis(head.regions, -1, 0)
    crown = (
        face_outline(LANDMARKS)[:, 1].min()
        + np.flatnonzero(hair_mask(LANDMARKS).any(axis=1))[0] / SIDE
    ) / 2
    assert at(skin, LANDMARKS[NOSE_TIP]) > 240 > 15 > at(hair, LANDMARKS[NOSE_TIP])
    assert (
        at(hair, (LANDMARKS[NOSE_TIP, 0], crown))
        > 240
        > 15
        > at(skin, (LANDMARKS[NOSE_TIP, 0], crown))
    )


@pytest.mark.parametrize(
    "sex,female", [("female", 1.0), ("male", 0.0), ("", np.nan), ("unknown", np.nan)]
)
def test_its_sex_is_told_where_it_is_known(sex, female):
    np.testing.assert_equal(measured(sex).traits[0], np.float32(female))


def test_a_whole_head_is_trusted_everywhere_and_a_cut_off_one_within_its_face():
    assert (measured().weight == 255).all()
    weight = measured(closed=False).weight
    assert at(weight, LANDMARKS[NOSE_TIP]) == 255
    assert not weight[:4].any() and not weight[:, :4].any()
