"""Spectral normalization against numpy's singular values."""

import keras
import numpy as np
import pytest
from verbs import LayerVerbs

from faceaging_tf.layers import SpectralNormalization


@pytest.fixture(autouse=True)
def the_same_kernels_every_time():
    """Power iteration settles slowly on a kernel whose two largest singular values are near each
    other, as some random ones have.
    """
    keras.utils.set_random_seed(0)


def picture():
    return np.random.default_rng(0).normal(size=(2, 8, 8, 3)).astype("float32")


def convolution(**more):
    return keras.layers.Conv2D(5, 3, name="convolution", **more)


class TestVerbs(LayerVerbs):
    layer_class = SpectralNormalization

    def inputs(self):
        return picture()

    def layer(self, **more):
        return SpectralNormalization(convolution(**more), name="spectral", **more)


def settled(layer, inputs, calls=60):
    """The layer after so many training calls that its power iteration has converged; with a bias
    that is not 0.
    """
    layer(inputs)
    if layer.layer.use_bias:
        layer.layer.bias.assign(np.linspace(-1, 1, layer.layer.bias.shape[0]))
    for _ in range(calls):
        layer(inputs, training=True)
    return layer


def largest_singular_value(kernel):
    return np.linalg.svd(np.asarray(kernel).reshape(-1, kernel.shape[-1]), compute_uv=False)[0]


def test_a_dense_layers_kernel_is_used_over_its_largest_singular_value():
    x = np.random.default_rng(0).normal(size=(4, 6)).astype("float32")
    layer = settled(SpectralNormalization(keras.layers.Dense(5)), x)
    kernel, bias = layer.layer.get_weights()
    np.testing.assert_allclose(
        layer(x), x @ (kernel / largest_singular_value(kernel)) + bias, atol=1e-4
    )


def test_a_convolutions_kernel_is_used_over_its_largest_singular_value():
    layer = settled(SpectralNormalization(convolution(padding="same", strides=2)), picture())
    kernel, bias = layer.layer.get_weights()
    plain = convolution(padding="same", strides=2)
    plain.build(picture().shape)
    plain.set_weights([kernel / largest_singular_value(kernel), bias])
    np.testing.assert_allclose(layer(picture()), plain(picture()), atol=1e-4)


@pytest.mark.parametrize("use_bias", [True, False])
def test_the_kernel_is_divided_and_not_the_bias(use_bias):
    x = np.random.default_rng(0).normal(size=(4, 6)).astype("float32")
    layer = settled(SpectralNormalization(keras.layers.Dense(5, use_bias=use_bias)), x)
    kernel, *bias = layer.layer.get_weights()
    expected = x @ (kernel / largest_singular_value(kernel)) + (bias[0] if use_bias else 0)
    np.testing.assert_allclose(layer(x), expected, atol=1e-3)


def test_it_works_without_a_bias():
    layer = settled(SpectralNormalization(keras.layers.Dense(5, use_bias=False)), picture())
    kernel = layer.layer.get_weights()[0]
    np.testing.assert_allclose(
        layer(picture()), picture() @ (kernel / largest_singular_value(kernel)), atol=1e-4
    )


def test_the_raw_kernel_is_never_written_to():
    layer = SpectralNormalization(convolution())
    layer(picture())
    before = np.array(layer.layer.kernel)
    layer(picture(), training=True)
    np.testing.assert_array_equal(layer.layer.kernel, before)


def test_training_and_inference_agree_once_it_has_settled():
    layer = settled(SpectralNormalization(convolution()), picture())
    np.testing.assert_allclose(
        layer(picture(), training=True), layer(picture(), training=False), atol=1e-5
    )


def test_inference_leaves_the_state_alone_and_training_moves_it():
    layer = SpectralNormalization(convolution())
    layer(picture(), training=False)
    before = np.array(layer.u)
    layer(picture(), training=False)
    np.testing.assert_array_equal(layer.u, before)
    layer(picture(), training=True)
    assert not np.array_equal(layer.u, before)


def test_the_gradient_is_that_of_the_divided_kernel():
    import tensorflow as tf

    x = np.random.default_rng(0).normal(size=(4, 6)).astype("float32")
    layer = settled(SpectralNormalization(keras.layers.Dense(5)), x)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(tf.square(layer(x)))
    kernel = tf.Variable(layer.layer.kernel.value)
    with tf.GradientTape() as reference:
        divided = kernel / tf.linalg.svd(kernel, compute_uv=False)[0]
        expected = tf.reduce_sum(tf.square(x @ divided + layer.layer.bias.value))
    np.testing.assert_allclose(
        tape.gradient(total, layer.layer.kernel.value),
        reference.gradient(expected, kernel),
        rtol=1e-3,
        atol=1e-3,
    )


def test_the_kernel_is_trained_and_the_state_is_not():
    layer = SpectralNormalization(convolution())
    layer(picture())
    assert [variable.name for variable in layer.trainable_variables] == ["kernel", "bias"]
    assert [variable.name for variable in layer.non_trainable_variables] == ["u"]


def test_a_layer_that_is_not_linear_in_a_kernel_is_refused():
    with pytest.raises(ValueError, match="it needs a Conv2D or Dense layer"):
        SpectralNormalization(keras.layers.ReLU())


def test_an_activation_is_refused():
    with pytest.raises(ValueError, match="with an activation; give it a linear layer"):
        SpectralNormalization(keras.layers.Dense(4, activation="relu"))
