"""The face parser: where each pixel of a head lies in the mean face, what is skin and what is hair,
and a few traits.
"""

from collections.abc import Sequence

import keras
import numpy as np
from keras import layers

from faceaging_tf.layers.conv2d_transpose import Conv2DTranspose
from faceaging_tf.networks.registry import network

# What the parser says of a whole face, in this order; `faceaging_tf.teacher.traits` measures them
# on landmarks.
TRAITS = ("female", "mouth_width", "mouth_opening", "mouth_corners", "skin_lightness", "side_light")

# A power of two, so that a folded normalization is exactly the identity in half precision too.
EPSILON = 2.0**-10


@network
def face_parser(
    image_size: int = 256, widths: Sequence[int] = (40, 72, 96, 128), blocks: int = 2
) -> keras.Model:
    """A U-Net of about 2 M parameters (ours) that reads a whole head.

    The head is read at a quarter of its size and less. Each convolution is followed by batch
    normalization, without which it learned nothing in the time it needs with it.

    Args:
        image_size: side of the whole-head square in pixels, a multiple of 32.
        widths: channels at a quarter, an eighth, a sixteenth and a thirty-second of the size.
        blocks: residual blocks at a thirty-second.

    Returns:
        A `keras.Model` from `face` `(N, S, S, 3)` in -1 to 1 to a dict of float32: `flow`
        `(N, S/4, S/4, 2)`, how far to the right and how far down of its own position each pixel
        lies in the mean face, fractions of the side; `regions` `(N, S/2, S/2, 2)`, logits of skin
        and of hair; `traits` `(N, 6)`, see `TRAITS`; the first is a logit, the others are in the
        units of `faceaging_tf.teacher.traits`.

    Raises:
        ValueError: image_size is no multiple of 32, or there are not four widths.

    Example:
        >>> from faceaging_tf.networks import face_parser
        >>> parser = face_parser(image_size=64, widths=(4, 4, 4, 4), blocks=1)
        >>> {name: output.shape for name, output in parser.output.items()}
        {'flow': (None, 16, 16, 2), 'regions': (None, 32, 32, 2), 'traits': (None, 6)}
    """
    if image_size % 32 or len(widths) != 4:
        raise ValueError(
            f"face_parser got image_size={image_size} and {len(widths)} widths; it needs a multiple of 32 and four widths."
        )

    def convolution(x, width, name, stride=1, kernel=3):
        x = layers.Conv2D(
            width, kernel, stride, padding="same", use_bias=False, name=f"{name}_convolution"
        )(x)
        x = layers.BatchNormalization(momentum=0.97, epsilon=EPSILON, name=f"{name}_normalization")(
            x
        )
        return layers.ReLU(name=f"{name}_activation")(x)

    def block(x, name):
        y = convolution(convolution(x, x.shape[-1], f"{name}_first"), x.shape[-1], f"{name}_second")
        return layers.Add(name=f"{name}_sum")([x, y])

    def head(x, channels, name):
        return layers.Conv2D(channels, 3, padding="same", name=name, dtype="float32")(x)

    face = keras.Input((image_size, image_size, 3), name="face")
    quarter = convolution(face, widths[0], "stem", stride=4, kernel=4)
    quarter = convolution(quarter, widths[0], "stem_second")
    eighth = block(convolution(quarter, widths[1], "down_eighth", stride=2), "eighth")
    sixteenth = block(convolution(eighth, widths[2], "down_sixteenth", stride=2), "sixteenth")
    x = convolution(sixteenth, widths[3], "down_thirty_second", stride=2)
    for number in range(1, blocks + 1):
        x = block(x, f"thirty_second_{number}")
    whole = layers.Flatten(name="whole_flat")(convolution(x, 16, "whole", kernel=1))
    whole = layers.Dense(192, activation="swish", name="whole_dense")(whole)
    traits = layers.Dense(len(TRAITS), name="traits", dtype="float32")(whole)
    spread = layers.Reshape((1, 1, widths[3]), name="spread_shape")(
        layers.Dense(widths[3], name="spread")(whole)
    )
    x = layers.Add(name="with_whole")([x, spread])
    # The flow is coarse first: each finer level adds to what the level before says.
    flows = [
        layers.UpSampling2D(
            8, interpolation="bilinear", name="flow_thirty_second_up", dtype="float32"
        )(head(x, 2, "flow_thirty_second"))
    ]
    for skip, name, factor in ((sixteenth, "sixteenth", 4), (eighth, "eighth", 2)):
        x = layers.UpSampling2D(2, interpolation="bilinear", name=f"{name}_up")(x)
        x = layers.Concatenate(name=f"{name}_skip")([x, skip])
        x = block(convolution(x, skip.shape[-1], f"{name}_back"), f"{name}_back")
        flow = head(x, 2, f"flow_{name}")
        flows.append(
            layers.UpSampling2D(
                factor, interpolation="bilinear", name=f"flow_{name}_up", dtype="float32"
            )(flow)
        )
    # Its heads say hundredths of the side. (Not by keras.layers.Rescaling, which looks for
    # TensorFlow on every backend.)
    flow = 0.01 * layers.Add(name="flow_sum", dtype="float32")(flows)
    x = layers.UpSampling2D(2, interpolation="bilinear", name="quarter_up")(x)
    x = convolution(
        layers.Concatenate(name="quarter_skip")([x, quarter]), widths[0], "quarter_back"
    )
    regions = Conv2DTranspose(2, name="regions", dtype="float32")(x)
    return keras.Model(
        face, {"flow": flow, "regions": regions, "traits": traits}, name="face_parser"
    )


def fold_normalizations(parser):
    """Moves the scale of every batch normalization of a taught parser into the convolution before
    it; the parser says the same.

    What a converter folds by itself it rounds anew: half-precision weights that are folded already
    are exported as they are.
    """
    for layer in parser.layers:
        if not layer.name.endswith("_normalization"):
            continue
        convolution = parser.get_layer(layer.name.removesuffix("_normalization") + "_convolution")
        gamma, beta, mean, variance = (
            np.array(weight)
            for weight in (layer.gamma, layer.beta, layer.moving_mean, layer.moving_variance)
        )
        scale = gamma / np.sqrt(variance + EPSILON)
        convolution.kernel.assign(np.array(convolution.kernel) * scale)
        for weight, value in (
            (layer.gamma, 1.0),
            (layer.moving_mean, 0.0),
            (layer.moving_variance, 1.0 - EPSILON),
        ):
            weight.assign(np.full(scale.shape, value))
        layer.beta.assign(beta - mean * scale)
