"""The residual block, step by step in numpy."""

import keras
import numpy as np
import pytest
from verbs import LayerVerbs

from faceaging_tf.layers import ResidualBlock


def picture():
    return np.random.default_rng(0).normal(size=(2, 8, 8, 3)).astype("float32")


class TestVerbs(LayerVerbs):
    layer_class, arguments = ResidualBlock, {"filters": 3}

    def inputs(self):
        return picture()


class TestVerbsOfZeroPadding(TestVerbs):
    arguments = {"filters": 3, "padding": "same", "affine": False}


def convolution(x, kernel, bias):
    """A 3x3 convolution without padding, as nine sums."""
    height, width = x.shape[1] - 2, x.shape[2] - 2
    windows = [
        (x[:, i : i + height, j : j + width], kernel[i, j]) for i in range(3) for j in range(3)
    ]
    return sum(window @ weight for window, weight in windows) + bias


def normalization(x, epsilon=1e-5):
    return (x - x.mean(axis=(1, 2), keepdims=True)) / np.sqrt(
        x.var(axis=(1, 2), keepdims=True) + epsilon
    )


@pytest.mark.parametrize(
    "padding, numpys, epsilon",
    [("reflect", "reflect", 1e-5), ("same", "constant", 1e-5), ("reflect", "reflect", 0.5)],
)
def test_it_adds_two_normalized_convolutions_to_its_input(padding, numpys, epsilon):
    block = ResidualBlock(3, padding, affine=False, epsilon=epsilon)
    block.build((None, 8, 8, 3))
    rng = np.random.default_rng(1)
    weights = [rng.normal(size=weight.shape).astype("float32") for weight in block.weights]
    block.set_weights(weights)
    first_kernel, first_bias, second_kernel, second_bias = weights
    pad = lambda x: np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), mode=numpys)
    x = np.maximum(normalization(convolution(pad(picture()), first_kernel, first_bias), epsilon), 0)
    expected = picture() + normalization(convolution(pad(x), second_kernel, second_bias), epsilon)
    np.testing.assert_allclose(block(picture()), expected, atol=1e-4)


def test_its_parts_are_named():
    block = ResidualBlock(3)
    block.build((None, 8, 8, 3))
    assert {weight.path.split("/")[-2] for weight in block.weights} == {
        "first_convolution",
        "first_normalization",
        "second_convolution",
        "second_normalization",
    }


def test_its_parts_follow_its_precision():
    block = ResidualBlock(3, dtype=keras.DTypePolicy("mixed_bfloat16"))
    assert (
        block.second_convolution.compute_dtype
        == block.first_normalization.compute_dtype
        == "bfloat16"
    )


def test_another_number_of_channels_is_refused():
    with pytest.raises(ValueError, match=r"ResidualBlock\(filters=4\) got an input of 3 channels"):
        ResidualBlock(4).build((None, 8, 8, 3))


def test_another_padding_is_refused():
    with pytest.raises(ValueError, match='padding=\'valid\'; it needs "reflect" or "same"'):
        ResidualBlock(4, padding="valid")
