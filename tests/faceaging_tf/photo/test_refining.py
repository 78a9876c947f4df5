"""Landmarks of a face mesh in place of the detector's."""

import numpy as np
import pytest
from skimage.data import astronaut

from faceaging_tf.geometry.align import MESH_TEMPLATE, MTCNN_TEMPLATE, align_face
from faceaging_tf.geometry.frames import WHOLE_HEAD
from faceaging_tf.photo.aging import align_faces
from faceaging_tf.photo.detection import Face, MTCNNDetector
from faceaging_tf.photo.refining import RefinedDetector, default_detector
from faceaging_tf.runtime.landmarks import FIVE, FaceLandmarks, five_of, installed

SIDE = 200
FACE = Face(np.array([0.0, 0, SIDE, SIDE]), MTCNN_TEMPLATE * SIDE - 0.5, 0.99)


class Known:
    """A detector of one face."""

    template = MTCNN_TEMPLATE

    def __call__(self, pixels):
        return [FACE]


def seen(five, score=1.0):
    """A mesh that sees five landmarks, whatever it looks at."""
    points = np.zeros((468, 2))
    for place, part in zip(five, FIVE):
        points[list(part)] = place
    return lambda pixels, place: (points, score)


def refined(five, score=1.0):
    (face,) = RefinedDetector(Known(), seen(five, score))(np.zeros((SIDE, SIDE, 3), "uint8"))
    return face


def test_a_face_gets_the_meshs_landmarks_and_their_template():
    five = MESH_TEMPLATE * SIDE + [3, -2]
    face = refined(five)
    np.testing.assert_allclose(face.landmarks, five)
    np.testing.assert_array_equal(face.template, MESH_TEMPLATE)
    np.testing.assert_array_equal(face.box, FACE.box)


@pytest.mark.parametrize("five, score", [(MESH_TEMPLATE * SIDE, 0.5), (MESH_TEMPLATE * SIDE + [20, 0], 1.0)])
def test_a_mesh_that_is_unsure_or_elsewhere_is_not_believed(five, score):
    assert refined(five, score) is FACE


def test_a_square_outside_the_photo_leaves_the_face_as_it_was():
    def outside(pixels, place):
        raise ValueError("The face's square lies outside the photo.")

    assert RefinedDetector(Known(), outside)(np.zeros((SIDE, SIDE, 3), "uint8")) == [FACE]


def test_on_another_template_a_faces_landmarks_lie_where_its_square_has_them():
    face = Face(FACE.box, MESH_TEMPLATE * SIDE - 0.5 + [10, 5], 0.99, MESH_TEMPLATE)
    np.testing.assert_allclose(face.landmarks_on(MTCNN_TEMPLATE), MTCNN_TEMPLATE * SIDE - 0.5 + [10, 5])
    assert FACE.landmarks_on(MESH_TEMPLATE) is FACE.landmarks


class WholeHeads:
    """As much of a model as aligning needs."""

    image_size, frame = 256, "whole_head"


@pytest.mark.skipif(not installed(), reason="the face mesh is not installed")
@pytest.mark.parametrize("detector", [MTCNNDetector, RefinedDetector])
def test_a_whole_head_has_its_eyes_where_the_frame_has_them(detector):
    crop = align_faces(astronaut(), WholeHeads(), detector()).crops[0]
    points, score = FaceLandmarks()(crop, WHOLE_HEAD.template(MTCNN_TEMPLATE) * 256 - 0.5)
    eyes = (five_of(points)[:2] + 0.5) / 256
    assert score > 0.99
    assert np.abs(eyes - [(0.372, 0.455), (0.628, 0.455)]).max() < 0.03
    # Brown hair above the forehead, before a grey wall; skin below the chin, and the dark collar at its sides.
    brown = lambda rows, columns: (crop[rows, columns, 0].astype(float) - crop[rows, columns, 2]).mean()
    assert brown(slice(20, 45), slice(100, 156)) > 40 and brown(slice(0, 20), slice(0, 20)) < 20
    assert brown(slice(233, 240), slice(115, 141)) > 30 and crop[240:, 60:80].mean() < 70


@pytest.mark.skipif(not installed(), reason="the face mesh is not installed")
def test_faces_are_refined_where_the_mesh_is_installed():
    assert isinstance(default_detector(), RefinedDetector)


def test_a_tight_crop_is_the_window_of_the_whole_head():
    landmarks = MTCNN_TEMPLATE * 90 + [180, 70]
    whole = align_face(astronaut(), landmarks, 256, WHOLE_HEAD.template(MTCNN_TEMPLATE))
    tight = align_face(astronaut(), landmarks, 175, MTCNN_TEMPLATE)
    # .158 and .238 of 256, and .684 of it.
    assert np.abs(whole[61:236, 40:215].astype(int) - tight).mean() < 3
