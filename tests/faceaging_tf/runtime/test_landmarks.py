"""The 468 landmarks of a face."""

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

from faceaging_tf.runtime.landmarks import FaceLandmarks, five_of
from faceaging_tf.runtime.litert import NetworkFileError

# Read off the picture.
FIVE = np.array([(204.0, 101), (245, 102), (225, 126), (203, 140), (244, 141)])
BOX = (182, 64, 265, 171)


@pytest.fixture(scope="module")
def mesh():
    return FaceLandmarks()


def test_a_face_is_found_where_it_is(mesh):
    points, score = mesh(astronaut(), FIVE)
    assert points.shape == (468, 2) and score > 0.99
    assert np.abs(five_of(points) - FIVE).max() < 4
    # Forehead, sides and chin lie around the rest.
    assert points[10, 1] < points[152, 1] - 100 and points[234, 0] < 190 and points[454, 0] > 255


def test_a_box_does_as_well_as_five_points(mesh):
    by_box, by_points = mesh(astronaut(), BOX)[0], mesh(astronaut(), FIVE)[0]
    assert np.linalg.norm(by_box - by_points, axis=1).mean() < 1


def test_a_turned_face_has_turned_landmarks(mesh):
    # By a quarter of a right angle about the middle of the photo, the centre of a pixel being at a
    # whole number.
    turned = np.asarray(Image.fromarray(astronaut()).rotate(22.5, Image.Resampling.BICUBIC))
    angle = np.deg2rad(22.5)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    moved = lambda points: (points - 255.5) @ turn.T + 255.5
    found = mesh(turned, moved(FIVE))[0]
    assert np.linalg.norm(found - moved(mesh(astronaut(), FIVE)[0]), axis=1).mean() < 1.5


def test_where_there_is_no_face_it_is_not_sure(mesh):
    assert mesh(np.full((512, 512, 3), 128, "uint8"), BOX)[1] < 0.5


@pytest.mark.parametrize("place", [(1, 2, 3), (5, 5, 5, 9), (np.nan, 0, 10, 10)])
def test_a_place_that_is_none_is_refused(mesh, place):
    with pytest.raises(ValueError, match="five points .* or a box"):
        mesh(astronaut(), place)


def test_five_are_means_of_their_points():
    points = np.random.default_rng(0).normal(size=(2, 468, 2))
    five = five_of(points)
    np.testing.assert_allclose(five[1, 0], points[1, [33, 133, 159, 145]].mean(axis=0))
    np.testing.assert_array_equal(five[:, 3], points[:, 61])


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(NetworkFileError, match="There is no file .*mesh.tflite"):
        FaceLandmarks(tmp_path / "mesh.tflite")
