"""The CycleGAN generator against its architecture as the paper gives it, written out in torch."""

import keras
import numpy as np
import pytest

from faceaging_tf.networks import resnet_generator


@pytest.fixture(scope="module")
def full_size():
    return resnet_generator(image_size=256)


def reference(filters, blocks):
    """c7s1, two of stride 2, residual blocks, two transposed, c7s1; instance normalization without
    weights, biases everywhere.
    """
    torch = pytest.importorskip("torch")
    nn = torch.nn

    class Block(nn.Module):
        def __init__(self, width):
            super().__init__()
            half = lambda: [
                nn.ReflectionPad2d(1),
                nn.Conv2d(width, width, 3),
                nn.InstanceNorm2d(width),
            ]
            self.layers = nn.Sequential(*half(), nn.ReLU(), *half())

        def forward(self, x):
            return x + self.layers(x)

    def normalized(convolution, width):
        return [convolution, nn.InstanceNorm2d(width), nn.ReLU()]

    transposed = {"stride": 2, "padding": 1, "output_padding": 1}
    torch.manual_seed(0)
    return nn.Sequential(
        nn.ReflectionPad2d(3),
        *normalized(nn.Conv2d(3, filters, 7), filters),
        *normalized(nn.Conv2d(filters, 2 * filters, 3, stride=2, padding=1), 2 * filters),
        *normalized(nn.Conv2d(2 * filters, 4 * filters, 3, stride=2, padding=1), 4 * filters),
        *[Block(4 * filters) for _ in range(blocks)],
        *normalized(nn.ConvTranspose2d(4 * filters, 2 * filters, 3, **transposed), 2 * filters),
        *normalized(nn.ConvTranspose2d(2 * filters, filters, 3, **transposed), filters),
        nn.ReflectionPad2d(3),
        nn.Conv2d(filters, 3, 7),
        nn.Tanh(),
    )


def copy_weights(module, model):
    """torch's kernels are (out, in, h, w), transposed ones (in, out, h, w); ours (h, w, in, out)
    and (h, w, out, in).
    """
    values = [parameter.detach().numpy() for parameter in module.parameters()]
    model.set_weights(
        [value.transpose(2, 3, 1, 0) if value.ndim == 4 else value for value in values]
    )


@pytest.mark.parametrize("image_size", [32, 44])
def test_with_the_references_weights_it_gives_the_references_output(image_size):
    module, model = reference(4, 3), resnet_generator(image_size=image_size, filters=4, blocks=3)
    copy_weights(module, model)
    x = np.random.default_rng(0).uniform(-1, 1, (2, image_size, image_size, 3)).astype("float32")
    import torch

    expected = (
        module(torch.from_numpy(x.transpose(0, 3, 1, 2))).detach().numpy().transpose(0, 2, 3, 1)
    )
    np.testing.assert_allclose(model(x), expected, atol=1e-4)


def tensorflows(x, weights, blocks, epsilon):
    """The same with TensorFlow's "SAME" padding of what has stride 2, and normalizations with gamma
    and beta; of the weights in order.
    """
    import tensorflow as tf

    weights = iter(weights)

    def normalized(convolve, x):
        kernel, bias, gamma, beta = (next(weights) for _ in range(4))
        x = convolve(x, kernel) + bias
        mean, variance = tf.nn.moments(x, (1, 2), keepdims=True)
        return tf.nn.batch_normalization(x, mean, variance, beta, gamma, epsilon)

    reflected = lambda x, pixels: tf.pad(
        x, [[0, 0], [pixels, pixels], [pixels, pixels], [0, 0]], "REFLECT"
    )
    plain = lambda x, kernel: tf.nn.conv2d(reflected(x, kernel.shape[0] // 2), kernel, 1, "VALID")
    down = lambda x, kernel: tf.nn.conv2d(x, kernel, 2, "SAME")
    up = lambda x, kernel: tf.nn.conv2d_transpose(
        x, kernel, (len(x), 2 * x.shape[1], 2 * x.shape[2], kernel.shape[2]), 2, "SAME"
    )
    x = tf.nn.relu(normalized(plain, x))
    for _ in range(2):
        x = tf.nn.relu(normalized(down, x))
    for _ in range(blocks):
        x = x + normalized(plain, tf.nn.relu(normalized(plain, x)))
    for _ in range(2):
        x = tf.nn.relu(normalized(up, x))
    return tf.tanh(plain(x, next(weights)) + next(weights))


def test_with_tensorflows_padding_and_normalizations_that_learn_it_is_what_tensorflow_makes_of_its_weights():
    model = resnet_generator(
        image_size=32, filters=4, blocks=2, strided_padding="same", affine=True, epsilon=0.1
    )
    rng = np.random.default_rng(0)
    weights = [rng.normal(0, 0.1, weight.shape).astype("float32") for weight in model.weights]
    model.set_weights(weights)
    x = rng.uniform(-1, 1, (2, 32, 32, 3)).astype("float32")
    np.testing.assert_allclose(model(x), tensorflows(x, weights, 2, 0.1), atol=1e-4)


def test_it_has_as_many_parameters_as_the_reference(full_size):
    assert full_size.count_params() == sum(
        parameter.numel() for parameter in reference(64, 9).parameters()
    )


def test_it_has_the_papers_11_378_million_parameters(full_size):
    assert full_size.count_params() == 11_378_179


@pytest.mark.parametrize("image_size", [128, 256])
@pytest.mark.parametrize("padding", ["reflect", "same"])
def test_a_face_comes_out_at_its_own_size(image_size, padding):
    model = resnet_generator(image_size=image_size, filters=2, blocks=1, padding=padding)
    assert model.output_shape == (None, image_size, image_size, 3)
    assert model(np.zeros((1, image_size, image_size, 3))).shape == (1, image_size, image_size, 3)


def test_without_a_size_it_takes_any():
    model = resnet_generator(image_size=None, filters=2, blocks=1)
    assert model(np.zeros((1, 24, 40, 3))).shape == (1, 24, 40, 3)


def test_years_and_age_enter_as_four_planes():
    plain, told = (
        resnet_generator(filters=2, blocks=1),
        resnet_generator(filters=2, blocks=1, conditioned=True),
    )
    assert told.count_params() - plain.count_params() == 7 * 7 * 4 * 2
    assert [x.name for x in told.inputs] == ["face", "years", "age"]


def test_conditioned_it_depends_on_years_and_age():
    model = resnet_generator(image_size=16, filters=2, blocks=1, conditioned=True)
    face = np.random.default_rng(0).uniform(-1, 1, (1, 16, 16, 3))
    outputs = [
        np.asarray(model([face, np.array([[years]]), np.array([[age]])]))
        for years, age in ((10.0, 20.0), (40.0, 20.0), (10.0, 50.0))
    ]
    assert not np.allclose(outputs[0], outputs[1]) and not np.allclose(outputs[0], outputs[2])


def test_its_last_layers_stay_in_float32():
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    try:
        model = resnet_generator(image_size=16, filters=2, blocks=1)
    finally:
        keras.mixed_precision.set_global_policy("float32")
    assert (
        model.get_layer("stem_convolution").compute_dtype
        == model.get_layer("block1").compute_dtype
        == "bfloat16"
    )
    assert model.get_layer("head_convolution").compute_dtype == model.output.dtype == "float32"


def test_a_size_that_four_does_not_divide_is_refused():
    with pytest.raises(ValueError, match="image_size=30; it needs a multiple of 4"):
        resnet_generator(image_size=30)


def test_another_strided_padding_is_refused():
    with pytest.raises(
        ValueError, match='strided_padding=\'valid\'; it needs "symmetric" or "same"'
    ):
        resnet_generator(strided_padding="valid")
