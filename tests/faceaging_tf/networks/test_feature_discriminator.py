"""The discriminator that sees the features of a trained network."""

import keras
import numpy as np
import pytest

from faceaging_tf import networks
from faceaging_tf.networks import backbone_of, feature_discriminator

BACKBONE = {"network": "age_network", "widths": (4, 4, 4), "blocks": (1, 1, 1)}


def small(**more):
    return feature_discriminator(**{"image_size": 32, "backbone": BACKBONE, "filters": 4, **more})


def noise(number=2):
    return np.random.default_rng(0).uniform(-1, 1, (number, 32, 32, 3)).astype("float32")


def test_there_is_a_score_a_place_and_branch():
    assert small()([noise(), np.full((2, 1), 30.0)]).shape == (2, 4, 4, 3)
    assert small(conditioned=False)(noise()).shape == (2, 4, 4, 3)


def test_by_default_it_reads_the_age_network_at_128_pixels():
    model = feature_discriminator()
    assert model.output_shape == (None, 16, 16, 3)
    assert [output.shape[1:] for output in backbone_of(model).outputs] == [(32, 32, 48), (16, 16, 96)]


def test_the_backbone_is_frozen_and_the_branches_are_trained():
    model = small()
    frozen = {id(weight) for weight in backbone_of(model).weights}
    assert model.trainable_weights and not frozen & {id(weight) for weight in model.trainable_weights}


def test_a_trained_networks_weights_make_its_features_the_backbones():
    network, model = networks.build(BACKBONE, image_size=32), small()
    for weight in network.weights:
        weight.assign(np.random.default_rng(0).uniform(0.1, 0.5, weight.shape))
    backbone = backbone_of(model)
    backbone.set_weights(network.get_weights()[: len(backbone.weights)])
    expected = keras.Model(network.inputs[0], network.get_layer("stage3_block1_activation").output)(noise())
    np.testing.assert_allclose(backbone(noise())[1], expected, rtol=1e-5)


def test_each_branch_has_its_own_channel_and_the_age_matters_to_each():
    young, old = (np.asarray(small_model([noise(), np.full((2, 1), age)])) for small_model in [small()] for age in (20.0, 70.0))
    assert (np.abs(young - old).max(axis=(0, 1, 2)) > 1e-6).all()


def test_it_is_built_again_from_its_specification():
    model = small()
    twin = networks.build(networks.serialize(model))
    twin.set_weights(model.get_weights())
    inputs = [noise(), np.full((2, 1), 30.0)]
    np.testing.assert_array_equal(twin(inputs), model(inputs))


def test_a_side_that_is_no_multiple_of_eight_is_refused():
    with pytest.raises(ValueError, match="image_size=36; it needs a multiple of 8"):
        small(image_size=36)


def test_a_backbone_of_two_stages_is_refused():
    with pytest.raises(ValueError, match="the stages stage1, stage2; it needs three or more"):
        small(backbone={**BACKBONE, "widths": (4, 4), "blocks": (1, 1)})
