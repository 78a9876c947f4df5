"""Skin and hair, on heads of which it is known where either was drawn."""

import cv2
import numpy as np
import pytest
from drawn_heads import SIDE, draw_head, face_outline, hair_mask, shape

from faceaging_tf.geometry.landmarks import LEFT_BROW, LEFT_EYE, LIPS, NOSE_TIP, OVAL, RIGHT_EYE
from faceaging_tf.teacher.regions import (
    below_mouth_corners,
    brows,
    eyes,
    forehead,
    inner_face,
    nose,
    polygon,
    skin_and_hair,
)


def inside(outline):
    """A polygon of fractions of the side as `(256, 256)` bool."""
    mask = np.zeros((SIDE, SIDE), np.uint8)
    cv2.fillPoly(mask, [np.round(outline * SIDE).astype(np.int32)], 1)
    return mask > 0


def sure(mask, pixels=5):
    """A mask without its edge."""
    return cv2.erode(mask.astype(np.uint8), np.ones((pixels, pixels))) > 0


def masks_of(landmarks, **look):
    """Skin and hair of a drawn head."""
    picture, person = draw_head(landmarks, **look)
    return skin_and_hair(
        picture, landmarks * SIDE - 0.5, cv2.resize(person, (SIDE, SIDE)).astype("float32") / 255
    )


LOOKS = [{}, {"skin": (110, 76, 58), "hair": (28, 22, 20)}, {"hair": (190, 188, 186)}]


@pytest.mark.parametrize("look", LOOKS)
def test_hair_is_found_where_hair_was_drawn(look):
    landmarks = shape(0.95, (0.02, 0.01), seed=1)
    _, found = masks_of(landmarks, **look)
    face, drawn = inside(face_outline(landmarks)), hair_mask(landmarks)
    assert found[sure(drawn & ~face)].mean() > 0.9
    assert found[sure(face, 9)].max() < 0.1
    assert found[sure(~drawn & ~face, 9)].max() < 0.1


@pytest.mark.parametrize("look", LOOKS)
def test_skin_is_found_on_the_face_but_for_eyes_and_lips(look):
    landmarks = shape(0.95, (0.02, 0.01), seed=1)
    found, _ = masks_of(landmarks, **look)
    features = [inside(landmarks[list(outline)]) for outline in (LEFT_EYE, RIGHT_EYE, LIPS)]
    face = inside(face_outline(landmarks))
    brow = brows(landmarks * SIDE - 0.5) > 0.05
    away = (
        sure(face, 21)
        & ~brow
        & ~(cv2.dilate(np.any(features, axis=0).astype(np.uint8), np.ones((13, 13))) > 0)
    )
    assert found[away].mean() > 0.95
    assert all(found[feature].mean() < 0.3 and found[feature].min() < 0.05 for feature in features)
    assert found[sure(~face, 25)].max() < 0.1


def test_a_bald_head_has_no_hair():
    skin, hair = masks_of(shape(), bald=True)
    assert not hair.any() and skin.max() > 0.9


def test_who_is_not_the_person_is_neither():
    picture, _ = draw_head(shape())
    skin, hair = skin_and_hair(picture, shape() * SIDE - 0.5, np.zeros((SIDE, SIDE), "float32"))
    assert not skin.any() and not hair.any()


def test_a_polygon_is_one_inside_and_grows():
    landmarks = shape() * SIDE - 0.5
    plain, grown, shrunk = (polygon(landmarks, LIPS, grow).sum() for grow in (0, 4, -4))
    column, row = landmarks[list(LIPS)].mean(axis=0).round().astype(int)
    assert polygon(landmarks, LIPS)[row, column] > 0.8
    assert shrunk < plain < grown


def test_eyes_and_brows_lie_on_their_landmarks():
    landmarks = shape() * SIDE - 0.5
    for found, outline in (
        (eyes(landmarks), LEFT_EYE),
        (eyes(landmarks), RIGHT_EYE),
        (brows(landmarks), LEFT_BROW),
    ):
        column, row = landmarks[list(outline)].mean(axis=0).round().astype(int)
        assert found[row, column] > 0.8
    column, row = landmarks[NOSE_TIP].round().astype(int)
    assert eyes(landmarks)[row, column] < 0.01


def test_a_forehead_ends_above_the_eyes():
    landmarks = shape() * SIDE - 0.5
    found = forehead(landmarks)
    assert found[int(landmarks[10, 1])].min() == 1 and found[int(landmarks[33, 1])].max() == 0


def test_the_nose_holds_its_tip_and_neither_eyes_nor_mouth():
    points = shape() * SIDE
    mask = nose(points)
    at = lambda number: mask[tuple(points[number].round().astype(int)[::-1])]
    assert at(NOSE_TIP) > 0.9 and max(at(number) for number in (*LEFT_EYE, *RIGHT_EYE, *LIPS)) < 0.2


def test_below_the_corners_of_the_mouth_lie_neither_lips_nor_chin_nor_cheeks():
    points = shape() * SIDE
    mask = below_mouth_corners(points)
    at = lambda number: mask[tuple(points[number].round().astype(int)[::-1])]
    assert min(at(number) for number in (210, 430)) > 0.5
    assert max(at(number) for number in (0, 17, 152, 50, 280)) < 0.1


def test_the_inner_face_ends_within_the_outline():
    points = shape() * SIDE
    mask = inner_face(points)
    assert mask[tuple(points[NOSE_TIP].round().astype(int)[::-1])] > 0.95
    assert max(mask[tuple(points[number].round().astype(int)[::-1])] for number in OVAL) < 0.25
