"""The head generator: it knows what ageing is made of, and looks each part up in the mean face."""

from collections.abc import Mapping
from typing import Any

import keras
from keras import layers

from faceaging_tf.layers.ageing_years import MOST_OLDER, MOST_YOUNGER
from faceaging_tf.layers.bare_skin import BareSkin
from faceaging_tf.layers.face_warp import FaceWarp
from faceaging_tf.layers.facial_contrast import FacialContrast
from faceaging_tf.layers.futures import Build, Emphasis, Future, Futures
from faceaging_tf.layers.hair_tone import HairTone
from faceaging_tf.layers.head_ageing import PARTS, Relief
from faceaging_tf.layers.head_shape import HeadShape
from faceaging_tf.layers.tone import Tone
from faceaging_tf.networks.face_parser import face_parser
from faceaging_tf.networks.head_layers import (
    PARSER_SIDE,
    ColourChange,
    Constant,
    ForParser,
    Refinement,
    Regions,
    Scaled,
)
from faceaging_tf.networks.mobile_generator import MOVED, parts_of
from faceaging_tf.networks.registry import network

SKIN_FLOOR, HAIR_FLOOR, HAIR_FULL = 0.1, 0.15, 0.6
# What the parser says of a head, which does not depend on the years.
MAPS = ("flow", "regions", "traits")
# The layers that hold what ageing is made of, as maps in the mean face.
AGEING = ("relief", "tone", "flow", "greyed")
# So many of a future's factors are relief's own.
RELIEF_FACTORS = 4


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
        years, `strengths` `(N, 5)`, a factor for each of `PARTS`, `future` `(N, 1)`, a number into
        `faceaging_tf.layers.futures.FUTURES`, and `wanted_hair` `(N, 1)`, how grey hair is to be
        from 0 to 1 or below 0 for as the years have it, to the aged face `(N, S, S, 3)`, float32.
        Its layers "changed" and `MOVED` are the face before it is moved, and the movement
        `(N, S/4, S/4, 2)`, see `parts_of`.

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
            "head_generator got conditioned=False; it is conditioned on years and age, and knows no "
            "domains (translation_of makes a generator between two of them)."
        )
    face = keras.Input((image_size, image_size, 3), name="face")
    years, age = keras.Input((1,), name="years"), keras.Input((1,), name="age")
    strengths = keras.Input((len(PARTS),), name="strengths")
    future, hair = keras.Input((1,), name="future"), keras.Input((1,), name="wanted_hair")
    reader = face_parser(**{"image_size": min(PARSER_SIDE, image_size), **(parser or {})})
    relief = Relief(exemplars, relief_side, name="relief")
    shape = HeadShape(image_size // 4, name="flow")
    parts = (reader, relief, FacialContrast(name="contrast"), shape)
    aged = _aged(face, years, age, strengths, parts, refinement, future, hair)
    inputs = [face, years, age, strengths, future, hair]
    return keras.Model(inputs, aged, name="head_generator")


def is_head_generator(network: Any) -> bool:
    """Whether a specification, or a network, is a `head_generator`."""
    config = network if isinstance(network, dict) else getattr(network, "network_config", {})
    return config.get("network") == "head_generator"


def translation_of(base: keras.Model, years: float, age: float) -> keras.Model:
    """A generator between two age groups, with the parser, the exemplars and the facial contrast of
    a `head_generator` and maps of its own: coarse relief, tone, shape and hair.

    Args:
        base: a `head_generator`; what is shared with it is never trained.
        years: between the middles of the two groups, negative towards the younger. As many times
            more are asked of the parts as calibration may ask (`MOST_OLDER`, `MOST_YOUNGER`).
        age: in the middle of the group that it translates from.

    Returns:
        A `keras.Model` from `face` `(N, S, S, 3)` in -1 to 1 to the translated face, float32. Its
        maps are those of the base at this moment.
    """
    face = keras.Input(base.input_shape[0][1:], name="face")
    asked = years * (MOST_OLDER if years > 0 else MOST_YOUNGER)
    constant = lambda name, value, width=1: Constant(value, width, name=name)(face)
    strengths = constant("strengths", 1.0, len(PARTS))
    relief = Relief(bank=base.get_layer("relief"), name="relief")
    grower = base.get_layer("flow")
    shape = HeadShape(grower.side, grower, name="flow")
    parts = (base.get_layer("face_parser"), relief, base.get_layer("contrast"), shape)
    aged = _aged(face, constant("years", asked), constant("age", age), strengths, parts)
    translation = keras.Model(face, aged, name="head_translation")
    translation.remade = lambda: translation_of(base, years, age)
    copy_ageing(base, translation)
    return translation


def copy_ageing(source: keras.Model, target: keras.Model) -> None:
    """Gives a generator the maps of another, a `head_generator` or a translation of one; fine
    relief and what is known of exemplars stay.
    """
    for name in AGEING:
        theirs = {weight.name: weight for weight in source.get_layer(name).weights}
        layer = target.get_layer(name)
        for weight in layer._trainable_variables:
            weight.assign(theirs[weight.name])


def _aged(face, years, age, strengths, parts, refinement=0, future=None, wanted_hair=None):
    """The aged face, from inputs and a parser, a `Relief`, a `FacialContrast` and a `HeadShape`;
    without a future and a wish for its hair it has one future, and its hair greys by the years.
    """
    parser, relief, contrast, shape = parts
    wish = [] if wanted_hair is None else [wanted_hair]
    strength = {part: strengths[:, number : number + 1] for number, part in enumerate(PARTS)}
    factors = None if future is None else Futures(name="futures")(future)
    of = {}
    if factors is not None:
        of = {name: factors[:, n : n + 1] for n, name in enumerate(Future._fields)}
        for part in ("tone", "shape", "hair"):
            strength[part] = strength[part] * of[part]
    parsed = parser(ForParser(parser.input_shape[1], name="for_parser")(face))
    flow, traits = parsed["flow"], parsed["traits"]
    skin, hair = (
        Regions(0, SKIN_FLOOR, name="skin")(parsed["regions"]),
        Regions(1, HAIR_FLOOR, HAIR_FULL, name="hair")(parsed["regions"]),
    )
    light = Scaled(0.5, 0.5, name="light")(face)
    # Nothing is painted onto masks, glasses and hats; heads move with them.
    bare = BareSkin(name="bare_skin")([light, skin])
    seen = [light, flow, traits, bare, years, age, strength["wrinkles"]]
    relief = relief(seen + ([factors[:, :RELIEF_FACTORS]] if of else []))
    if of:
        relief = Emphasis(name="wrinkled_more")([relief, flow, of["wrinkled_below"]])
    if refinement:
        relief = layers.Add(name="refined", dtype="float32")(
            [relief, _refinement(face, years, age, bare, strength["refinement"], refinement)]
        )
    tone = Tone(name="tone")([flow, traits, bare, years, age, strength["tone"]])
    contrast = contrast(
        [light, flow, traits, bare, years, age, strength["tone"], strength["hair"], *wish]
    )
    coloured = ColourChange(name="coloured")([light, relief, tone, contrast])
    greyed = HairTone(name="greyed")(
        [coloured, flow, traits, skin, hair, years, age, strength["hair"], *wish]
    )
    changed = Scaled(2.0, -1.0, name="changed")(greyed)
    moved = shape([flow, traits, skin, hair, years, age, strength["shape"]])
    if of:
        moved = Emphasis(name="moved_more")([moved, flow, of["moved_below"]])
        build = Build(shape.side, name="build")(
            [flow, skin, hair, years, of["build"] * strength["shape"]]
        )
        moved = layers.Add(name=MOVED, dtype="float32")([moved, build])
    return FaceWarp(name="aged")([changed, moved])


def parse_of(generator):
    """What a head generator reads of a head, whatever the years, made of the same layers.

    Args:
        generator: a `head_generator`, or a translation of one.

    Returns:
        A `keras.Model` from `face` to a list of maps, float32, in the order of `MAPS` (see
        `face_parser`).
    """
    parser = generator.get_layer("face_parser")
    # One parser may serve several generators.
    own = {node for nodes in generator._nodes_by_depth.values() for node in nodes}
    (node,) = [node for node in parser._inbound_nodes if node in own]
    outputs = node.output_tensors
    return keras.Model(
        generator.inputs[0],
        [outputs[sorted(parser.output).index(name)] for name in MAPS],
        name="parse",
    )


def edit_of(generator):
    """What a head generator does to a head that is parsed already, made of the same layers.

    Args:
        generator: a `head_generator`, or a translation of one.

    Returns:
        A `keras.Model` from `face`, the maps in the order of `MAPS`, and what else the generator
        takes, to a dict: "changed" `(N, S, S, 3)`, the head
        before it is moved, and "flow" `(N, S/4, S/4, 2)`.
    """
    face, *rest = generator.inputs
    _, changed, flow = parts_of(generator).outputs
    return keras.Model(
        [face, *parse_of(generator).outputs, *rest], {"changed": changed, "flow": flow}, name="edit"
    )


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
