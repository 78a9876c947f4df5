"""How years and age enter a network, by hand."""

import numpy as np
import pytest
from verbs import LayerVerbs

from faceaging_tf.layers import AgeCondition, AgeVector, FeatureModulation

YEARS, AGE = np.array([[25.0], [-10.0]], "float32"), np.array([[30.0], [60.0]], "float32")
# years / 50, |years| / 50, age / 100, (age + years) / 100
NUMBERS = [[0.5, 0.5, 0.3, 0.55], [-0.2, 0.2, 0.6, 0.5]]


def picture(channels=3):
    return np.random.default_rng(0).normal(size=(2, 4, 5, channels)).astype("float32")


class TestVerbsOfTheVector(LayerVerbs):
    layer_class, always_float32 = AgeVector, True

    def inputs(self):
        return [YEARS, AGE]


class TestVerbsOfTheCondition(LayerVerbs):
    layer_class = AgeCondition

    def inputs(self):
        return [picture(), YEARS, AGE]


class TestVerbsOfTheModulation(LayerVerbs):
    layer_class = FeatureModulation

    def inputs(self):
        return [picture(), np.random.default_rng(1).normal(size=(2, 6)).astype("float32")]


def test_the_vector_holds_four_numbers():
    np.testing.assert_allclose(AgeVector()([YEARS, AGE]), NUMBERS, atol=1e-6)


def test_years_and_age_may_come_without_their_last_axis():
    np.testing.assert_allclose(AgeVector()([YEARS[:, 0], AGE[:, 0]]), NUMBERS, atol=1e-6)


def test_the_condition_appends_the_four_numbers_as_planes():
    output = np.asarray(AgeCondition()([picture(), YEARS, AGE]))
    np.testing.assert_array_equal(output[..., :3], picture())
    np.testing.assert_allclose(
        output[..., 3:], np.broadcast_to(np.array(NUMBERS)[:, None, None], (2, 4, 5, 4)), atol=1e-6
    )


def test_years_of_float16_are_scaled_in_float32():
    # 47.3 years is no number of float16; the vector must not be of one that was rounded twice.
    np.testing.assert_allclose(
        AgeVector(dtype="float16")([YEARS + 0.3, AGE])[:, 0], (YEARS[:, 0] + 0.3) / 50, atol=1e-6
    )


def test_a_new_modulation_changes_nothing():
    layer = FeatureModulation()
    np.testing.assert_array_equal(layer([picture(), np.ones((2, 6), "float32")]), picture())


def test_a_modulation_scales_and_shifts_each_channel():
    layer = FeatureModulation()
    layer.build([(None, 4, 5, 3), (None, 2)])
    # One row an entry of the vector; three scales, then three shifts.
    kernel = np.array([[1, 2, 3, 10, 20, 30], [0, 0, 0, 1, 1, 1]], "float32")
    layer.dense.set_weights([kernel, np.zeros(6, "float32")])
    vector = np.array([[1, 0], [0, 2]], "float32")
    output = np.asarray(layer([picture(), vector]))
    np.testing.assert_allclose(output[0], picture()[0] * [2, 3, 4] + [10, 20, 30], rtol=1e-5)
    np.testing.assert_allclose(output[1], picture()[1] + 2, rtol=1e-5)


def test_a_condition_without_years_is_refused():
    with pytest.raises(
        ValueError, match=r"AgeCondition got 2 inputs; it needs a list \[images, years, age\]"
    ):
        AgeCondition().build([(None, 4, 4, 3), (None, 1)])


def test_a_modulation_without_a_vector_is_refused():
    with pytest.raises(
        ValueError, match=r"FeatureModulation got 1 inputs; it needs a list \[features, vector\]"
    ):
        FeatureModulation().build([(None, 4, 4, 3)])
