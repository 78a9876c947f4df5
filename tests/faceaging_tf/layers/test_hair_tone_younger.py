"""Grey hair that gets its colour back: how dark, where, and what stays."""

import numpy as np
import pytest
from plain_hair import BROWN, PALE, PALE_LIGHT, greyed, head, lightness
from plain_heads import REGIONS, SIZE, column, nowhere, person, still

from faceaging_tf.layers.hair_tone import HairTone
from faceaging_tf.layers.luminance import luminance

GREY = np.float32([0.6, 0.6, 0.62])
# Enough for all of the colour of a head of 60.
BACK = -HairTone.GREY_FOR * (60.0 - HairTone.GREY_FROM)


def regained(years=BACK, hair=GREY, **given):
    """Rows of lightness of a head of 60, above and below the hairline, made younger; and its hair's
    mean colour.
    """
    picture, *masks = head(hair=hair, **given)
    found = greyed(picture, years, 60, *masks)
    return np.array(luminance(found))[:, :, 12:-12].mean(axis=(0, 2, 3)), found[
        :, 6 : SIZE // 4, 12:-12
    ].mean(axis=(0, 1, 2))


def test_grey_hair_gets_as_dark_as_young_peoples_and_brown():
    # It is about as light as the skin: only its colour tells it.
    rows, colour = regained()
    share = HairTone().dark[0]
    assert lightness(colour) == pytest.approx(
        max(share * PALE_LIGHT, HairTone.LEFT * lightness(GREY)), abs=0.02
    )
    assert colour[0] > 1.1 * colour[1] > 1.1 * colour[2]
    np.testing.assert_allclose(rows[SIZE // 2 + 2 :], PALE_LIGHT, atol=0.01)


def test_hair_gets_its_colour_back_year_by_year():
    light = [regained(share * BACK)[1].mean() for share in (0.0, 0.25, 0.5, 1.0, 2.0)]
    assert light[2] == pytest.approx((light[0] + light[3]) / 2, abs=0.01)
    assert np.all(np.diff(light[:4]) < -0.05) and light[4] == pytest.approx(light[3], abs=1e-3)


def test_a_soft_hairline_that_gets_its_colour_back_keeps_no_grey_line():
    rows, _ = regained(soft=10)
    assert np.all(np.diff(rows[6 : SIZE // 2 + 8]) > -0.01)


def test_hair_that_is_dark_or_fair_gets_no_darker():
    for hair in (BROWN, (0.14, 0.14, 0.14), (0.75, 0.6, 0.35)):
        before, after = (regained(years, np.float32(hair))[1] for years in (0.0, BACK))
        np.testing.assert_allclose(after, before, atol=0.01)


def test_shine_among_black_hair_is_not_taken_for_grey():
    # Of dark skin, for of pale skin it would be dark enough as it is.
    picture, *masks = head(hair=np.float32([0.12, 0.12, 0.12]), skin=0.45 * PALE)
    picture[:, 8:16, 20:44] = 0.45
    found = [greyed(picture, years, 60, *masks) for years in (0, BACK)]
    np.testing.assert_allclose(found[1], found[0], atol=1e-4)


def test_a_strand_in_the_light_gets_as_much_darker_as_the_others():
    picture, *masks = head(hair=GREY)
    picture[:, 26:30] = 0.85
    found, rest = (
        np.array(luminance(greyed(each, BACK, 60, *masks)))[:, 27:29, 12:-12].mean()
        for each in (picture, head(hair=GREY)[0])
    )
    assert found / 0.85 == pytest.approx(rest / lightness(GREY), rel=0.15)


def test_the_years_on_the_way_back_to_brown_are_those_since_it_began_to_grey():
    # Of 25 years since 35 a fifth; of each, twice as many are asked.
    start, part, whole = (lightness(regained(years)[1]) for years in (0.0, -10.0, -50.0))
    assert (start - part) / (start - whole) == pytest.approx(0.2, abs=0.02)


def test_a_forehead_that_passes_for_hair_keeps_its_colour():
    picture = np.broadcast_to(PALE, (1, SIZE, SIZE, 3)).copy()
    picture[:, : SIZE // 2] = GREY
    hair = nowhere()
    hair[:, : 3 * REGIONS // 4] = 1
    found = greyed(picture, BACK, 60, 1 - hair, hair)
    assert np.abs(found - picture)[:, 42:].mean() < 0.01
    assert lightness(found[:, 6 : SIZE // 4, 12:-12]) < lightness(GREY) - 0.2


def test_what_colour_hair_gets_is_brown_whatever_was_learned():
    layer = HairTone()
    layer.dark.assign([0.38, -1.0])
    picture, skin, hair = head(hair=GREY)
    given = [picture, still(), person(), skin, hair, *map(column, (BACK, 60, 1))]
    # No chroma less than none: no purple hair.
    assert np.ptp(np.array(layer(given))[:, 8:12, 16:-16].mean(axis=(0, 1, 2))) < 0.01
