"""Constant, then linear to zero: by hand."""

import keras
import pytest

from faceaging_tf.training import LinearDecay


@pytest.mark.parametrize(
    "step, rate", [(0, 0.2), (100, 0.2), (150, 0.15), (200, 0.1), (300, 0.0), (999, 0.0)]
)
def test_the_rate_is_constant_and_then_falls_to_zero(step, rate):
    assert float(LinearDecay(0.2, 100, 200)(step)) == pytest.approx(rate)


def test_an_optimizer_follows_it():
    optimizer = keras.optimizers.SGD(LinearDecay(0.2, 1, 2))
    variable = keras.Variable([0.0])
    places = []
    for _ in range(4):
        optimizer.apply([keras.ops.ones(1)], [variable])
        places.append(float(variable[0]))
    assert places == pytest.approx([-0.2, -0.4, -0.5, -0.5])


def test_it_comes_back_from_its_configuration():
    optimizer = keras.optimizers.Adam(LinearDecay(0.2, 100, 200))
    again = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    assert again._learning_rate.get_config() == {
        "rate": 0.2,
        "constant_steps": 100,
        "decay_steps": 200,
    }
