"""Hair as light as somebody else's."""

import numpy as np
import pytest
from drawn_heads import draw_head, shape
from greying import Greying

from faceaging_tf.geometry.exposure import LUMINANCE
from faceaging_tf.photo.hair import MOST_GREYING, change_towards, hair_of

POINTS = shape()
# `draw_head` draws the face, the neck and the clothes over it.
ABOVE = (draw_head(POINTS, hair=(0, 255, 0))[0] == (0, 255, 0)).all(axis=-1)
MODEL = Greying(ABOVE)
DARK, GREY, BLOND = (60, 50, 45), (150, 150, 152), (190, 150, 90)


def hair(colour):
    return hair_of(draw_head(POINTS, hair=colour)[0], MODEL)


def test_hair_is_where_a_model_greys_or_darkens_it():
    for colour in (DARK, GREY):
        seen = hair(colour)
        assert (seen.mask[ABOVE] > 0.99).all() and (seen.mask[~ABOVE] == 0).all()
        assert seen.light == pytest.approx(np.array(colour) @ LUMINANCE / 255, abs=1e-3)


def test_a_bald_head_has_none():
    bald = hair_of(draw_head(POINTS, bald=True)[0], Greying(np.zeros((256, 256), bool)))
    assert np.isnan(bald.light)
    assert change_towards(hair(DARK), [bald], 1.0, older=True) is None
    assert change_towards(bald, [hair(GREY)], 1.0, older=True) is None


@pytest.mark.parametrize("amount", [0.2, 0.4])
def test_hair_gets_lighter_by_a_share_of_the_difference(amount):
    own, other = hair(DARK), hair(GREY)
    change = change_towards(own, [other], amount, older=True)
    difference = amount * (np.array(GREY) - DARK) @ LUMINANCE
    np.testing.assert_allclose(change[ABOVE] @ LUMINANCE, difference, atol=0.5)
    assert (change[~ABOVE] == 0).all()


def test_it_greys_no_more_than_most_of_the_models_greying():
    white = hair((250, 250, 250))
    change = change_towards(hair(DARK), [white], 1.0, older=True)
    # The model's own greying is of 50 levels.
    np.testing.assert_allclose(change[ABOVE] @ LUMINANCE, 50 * MOST_GREYING, atol=0.5)


def test_of_several_pictures_the_mean_is_taken():
    two = change_towards(hair(DARK), [hair(DARK), hair(GREY)], 0.4, older=True)
    one = change_towards(hair(DARK), [hair(GREY)], 0.2, older=True)
    np.testing.assert_allclose(two @ LUMINANCE, one @ LUMINANCE, atol=0.5)


def test_nobody_greys_to_blond_or_gets_darker_with_age():
    assert not change_towards(hair(DARK), [hair(BLOND)], 1.0, older=True).any()
    assert not change_towards(hair(GREY), [hair(DARK)], 1.0, older=True).any()


def test_made_younger_grey_hair_gets_darker():
    change = change_towards(hair(GREY), [hair(DARK)], 0.4, older=False)
    np.testing.assert_allclose(
        change[ABOVE] @ LUMINANCE, -0.4 * (np.array(GREY) - DARK) @ LUMINANCE, atol=0.5
    )
    assert not change_towards(hair(DARK), [hair(GREY)], 1.0, older=False).any()
