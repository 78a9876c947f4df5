"""Skin lent: relief comes to its place in the other mesh, and complexion stays."""

import numpy as np
import pytest
from drawn_heads import HAIR, draw_head, hair_mask, shape, spot

from faceaging_tf.photo.lending import OLDER, YOUNGER, with_skin_of
from faceaging_tf.photo.skin import skin_of

POINTS, MOVED = shape(), shape(0.95, (0.01, -0.015), seed=3)
# On the cheek.
CHEEK = 50


def spotted(points, amount=-0.3, width=0.012, **head):
    """A drawn head with a spot on its cheek."""
    face = draw_head(points, **head)[0]
    light = 1 + amount * spot(points, CHEEK, width)
    return np.clip(np.rint(face * light), 0, 255).astype("uint8")


FACE = draw_head(POINTS)[0]
OWN = skin_of(FACE, POINTS)


def lowest(before, after):
    """Where a face got darker most, fractions of the side, and by how many levels."""
    change = (after.astype(int) - before).mean(axis=-1)
    row, column = np.unravel_index(change.argmin(), change.shape)
    return (np.array([column, row]) + 0.5) / len(change), change.min()


def test_a_fold_comes_to_its_place_in_the_other_mesh():
    other = skin_of(spotted(MOVED), MOVED)
    where, levels = lowest(FACE, with_skin_of(FACE, OWN, [other], 1.0, OLDER))
    assert (
        np.linalg.norm(where - POINTS[CHEEK]) < 0.012 < np.linalg.norm(MOVED - POINTS, axis=1)[50]
    )
    assert levels < -20


def test_nothing_is_lent_at_no_amount():
    other = skin_of(spotted(MOVED), MOVED)
    np.testing.assert_array_equal(with_skin_of(FACE, OWN, [other], 0.0, OLDER), FACE)


def test_half_the_amount_is_about_half_the_change():
    other = skin_of(spotted(POINTS, -0.1), POINTS)
    half, whole = (
        lowest(FACE, with_skin_of(FACE, OWN, [other], amount, OLDER))[1] for amount in (0.5, 1.0)
    )
    assert half / whole == pytest.approx(0.5, abs=0.1)


def test_complexion_and_light_stay():
    head = draw_head(MOVED, skin=(104, 78, 62))[0]
    dark = skin_of(head, MOVED, np.float32(hair_mask(MOVED) & (head == HAIR).all(axis=-1)))
    assert np.abs(with_skin_of(FACE, OWN, [dark], 1.15, OLDER).astype(int) - FACE).max() <= 2


def test_a_photo_without_colour_stays_without():
    red = FACE.astype(float) * (1 + spot(POINTS, CHEEK, 0.012) * (0.2, -0.1, -0.1))
    other = skin_of(np.uint8(np.clip(red, 0, 255)), POINTS)
    grey = np.repeat(FACE.mean(axis=-1, keepdims=True).astype("uint8"), 3, axis=-1)
    plain, coloured = (
        with_skin_of(face, skin_of(face, POINTS), [other], 1.0, OLDER) for face in (grey, FACE)
    )
    assert np.ptp(plain, axis=-1).max() == 0
    row, column = (POINTS[CHEEK, ::-1] * 256).astype(int)
    ratio = lambda face: face[row, column, 0] / face[row, column, 1]
    assert ratio(coloured) > 1.02 * ratio(FACE)


def test_what_is_no_skin_stays():
    aged = with_skin_of(FACE, OWN, [skin_of(spotted(MOVED), MOVED)], 1.0, OLDER)
    np.testing.assert_array_equal(aged[OWN.mask == 0], FACE[OWN.mask == 0])


def test_no_change_is_beyond_the_limits():
    other = skin_of(spotted(POINTS, -0.6), POINTS)
    aged = with_skin_of(FACE, OWN, [other], 1.15, OLDER)
    ratio = np.log((aged.mean(axis=-1) + 1) / (FACE.mean(axis=-1) + 1))
    # Half a level of rounding, and the tint, come on top.
    assert -OLDER.darker - 0.02 < ratio.min() < -0.1 and ratio.max() < OLDER.brighter + 0.02


def test_own_folds_go_when_made_younger():
    folded = spotted(POINTS)
    smooth = skin_of(FACE, POINTS)
    younger = with_skin_of(folded, skin_of(folded, POINTS), [smooth], 1.0, YOUNGER)
    row, column = (POINTS[CHEEK, ::-1] * 256).astype(int)
    before, after = (int(FACE[row, column, 0]) - int(x[row, column, 0]) for x in (folded, younger))
    assert 0 < after < 0.75 * before


def test_of_two_pictures_the_sharper_one_lends_its_lines():
    sharp, soft = spotted(POINTS, width=0.004), spotted(POINTS, width=0.004)
    kernel = np.ones((5, 1)) / 5
    from scipy.ndimage import convolve

    soft = np.stack(
        [convolve(convolve(np.float32(c), kernel), kernel.T) for c in np.moveaxis(soft, -1, 0)], -1
    )
    both = [skin_of(sharp, POINTS), skin_of(np.uint8(soft), POINTS)]
    one = lowest(FACE, with_skin_of(FACE, OWN, both[:1], 1.0, OLDER))[1]
    two = lowest(FACE, with_skin_of(FACE, OWN, both, 1.0, OLDER))[1]
    blurred = lowest(FACE, with_skin_of(FACE, OWN, both[1:], 1.0, OLDER))[1]
    assert one < -10 and blurred > 0.5 * one and two < 0.8 * one


def test_a_blurred_head_gets_blurred_lines():
    other = skin_of(spotted(POINTS, width=0.004), POINTS)
    flat = skin_of(np.uint8(np.full_like(FACE, (208, 164, 140))), POINTS)
    sharp, soft = (
        lowest(FACE, with_skin_of(FACE, own, [other], 1.0, OLDER))[1] for own in (OWN, flat)
    )
    assert soft > 0.8 * sharp
