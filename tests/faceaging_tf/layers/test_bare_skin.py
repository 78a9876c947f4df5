"""Skin less what lies on it."""

import numpy as np
import pytest
from verbs import LayerVerbs

from faceaging_tf.layers import BareSkin

SIZE = 128
LIGHT, DARK = (0.85, 0.65, 0.55), (0.25, 0.15, 0.11)


class TestVerbs(LayerVerbs):
    layer_class, always_float32 = BareSkin, True

    def inputs(self):
        rng = np.random.default_rng(0)
        return [
            rng.uniform(size=(2, SIZE, SIZE, 3)).astype("float32"),
            rng.uniform(size=(2, SIZE, SIZE, 1)).astype("float32"),
        ]


def bare(colour, thing=None, rows=slice(80, None), skin=1.0):
    """Bare skin `(128, 128)` of a face of one colour, a little uneven, with a thing of another
    colour over some rows.
    """
    face = np.full((1, SIZE, SIZE, 3), colour, "float32") * np.random.default_rng(0).uniform(
        0.9, 1.1, (1, SIZE, SIZE, 1)
    )
    if thing is not None:
        face[:, rows] = thing
    mask = np.full((1, SIZE, SIZE, 1), skin, "float32")
    return np.array(BareSkin()([face.astype("float32"), mask]))[0, ..., 0]


@pytest.mark.parametrize("skin", [LIGHT, DARK, (0.6, 0.42, 0.3)])
def test_skin_of_any_shade_is_bare(skin):
    np.testing.assert_array_equal(bare(skin), 1)


@pytest.mark.parametrize("skin", [LIGHT, DARK])
@pytest.mark.parametrize(
    "thing",
    [(0.6, 0.75, 0.85), (0.9, 0.9, 0.9), (0.1, 0.1, 0.1), (0.1, 0.15, 0.4), (0.3, 0.6, 0.3)],
)
def test_what_has_another_colour_is_not(skin, thing):
    found = bare(skin, thing)
    assert found[:74].min() == 1 and found[86:].max() == 0


def test_a_thing_over_most_of_the_face_is_none_of_its_skin():
    found = bare(LIGHT, (0.6, 0.75, 0.85), slice(32, None))
    assert found[:26].min() == 1 and found[38:].max() == 0


def test_its_edge_is_soft():
    steps = np.diff(bare(LIGHT, (0.6, 0.75, 0.85))[:, 32])
    assert steps.max() <= 1e-6 and np.count_nonzero(steps) >= 2


def test_what_has_the_colour_of_skin_stays():
    np.testing.assert_array_equal(bare(LIGHT, (0.7, 0.5, 0.4)), 1)


def test_a_glint_is_no_thing():
    np.testing.assert_array_equal(bare(LIGHT, (1.0, 1.0, 1.0), slice(80, 81)), 1)


def test_a_photo_without_colour_stays_as_it_is():
    np.testing.assert_array_equal(bare((0.5, 0.5, 0.5), (0.1, 0.1, 0.1)), 1)


def test_it_is_never_more_than_the_skin():
    np.testing.assert_allclose(bare(LIGHT, skin=0.5), 0.5)
