"""Weights that are about to be loaded are no random numbers."""

import keras
import numpy as np
import pytest

from faceaging_tf.networks import patch_discriminator, resnet_generator
from zoo.presets.to_be_loaded import to_be_loaded

NAMES = ["glorot_uniform", "he_normal", "random_normal"]


@pytest.mark.parametrize("name", NAMES)
def test_a_named_initializer_gives_zeros_within_alone(name):
    made = lambda: np.array(keras.initializers.get(name)((4, 3)))
    with to_be_loaded():
        assert not made().any()
    assert made().any()


@pytest.mark.parametrize("name", NAMES)
def test_a_layer_made_anew_of_one_from_within_is_random(name):
    with to_be_loaded():
        layer = keras.layers.Dense(3, kernel_initializer=name)
        layer.build((None, 4))
    again = keras.layers.Dense.from_config(layer.get_config())
    again.build((None, 4))
    assert not np.array(layer.kernel).any() and np.array(again.kernel).any()


def test_what_an_initializer_is_given_stays():
    with to_be_loaded():
        small = keras.initializers.get({"class_name": "random_normal", "config": {"stddev": 1e-3}})
    assert np.std(np.array(small((100, 100)))) == pytest.approx(1e-3, rel=0.1)


def test_networks_are_built_of_zeros():
    with to_be_loaded():
        networks = [
            resnet_generator(image_size=16, filters=2, blocks=1),
            patch_discriminator(image_size=32, filters=2, stages=1),
        ]
    for network in networks:
        kernels = [weight for weight in network.weights if weight.path.endswith("kernel")]
        assert kernels and not any(np.array(kernel).any() for kernel in kernels)


@pytest.mark.parametrize("name", NAMES)
def test_models_made_within_are_saved_as_any_other(name):
    with to_be_loaded():
        layer = keras.layers.Dense(3, kernel_initializer=name)
    saved = keras.saving.serialize_keras_object(layer)["config"]["kernel_initializer"]
    assert saved["module"] == "keras.initializers"
