"""The PatchGAN against its architecture as the paper gives it, written out in torch."""

import keras
import numpy as np
import pytest

from faceaging_tf.layers import SpectralNormalization
from faceaging_tf.networks import patch_discriminator


def reference(filters):
    """C64-C128-C256-C512 and one channel: 4x4, padded by 1, three of stride 2; no normalization in
    the first.
    """
    torch = pytest.importorskip("torch")
    nn = torch.nn
    torch.manual_seed(0)
    layers = [nn.Conv2d(3, filters, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
    for number, stride in ((1, 2), (2, 2), (3, 1)):
        width = filters * 2**number
        layers += [
            nn.Conv2d(width // 2, width, 4, stride=stride, padding=1),
            nn.InstanceNorm2d(width),
            nn.LeakyReLU(0.2),
        ]
    return nn.Sequential(*layers, nn.Conv2d(8 * filters, 1, 4, stride=1, padding=1))


@pytest.mark.parametrize("filters, image_size", [(4, 64), (4, 48), (64, 128)])
def test_with_the_references_weights_it_gives_the_references_scores(filters, image_size):
    module, model = reference(filters), patch_discriminator(image_size=image_size, filters=filters)
    values = [parameter.detach().numpy() for parameter in module.parameters()]
    model.set_weights(
        [value.transpose(2, 3, 1, 0) if value.ndim == 4 else value for value in values]
    )
    x = np.random.default_rng(0).uniform(-1, 1, (1, image_size, image_size, 3)).astype("float32")
    import torch

    expected = (
        module(torch.from_numpy(x.transpose(0, 3, 1, 2))).detach().numpy().transpose(0, 2, 3, 1)
    )
    np.testing.assert_allclose(model(x), expected, atol=1e-4)


def test_it_has_as_many_parameters_as_the_reference():
    assert patch_discriminator().count_params() == sum(
        parameter.numel() for parameter in reference(64).parameters()
    )


def test_it_has_the_papers_2_765_million_parameters():
    assert patch_discriminator().count_params() == 2_764_737


@pytest.mark.parametrize("image_size, patches", [(128, 14), (256, 30)])
@pytest.mark.parametrize("more", [{}, {"spectral": True}, {"conditioned": True}])
def test_there_is_a_score_a_patch(image_size, patches, more):
    model = patch_discriminator(image_size=image_size, filters=2, **more)
    assert model.output_shape == (None, patches, patches, 1)
    inputs = [np.zeros((1, image_size, image_size, 3)), np.full((1, 1), 30.0)]
    assert model(inputs if more.get("conditioned") else inputs[0]).shape == (1, patches, patches, 1)


@pytest.mark.parametrize("stages, side", [(3, 70), (2, 34)])
def test_a_score_sees_a_patch_of_so_many_pixels(stages, side):
    import tensorflow as tf

    # Without instance normalization, whose statistics see the whole image.
    model = patch_discriminator(image_size=128, filters=2, stages=stages, spectral=True)
    image = tf.Variable(np.random.default_rng(0).uniform(-1, 1, (1, 128, 128, 3)).astype("float32"))
    middle = model.output_shape[1] // 2
    with tf.GradientTape() as tape:
        score = model(image)[0, middle, middle, 0]
    seen = np.abs(tape.gradient(score, image)).sum(axis=(0, 3)) > 0
    assert (
        np.ptp(np.flatnonzero(seen.any(axis=0))) + 1
        == np.ptp(np.flatnonzero(seen.any(axis=1))) + 1
        == side
    )


def test_spectral_normalization_replaces_instance_normalization():
    layers = patch_discriminator(filters=2, spectral=True).layers
    assert sum(isinstance(layer, SpectralNormalization) for layer in layers) == 5
    assert not [layer for layer in layers if "normalization" in layer.name]


def test_conditioned_the_score_depends_on_the_age():
    model = patch_discriminator(image_size=32, filters=2, stages=2, conditioned=True)
    image = np.random.default_rng(0).uniform(-1, 1, (1, 32, 32, 3))
    assert not np.allclose(model([image, np.array([[20.0]])]), model([image, np.array([[70.0]])]))


def test_a_spectral_discriminator_can_be_cloned():
    model = patch_discriminator(image_size=32, filters=2, stages=2, spectral=True)
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    image = np.random.default_rng(0).uniform(-1, 1, (1, 32, 32, 3))
    np.testing.assert_array_equal(clone(image), model(image))


def test_an_image_too_small_for_its_stages_is_refused():
    with pytest.raises(
        ValueError,
        match="image_size=16 with stages=3; it needs at least 32 pixels, or fewer stages",
    ):
        patch_discriminator(image_size=16)
