"""What greys where somebody says how grey: beards do, hats and bald heads do not."""

import numpy as np
import pytest
from plain_heads import FLOW, rng
from scipy.ndimage import gaussian_filter

from faceaging_tf.layers.wanted_hair import places_of, wanted_hair

SIDE = 128
SKIN, DARK_HAIR = np.float32([0.8, 0.6, 0.5]), np.float32([0.2, 0.14, 0.1])
MAN, WOMAN = np.zeros((1, 1, 1, 1), "float32"), np.ones((1, 1, 1, 1), "float32")


def rows(low, high):
    """A map `(1, SIDE, SIDE, 1)` that is 1 between two heights, fractions of the side."""
    height = (np.arange(SIDE) + 0.5) / SIDE
    band = ((height > low) & (height < high)).astype("float32")
    return np.broadcast_to(band[None, :, None, None], (1, SIDE, SIDE, 1)).copy()


def strands(colour, spread=0.3):
    """A picture of a colour whose pixels are lighter and darker."""
    light = np.exp(rng().normal(scale=spread, size=(1, SIDE, SIDE, 1)))
    return np.clip(colour * light, 0, 1).astype("float32")


def wanted(face, skin, hair, female=MAN, wished=1.0):
    flow = np.zeros((1, FLOW, FLOW, 2), "float32")
    return [
        np.array(each)[0, ..., 0] for each in wanted_hair(face, flow, skin, hair, female, wished)
    ]


def head(top, chin=SKIN, below=0.35):
    """A head: `top` above a height, skin below, and `chin` from the nose on."""
    face = np.where(rows(0, below) > 0, top, SKIN * np.ones((1, SIDE, SIDE, 3), "float32"))
    return (
        np.where(rows(0.67, 0.84) > 0, chin, face).astype("float32"),
        rows(below, 1),
        rows(0, below),
    )


def test_hair_stays_hair():
    hair, beard, _ = wanted(*head(strands(DARK_HAIR)))
    assert hair[10:40].min() > 0.9 and hair[50:].max() == 0 and beard.max() == 0


@pytest.mark.parametrize("colour", [(0.1, 0.2, 0.7), (0.1, 0.5, 0.2), (0.8, 0.05, 0.1)])
def test_a_hat_of_a_colour_that_no_hair_has_is_none(colour):
    hair, _, _ = wanted(*head(strands(np.float32(colour))))
    assert hair[10:40].mean() < 0.1


def test_a_smooth_hat_is_no_hair_over_skin_that_has_texture():
    face, skin, hair = head(DARK_HAIR)
    face = np.where(skin > 0, strands(SKIN, 0.1), face)
    assert wanted(face, skin, hair)[0][8:32].max() < 0.1
    # By the years it is, for dark hair of a poor picture is smooth too.
    assert wanted(face, skin, hair, wished=0.0)[0][8:32].min() > 0.9


def test_a_beard_is_darker_and_rougher_than_the_cheeks_and_a_mans():
    given = head(strands(DARK_HAIR), strands(DARK_HAIR))
    hair, beard, _ = wanted(*given)
    middle = slice(48, 80)
    assert beard[90:104, middle].mean() > 0.8 and beard[50:80].max() == 0
    assert (hair >= beard).all()
    assert wanted(*given, WOMAN)[1].max() == 0


def test_a_shadow_is_no_beard():
    face, *masks = head(strands(DARK_HAIR))
    depth = gaussian_filter(0.6 * rows(0.67, 0.84)[0, ..., 0], 4)[..., None]
    face = np.where(masks[0] > 0, strands(SKIN, 0.05) * (1 - depth), face).astype("float32")
    assert wanted(face, *masks)[1].mean() < 0.005


def test_half_a_beard_is_none():
    face, *masks = head(strands(DARK_HAIR), strands(DARK_HAIR))
    face[:, 60:, 64:] = SKIN
    assert wanted(face, *masks)[1].max() == 0


def test_fair_hair_is_known_by_its_yellow():
    fair = wanted(*head(strands(np.float32([0.8, 0.65, 0.35]))))[2]
    assert fair[10:40].mean() > 0.8 and wanted(*head(strands(DARK_HAIR)))[2].max() < 0.9


def test_a_fair_fringe_is_hair_where_the_parser_takes_it_for_skin():
    face, skin, hair = head(strands(np.float32([0.8, 0.65, 0.35])))
    hair[:, 30:44] = 0
    skin[:, 30:44] = 1
    assert wanted(face, skin, hair)[0][30].mean() > 0.3


def test_places_are_pixels_and_the_flow():
    flow = rng().normal(size=(1, 4, 4, 2)).astype("float32")
    found = np.array(places_of(flow))
    np.testing.assert_allclose(found[0, 1, 2], flow[0, 1, 2] + (0.625, 0.375), rtol=1e-6)
