"""The small layers of a head generator."""

import numpy as np
import pytest
from verbs import LayerVerbs

from faceaging_tf.layers.luminance import luminance
from faceaging_tf.networks.head_layers import (
    WARMTH,
    ColourChange,
    ForParser,
    Refinement,
    Regions,
    Scaled,
)

SIZE = 64


def rng():
    return np.random.default_rng(0)


def coloured(picture, relief, tone=(1.0, 1.0, 1.0), contrast=(1.0, 1.0, 1.0)):
    """A picture `(1, 4, 4, 3)` with one change of light, and factors of colour; one pixel of it."""
    factors = lambda side, colour: np.broadcast_to(np.log(np.float32(colour)), (1, side, side, 3))
    plane = np.full((1, 4, 4, 1), relief, "float32")
    return np.array(ColourChange()([picture, plane, factors(2, tone), factors(4, contrast)]))[
        0, 0, 0
    ]


class TestColourChange(LayerVerbs):
    layer_class, always_float32 = ColourChange, True

    def inputs(self):
        small = lambda side, channels: (
            rng().normal(scale=0.1, size=(2, side, side, channels)).astype("float32")
        )
        return [rng().uniform(size=(2, 8, 8, 3)).astype("float32"), small(8, 1)] + [
            small(side, 3) for side in (2, 4)
        ]

    def test_relief_tone_and_contrast_are_factors_and_white_is_the_end(self):
        picture = np.full((1, 4, 4, 3), 0.4, "float32")
        np.testing.assert_allclose(
            coloured(picture, np.log(0.5), (1, 2, 3), (1, 1, 3)),
            [0.4 * 0.5 ** WARMTH[0], 0.8 * 0.5 ** WARMTH[1], 1.0],
            rtol=1e-5,
        )

    def test_skin_that_is_nearly_white_gets_no_lighter(self):
        picture = np.broadcast_to(np.float32([0.98, 0.9, 0.85]), (1, 4, 4, 3))
        np.testing.assert_allclose(coloured(picture, 0.1), picture[0, 0, 0], rtol=1e-6)

    def test_a_fold_is_redder_than_the_skin_and_as_dark_as_asked(self):
        skin = np.broadcast_to(np.float32([0.7, 0.5, 0.4]), (1, 4, 4, 3))
        found = coloured(skin, -0.1)
        assert found[0] / found[2] > 0.7 / 0.4
        assert float(luminance(found[None, None, None])[0, 0, 0, 0]) == pytest.approx(
            np.exp(-0.1) * float(luminance(skin)[0, 0, 0, 0]), rel=0.02
        )

    def test_a_fold_that_is_brightened_loses_its_red(self):
        fold = np.broadcast_to(np.float32([0.5, 0.3, 0.2]), (1, 4, 4, 3))
        found = coloured(fold, 0.2)
        assert found[0] / found[2] < 0.92 * 0.5 / 0.2


class TestRegions(LayerVerbs):
    layer_class, always_float32, arguments = Regions, True, {"number": 1}

    def inputs(self):
        return rng().normal(size=(2, 4, 4, 2)).astype("float32")

    def test_one_channel_becomes_a_probability(self):
        x = self.inputs()
        np.testing.assert_allclose(self.layer()(x)[..., 0], 1 / (1 + np.exp(-x[..., 1])), rtol=1e-5)

    def test_small_doubts_are_none(self):
        # Probabilities of .05, .3, .5 and .95 from .1 to .9.
        x = np.log(np.float32([0.05, 0.3, 0.5, 0.95]) / np.float32([0.95, 0.7, 0.5, 0.05])).reshape(
            1, 2, 2, 1
        )
        np.testing.assert_allclose(np.ravel(Regions(0, floor=0.1)(x)), [0, 0.25, 0.5, 1], atol=1e-5)


class TestForParser(LayerVerbs):
    layer_class, always_float32, arguments = ForParser, True, {"side": 8}

    def inputs(self):
        return rng().normal(size=(2, 32, 32, 3)).astype("float32")

    def test_it_shrinks_by_area(self):
        x = self.inputs()
        np.testing.assert_allclose(
            self.layer()(x), x.reshape(2, 8, 4, 8, 4, 3).mean(axis=(2, 4)), atol=1e-5
        )

    def test_what_has_the_size_stays(self):
        x = self.inputs()[:, :8, :8]
        np.testing.assert_array_equal(self.layer()(x), x)


class TestScaled(LayerVerbs):
    layer_class, always_float32, arguments = Scaled, True, {"scale": 2.0, "offset": -1.0}

    def inputs(self):
        return rng().normal(size=(2, 4, 4, 3)).astype("float32")

    def test_it_multiplies_and_then_adds(self):
        np.testing.assert_allclose(self.layer()(np.float32([0, 0.5, 1])), [-1, 0, 1])


class TestRefinement(LayerVerbs):
    layer_class, always_float32 = Refinement, True

    def inputs(self):
        return [
            rng().normal(size=(2, 8, 8, 1)).astype("float32"),
            rng().uniform(size=(2, 4, 4, 1)).astype("float32"),
            np.float32([[30], [-20]]),
            np.float32([[1], [0.5]]),
        ]

    def test_it_changes_the_light_of_skin_by_a_twentieth_at_most(self):
        change, skin, years, strength = (
            np.full((2, 8, 8, 1), 100.0),
            np.ones((2, 4, 4, 1)),
            np.float32([[30], [-5]]),
            np.float32([[1], [0.5]]),
        )
        found = self.layer()([change, skin, years, strength])
        np.testing.assert_allclose(found[:, 0, 0, 0], [0.05, 0.0125], rtol=1e-5)
        for nothing in ([change, 0 * skin, years, strength], [change, skin, 0 * years, strength]):
            np.testing.assert_array_equal(self.layer()(nothing), 0)
