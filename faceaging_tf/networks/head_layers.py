"""The small layers of a head generator: what it shows its parser, reads off it, and adds up."""

import keras
from keras import layers, ops

from faceaging_tf.layers.gaussian import enlarged, halved

PARSER_SIDE = 256
# How much of a change of light red, green and blue take part in; luminance changes as asked.
WARMTH = (0.9, 1.03, 1.08)
# Of what is brightened, likewise: a fold has been lit by its own walls, whose red stays behind.
LIGHTER = (0.68, 1.1, 1.28)


@keras.saving.register_keras_serializable(package="faceaging_tf")
class ColourChange(layers.Layer):
    """`x * exp(relief * warmth + tone + contrast)`: light and colour as factors, counted from
    black; skin scatters red light the most, so that folds are red rather than grey.

    Input: a list of face `(N, S, S, 3)` in 0 to 1, relief `(N, S, S, 1)`, tone `(N, h, h, 3)`,
    contrast `(N, k, k, 3)`. Output `(N, S, S, 3)` in 0 to 1, float32.
    """

    def __init__(self, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})

    def build(self, input_shape):
        self.built = True

    def call(self, inputs):
        face, relief, tone, contrast = inputs
        warmth = ops.where(
            relief > 0, ops.convert_to_tensor(LIGHTER), ops.convert_to_tensor(WARMTH)
        )
        colour = enlarged(tone, contrast.shape[1]) + contrast
        change = relief * warmth + enlarged(colour, face.shape[1])
        # Skin that is nearly white already would burn out.
        headroom = ops.clip((0.97 - ops.max(face, axis=-1, keepdims=True)) / 0.27, 0.0, 1.0)
        return ops.minimum(face * ops.exp(ops.where(change > 0, headroom * change, change)), 1.0)

    def compute_output_shape(self, input_shape):
        return input_shape[0]


@keras.saving.register_keras_serializable(package="faceaging_tf")
class Regions(layers.Layer):
    """Skin or hair `(N, h, h, 1)` in 0 to 1, of the parser's logits `(N, h, h, 2)`.

    Args:
        number: 0 for skin, 1 for hair.
        floor: probabilities up to this one are 0: a haze of small doubts would be seen on a plain
            background.
        full: probabilities from this one on are 1; `1 - floor` when None.
    """

    def __init__(self, number, floor=0.0, full=None, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.number, self.floor, self.full = number, floor, 1.0 - floor if full is None else full

    def build(self, input_shape):
        self.built = True

    def call(self, inputs):
        probability = ops.sigmoid(inputs[..., self.number : self.number + 1])
        return ops.clip((probability - self.floor) / (self.full - self.floor), 0.0, 1.0)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], 1)

    def get_config(self):
        return {
            **super().get_config(),
            "number": self.number,
            "floor": self.floor,
            "full": self.full,
        }


@keras.saving.register_keras_serializable(package="faceaging_tf")
class ForParser(layers.Layer):
    """A head at the size that the parser reads: halved by area as often as that goes, else resized.
    `(N, S, S, 3)` to `(N, side, side, 3)`.
    """

    def __init__(self, side=PARSER_SIDE, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.side = side

    def build(self, input_shape):
        self.built = True

    def call(self, inputs):
        while inputs.shape[1] >= 2 * self.side and inputs.shape[1] % 2 == 0:
            inputs = halved(inputs)
        return enlarged(inputs, self.side)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.side, self.side, 3)

    def get_config(self):
        return {**super().get_config(), "side": self.side}


@keras.saving.register_keras_serializable(package="faceaging_tf")
class Scaled(layers.Layer):
    """`x * scale + offset`, float32."""

    def __init__(self, scale=1.0, offset=0.0, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.scale, self.offset = scale, offset

    def build(self, input_shape):
        self.built = True

    def call(self, inputs):
        return ops.cast(inputs, "float32") * self.scale + self.offset

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "scale": self.scale, "offset": self.offset}


@keras.saving.register_keras_serializable(package="faceaging_tf")
class Refinement(layers.Layer):
    """What convolutions add to the light of the skin, at most a twentieth: `.05 * tanh(r) * skin`,
    zero at first; in proportion to the years up to ten, so that no years change nothing.

    Input: a list of r `(N, h, h, 1)`, skin `(N, 128, 128, 1)`, years `(N, 1)`, strength `(N, 1)`.
    Output `(N, h, h, 1)`.
    """

    MOST = 0.05
    WHOLE_FROM = 10.0

    def __init__(self, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})

    def build(self, input_shape):
        self.built = True

    def call(self, inputs):
        change, skin, years, strength = inputs
        share = strength * ops.minimum(ops.abs(years) / self.WHOLE_FROM, 1.0)
        return (
            self.MOST
            * ops.tanh(change)
            * enlarged(skin, change.shape[1])
            * ops.reshape(share, (-1, 1, 1, 1))
        )

    def compute_output_shape(self, input_shape):
        return input_shape[0]


@keras.saving.register_keras_serializable(package="faceaging_tf")
class Constant(layers.Layer):
    """The same number for every face of a batch: `(N, S, S, 3)` to `(N, width)`, float32."""

    def __init__(self, value, width=1, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.value, self.width = value, width

    def build(self, input_shape):
        self.built = True

    def call(self, inputs):
        return ops.zeros((ops.shape(inputs)[0], self.width), "float32") + self.value

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.width)

    def get_config(self):
        return {**super().get_config(), "value": self.value, "width": self.width}
