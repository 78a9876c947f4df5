"""A convolution at unit scale, against the plain one."""

import keras
import numpy as np
import pytest

from faceaging_tf.layers import EqualizedConv2D

X = np.random.default_rng(0).normal(size=(2, 9, 7, 3)).astype("float32")


@pytest.mark.parametrize("strides", [1, 2])
def test_it_is_a_convolution_by_the_scaled_kernel(strides):
    layer = EqualizedConv2D(5, strides=strides, gain=1.5)
    found = np.asarray(layer(X))
    plain = keras.layers.Conv2D(5, 3, strides, padding="same")
    plain.build(X.shape)
    # Nine pixels of three channels go into each value.
    plain.set_weights([1.5 / np.sqrt(27) * np.asarray(layer.kernel), np.asarray(layer.bias)])
    np.testing.assert_allclose(found, plain(X), atol=1e-5)
    assert found.shape == layer.compute_output_shape(X.shape)


def test_a_wide_layer_keeps_the_scale_of_its_inputs():
    wide = np.random.default_rng(1).normal(size=(4, 16, 16, 64)).astype("float32")
    keras.utils.set_random_seed(0)
    inner = np.asarray(EqualizedConv2D(64, gain=1.0)(wide))[:, 1:-1, 1:-1]
    assert inner.std() == pytest.approx(1.0, rel=0.1)


def test_it_comes_back_from_its_configuration():
    layer = EqualizedConv2D(5, kernel_size=1, strides=2, gain=1.0, name="mine")
    assert EqualizedConv2D.from_config(layer.get_config()).get_config() == layer.get_config()
