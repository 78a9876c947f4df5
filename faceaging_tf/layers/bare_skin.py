"""Skin less what lies on it: masks, glasses, hats and whatever else has another colour."""

from typing import Unpack

import keras
import numpy as np
from keras import layers, ops

from faceaging_tf.layers.gaussian import blurred, shrunk
from faceaging_tf.typing import LayerArguments, Shape, Tensor

# Of full scale, added before the logarithm: the colour of what is nearly black is noise.
DARK = 0.04
# Redness, as a share of the face's own, up to which nothing is skin, and from which all is.
NOT_SKIN, SKIN = 0.15, 0.4
# Redness of a face below which its colour says nothing, and from which it does: photos without
# colour, or of blue light.
COLOURLESS, COLOURED = 0.1, 0.2
# What is blurred away is no thing: a glint, an edge. In 128ths of the side; shares of a thing that
# count as none and all.
BLUR, NONE, WHOLE = 1.5, 0.35, 0.75


@keras.saving.register_keras_serializable(package="faceaging_tf")
class BareSkin(layers.Layer):
    """Where a mask of skin has the colour of the face's own skin.

    Skin of every shade is redder than it is green and blue; cloth, lenses, metal and plastic seldom
    are. Redness is `log(R + c) - (log(G + c) + log(B + c)) / 2`, so that light and shade do not
    matter; a face's own is the mean over its mask without what is far less red.

    Input: a list of face `(N, S, S, 3)` in 0 to 1 and skin `(N, h, h, 1)` in 0 to 1, S = h times a
    power of two. Output `(N, h, h, 1)`, at most the skin. What has the colour of skin, such as a
    hand, stays.

    Example:
        >>> import numpy as np
        >>> from faceaging_tf.layers import BareSkin
        >>> face = np.full((1, 64, 64, 3), (0.8, 0.6, 0.5), "float32")
        >>> face[:, 40:] = (0.5, 0.6, 0.8)
        >>> bare = np.array(BareSkin()([face, np.ones((1, 64, 64, 1), "float32")]))
        >>> bare[0, (0, 63), 32, 0].round(2).tolist()
        [1.0, 0.0]
    """

    def __init__(self, **kwargs: Unpack[LayerArguments]):
        super().__init__(**{**kwargs, "dtype": "float32"})

    def build(self, input_shape: Shape) -> None:
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        face, skin = inputs
        red = self._redness(shrunk(face, skin.shape[1]))
        own = _mean(red, ops.square(skin))
        for _ in range(4):
            own = _mean(red, ops.square(skin) * between(red / ops.maximum(own, 0.02), 0.3, 0.6))
        foreign = 1.0 - between(red / ops.maximum(own, 0.02), NOT_SKIN, SKIN)
        # Otherwise a thing that ends at the border would end before it.
        sigma = BLUR * skin.shape[1] / 128
        thing = between(blurred(foreign, sigma, inside=True), NONE, WHOLE)
        return skin * (1.0 - thing * between(own, COLOURLESS, COLOURED))

    def _redness(self, face):
        logs = ops.log(ops.maximum(face, 0.0) + DARK)
        return ops.sum(
            logs * ops.convert_to_tensor(np.float32([1.0, -0.5, -0.5])), axis=-1, keepdims=True
        )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape[1]


def _mean(plane, weights):
    return ops.sum(plane * weights, axis=(1, 2), keepdims=True) / ops.maximum(
        ops.sum(weights, axis=(1, 2), keepdims=True), 1e-3
    )


def between(values, low, high):
    """0 up to `low`, 1 from `high`, linear between."""
    return ops.clip((values - low) / (high - low), 0.0, 1.0)
