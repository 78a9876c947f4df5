"""Futures: the factors of each, where wrinkles and movements lie, and a face's build."""

import numpy as np
import pytest
from plain_heads import FLOW, REGIONS, column, everywhere, nowhere, rng, still
from verbs import LayerVerbs

from faceaging_tf.layers.futures import (
    FUTURES,
    MIDDLE,
    REACH,
    Build,
    Emphasis,
    Future,
    Futures,
)

SIDE = 32


def heights(side=FLOW):
    """Heights of the rows of a flow that moves nothing, fractions."""
    return (np.arange(side) + 0.5) / side


class TestFutures(LayerVerbs):
    layer_class, always_float32 = Futures, True

    def inputs(self):
        return np.float32([[0], [2]])

    def test_each_face_has_the_row_of_its_number(self):
        numbers = np.float32([[3], [0], [1]])
        np.testing.assert_array_equal(
            np.array(Futures()(numbers)), np.float32([FUTURES[3], FUTURES[0], FUTURES[1]])
        )


def test_the_first_future_changes_nothing_that_was_learned():
    assert FUTURES[0] == Future() and Future()[1:7] == (1,) * 6 and Future()[7:] == (0,) * 3


def test_each_future_has_an_exemplar_of_its_own():
    assert [future.exemplar for future in FUTURES] == [0, 1, 2, 3]


class TestEmphasis(LayerVerbs):
    layer_class, always_float32 = Emphasis, True

    def inputs(self):
        return [
            rng().normal(size=(2, SIDE, SIDE, 1)).astype("float32"),
            rng().normal(scale=0.02, size=(2, FLOW, FLOW, 2)).astype("float32"),
            np.float32([[0.5], [-0.5]]),
        ]

    def test_below_it_is_stronger_and_above_weaker(self):
        ones = np.ones((1, FLOW, FLOW, 1), "float32")
        found = np.array(Emphasis()([ones, still(), column(0.5)]))[0, :, 0, 0]
        wanted = np.sin(np.pi / 2 * np.clip((heights() - MIDDLE) / REACH, -1, 1))
        np.testing.assert_allclose(found, 1 + 0.5 * wanted, atol=1e-5)
        assert found[0] == pytest.approx(0.5) and found[-1] == pytest.approx(1.5)

    def test_none_leaves_the_map(self):
        x = self.inputs()[0][:1]
        np.testing.assert_array_equal(np.array(Emphasis()([x, still(), column(0)])), x)


class TestBuild(LayerVerbs):
    layer_class, always_float32, arguments = Build, True, {"side": 8}

    def inputs(self):
        masks = rng().uniform(size=(2, REGIONS, REGIONS, 1)).astype("float32")
        return [
            rng().normal(scale=0.02, size=(2, FLOW, FLOW, 2)).astype("float32"),
            masks,
            1 - masks,
            *np.float32([[[30], [-20]], [[1], [-1]]]),
        ]


def built(build=1.0, years=40, skin=None):
    skin = everywhere() if skin is None else skin
    given = [still(), skin, nowhere(), column(years), column(build)]
    return np.array(Build(64)(given))[0]


@pytest.mark.parametrize(
    "nothing", [{"build": 0.0}, {"years": 0}, {"years": -30}, {"skin": nowhere()}]
)
def test_without_build_more_years_or_a_person_nothing_moves(nothing):
    np.testing.assert_allclose(built(**nothing), 0, atol=1e-9)


def test_a_fuller_face_is_fetched_from_further_inside_and_a_leaner_one_from_outside():
    row, left, right = round(64 * Build.JAW), round(64 * 0.32), round(64 * 0.68)
    found = built()
    assert found[row, left, 0] > 0.005 and found[row, right, 0] < -0.005
    np.testing.assert_allclose(built(-1.0), -found, atol=1e-9)
    assert np.abs(found).max() <= max(Build.WIDER, Build.LOWER)


def test_eyes_and_the_middle_of_the_mouth_hardly_move():
    found = np.abs(built())
    eyes, mouth = found[round(64 * 0.455), 20:44], found[round(64 * 0.71), 31:33]
    assert eyes.max() < 0.002 and mouth[:, 0].max() < 0.0005


def test_build_grows_with_the_years_up_to_forty():
    np.testing.assert_allclose(built(years=20), built(years=40) / 2, atol=1e-7)
    np.testing.assert_array_equal(built(years=60), built(years=40))
