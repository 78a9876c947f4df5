"""The deviation over groups of a batch, by hand."""

import keras
import numpy as np
import pytest

from faceaging_tf.layers import MinibatchDeviation


def batch(*values):
    return np.ones((len(values), 2, 3, 4), "float32") * np.array(values, "float32")[:, None, None, None]


@pytest.mark.parametrize("symbolic", [False, True])
def test_each_group_has_its_own_mean_deviation(symbolic):
    layer = MinibatchDeviation(group=2)
    if symbolic:
        inputs = keras.Input((2, 3, 4))
        layer = keras.Model(inputs, layer(inputs))
    found = np.asarray(layer(batch(0.0, 2.0, 5.0, 5.0)))
    assert found.shape == (4, 2, 3, 5)
    np.testing.assert_allclose(found[..., -1].mean(axis=(1, 2)), [1, 1, 1e-4, 1e-4], rtol=1e-4)
    np.testing.assert_array_equal(found[..., :4], batch(0.0, 2.0, 5.0, 5.0))


def test_a_batch_that_is_no_multiple_is_one_group():
    found = np.asarray(MinibatchDeviation(group=2)(batch(0.0, 3.0, 6.0)))
    np.testing.assert_allclose(found[..., -1], np.std([0.0, 3.0, 6.0]), rtol=1e-5)


def test_it_comes_back_from_its_configuration():
    assert MinibatchDeviation.from_config(MinibatchDeviation(group=3).get_config()).group == 3
