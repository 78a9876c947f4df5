"""A discriminator of whole heads: patches of skin at full resolution, and the head small."""

import keras
from keras import layers, ops

from faceaging_tf.layers import AgeProjection, EqualizedConv2D, MinibatchDeviation
from faceaging_tf.layers.gaussian import shrunk
from faceaging_tf.layers.luminance import luminance
from faceaging_tf.networks.registry import network

# Where the face lies in the whole-head square: left, top, right, bottom, sixteenths of the side.
FACE = (3, 3, 13, 14)
# Side of the small head in pixels, and what skin's colours and its fine detail are multiplied by.
SMALL, COLOURS, DETAIL = 64, 2.0, 8.0


@keras.saving.register_keras_serializable(package="faceaging_tf")
class SkinView(layers.Layer):
    """The skin of a head, cut out at full resolution, less its mean colour.

    Input `(N, S, S, 5)`: colours in -1 to 1, skin and person in 0 to 1; S a multiple of 16. Output
    `(N, 11 S / 16, 10 S / 16, 5)`: colours less the skin's mean, fine detail of the luminance (less
    its mean over 5x5 pixels), both enlarged, and skin; all 0 where no skin is.
    """

    def build(self, input_shape):
        self.built = True

    def call(self, inputs):
        left, top, right, bottom = (place * inputs.shape[1] // 16 for place in FACE)
        face = inputs[:, top:bottom, left:right]
        colours, skin = face[..., :3], face[..., 3:4]
        total = ops.sum(colours * skin, axis=(1, 2), keepdims=True)
        mean = total / (ops.sum(skin, axis=(1, 2), keepdims=True) + 1.0)
        light = luminance(colours)
        detail = light - ops.average_pool(light, 5, strides=1, padding="same")
        return ops.concatenate([COLOURS * (colours - mean) * skin, DETAIL * detail * skin, skin], axis=-1)

    def compute_output_shape(self, input_shape):
        left, top, right, bottom = (place * input_shape[1] // 16 for place in FACE)
        return (input_shape[0], bottom - top, right - left, 5)


@keras.saving.register_keras_serializable(package="faceaging_tf")
class SmallHead(layers.Layer):
    """The person alone, halved to at most 64 pixels: what stands behind a head tells its source, not its age.

    Input as `SkinView`'s; output `(N, s, s, 4)`: colours, 0 beyond the person, and the person.
    """

    def build(self, input_shape):
        self.built = True

    def call(self, inputs):
        person = inputs[..., 4:]
        return shrunk(ops.concatenate([inputs[..., :3] * person, person], axis=-1), SMALL)

    def compute_output_shape(self, input_shape):
        side = input_shape[1]
        while side > SMALL:
            side //= 2
        return (input_shape[0], side, side, 4)


@network
def head_discriminator(image_size=256, skin=(24, 48, 64, 96, 128), head=(32, 64, 96, 128), conditioned=True, bins=10):
    """Scores whole heads by two towers (ours): one sees patches of skin, one the head small.

    No normalization, an equalized learning rate (see `EqualizedConv2D`), a minibatch statistic. A small
    discriminator with spectral normalization learned nothing here in a thousand steps.

    Args:
        image_size: side of the whole-head square in pixels, a multiple of 16.
        skin: channels of the skin's tower: the first at full size, each further one at half the size before.
        head: likewise of the small head's.
        conditioned: whether the age is an input, projected into the last features.
        bins: Gaussian bins of the age.

    Returns:
        A `keras.Model` from `image` `(N, S, S, 5)`, colours in -1 to 1, skin and person in 0 to 1 (and,
        conditioned, `age` `(N, 1)` in years), to scores `(N, 1, 1, 2)`, float32: the mean over the
        patches of skin, and over the head.

    Raises:
        ValueError: a side that is no multiple of 16.

    Example:
        >>> from faceaging_tf.networks import head_discriminator
        >>> head_discriminator(image_size=64, skin=(4, 4), head=(4, 4)).output_shape
        (None, 1, 1, 2)
    """
    if image_size % 16:
        raise ValueError(f"head_discriminator got image_size={image_size}; it needs a multiple of 16.")
    image = keras.Input((image_size, image_size, 5), name="image")
    age = keras.Input((1,), name="age") if conditioned else None

    def convolution(x, width, strides, name):
        x = EqualizedConv2D(width, strides=strides, name=f"{name}_convolution")(x)
        return layers.LeakyReLU(0.2, name=f"{name}_activation")(x)

    def tower(x, widths, name):
        for number, width in enumerate(widths):
            x = convolution(x, width, 2 if number else 1, f"{name}_{number}")
        x = convolution(MinibatchDeviation(name=f"{name}_deviation")(x), widths[-1], 1, f"{name}_last")
        scores = EqualizedConv2D(1, gain=1.0, name=f"{name}_scores")(x)
        if conditioned:
            projected = AgeProjection(bins, name=f"{name}_age_projection")([widths[-1] ** -0.5 * x, age])
            scores = layers.Add(name=f"{name}_conditioned_scores")([scores, projected])
        return layers.GlobalAveragePooling2D(keepdims=True, name=name, dtype="float32")(scores)

    towers = [tower(SkinView(name="skin_view")(image), skin, "skin"), tower(SmallHead(name="small_head")(image), head, "head")]
    scores = layers.Concatenate(name="scores", dtype="float32")(towers)
    return keras.Model([image, age] if conditioned else image, scores, name="head_discriminator")
