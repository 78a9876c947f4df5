"""Boxes of faces in a photo and in tiles of it."""

import numpy as np
import pytest
from skimage.data import astronaut

from faceaging_tf.geometry.align import TEMPLATE, similarity_to_template
from faceaging_tf.runtime import face_detector
from faceaging_tf.runtime.face_detector import SIDE, Boxes, FaceSearch, anchors, merged

# Read off the picture: the eyes, the nose, the middle of the mouth.
POINTS = np.array([(204.0, 101), (245, 102), (225, 126), (224, 141)])


@pytest.fixture(scope="module")
def search():
    return FaceSearch()


def boxes(*rows):
    """Boxes of (score, left, top, side), all points in their centres."""
    rows = np.array(rows, "float64")
    corners = np.concatenate([rows[:, 1:3], rows[:, 1:3] + rows[:, 3:]], axis=1)
    centres = (corners[:, None, :2] + corners[:, None, 2:]) / 2
    return Boxes(rows[:, 0], corners, np.repeat(centres, 4, axis=1))


def test_anchors_are_the_middles_of_cells():
    places = anchors()
    assert places.shape == (16 * 16 * 2 + 8 * 8 * 6, 2)
    expected = [(8, 8), (8, 8), (24, 8), (8, 24), (16, 16), (240, 240)]
    np.testing.assert_array_equal(places[[0, 1, 2, 32, 512, 895]], expected)


def test_boxes_of_one_face_become_their_mean_weighted_by_score():
    found = merged(boxes((0.6, 100, 50, 40), (0.2, 104, 50, 40), (0.9, 300, 50, 40)))
    np.testing.assert_allclose(found.scores, [0.9, 0.6])
    # A quarter of the way from 100 to 104.
    np.testing.assert_allclose(found.boxes[1], [101, 50, 141, 90])
    np.testing.assert_allclose(found.points[1], np.tile([121, 70], (4, 1)))


def test_boxes_that_share_less_than_a_third_are_two_faces():
    # Half of each is shared: a third of their joint area, and a little less than half.
    assert len(merged(boxes((0.9, 0, 0, 40), (0.8, 20, 0, 40)))) == 1
    assert len(merged(boxes((0.9, 0, 0, 40), (0.8, 24, 0, 40)))) == 2


def test_nothing_merges_to_nothing():
    assert len(merged(boxes((0.9, 0, 0, 40))[:0])) == 0


@pytest.mark.parametrize("degrees", [0, 20, -30])
def test_boxes_lie_where_the_face_is(degrees, search):
    found = search.whole(astronaut(), 0.5, degrees)
    assert len(found) == 1
    assert np.abs(found.points[0] - POINTS).max() < 6
    left, top, right, bottom = found.boxes[0]
    assert left < 204 < 245 < right and top < 101 < 141 < bottom
    assert right - left == pytest.approx(bottom - top)


def test_a_small_face_is_found_in_tiles_alone(search):
    photo = np.full((1500, 2000, 3), 128, "uint8")
    photo[1100:1228, 1300:1428] = astronaut()[::4, ::4]
    expected = POINTS / 4 + [1300, 1100]
    near = lambda found: (np.abs(found.points - expected).max(axis=(1, 2)) < 4).sum()
    assert (near(search.whole(photo, 0.5)), near(search(photo, 20, 0.5))) == (0, 1)


def test_a_face_alone_is_seen_and_a_wall_is_not(search):
    landmarks = np.array([(204.0, 101), (245, 102), (225, 126), (203, 140), (244, 141)])
    to_unit = similarity_to_template(landmarks, 1, TEMPLATE)
    assert search.sees(astronaut(), to_unit) > 0.8
    assert search.sees(np.full((512, 512, 3), 128, "uint8"), to_unit) < 0.1


SEARCHES = [(512, 20), (1280, 20), (4000, 50), (4000, 500), (60, 20)]


@pytest.mark.parametrize(("longer", "smallest"), SEARCHES)
def test_levels_reach_the_smallest_face_in_small_steps(longer, smallest):
    found = face_detector.levels(longer, smallest)
    scales = [SIDE / (1.3 * longer), *(scale for scale, _ in found)]
    # A face of the smallest size has 16 pixels at the last level, or more.
    assert scales[-1] * smallest >= 16 * 0.999
    for before, (scale, overlap) in zip(scales, found, strict=False):
        assert 1 < scale / before <= 2.6 * 1.001
        # What has 16 pixels at the level before lies whole in a tile.
        assert overlap >= 16 * scale / before


@pytest.mark.parametrize("side", [256, 257, 500, 1280])
def test_tiles_cover_a_level_and_overlap(side):
    first = face_detector.starts(side, 50)
    assert first[0] == 0 and first[-1] == side - SIDE
    assert len(first) == 1 or (np.diff(first) <= SIDE - 50 + 1).all()


def test_tiles_looked_at_side_by_side_hold_what_they_hold_one_by_one(search):
    photo = np.full((600, 900, 3), 128, "uint8")
    photo[300:428, 500:628] = astronaut()[::4, ::4]
    known = np.empty((0, 4))
    tiles = [each._tiles(photo, 0.9, 50, 0.25, known) for each in (search, FaceSearch(3))]
    for one, other in zip(*tiles, strict=True):
        np.testing.assert_array_equal(one.boxes, other.boxes)
        np.testing.assert_array_equal(one.scores, other.scores)


def test_a_face_that_is_known_is_not_searched_again(search):
    photo = np.full((600, 900, 3), 128, "uint8")
    photo[300:428, 500:628] = astronaut()[::4, ::4]
    around = np.array([[500.0, 300, 628, 428]])
    assert list(search._tiles(photo, 0.9, 50, 0.25, around)) == []
