"""The head generator: it knows what ageing is made of, and looks each part up in the mean face."""

from collections.abc import Mapping
from typing import Any

import keras
from keras import layers, ops

from faceaging_tf.layers.bare_skin import BareSkin
from faceaging_tf.layers.face_warp import FaceWarp
from faceaging_tf.layers.gaussian import enlarged, halved
from faceaging_tf.layers.head_ageing import PARTS, HairTone, HeadShape, Relief, Tone
from faceaging_tf.layers.resizing import resize_by_matrices
from faceaging_tf.networks.face_parser import face_parser
from faceaging_tf.networks.registry import network

PARSER_SIDE = 256
# How much of a change of light red, green and blue take part in; luminance changes as asked.
WARMTH = (0.8, 1.07, 1.16)
SKIN_FLOOR, HAIR_FLOOR, HAIR_FULL = 0.1, 0.15, 0.6
# What the parser says of a head, which does not depend on the years.
MAPS = ("flow", "regions", "traits")


@keras.saving.register_keras_serializable(package="faceaging_tf")
class ColourChange(layers.Layer):
    """`x * exp(relief * warmth + tone)`: light and colour as factors, counted from black; skin
    scatters red light the most, so that folds are red rather than grey.

    Input: a list of face `(N, S, S, 3)` in 0 to 1, relief `(N, S, S, 1)`, tone `(N, h, h, 3)`.
    Output `(N, S, S, 3)` in 0 to 1, float32.
    """

    def __init__(self, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})

    def build(self, input_shape):
        self.built = True

    def call(self, inputs):
        face, relief, tone = inputs
        change = relief * ops.convert_to_tensor(WARMTH) + enlarged(tone, face.shape[1])
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
        return resize_by_matrices(inputs, self.side)

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


@network
def head_generator(
    image_size: int = 512,
    parser: Mapping[str, Any] | None = None,
    exemplars: int = 16,
    relief_side: int = 384,
    refinement: int = 0,
    conditioned: bool = True,
) -> keras.Model:
    """A generator (ours) whose parts are those of ageing: relief, tone, shape, hair, and a
    refinement by convolutions.

    The parser says where each pixel of the head lies in the mean face; what a part knows lies
    there, as maps (see `faceaging_tf.layers.head_ageing`). Fine relief is looked up at the face's
    own size, so that 512 pixels cost no more convolutions than 256. One network serves both
    directions: the sign of the years chooses.

    Args:
        image_size: side of the whole-head square in pixels, 256 or 512 in the released weights.
        parser: arguments of `face_parser`, as a dict; its image_size is 256 where the face is
            larger.
        exemplars: how many exemplars' fine relief it holds.
        relief_side: side of a relief map in pixels, for three quarters of the square.
        refinement: channels of the refinement, 0 for none.
        conditioned: always true; this generator is conditioned on years and age.

    Returns:
        A `keras.Model` from `face` `(N, S, S, 3)` in -1 to 1, `years` `(N, 1)`, `age` `(N, 1)` in
        years and `strengths` `(N, 5)`, a factor for each of `PARTS`, to the aged face
        `(N, S, S, 3)`, float32. Its layers "changed" and "flow" are the face before it is moved,
        and the movement `(N, S/4, S/4, 2)`, see `parts_of`.

    Raises:
        ValueError: not conditioned.

    Example:
        >>> from faceaging_tf.networks import head_generator
        >>> parser = {"image_size": 64, "widths": (4, 4, 4, 4), "blocks": 1}
        >>> model = head_generator(image_size=64, parser=parser, exemplars=3, relief_side=48)
        >>> model.output_shape
        (None, 64, 64, 3)
    """
    if not conditioned:
        raise ValueError(
            "head_generator got conditioned=False; it is conditioned on years and age, and knows no domains."
        )
    face = keras.Input((image_size, image_size, 3), name="face")
    years, age = keras.Input((1,), name="years"), keras.Input((1,), name="age")
    strengths = keras.Input((len(PARTS),), name="strengths")
    strength = {part: strengths[:, number : number + 1] for number, part in enumerate(PARTS)}
    reader = face_parser(**{"image_size": min(PARSER_SIDE, image_size), **(parser or {})})
    parsed = reader(ForParser(reader.input_shape[1], name="for_parser")(face))
    flow, traits = parsed["flow"], parsed["traits"]
    skin, hair = (
        Regions(0, SKIN_FLOOR, name="skin")(parsed["regions"]),
        Regions(1, HAIR_FLOOR, HAIR_FULL, name="hair")(parsed["regions"]),
    )
    light = Scaled(0.5, 0.5, name="light")(face)
    # Nothing is painted onto masks, glasses and hats; heads move with them.
    bare = BareSkin(name="bare_skin")([light, skin])
    relief = Relief(exemplars, relief_side, name="relief")(
        [light, flow, traits, bare, years, age, strength["wrinkles"]]
    )
    if refinement:
        relief = layers.Add(name="refined", dtype="float32")(
            [relief, _refinement(face, years, age, bare, strength["refinement"], refinement)]
        )
    tone = Tone(name="tone")([flow, traits, bare, years, strength["tone"]])
    coloured = ColourChange(name="coloured")([light, relief, tone])
    greyed = HairTone(name="greyed")(
        [coloured, flow, traits, skin, hair, years, age, strength["hair"]]
    )
    changed = Scaled(2.0, -1.0, name="changed")(greyed)
    moved = HeadShape(image_size // 4, name="flow")(
        [flow, traits, skin, hair, years, age, strength["shape"]]
    )
    return keras.Model(
        [face, years, age, strengths],
        FaceWarp(name="aged")([changed, moved]),
        name="head_generator",
    )


def parse_of(generator):
    """What a head generator reads of a head, whatever the years, made of the same layers.

    Args:
        generator: a `head_generator`.

    Returns:
        A `keras.Model` from `face` to a list of maps, float32, in the order of `MAPS` (see
        `face_parser`).
    """
    parser = generator.get_layer("face_parser")
    outputs = parser._inbound_nodes[-1].output_tensors
    return keras.Model(
        generator.inputs[0],
        [outputs[sorted(parser.output).index(name)] for name in MAPS],
        name="parse",
    )


def edit_of(generator):
    """What a head generator does to a head that is parsed already, made of the same layers.

    Args:
        generator: a `head_generator`.

    Returns:
        A `keras.Model` from `face`, the maps in the order of `MAPS`, `years`, `age` and `strengths`
        to a dict: "changed" `(N, S, S, 3)`, the head before it is moved, and "flow"
        `(N, S/4, S/4, 2)`.
    """
    face, *rest = generator.inputs
    outputs = {name: generator.get_layer(name).output for name in ("changed", "flow")}
    return keras.Model([face, *parse_of(generator).outputs, *rest], outputs, name="edit")


def _refinement(face, years, age, skin, strength, channels):
    """The refinement's light, at the face's size: a few convolutions at a quarter of it,
    conditioned on years and age.
    """
    from faceaging_tf.layers import AgeVector, FeatureModulation

    condition = layers.Dense(32, activation="swish", name="refinement_condition")(
        AgeVector(name="refinement_ages")([years, age])
    )
    x = layers.Conv2D(4 * channels, 4, 4, padding="same", name="refinement_stem")(face)
    for number in range(2):
        x = layers.Conv2D(4 * channels, 3, padding="same", name=f"refinement_{number}")(x)
        x = layers.ReLU(name=f"refinement_{number}_activation")(
            FeatureModulation(name=f"refinement_{number}_modulation")([x, condition])
        )
    x = layers.Conv2DTranspose(
        1,
        4,
        4,
        padding="same",
        kernel_initializer="zeros",
        name="refinement_light",
        dtype="float32",
    )(x)
    return Refinement(name="refinement")([x, skin, years, strength])
