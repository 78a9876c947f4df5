"""Relief: what it changes, where, by which of its maps, and what leaves a head as it is."""

import numpy as np
import pytest
from plain_heads import (
    FLOW,
    MAN,
    REGIONS,
    SIZE,
    WOMAN,
    column,
    everywhere,
    face,
    half,
    nowhere,
    person,
    rng,
    still,
    waves,
)
from scipy.ndimage import gaussian_filter
from skimage.color import rgb2gray
from skimage.data import astronaut
from verbs import LayerVerbs

from faceaging_tf.layers.gaussian import blurred
from faceaging_tf.layers.hair_tone import HairTone
from faceaging_tf.layers.head_ageing import (
    BANDS,
    COARSE_SIDE,
    Relief,
    _weakened,
    crispness_of,
    sharpness_of,
)
from faceaging_tf.layers.mean_face_part import MAP_SIDE


def correlation(first, second):
    return np.corrcoef(np.ravel(first), np.ravel(second))[0, 1]


class TestReliefVerbs(LayerVerbs):
    layer_class, always_float32, arguments = Relief, True, {"exemplars": 2, "side": 24}

    def inputs(self):
        masks = rng().uniform(size=(2, REGIONS, REGIONS, 1)).astype("float32")
        faces = rng().uniform(size=(2, SIZE, SIZE, 3)).astype("float32")
        flows = rng().normal(scale=0.02, size=(2, FLOW, FLOW, 2)).astype("float32")
        return [
            faces,
            flows,
            rng().normal(size=(2, 6)).astype("float32"),
            masks,
            *np.float32([[[30], [-20]], [[40], [60]], [[1], [0.5]]]),
        ]


def relief_of(*values, roles=(1, 1, 1), traits=None, side=24):
    """A `Relief` whose exemplars' maps have one value each; all serve everybody unless told
    otherwise, and nothing of the face's own goes.
    """
    layer = Relief(len(values), side)
    layer.fine.assign(np.array(values, "float32")[:, None] * np.ones(layer.fine.shape, "float32"))
    layer.ages.assign(np.full(len(values), 70.0))
    layer.roles.assign(np.broadcast_to(roles, (len(values), 3)))
    if traits is not None:
        layer.traits.assign(traits)
    return layer


def changed(layer, picture=None, flow=None, traits=None, skin=None, years=40, age=30, strength=1.0):
    given = zip((picture, flow, traits, skin), (face, still, person, everywhere), strict=True)
    return np.array(
        layer(
            [
                *(default() if each is None else each for each, default in given),
                column(years),
                column(age),
                column(strength),
            ]
        )
    )


@pytest.mark.parametrize(
    "nothing",
    [{"years": 0}, {"strength": 0.0}, {"skin": np.zeros((1, REGIONS, REGIONS, 1), "float32")}],
)
def test_without_years_strength_or_skin_there_is_no_relief(nothing):
    layer = relief_of(0.2, -0.2)
    layer.own.assign(0.5 * np.ones((2, BANDS)))
    textured = rng().uniform(0.3, 0.7, (1, SIZE, SIZE, 3)).astype("float32")
    np.testing.assert_array_equal(changed(layer, textured, **nothing), 0)
    assert np.abs(changed(layer, textured)).max() > 0.01


@pytest.mark.parametrize("near", [0, 1, 2])
def test_the_exemplar_of_the_nearest_traits_lends_its_relief(near):
    traits = 3 * np.eye(3, 5)
    layer = relief_of(*np.where(np.arange(3) == near, -0.1, 0.1), traits=traits)
    assert changed(layer, traits=person(MAN, *(traits[near] + 0.4))).max() < 0


@pytest.mark.parametrize("sex,number", [(MAN, 0), (WOMAN, 1)])
def test_men_borrow_from_who_serves_men_and_women_from_who_serves_women(sex, number):
    layer = relief_of(*np.where(np.arange(2) == number, -0.1, 0.1), roles=[(1, 0, 1), (0, 1, 1)])
    assert changed(layer, traits=person(sex)).max() < 0


@pytest.mark.parametrize("rank", [0, 1, 2])
def test_another_future_borrows_from_the_next_exemplar(rank):
    # The nearest has 3, then come 1 and 2.
    layer = relief_of(*[-0.1 if place == (3, 1, 2)[rank] else 0.1 for place in range(4)],
        roles=[(0, 1, 1), (1, 1, 1), (1, 1, 1), (1, 1, 1)],
        traits=np.eye(4, 5) * [[0], [2], [3], [1]],
    )  # fmt: skip
    given = [face(), still(), person(), everywhere(), column(40), column(30), column(1)]
    found = np.array(layer([*given, np.float32([[rank, 1, 1, 1]])]))
    assert found.max() < 0


@pytest.mark.parametrize("factor", [1, 2, 3])
def test_a_future_multiplies_lines_folds_and_the_faces_own_bands(factor):
    layer = relief_of(-0.02)
    layer.coarse.assign(-0.02 * np.ones(layer.coarse.shape))
    layer.own.assign(1.5 * np.ones((2, BANDS)))
    noisy = np.clip(face(0.5) + rng().normal(scale=0.02, size=(1, SIZE, SIZE, 1)), 0, 1)
    given = [noisy.astype("float32"), still(), person(), everywhere()]
    given += [column(40), column(30), column(1)]
    factors = np.float32([[0, 1, 1, 1]])
    plain = np.array(layer(given))
    np.testing.assert_allclose(np.array(layer([*given, factors])), plain, atol=1e-6)
    factors[0, factor] = 2
    assert np.abs(np.array(layer([*given, factors])) - plain).max() > 0.003


def test_a_forehead_borrows_from_who_serves_foreheads():
    layer = relief_of(-0.1, 0.1, roles=[(1, 1, 0), (0, 0, 1)])
    layer.places.assign(
        np.concatenate([half(MAP_SIDE), np.zeros((MAP_SIDE, MAP_SIDE, 1))], axis=-1)
    )
    found = changed(layer)[0]
    assert found[: SIZE // 2 - 8].min() > 0 > found[SIZE // 2 + 8 :].max()


def test_relief_is_looked_up_along_the_flow():
    layer = relief_of(0)
    layer.fine.assign(0.3 * waves(24).reshape(1, -1))
    layer.coarse.assign(
        np.broadcast_to(0.3 * waves(COARSE_SIDE)[None, ..., None], layer.coarse.shape)
    )
    # An eighth to the right and a sixteenth down: eight and four pixels.
    found, moved = changed(layer), changed(layer, flow=still() + np.float32((0.125, 0.0625)))
    assert np.abs(found).max() > 0.005
    np.testing.assert_allclose(moved[:, 8:-16, 8:-16], found[:, 12:-12, 16:-8], atol=1e-5)


@pytest.mark.parametrize("sex,sign", [(MAN, -1), (WOMAN, 1)])
def test_men_get_the_coarse_relief_of_men_and_women_that_of_women(sex, sign):
    layer = relief_of(0)
    layer.coarse.assign(np.array([-0.1, 0.1])[:, None, None, None] * np.ones(layer.coarse.shape))
    assert (sign * changed(layer, traits=person(sex))).min() > 0


def test_relief_grows_with_the_years():
    layer = relief_of(-0.1)
    first, second, third = (np.abs(changed(layer, years=years)).max() for years in (5, 15, 30))
    assert 0 < first < second < third


def test_relief_stays_within_its_limits():
    pale = np.full((1, SIZE, SIZE, 3), Relief.SHADE, "float32")
    for value, limit in zip((9.0, -9.0), Relief.OLDER_LIMITS, strict=True):
        assert np.abs(changed(relief_of(value), pale)).max() <= limit + 1e-6


def test_a_deep_line_keeps_its_profile():
    lines = np.tile(-np.exp(-0.5 * ((np.arange(192, dtype="float32") - 96) / 2) ** 2), (192, 1))
    found = np.array(_weakened(lines[None, ..., None], 0.2))[0, 96, :, 0]
    # Held pixel by pixel, its flanks would be nearly as deep as its middle.
    assert -found[96] < 0.6 and found[94] > 0.8 * found[96] and found[92] > 0.35 * found[96]


def test_relief_is_about_as_strong_in_values_on_skin_of_every_shade():
    shades = np.float32([0.3, 0.45, 0.6, 0.75])
    strength = [
        -shade * changed(relief_of(-0.1), np.full((1, SIZE, SIZE, 3), shade, "float32")).min()
        for shade in shades
    ]
    assert np.ptp(strength) < 0.1 * max(strength)
    # On what is nearly black, no more than so much.
    black = changed(relief_of(-9.0), np.full((1, SIZE, SIZE, 3), 0.05, "float32"))
    assert -black.min() <= Relief.BY_SHADE[1] * Relief.OLDER_LIMITS[1] + 1e-6


def test_a_hazy_picture_gets_softer_lines_than_a_sharp_one():
    layer, lines = Relief(1, 192), np.zeros((192, 192))
    lines[::6] = -0.2
    layer.fine.assign(lines.reshape(1, -1))
    layer.ages.assign([70.0])
    layer.roles.assign(np.ones((1, 3)))

    def contrast(sigma):
        # Broad stripes without any texture, blurred.
        stripes = gaussian_filter(np.where(np.arange(256) // 32 % 2, 0.6, 0.4), sigma)
        picture = np.broadcast_to(stripes[None, :, None, None], (1, 256, 256, 3)).astype("float32")
        skin = np.ones((1, 128, 128, 1), "float32")
        return np.ptp(changed(layer, picture, skin=skin)[0, 64:-64, 128])

    assert contrast(4) < 0.8 * contrast(0.5)


def test_the_younger_borrow_nothing():
    np.testing.assert_array_equal(changed(relief_of(0.3, -0.3), years=-20, age=60), 0)


def test_the_younger_lose_their_deep_lines():
    picture = face(0.5)
    picture[:, 30] *= 0.6
    layer, own = relief_of(0), np.ones((2, BANDS))
    own[1, 1] = 0.3
    layer.own.assign(own)
    found = changed(layer, picture, years=-40, age=70)[0, ..., 0]
    assert found[30, 8:-8].min() > 0.1 and np.abs(found[50, 8:-8]).max() < 0.01


@pytest.mark.parametrize("beard", [(0.55, 0.55, 0.55), (0.25, 0.17, 0.14)])
def test_made_younger_a_beard_keeps_its_texture(beard):
    layer = relief_of(0.0)
    layer.own.assign(np.full((2, BANDS), 0.5))
    texture = np.exp(rng().normal(scale=0.1, size=(1, SIZE, SIZE, 1)))
    skin = np.float32([0.7, 0.5, 0.4]) * texture.astype("float32")
    bearded = skin.copy()
    bearded[:, 3 * SIZE // 4 :] = beard * texture[:, 3 * SIZE // 4 :]
    # Rows of the neck and chin, and of the brow, where nobody has a beard.
    chin, brow = slice(7 * SIZE // 8, None), slice(SIZE // 8, SIZE // 4)
    mean = lambda picture, rows: np.abs(changed(layer, picture, years=-40, age=60)[:, rows]).mean()
    assert mean(bearded, chin) < 0.5 * mean(skin, chin)
    assert mean(bearded, brow) > 0.7 * mean(skin, brow)


@pytest.mark.parametrize("years,row", [(20, 0), (-20, 1)])
def test_a_face_gives_its_own_finest_band_away(years, row):
    layer = relief_of(0)
    own = np.ones((2, BANDS))
    own[row, 0] = 0.5
    layer.own.assign(own)
    picture = (0.5 + 0.005 * rng().normal(size=(1, SIZE, SIZE, 1)) * np.ones(3)).astype("float32")
    light = np.log(picture[0, ..., 0])
    band, found = (
        light - gaussian_filter(light, 1.0),
        changed(layer, picture, years=years, age=50)[0, ..., 0],
    )
    inner = slice(4, -4)
    assert correlation(found[inner, inner], -band[inner, inner]) > 0.99


def test_sharpness_is_the_finest_bands_share_of_the_deviation():
    light = np.log(np.maximum(rgb2gray(astronaut()[::2, ::2]), 0.02))
    band = light - gaussian_filter(light, 1.0, radius=3)
    # The face's square, from .35 to .88 of the height and from .29 to .71 of the width.
    cut = lambda plane: plane[89:225, 74:181]
    plane = light[None, ..., None].astype("float32")
    assert float(sharpness_of(plane, blurred(plane, 1.0))[0, 0]) == pytest.approx(
        cut(band).std() / cut(light).std(), rel=0.01
    )


def test_an_exemplars_lines_are_softer_on_skin_as_smooth_as_paint():
    layer = relief_of(0.0, side=384)
    lines = np.zeros((384, 384), "float32")
    lines[::8, :] = -0.1
    layer.fine.assign(lines.reshape(1, -1))
    noisy = np.clip(face(0.5) + rng().normal(scale=0.1, size=(1, SIZE, SIZE, 1)), 0, 1).astype(
        "float32"
    )
    smooth, crisp = (changed(layer, picture).std() for picture in (face(0.5), noisy))
    assert smooth < 0.5 * crisp


def test_folds_are_fainter_in_flat_light():
    layer = relief_of(0.0)
    layer.coarse.assign(np.full(layer.coarse.shape, -0.1))
    forms = np.exp(0.4 * np.sin(2 * np.pi * np.arange(SIZE) / (SIZE / 8)))[:, None, None]
    flat, formed = (
        np.abs(changed(layer, picture)).mean()
        for picture in (face(0.5), (face(0.5) * forms.astype("float32")).astype("float32"))
    )
    assert 0.3 * formed < flat < 0.6 * formed


def test_skin_that_is_as_smooth_as_paint_has_no_texture_and_noisy_skin_has():
    smooth = np.full((1, 256, 256, 1), -0.7, "float32")
    noisy = smooth + rng().normal(scale=0.05, size=smooth.shape).astype("float32")
    crisp = [
        float(
            crispness_of(
                light,
                blurred(light, 1.0),
                np.pad(np.ones((1, 192, 192, 1), "float32"), ((0, 0), (32, 32), (32, 32), (0, 0))),
            )[0, 0]
        )
        for light in (smooth, noisy)
    ]
    assert crisp == [0, 1]


@pytest.mark.parametrize("level", [0.0, 1.0])
@pytest.mark.parametrize("years", [30, -30])
def test_black_and_white_pictures_have_finite_gradients(level, years):
    tf = pytest.importorskip("tensorflow")
    relief, hair = relief_of(0.1, -0.1), HairTone()
    picture = tf.Variable(face(level))
    with tf.GradientTape() as tape:
        given = [column(years), column(50), column(1)]
        total = tf.reduce_sum(
            relief([picture, still(), person(), everywhere(), *given])
        ) + tf.reduce_sum(hair([picture, still(), person(), nowhere(), everywhere(), *given]))
    gradients = tape.gradient(total, [picture, relief.fine, relief.coarse, relief.own])
    assert all(np.isfinite(each).all() for each in gradients)


def test_a_deep_crease_is_compressed_more_than_a_fine_line():
    depth = lambda relief: -changed(relief_of(relief)).min()
    assert 1.3 * depth(-0.05) < depth(-0.2) < 3 * depth(-0.05)
