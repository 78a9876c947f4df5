"""How heads move: an adult's two lines of age, a child's growth, and what stays."""

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
    nowhere,
    person,
    rng,
    still,
)
from verbs import LayerVerbs

from faceaging_tf.layers.ageing_years import MOST_OLDER, MOST_YOUNGER
from faceaging_tf.layers.head_shape import HeadShape
from faceaging_tf.layers.mean_face_part import MAP_SIDE


class TestHeadShapeVerbs(LayerVerbs):
    layer_class, always_float32, arguments = HeadShape, True, {"side": 8}

    def inputs(self):
        masks = rng().uniform(size=(2, REGIONS, REGIONS, 1)).astype("float32")
        return [
            rng().normal(scale=0.02, size=(2, FLOW, FLOW, 2)).astype("float32"),
            rng().normal(size=(2, 6)).astype("float32"),
            masks,
            1 - masks,
            *np.float32([[[30], [-20]], [[40], [60]], [[1], [0.5]]]),
        ]


def shaped(years, age=40.0, traits=None, strength=1.0, skin=None, hair=None, side=8):
    """The flow of a `HeadShape` of random maps; all is skin unless told otherwise."""
    layer = HeadShape(side)
    layer.change.assign(rng().normal(scale=0.05, size=layer.change.shape))
    masks = [everywhere() if skin is None else skin, nowhere() if hair is None else hair]
    return np.array(
        layer(
            [
                still(),
                person(0.5) if traits is None else traits,
                *masks,
                column(years),
                column(age),
                column(strength),
            ]
        )
    )


def test_without_years_or_strength_a_head_keeps_its_shape():
    np.testing.assert_array_equal(shaped(0), 0)
    np.testing.assert_array_equal(shaped(30, strength=0.0), 0)


@pytest.mark.parametrize("age,first,second", [(20, 10, 15), (30, 30, 20), (70, -40, -5)])
def test_movements_add_up(age, first, second):
    np.testing.assert_allclose(
        shaped(first, age) + shaped(second, age + first), shaped(first + second, age), atol=1e-6
    )


def test_back_again_is_the_movement_with_the_other_sign():
    np.testing.assert_allclose(shaped(-30, 70), -shaped(30, 40), atol=1e-6)


def test_between_eighteen_and_forty_five_the_first_line_alone_moves_a_head():
    layer = HeadShape(8)
    layer.change.assign(
        np.broadcast_to(np.reshape([0.02, 0.9], (1, 2, 1, 1, 1)), layer.change.shape)
    )
    # 25 of the 50 years that the map is given for.
    np.testing.assert_allclose(
        layer([still(), person(), everywhere(), nowhere(), column(25), column(20), column(1)]),
        0.01 * np.ones((1, 8, 8, 2)),
        rtol=1e-5,
    )


def grown(wanted, age, first=0.01, second=0.03):
    """By how much a `HeadShape` moves a head whose growth is the same everywhere."""
    layer = HeadShape(8)
    layer.growth.assign(
        np.broadcast_to(np.reshape([first, second], (1, 2, 1, 1, 1)), layer.growth.shape)
    )
    years = wanted * (MOST_OLDER if wanted > 0 else MOST_YOUNGER)
    found = layer([still(), person(), everywhere(), nowhere(), *map(column, (years, age, 1))])
    assert np.ptp(found) < 1e-6
    return float(np.mean(found))


@pytest.mark.parametrize(
    "age,wanted,expected",
    [
        (2, 8, 0.01),
        (6, 8, 0.5 * 0.01 + 0.5 * 0.03),
        (14, 40, 0.5 * 0.03),
        (40, -32, -(0.25 * 0.01 + 0.03)),
        (20, 30, 0.0),
        (60, -40, 0.0),
    ],
)
def test_heads_grow_by_the_wanted_years_between_two_and_eighteen(age, wanted, expected):
    assert grown(wanted, age) == pytest.approx(expected, abs=1e-6)


def test_a_shape_that_is_given_a_grower_grows_as_that_one_does():
    grower = HeadShape(8)
    shape = HeadShape(8, grower)
    given = [still(), person(), everywhere(), nowhere(), *map(column, (14.5, 5, 1))]
    grower(given)
    grower.growth.assign(rng().normal(scale=0.02, size=grower.growth.shape))
    np.testing.assert_array_equal(shape(given), grower(given))
    assert [weight.name for weight in shape._trainable_variables] == ["change"]
    assert not any(weight.name == "growth" for weight in shape._non_trainable_variables)


def test_a_head_is_moved_by_the_maps_of_its_sex():
    middle = (shaped(30, traits=person(MAN)) + shaped(30, traits=person(WOMAN))) / 2
    np.testing.assert_allclose(shaped(30, traits=person(0.0)), middle, atol=1e-6)


def test_skin_and_hair_move_and_what_stands_behind_a_person_stays():
    upper = half(REGIONS)[None]
    for masks in ({"skin": upper}, {"skin": nowhere(), "hair": upper}):
        found, whole = shaped(30, side=MAP_SIDE, **masks), shaped(30, side=MAP_SIDE)
        np.testing.assert_allclose(found[:, :28], whole[:, :28], atol=1e-6)
        np.testing.assert_array_equal(found[:, 38:], 0)
