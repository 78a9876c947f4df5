"""The mobile generator: a small residual U-Net that predicts a change of the face."""

import weakref
from collections.abc import Sequence

import keras
from keras import layers, ops

from faceaging_tf.layers import AgeVector, FaceWarp, FeatureModulation, InstanceNormalization
from faceaging_tf.layers.luminance import luminance
from faceaging_tf.networks.registry import network

# Not an attribute of the generators: Keras would save its weights twice.
_PARTS: weakref.WeakKeyDictionary[keras.Model, keras.Model] = weakref.WeakKeyDictionary()

# The layer that says where a face is moved, where more than the layer "flow" has a part in it.
MOVED = "moved"
# Rec. 601, the weights of JPEG's luminance.


@keras.saving.register_keras_serializable(package="faceaging_tf")
class FaceChange(layers.Layer):
    """`x + dY + up(dC - luminance(dC))`: a change of luminance at full size and of colour at an
    eighth of it, or at half.

    Args:
        neutral: whether dC's own luminance is taken out, so that dY alone makes darker or brighter.

    Input: a list of faces `(N, H, W, 3)`, dY `(N, H, W, 1)` and dC `(N, h, w, 3)`; output
    `(N, H, W, 3)`, float32, not clipped.
    """

    def __init__(self, neutral=True, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.neutral = neutral

    def build(self, input_shape):
        pass

    def call(self, inputs):
        faces, light, colour = (ops.cast(x, "float32") for x in inputs)
        if self.neutral:
            colour = colour - luminance(colour)
        colour = ops.image.resize(colour, faces.shape[1:3], interpolation="bilinear")
        return faces + light + colour

    def compute_output_shape(self, input_shape):
        return input_shape[0]

    def get_config(self):
        return {**super().get_config(), "neutral": self.neutral}


@keras.saving.register_keras_serializable(package="faceaging_tf")
class Bounded(layers.Layer):
    """`limit * tanh(x / limit)`, float32."""

    def __init__(self, limit, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.limit = limit

    def call(self, inputs):
        return self.limit * ops.tanh(ops.cast(inputs, "float32") / self.limit)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "limit": self.limit}


@network
def mobile_generator(
    image_size: int = 128,
    widths: Sequence[int] = (16, 32, 64, 96),
    blocks: int = 3,
    conditioned: bool = True,
    vector: int = 64,
    warp: float | None = None,
) -> keras.Model:
    """A generator of at most 1 M parameters (ours, not the paper's) that keeps identity and
    background by construction.

    A U-Net predicts a *change* that is added to its input: luminance at full size, colour at an
    eighth of it. Each convolution is followed by instance normalization and, when conditioned, by a
    scale and a shift a channel, read off years and age by a small dense network. The last layers
    start near 0, so training starts at the identity.

    Args:
        image_size: side of the face in pixels, a multiple of 8.
        widths: channels at full size, half, a quarter and an eighth.
        blocks: residual blocks at an eighth.
        conditioned: whether years and age are inputs.
        vector: width of the dense network that reads years and age.
        warp: if given, the face is moved too, at most by this fraction of the side, by a flow at a
            quarter of its size (see `FaceWarp`), and the coarse change of colour is at half its
            size with a luminance of its own. A head that grows or sags cannot be painted.

    Returns:
        A `keras.Model` from `face` `(N, image_size, image_size, 3)` in -1 to 1 (and, conditioned,
        `years` `(N, 1)` and `age` `(N, 1)`, in years) to a face of the same shape, float32, not
        clipped to -1 to 1.

    Raises:
        ValueError: image_size is no multiple of 8, or there are not four widths.

    Example:
        >>> from faceaging_tf.networks import mobile_generator
        >>> mobile_generator(image_size=64, widths=(4, 8, 8, 8)).output_shape
        (None, 64, 64, 3)
    """
    if image_size % 8 or len(widths) != 4:
        raise ValueError(
            f"mobile_generator got image_size={image_size} and {len(widths)} widths; it needs a multiple of 8 and four widths."
        )
    face = keras.Input((image_size, image_size, 3), name="face")
    inputs, condition = [face], None
    if conditioned:
        years, age = keras.Input((1,), name="years"), keras.Input((1,), name="age")
        inputs += [years, age]
        condition = AgeVector(name="age_vector")([years, age])
        for part in ("first", "second"):
            condition = layers.Dense(vector, activation="swish", name=f"condition_{part}")(
                condition
            )

    def convolution(x, width, name, stride=1, activation=True):
        # The kernel's bias would be taken out again by the normalization.
        x = layers.Conv2D(
            width, 3, stride, padding="same", use_bias=False, name=f"{name}_convolution"
        )(x)
        x = InstanceNormalization(name=f"{name}_normalization")(x)
        if condition is not None:
            x = FeatureModulation(name=f"{name}_modulation")([x, condition])
        return layers.ReLU(name=f"{name}_activation")(x) if activation else x

    # Without normalization, so that the contrast and the brightness of the face are known further
    # on.
    x = layers.Conv2D(widths[0], 3, padding="same", activation="relu", name="stem_convolution")(
        face
    )
    skips = [x]
    for number, width in enumerate(widths[1:], start=1):
        x = convolution(x, width, f"down{number}", stride=2)
        skips.append(x)
    for number in range(1, blocks + 1):
        y = convolution(x, widths[-1], f"block{number}_first")
        y = convolution(y, widths[-1], f"block{number}_second", activation=False)
        x = layers.Add(name=f"block{number}_sum")([x, y])
    head = lambda channels, name: layers.Conv2D(
        channels, 3, padding="same", kernel_initializer=_small(), name=name, dtype="float32"
    )
    # Features at an eighth, a quarter, half and the full size.
    scales = {8: x}
    for number in (2, 1, 0):
        x = layers.UpSampling2D(2, interpolation="bilinear", name=f"up{number}_upsampling")(x)
        x = layers.Concatenate(name=f"up{number}_skip")([x, skips[number]])
        x = scales[2**number] = convolution(x, widths[number], f"up{number}")
    colour = head(3, "colour_change")(scales[8 if warp is None else 2])
    luminance = head(1, "luminance_change")(x)
    if warp is None:
        aged = FaceChange(name="aged")([face, luminance, colour])
    else:
        changed = FaceChange(neutral=False, name="changed")([face, luminance, colour])
        flow = Bounded(warp, name="flow")(head(2, "flow_change")(scales[4]))
        aged = FaceWarp(name="aged")([changed, flow])
    return keras.Model(inputs if conditioned else face, aged, name="mobile_generator")


def parts_of(generator: keras.Model) -> keras.Model | None:
    """A model with the inputs of a generator that moves the face and the outputs
    `[aged, changed, flow]`; None for one that moves nothing.

    `changed` `(N, S, S, 3)` is the face before it is moved by `flow` `(N, S/4, S/4, 2)`, see
    `FaceWarp`: the outputs of layers called so, or of one called `MOVED` in the flow's place. Both
    can be brought to another size and applied to the face there, which keeps its detail; the aged
    face itself cannot.
    """
    names = {layer.name for layer in generator.layers}
    if not {"changed", "flow"} <= names:
        return None
    if generator not in _PARTS:
        outputs = [
            generator.outputs[0],
            generator.get_layer("changed").output,
            generator.get_layer(MOVED if MOVED in names else "flow").output,
        ]
        _PARTS[generator] = keras.Model(generator.inputs, outputs)
    return _PARTS[generator]


def _small():
    return keras.initializers.get({"class_name": "random_normal", "config": {"stddev": 0.001}})
