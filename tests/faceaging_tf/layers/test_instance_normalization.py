"""Instance normalization against numpy."""

import numpy as np
import pytest
from verbs import LayerVerbs

from faceaging_tf.layers import InstanceNormalization


def picture(offset=0.0):
    return (np.random.default_rng(0).normal(size=(2, 6, 5, 3)) + offset).astype("float32")


def normalized(x, epsilon=1e-5):
    x = x.astype("float64")
    return (x - x.mean(axis=(1, 2), keepdims=True)) / np.sqrt(
        x.var(axis=(1, 2), keepdims=True) + epsilon
    )


class TestVerbs(LayerVerbs):
    layer_class, arguments = InstanceNormalization, {"epsilon": 1e-3}

    def inputs(self):
        return picture()


class TestVerbsWithoutWeights(TestVerbs):
    arguments = {"affine": False}


def test_it_is_the_mean_and_the_deviation_over_height_and_width():
    np.testing.assert_allclose(InstanceNormalization()(picture()), normalized(picture()), atol=1e-5)


def test_gamma_scales_and_beta_shifts_each_channel():
    layer = InstanceNormalization()
    layer.build((None, 6, 5, 3))
    gamma, beta = np.array([1.0, -2.0, 3.0]), np.array([0.5, 0.0, -1.0])
    layer.set_weights([gamma, beta])
    np.testing.assert_allclose(layer(picture()), gamma * normalized(picture()) + beta, atol=1e-5)


def test_without_affine_there_is_nothing_to_learn():
    layer = InstanceNormalization(affine=False)
    layer.build((None, 6, 5, 3))
    assert layer.weights == []


def test_epsilon_is_under_the_root():
    layer = InstanceNormalization(epsilon=0.5, affine=False)
    np.testing.assert_allclose(layer(picture()), normalized(picture(), 0.5), atol=1e-5)


def test_a_constant_channel_becomes_beta():
    assert np.abs(InstanceNormalization()(np.full((1, 8, 8, 1), 7.0, "float32"))).max() < 1e-5


def test_a_large_offset_survives_float16():
    # In float16, squares of 300 overflow and a mean of squares less a squared mean is noise.
    x = picture(offset=300.0).astype("float16")
    output = np.asarray(InstanceNormalization(affine=False, dtype="mixed_float16")(x), "float32")
    np.testing.assert_allclose(output, normalized(x), atol=2e-3)


@pytest.mark.parametrize("shape", [(None, 8, 3), (None, 8, 8, None)])
def test_inputs_that_are_no_images_are_refused(shape):
    with pytest.raises(
        ValueError, match=r"InstanceNormalization got an input of shape .*\(N, H, W, C\)"
    ):
        InstanceNormalization().build(shape)


def test_an_epsilon_of_zero_is_refused():
    with pytest.raises(ValueError, match="epsilon=0.*above 0"):
        InstanceNormalization(epsilon=0)
