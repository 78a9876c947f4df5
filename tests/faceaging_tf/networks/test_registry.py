"""Networks by name, there and back."""

import json

import keras
import numpy as np
import pytest
from tiny import AGE_NETWORK, DISCRIMINATOR, MOBILE, RESNET, SPECTRAL

from faceaging_tf import networks

SPECIFICATIONS = [
    AGE_NETWORK,
    {**DISCRIMINATOR, "conditioned": True},
    {**MOBILE, "conditioned": True},
    RESNET,
    SPECTRAL,
]


def inputs_of(model):
    rng = np.random.default_rng(0)
    inputs = [
        rng.uniform(-1, 1, (2, *tensor.shape[1:])).astype("float32") for tensor in model.inputs
    ]
    return inputs if len(inputs) > 1 else inputs[0]


@pytest.mark.parametrize(
    "specification",
    SPECIFICATIONS,
    ids=lambda specification: "-".join(map(str, specification.values())),
)
def test_a_network_comes_back_from_its_specification(specification):
    model = networks.build(specification, image_size=32)
    again = networks.build(json.loads(json.dumps(networks.serialize(model))))
    again.set_weights(model.get_weights())
    np.testing.assert_array_equal(again(inputs_of(model)), model(inputs_of(model)))


def test_a_specification_is_its_own_serialization():
    specification = {**RESNET, "image_size": 32}
    assert networks.serialize(networks.build(specification)) == specification


def test_defaults_fill_in_and_the_specification_wins():
    model = networks.build(
        {"network": "patch_discriminator", "filters": 2, "stages": 1}, image_size=16, filters=8
    )
    assert networks.serialize(model) == {
        "network": "patch_discriminator",
        "filters": 2,
        "stages": 1,
        "image_size": 16,
    }


def test_a_specification_is_not_written_to():
    specification = dict(RESNET)
    networks.build(specification, image_size=32)
    assert specification == RESNET


def test_nothing_stays_nothing():
    assert networks.build(None) is None and networks.serialize(None) is None


def test_a_model_is_taken_as_it_is():
    model = networks.build(RESNET, image_size=32)
    assert networks.build(model, image_size=64) is model


def test_a_model_of_ones_own_comes_back_too():
    image = keras.Input((8, 8, 3))
    model = keras.Model(image, keras.layers.Conv2D(1, 3, name="own")(image))
    again = networks.build(networks.serialize(model))
    assert again is not model and again.get_layer("own").kernel.shape == (3, 3, 3, 1)


def test_an_unknown_name_is_answered_with_the_nearest_and_with_all():
    with pytest.raises(
        ValueError,
        match="no network 'patch_discriminatr'; known are age_network, .*resnet_generator. Did you mean 'patch_discriminator'",
    ):
        networks.build({"network": "patch_discriminatr"})


@pytest.mark.parametrize("specification", ["resnet_generator", {"filters": 4}, 7])
def test_what_is_no_specification_is_refused(specification):
    with pytest.raises(
        ValueError, match="A network was given as .*; give a dict such as .* or a keras.Model"
    ):
        networks.build(specification)
