"""The optimizer of maps: units, smoothing, and rest until it begins."""

import keras
import numpy as np
import pytest

from faceaging_tf.training.stages.map_optimizer import UNITS, MapOptimizer, smoothed


def variable(layer, name, shape):
    with keras.name_scope(layer):
        return keras.Variable(np.zeros(shape, "float32"), name=name)


@pytest.mark.parametrize(
    "layer, name, shape",
    [("relief", "own", (2, 4)), ("greyed", "curve", (2,)), ("refinement_1", "kernel", (3,))],
)
def test_a_first_step_is_the_rate_times_the_unit(layer, name, shape):
    weight = variable(layer, name, shape)
    optimizer = MapOptimizer(0.01)
    optimizer.build([weight])
    optimizer.apply([np.full(shape, 0.3, "float32")], [weight])
    np.testing.assert_allclose(weight, -0.01 * UNITS.get(f"{layer}/{name}", 1.0), rtol=1e-4)


def test_nothing_moves_until_it_begins():
    weight = variable("tone", "change", (2, 16, 16, 3))
    optimizer = MapOptimizer(0.01, begin=2)
    optimizer.build([weight])
    moved = []
    for _ in range(3):
        optimizer.apply([np.ones(weight.shape, "float32")], [weight])
        moved.append(np.abs(weight).max() > 0)
    assert moved == [False, False, True]


def test_a_gradient_is_smoothed_within_its_map_alone():
    maps = np.zeros((2, 2, 33, 33, 2), "float32")
    maps[0, 1, 16, 16, 0] = 1.0
    found = np.asarray(smoothed(maps, 2.0))
    assert found[0, 1, ..., 0].sum() == pytest.approx(1.0, rel=1e-4) and np.abs(
        found
    ).sum() == pytest.approx(1.0, rel=1e-4)
    assert found[0, 1, 16, 18, 0] / found[0, 1, 16, 16, 0] == pytest.approx(np.exp(-0.5), rel=1e-3)


def test_it_is_told_what_it_was():
    optimizer = MapOptimizer(0.02, begin=7, name="mine")
    assert MapOptimizer.from_config(optimizer.get_config()).get_config() == optimizer.get_config()
    assert optimizer.get_config()["begin"] == 7
