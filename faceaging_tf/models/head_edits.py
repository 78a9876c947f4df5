"""Head generators at use: a head is parsed once for all years, and what is called often is
compiled.
"""

import weakref

import keras
import numpy as np
from keras import ops

from faceaging_tf.networks.head_generator import edit_of, parse_of

# Calls on heads of one size that are run operation by operation; compiling takes two seconds, and
# saves three quarters of each call. Below so many pixels a side there is nothing to gain.
EAGER_CALLS, LEAST_SIDE = 3, 128


class HeadEdits:
    """Does what a `head_generator` does, in two halves: its parser, and its edit.

    What the parser says of the last heads is kept: a strip of ages parses each head once.
    """

    def __init__(self):
        self._halves = weakref.WeakKeyDictionary()
        self._last = None
        self._calls = 0

    def __call__(self, generator, faces, rest):
        """What a generator does to faces, as arrays `(changed, flow)` (see `FaceEdit`).

        Args:
            generator: a `head_generator`.
            faces: `(N, S, S, 3)` in -1 to 1, no symbols (see `is_symbol`).
            rest: its other inputs: years, ages, strengths, future and the wish for hair.
        """
        if generator not in self._halves:
            self._halves[generator] = (parse_of(generator), edit_of(generator))
        parser, edit = self._halves[generator]
        self._calls += faces.shape[1] >= LEAST_SIDE
        # JAX compiles each operation anyway.
        patience = EAGER_CALLS if keras.backend.backend() == "tensorflow" else 0
        run = _compiled if self._calls > patience else _eagerly
        # Other faces, or other weights: whatever trains or loads a parser changes its first kernel.
        seen = [np.array(ops.convert_to_numpy(values)) for values in (faces, parser.weights[0])]
        if self._last is None or not all(
            np.array_equal(*pair) for pair in zip(self._last[0], seen, strict=True)
        ):
            self._last = seen, run(parser, faces)
        edited = run(edit, [faces, *self._last[1], *rest])
        return edited["changed"], edited["flow"]


def is_symbol(tensor):
    """Whether a tensor has no values yet, because a graph is being made of what is done to it."""
    if keras.backend.backend() == "jax":
        import jax

        return isinstance(tensor, jax.core.Tracer)
    import tensorflow as tf

    return not tf.executing_eagerly()


def _eagerly(model, inputs):
    return model(inputs, training=False)


def _compiled(model, inputs):
    return model.predict_on_batch(inputs)
