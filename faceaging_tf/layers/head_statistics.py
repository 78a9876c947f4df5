"""What a whole head's skin and hair are like, as numbers: bands, their strength, sign and
direction, and colours, by place.
"""

from typing import Unpack

import keras
import numpy as np
from keras import layers, ops

from faceaging_tf.layers.gaussian import kernel
from faceaging_tf.layers.luminance import luminance
from faceaging_tf.typing import LayerArguments, Shape, Tensor

# Where the face lies in the whole-head square: left, top, right, bottom, sixteenths of the side.
FACE = (3, 3, 13, 14)
# Gaussians between which the bands of skin lie, and that of hair, in pixels.
SIGMAS, HAIR_SIGMA = (0.7, 1.4, 2.8, 5.6), 1.4
# Half a level of 255, of colours in -1 to 1: weaker bands are not told apart.
FAINT = 0.004
# Skin counts from this probability on, and from the second one on whole.
SKIN = (0.3, 0.9)


@keras.saving.register_keras_serializable(package="faceaging_tf")
class HeadStatistics(layers.Layer):
    """Statistics of skin, in cells of a sixteenth of the side, and of hair, in cells of an eighth;
    nothing of what stands behind a person.

    Of skin: colour less the skin's mean; of each of four bands the logarithm of its energy in light
    and in two opponent colours, how peaked light is (mean absolute value over root mean square),
    how much stronger its ridges are than its furrows, and its slopes across over those down. Of
    hair: colour, and the energy of its strands. A cell without skin or hair gives 0. Statistics of
    filters' responses tell textures apart that eyes tell apart (Portilla and Simoncelli, "A
    Parametric Texture Model Based on Joint Statistics of Complex Wavelet Coefficients", IJCV 2000).

    Input `(N, S, S, 5)`: colours in -1 to 1, skin and hair in 0 to 1; S a multiple of 16. Output
    `(N, 3354)` float32.

    Raises:
        ValueError: a side that is no multiple of 16.

    Example:
        >>> import numpy as np
        >>> from faceaging_tf.layers import HeadStatistics
        >>> tuple(HeadStatistics()(np.zeros((1, 64, 64, 5), "float32")).shape)
        (1, 3354)
    """

    def __init__(self, **kwargs: Unpack[LayerArguments]):
        super().__init__(**{**kwargs, "dtype": "float32"})

    def build(self, input_shape: Shape) -> None:
        if input_shape[1] % 16:
            raise ValueError(
                f"HeadStatistics got heads of {input_shape[1]} pixels a side; it needs a multiple of 16."
            )
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        size = inputs.shape[1]
        left, top, right, bottom = (place * size // 16 for place in FACE)
        colours = _opponent(inputs[..., :3])
        low, full = SKIN
        skin = ops.clip((inputs[:, top:bottom, left:right, 3:4] - low) / (full - low), 0.0, 1.0)
        found = [
            *_of_skin(colours[:, top:bottom, left:right], skin, size // 16),
            *_of_hair(colours, inputs[..., 4:], size // 8),
        ]
        return ops.concatenate(
            [ops.reshape(each, (-1, int(np.prod(each.shape[1:])))) for each in found], axis=-1
        )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        left, top, right, bottom = FACE
        return (input_shape[0], (right - left) * (bottom - top) * (3 + 6 * len(SIGMAS)) + 8 * 8 * 6)


def _opponent(colours):
    """Light, and twice red and blue less light: `(N, H, W, 3)`."""
    light = luminance(colours)
    return ops.concatenate(
        [light, 2.0 * (colours[..., :1] - light), 2.0 * (colours[..., 2:] - light)], axis=-1
    )


def _of_skin(colours, skin, cell):
    mean = ops.sum(colours * skin, axis=(1, 2), keepdims=True) / (
        ops.sum(skin, axis=(1, 2), keepdims=True) + 1.0
    )
    # A cell counts whole from a quarter of skin on.
    counts = ops.minimum(4.0 * _pooled(skin, cell), 1.0)
    found = [6.0 * _mean(colours - mean, skin, cell)]
    rest, before = colours, 0.0
    for sigma in SIGMAS:
        finer, rest = rest, _blurred(rest, (sigma**2 - before**2) ** 0.5)
        before = sigma
        band = finer - rest
        energy = _log(_mean(band**2, skin, cell), FAINT**2)
        light = band[..., :1]
        peaked = _log(_mean(ops.abs(light), skin, cell), 0.75 * FAINT) - 0.5 * energy[..., :1]
        ridges, furrows = (_log(_mean(ops.relu(part) ** 2, skin, cell)) for part in (light, -light))
        slopes = (light[:, 1:, 1:] - light[:, 1:, :-1], light[:, 1:, 1:] - light[:, :-1, 1:])
        across, down = (
            _log(_mean(ops.pad(slope**2, ((0, 0), (1, 0), (1, 0), (0, 0))), skin, cell))
            for slope in slopes
        )
        found += [0.5 * (energy + 6.0), 3.0 * peaked, ridges - furrows, across - down]
    return [counts * each for each in found]


def _of_hair(colours, hair, cell):
    counts = ops.minimum(4.0 * _pooled(hair, cell), 1.0)
    strands = _log(_mean((colours - _blurred(colours, HAIR_SIGMA)) ** 2, hair, cell), FAINT**2)
    return [counts * 2.0 * _mean(colours, hair, cell), counts * 0.5 * (strands + 6.0)]


def _pooled(planes, cell):
    return ops.average_pool(planes, cell, cell, padding="valid")


def _mean(values, weights, cell):
    return _pooled(values * weights, cell) / (_pooled(weights, cell) + 0.03)


def _log(values, least=1e-5):
    return ops.log(values + least)


def _blurred(images, sigma):
    """Images `(N, H, W, 3)` blurred by a Gaussian of so many pixels."""
    weights = ops.tile(
        ops.reshape(ops.convert_to_tensor(kernel(sigma)), (-1, 1, 1, 1)),
        (1, 1, images.shape[-1], 1),
    )
    down = ops.depthwise_conv(images, weights, padding="same")
    return ops.depthwise_conv(down, ops.transpose(weights, (1, 0, 2, 3)), padding="same")
