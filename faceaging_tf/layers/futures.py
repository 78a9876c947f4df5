"""Several futures of one face: how much of each part of ageing one of them has, and where."""

from typing import NamedTuple, Unpack

import keras
import numpy as np
from keras import layers, ops

from faceaging_tf.layers.gaussian import enlarged, shrunk
from faceaging_tf.layers.guided_filter import box
from faceaging_tf.layers.wanted_hair import places_of
from faceaging_tf.typing import LayerArguments, Shape, Tensor


class Future(NamedTuple):
    """What one future has of each part of ageing; factors, and 1 is as learned.

    Attributes:
        exemplar: whose fine relief it has: 0 the nearest in traits, 1 the next, and so on.
        lines: factor of the exemplar's fine relief.
        folds: factor of the coarse relief.
        own: factor of what becomes of the face's own bands.
        tone: factor of the skin's colour.
        shape: factor of the head's movement.
        hair: factor of the greying.
        wrinkled_below: where wrinkles lie, -1 about the brow and 1 about the mouth, 0 as learned.
        moved_below: where the head moves, likewise.
        build: of cheeks and jaw, 1 fuller and -1 leaner.
    """

    exemplar: float = 0.0
    lines: float = 1.0
    folds: float = 1.0
    own: float = 1.0
    tone: float = 1.0
    shape: float = 1.0
    hair: float = 1.0
    wrinkled_below: float = 0.0
    moved_below: float = 0.0
    build: float = 0.0


# Ours, chosen by looking: all move an age judge by about as many years.
FUTURES = (
    Future(),
    # Fuller in the face, and grey.
    Future(
        exemplar=1,
        lines=0.6,
        folds=0.8,
        own=0.8,
        tone=0.45,
        hair=1.8,
        wrinkled_below=-0.5,
        moved_below=0.6,
        build=1.2,
    ),
    # Leaner and folded, less grey.
    Future(
        exemplar=2,
        lines=1.1,
        folds=1.3,
        own=1.2,
        tone=1.5,
        shape=1.1,
        hair=0.5,
        wrinkled_below=0.25,
        moved_below=-0.5,
        build=-1.2,
    ),
    # Weathered skin on a face that keeps its shape, hair that keeps its colour.
    Future(exemplar=3, lines=1.7, folds=1.1, own=1.5, tone=1.85, shape=0.4, hair=0.0),
)


class _Layer(layers.Layer):
    """A layer without weights that computes in float32."""

    def __init__(self, **kwargs: Unpack[LayerArguments]):
        super().__init__(**{**kwargs, "dtype": "float32"})

    def build(self, input_shape: Shape) -> None:
        self.built = True


@keras.saving.register_keras_serializable(package="faceaging_tf")
class Futures(_Layer):
    """What a face's future has of each part: `(N, 1)`, a number into `FUTURES`, to `(N, 10)` in the
    order of `Future`, float32.

    Example:
        >>> import numpy as np
        >>> from faceaging_tf.layers.futures import Futures
        >>> np.array(Futures()(np.float32([[0]]))).tolist()
        [[0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0]]
    """

    def call(self, inputs: Tensor) -> Tensor:
        # Not a gather: what is asked for beyond the table would be anything.
        numbers = ops.convert_to_tensor(np.arange(len(FUTURES), dtype="float32"))
        chosen = ops.cast(ops.abs(inputs - numbers) < 0.5, "float32")
        return ops.matmul(chosen, ops.convert_to_tensor(np.array(FUTURES, "float32")))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0], len(Future._fields))


# Height of the mean face that is neither above nor below, and from which on all is, in fractions of
# the whole-head square: between the eyes' line and the mouth's.
MIDDLE, REACH = 0.56, 0.14


@keras.saving.register_keras_serializable(package="faceaging_tf")
class Emphasis(_Layer):
    """A map that is stronger about the mouth and weaker about the brow, or the other way round:
    `x * (1 + below * r)`, r from -1 above to 1 below.

    Input: a list of x `(N, S, S, C)`, the parser's flow `(N, h, h, 2)` and below `(N, 1)` in -1
    to 1. Output `(N, S, S, C)`.
    """

    def call(self, inputs: Tensor) -> Tensor:
        x, flow, below = inputs
        height = places_of(flow)[..., 1:]
        ramp = ops.sin(0.5 * np.pi * ops.clip((height - MIDDLE) / REACH, -1.0, 1.0))
        return x * enlarged(1.0 + ops.reshape(below, (-1, 1, 1, 1)) * ramp, x.shape[1])

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape[0]


@keras.saving.register_keras_serializable(package="faceaging_tf")
class Build(_Layer):
    """The flow of a face that gets fuller, or leaner: cheeks and jaw move outwards, or inwards,
    eyes, nose and lips hardly; in proportion to the years up to forty. Beyond skin and hair it
    fades.

    Input: a list of the parser's flow `(N, h, h, 2)`, skin and hair `(N, 128, 128, 1)`, years
    `(N, 1)`, build `(N, 1)`, 1 for fuller. Output `(N, side, side, 2)` float32, fractions of the
    side.

    Args:
        side: of the output, in pixels.
    """

    # Furthest movement in fractions of the square's side: of cheek and jaw, and of the chin.
    WIDER, LOWER = 0.016, 0.008
    # Of the mean face: how far from its middle, and at what height, cheek and jaw move most; the
    # chin's height.
    ASIDE, JAW, CHIN = 0.18, 0.73, 0.87

    def __init__(self, side: int = 64, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        self.side = side

    def call(self, inputs: Tensor) -> Tensor:
        flow, skin, hair, years, build = inputs
        places = places_of(flow)
        aside, height = places[..., :1] - 0.5, places[..., 1:]
        bell = lambda distance, width: ops.exp(-ops.square(distance / width))
        away = aside / self.ASIDE
        wider = (
            away * away * away * ops.exp(1.5 * (1.0 - away * away)) * bell(height - self.JAW, 0.15)
        )
        lower = bell(aside, 0.16) * bell(height - self.CHIN, 0.08)
        person = shrunk(ops.maximum(skin, hair), flow.shape[1])
        person = ops.minimum(2.2 * box(person, max(3 * flow.shape[1] // 64, 1)), 1.0)
        amount = ops.reshape(build * ops.clip(years / 40.0, 0.0, 1.0), (-1, 1, 1, 1))
        # What is moved outwards is fetched from further inside.
        moved = ops.concatenate([self.WIDER * wider, self.LOWER * lower], axis=-1)
        return enlarged(-amount * person * moved, self.side)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0][0], self.side, self.side, 2)

    def get_config(self) -> dict:
        return {**super().get_config(), "side": self.side}
