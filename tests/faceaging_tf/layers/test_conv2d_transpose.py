"""The doubling convolution, against Keras' transposed one."""

import keras
import numpy as np
from verbs import LayerVerbs

from faceaging_tf.layers.conv2d_transpose import Conv2DTranspose


def maps():
    return np.random.default_rng(0).normal(size=(2, 5, 7, 3)).astype("float32")


class TestVerbs(LayerVerbs):
    layer_class, arguments = Conv2DTranspose, {"filters": 2}

    def inputs(self):
        return maps()


def test_it_is_the_transposed_convolution_with_its_weights():
    layer, plain = Conv2DTranspose(2), keras.layers.Conv2DTranspose(2, 4, 2, padding="same")
    found, wanted = layer(maps()), plain(maps())
    assert [weight.path.split("/")[-1] for weight in layer.weights] == ["kernel", "bias"]
    layer.bias.assign([0.5, -0.5])
    plain.set_weights(layer.get_weights())
    found, wanted = np.array(layer(maps())), np.array(plain(maps()))
    assert found.shape == (2, 10, 14, 2)
    np.testing.assert_allclose(found, wanted, atol=1e-5)
