"""Hair that greys: what changes, how far, and what stays."""

import numpy as np
import pytest
from plain_hair import BROWN, PALE, PALE_LIGHT, greyed, haired, head, lightness
from plain_heads import (
    FLOW,
    MAN,
    REGIONS,
    SIZE,
    WOMAN,
    column,
    nowhere,
    person,
    rng,
    still,
)
from verbs import LayerVerbs

from faceaging_tf.layers.hair_tone import HairTone
from faceaging_tf.layers.luminance import luminance
from faceaging_tf.layers.mean_face_part import MAP_SIDE


class TestHairToneVerbs(LayerVerbs):
    layer_class, always_float32 = HairTone, True

    def inputs(self):
        faces, masks = (
            rng().uniform(size=(2, side, side, channels)).astype("float32")
            for side, channels in ((SIZE, 3), (REGIONS, 1))
        )
        return [
            faces,
            rng().normal(scale=0.02, size=(2, FLOW, FLOW, 2)).astype("float32"),
            rng().normal(size=(2, 6)).astype("float32"),
            1 - masks,
            masks,
            *np.float32([[[30], [-20]], [[40], [60]], [[1], [0.5]]]),
        ]


def span(picture):
    return float(np.mean(np.ptp(picture, axis=-1)))


def test_only_hair_greys():
    picture, skin, hair = head()
    found = greyed(picture, 40, 35, skin, hair)
    np.testing.assert_allclose(found[:, SIZE // 2 :], picture[:, SIZE // 2 :], atol=0.02)
    assert lightness(found[:, : SIZE // 4]) > lightness(BROWN) + 0.05


def test_a_soft_hairline_gets_no_pale_rim():
    picture, skin, hair = head(soft=8)
    found = np.array(luminance(greyed(picture, 40, 35, skin, hair)))
    rows = found[:, 4:, 12:-12].mean(axis=(0, 2, 3))
    # Hair may be darker at its border, and slowly greyer towards the temples; from the border on it
    # only gets lighter, up to the skin.
    darkest = rows.argmin()
    assert np.all(np.diff(rows[darkest:]) > -2e-3) and np.all(np.diff(rows[:darkest]) < 2e-2)


def test_a_soft_hairline_keeps_no_dark_line():
    picture, skin, hair = head(hair=np.float32([0.06, 0.05, 0.04]), soft=12)
    before, after = (
        np.array(luminance(each))[0, :, 12:-12].mean(axis=(1, 2))
        for each in (picture, greyed(picture, 45, 35, skin, hair))
    )
    # Rows of which half is hair gain about half of what the hair above gains.
    share = (PALE_LIGHT - before) / (PALE_LIGHT - before[0])
    mixed = (share > 0.4) & (share < 0.7)
    gained = (after - before)[mixed] / (after - before)[8:16].mean()
    assert mixed.sum() >= 2 and np.all(gained > 0.4 * share[mixed])


def test_skin_in_a_shadow_is_not_taken_for_hair():
    shade = np.ones((1, SIZE, SIZE, 1), "float32")
    shade[:, :, SIZE // 2 :] = 0.45
    picture, skin, hair = head(hair=np.float32([0.06, 0.05, 0.04]))
    picture = picture * np.where(np.arange(SIZE)[:, None, None] < SIZE // 2, 1, shade)
    found = greyed(picture.astype("float32"), 45, 35, skin, hair)
    shaded = np.s_[:, SIZE // 2 + 2 :, SIZE * 3 // 4 : -8]
    np.testing.assert_allclose(found[shaded], picture[shaded], atol=0.02)


def test_strands_differ_more_where_hair_passes_into_skin(monkeypatch):
    def spread():
        found = np.array(luminance(greyed(*head()[:1], 40, 35, *head()[1:])))[0, :, 8:-8, 0]
        return [found[rows].std(axis=1).mean() for rows in (slice(4, 12), slice(28, 30))]

    inside, border = spread()
    monkeypatch.setattr(HairTone, "VARIED_AT_BORDER", 0.0)
    plain_inside, plain_border = spread()
    assert inside == pytest.approx(plain_inside, rel=0.02) and border > 1.3 * plain_border


def test_dark_hair_on_dark_skin_greys_though_they_are_near():
    dark = 0.45 * PALE
    picture, skin, hair = head(hair=0.75 * dark, skin=dark)
    found = greyed(picture, 60, 35, skin, hair)
    np.testing.assert_allclose(found[:, SIZE // 2 :], picture[:, SIZE // 2 :], atol=0.02)
    assert lightness(found[:, : SIZE // 4]) > lightness(0.75 * dark) + 0.12


def test_black_without_detail_becomes_no_grey_patch():
    black = np.full((1, SIZE, SIZE, 3), 0.03, "float32")
    strands = np.clip(black + rng().normal(scale=0.03, size=(1, SIZE, SIZE, 1)), 0, 1)
    flat, detailed = (
        lightness(greyed(picture.astype("float32"), 40, 35)) - lightness(picture)
        for picture in (black, strands)
    )
    assert 0.01 < flat < 0.6 * detailed


def test_black_hair_of_which_half_shows_detail_becomes_no_ring():
    noise = rng().normal(scale=0.03, size=(1, SIZE, SIZE, 1))
    noise[:, :, SIZE // 2 :] = 0
    picture = np.clip(np.full((1, SIZE, SIZE, 3), 0.03) + noise, 0, 1).astype("float32")
    gained = np.array(luminance(greyed(picture, 40, 35) - picture))
    detailed, flat = gained[:, :, 8:24].mean(), gained[:, :, -24:-8].mean()
    assert 0.01 < flat and detailed < 2 * flat


def test_a_shaved_head_is_no_grey_one():
    picture, skin, hair = head(hair=0.95 * PALE)
    np.testing.assert_allclose(greyed(picture, 40, 35, skin, hair), picture, atol=1e-4)


def test_women_grey_less():
    man, woman = (lightness(haired(40, 35, sex=sex)) - lightness(BROWN) for sex in (MAN, WOMAN))
    assert 0.5 * man < woman < 0.95 * man


@pytest.mark.parametrize(
    "years,age,strength",
    [(0, 60, 1.0), (15, 20, 1.0), (-15, 35, 1.0), (40, 35, 0.0), (-40, 75, 0.0)],
)
def test_hair_stays_without_years_before_greying_begins_and_without_strength(years, age, strength):
    np.testing.assert_allclose(
        haired(years, age, strength=strength), np.broadcast_to(BROWN, (1, SIZE, SIZE, 3)), atol=1e-6
    )


def test_dark_hair_gets_lighter_and_less_coloured_year_by_year():
    found = [haired(years, 35) for years in (0, 10, 20, 35)]
    assert np.all(np.diff([lightness(each) for each in found]) > 0)
    assert np.all(np.diff([span(each) / lightness(each) for each in found]) < 0)


def test_what_is_lighter_than_grey_hair_gets_no_lighter():
    # But for the colour of grey hair, whose light is not quite none.
    assert lightness(haired(40, 35, (0.9, 0.8, 0.6))) == pytest.approx(
        lightness(np.float32([0.9, 0.8, 0.6])), abs=5e-3
    )


def test_half_the_strength_greys_half_as_much():
    whole, part = (
        lightness(haired(35, 35, strength=strength)) - lightness(BROWN) for strength in (1.0, 0.5)
    )
    assert part == pytest.approx(whole / 2, rel=0.2)


def test_brows_follow_the_hair_but_not_as_far():
    hair = nowhere()
    hair[:, :8] = 1
    picture = np.broadcast_to(PALE, (1, SIZE, SIZE, 3)).copy()
    picture[:, :16] = picture[:, 50:54] = BROWN
    found = greyed(
        picture,
        35,
        35,
        1 - hair,
        hair,
        brows=np.concatenate([np.zeros((44, MAP_SIDE, 1)), np.ones((20, MAP_SIDE, 1))]),
    )
    hair_now, brow_now = (
        lightness(found[:, rows]) - lightness(BROWN) for rows in (slice(0, 8), slice(50, 54))
    )
    assert hair_now > brow_now > 0.005
    # The skin among the brows stays.
    np.testing.assert_allclose(found[:, 56:], picture[:, 56:], atol=1e-5)


def test_the_map_of_brows_has_a_gradient():
    tf = pytest.importorskip("tensorflow")
    layer, picture = HairTone(), np.broadcast_to(PALE, (1, SIZE, SIZE, 3)).copy()
    picture[:, :16] = picture[:, 40:44] = BROWN
    layer.brows.assign(np.full(layer.brows.shape, 0.5))
    hair = nowhere()
    hair[:, :8] = 1
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(
            layer([picture, still(), person(), 1 - hair, hair, column(40), column(40), column(1)])
        )
    gradient = np.array(tf.convert_to_tensor(tape.gradient(total, layer.brows.value)))
    assert np.isfinite(gradient).all() and gradient.any()


def test_a_lighter_strand_stays_lighter():
    picture = np.broadcast_to(BROWN, (1, SIZE, SIZE, 3)).copy()
    picture[:, :, ::2] *= 1.4
    found = luminance(greyed(picture, 40, 40))
    assert np.all(np.array(found[:, :, ::2]) > np.array(found[:, :, 1::2]))


def strands_of(colour):
    """A picture of hair, lighter and darker."""
    light = np.exp(rng().normal(scale=0.2, size=(1, SIZE, SIZE, 1)))
    return np.clip(colour * light, 0, 1).astype("float32")


def chroma_of(picture):
    """As a share of the light."""
    return (np.ptp(picture, axis=-1) / picture.max(axis=-1)).mean()


def test_without_a_wish_hair_greys_by_the_years():
    picture = strands_of(BROWN)
    for years, age in ((30, 40), (-30, 80), (0, 30)):
        np.testing.assert_allclose(
            greyed(picture, years, age, wish=-1), greyed(picture, years, age), atol=1e-6
        )


@pytest.mark.parametrize("years, age", [(40, 40), (-40, 80), (10, 20)])
def test_kept_hair_stays_whatever_the_years(years, age):
    picture = strands_of(BROWN)
    np.testing.assert_allclose(greyed(picture, years, age, wish=0), picture, atol=1e-6)


def test_wanted_hair_is_grey_whatever_the_years_and_sex():
    picture = strands_of(BROWN)
    by_years = greyed(picture, 60, 30)
    for years, age, sex in ((5, 20, MAN), (5, 20, WOMAN), (-30, 60, MAN)):
        found = greyed(picture, years, age, sex=sex, wish=1)[:, 4:40, 12:-12]
        assert chroma_of(found) < 0.35 * chroma_of(picture)
        assert luminance(found).numpy().mean() > luminance(by_years).numpy().mean()


def test_a_larger_share_is_greyer():
    picture = strands_of(BROWN)
    chromas = [chroma_of(greyed(picture, 20, 20, wish=wish)) for wish in (0, 0.3, 0.6, 1)]
    assert chromas == sorted(chromas, reverse=True) and chromas[0] > 1.2 * chromas[1]


def test_a_rim_of_the_skins_colour_fades_where_no_skin_is_near():
    picture, skin, hair = head()
    # Strands that catch the light: at the outer rim of the hair, before a blue wall, and beside the
    # skin.
    wall = SIZE // 4
    rim, near = slice(wall, wall + 2), slice(SIZE // 2 - 2, SIZE // 2)
    picture[:, :wall], picture[:, rim], picture[:, near] = (0.3, 0.4, 0.6), PALE, PALE
    hair = hair.copy()
    hair[:, : REGIONS // 4] = 0
    found = greyed(picture, 10, 30, skin=skin, hair=hair, wish=1)
    assert span(found[:, rim]) < 0.75 * span(picture[:, rim])
    assert span(found[:, near]) > 0.8 * span(picture[:, near])


def test_a_beard_greys_by_the_years_with_the_hair():
    picture, skin, hair = head(hair=0.3 * PALE)
    light = np.exp(rng().normal(scale=0.3, size=(1, SIZE, SIZE, 1)))
    chin = slice(int(0.67 * SIZE), int(0.84 * SIZE))
    picture[:, chin] = (0.3 * PALE * light)[:, chin]
    found = np.array(luminance(greyed(picture, 40, 35, skin, hair)))
    assert found[:, chin].mean() > np.array(luminance(picture))[:, chin].mean() + 0.03


def test_grey_hair_is_darker_in_dim_light():
    bright, dim = (
        lightness(greyed(share * head()[0], 40, 35, *head()[1:])[:, : SIZE // 4])
        for share in (1.0, 0.5)
    )
    assert dim < 0.85 * bright


def test_fair_hair_fades_beside_the_skin_and_gets_no_darker():
    picture, skin, hair = head(hair=np.float32([0.8, 0.65, 0.35]))
    near = slice(SIZE // 2 - 6, SIZE // 2 - 2)
    found = greyed(picture, 40, 35, skin, hair)
    assert span(found[:, near]) < 0.7 * span(picture[:, near])
    np.testing.assert_allclose(greyed(picture, -30, 70, skin, hair), picture, atol=1e-3)


def test_hair_keeps_its_colour_at_the_borders_of_the_square():
    picture = strands_of(BROWN)
    found = greyed(picture, 40, 40, wish=1)
    change = np.abs(found - picture).mean(axis=(0, 3))
    assert max(change[-1].max(), change[:, 0].max(), change[:, -1].max()) < 0.02
    assert change[SIZE // 2, SIZE // 2] > 0.1
