"""Tone: what it changes, where, by which of its maps, and what leaves a head as it is."""

import numpy as np
import pytest
from plain_heads import (
    FLOW,
    MAN,
    REGIONS,
    WOMAN,
    column,
    everywhere,
    half,
    person,
    rng,
    still,
    waves,
)
from verbs import LayerVerbs

from faceaging_tf.layers.ageing_years import MOST_OLDER, adult_years
from faceaging_tf.layers.mean_face_part import MAP_SIDE
from faceaging_tf.layers.tone import Tone


class TestToneVerbs(LayerVerbs):
    layer_class, always_float32 = Tone, True

    def inputs(self):
        masks = rng().uniform(size=(2, REGIONS, REGIONS, 1)).astype("float32")
        return [
            rng().normal(scale=0.02, size=(2, FLOW, FLOW, 2)).astype("float32"),
            rng().normal(size=(2, 6)).astype("float32"),
            masks,
            *np.float32([[[30], [-20]], [[40], [60]], [[1], [0.5]]]),
        ]


def toned(change, years=40, age=40, traits=None, skin=None, flow=None, strength=1.0):
    """What a `Tone` of the change, anything that fits its weight, makes of the years."""
    layer = Tone()
    layer.change.assign(np.broadcast_to(change, layer.change.shape))
    flow, traits, skin = (
        default() if each is None else each
        for each, default in ((flow, still), (traits, person), (skin, everywhere))
    )
    return np.array(layer([flow, traits, skin, column(years), column(age), column(strength)]))


def test_in_forty_years_the_tone_changes_by_the_map_and_in_ten_by_a_quarter():
    change = np.float32([-0.08, -0.04, 0.02])
    np.testing.assert_allclose(
        toned(change, 40), np.broadcast_to(change, (1, REGIONS, REGIONS, 3)), atol=1e-6
    )
    np.testing.assert_allclose(toned(change, 10), toned(change, 40) / 4, atol=1e-6)


def test_a_childs_tone_and_lines_wait_until_skin_is_grown():
    # Of 30 wanted years 10 are left beyond twenty.
    child = toned(-0.05, 30 * MOST_OLDER, age=0.0)
    np.testing.assert_allclose(child, toned(-0.05, 10 * MOST_OLDER), atol=1e-6)
    np.testing.assert_array_equal(toned(-0.05, 10 * MOST_OLDER, age=4.0), 0)
    asked, age = np.float32([[14.5], [14.5], [-16]]), np.float32([[5], [30], [30]])
    np.testing.assert_allclose(adult_years(asked, age), [[0], [14.5], [-16]], atol=1e-5)


def test_made_younger_the_tone_changes_the_other_way():
    np.testing.assert_allclose(toned(-0.05, -20), -Tone.YOUNGER_LIGHT * toned(-0.05, 20), atol=1e-6)


def test_made_younger_the_tone_is_young_before_the_years_are():
    most = toned(-0.05, -Tone.YOUNGER_YEARS)
    np.testing.assert_array_equal(toned(-0.05, -2 * Tone.YOUNGER_YEARS), most)
    assert np.abs(toned(-0.05, -0.75 * Tone.YOUNGER_YEARS)).max() < np.abs(most).min()


def test_made_younger_less_of_the_colour_goes_back_than_of_the_light():
    colour = np.float32([-0.02, 0.0, 0.02])
    np.testing.assert_allclose(
        toned(colour, -20), -Tone.YOUNGER_COLOUR * toned(colour, 20), atol=1e-6
    )


@pytest.mark.parametrize("years,limits", [(40, Tone.OLDER_LIMITS), (-40, Tone.YOUNGER_LIMITS)])
def test_the_tone_keeps_its_limits(years, limits):
    lowest, highest = sorted((float(toned(2.0, years).max()), float(toned(-2.0, years).max())))
    assert (lowest, highest) == pytest.approx(limits)


def test_beyond_its_limit_the_tone_keeps_its_hue():
    change = np.float32([-0.1, -0.2, -0.3])
    found = toned(change)[0, 0, 0]
    np.testing.assert_allclose(found / found.mean(), change / change.mean(), rtol=1e-5)
    assert found.mean() == pytest.approx(Tone.OLDER_LIMITS[0])


def test_where_there_is_no_skin_the_tone_stays():
    found = toned(-0.1, skin=half(REGIONS)[None])
    assert found[:, : REGIONS // 2].max() < 0 and not found[:, REGIONS // 2 :].any()


def test_strength_multiplies_the_tone():
    np.testing.assert_allclose(toned(-0.1, strength=0.5), toned(-0.1) / 2, atol=1e-6)


def test_men_and_women_have_maps_of_their_own():
    change = np.reshape([-0.05, -0.1], (2, 1, 1, 1))
    assert [
        float(toned(change, traits=person(sex)).mean()) for sex in (MAN, WOMAN, 0.0)
    ] == pytest.approx([-0.05, -0.1, -0.075], abs=1e-6)


def test_the_tone_is_looked_up_along_the_flow():
    change = 0.3 * waves(MAP_SIDE)[..., None]
    # An eighth of the side is four pixels of the mask.
    found, moved = toned(change), toned(change, flow=still() + np.float32((0.125, 0)))
    # Away from the border, at which shrinking smooths over fewer pixels.
    np.testing.assert_allclose(moved[:, :, 2:-6], found[:, :, 6:-2], atol=1e-5)
