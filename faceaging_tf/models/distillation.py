"""Generators taught by example: what facial prototypes do to faces with known landmarks, they learn
to do without.
"""

import keras
from keras import ops

from faceaging_tf.models.faces import to_range
from faceaging_tf.networks.mobile_generator import parts_of

# The weights of the three distances: of each pixel's colour, of the shades of whole places, of
# where places go.
PIXELS, SHADES, PLACES = 10.0, 10.0, 20.0
# Where the distance of a pixel turns from a square to an absolute value.
SOFTNESS = 0.03


class Distillation(keras.Model):
    """Teaches generators a teacher's change (ours).

    The loss is `distance_to_lesson`.

    Args:
        generators: dict from a name to a generator, not conditioned, that moves the face (see
            `mobile_generator(warp=...)`).
        teacher: a `PrototypeChange`.
        examples: from a batch to a dict with the same names: dicts of `face` (uint8), `age`,
            `years`, `place` and `male`, `(N, ...)` each.

    Trains by plain `fit` on batches that `examples` understands.
    """

    def __init__(self, generators, teacher, examples, **kwargs):
        super().__init__(**kwargs)
        self.generators = generators
        if None in [parts_of(generator) for generator in generators.values()]:
            raise ValueError(
                "Distillation got a generator that does not move the face; it needs mobile_generator(warp=...)."
            )
        self.teacher, self.examples = teacher, examples
        self.built = True

    def call(self, batch, training=False):
        losses = []
        for name, example in self.examples(batch).items():
            face = to_range(example["face"])
            _, changed, flow = parts_of(self.generators[name])(face, training=training)
            losses.append(
                distance_to_lesson(changed, flow, self.teacher, {**example, "face": face})
            )
        return ops.concatenate(losses, axis=0)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return ops.mean(y_pred)

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        return self.get_metrics_result()


def distance_to_lesson(changed, flow, teacher, faces):
    """`10 E c(d) + 10 E|mean of d over a sixteenth of the side| + 20 E|flow - teacher's
    flow|` of each face, `(N,)`; d = changed - teacher's changed, the flows are fractions of the
    side.

    The second keeps light where the teacher has it: an age loss beside the target is free to deepen
    folds, and not to lay dark patches on cheeks.

    c(x) = sqrt(x^2 + 0.03^2) - 0.03 (Charbonnier et al., ICIP 1994): where the target cannot be
    known from the face, its mean is learnt, not its median, which would be no change.

    Args:
        changed: `(N, S, S, 3)`, a generator's.
        flow: `(N, h, w, 2)`, its flow.
        teacher: a `PrototypeChange`.
        faces: what it is called with.
    """
    taught, moved = (ops.stop_gradient(part) for part in teacher(faces))
    moved = ops.image.resize(moved, flow.shape[1:3], interpolation="bilinear")
    mean = lambda difference: ops.mean(ops.abs(difference), axis=(1, 2, 3))
    difference = changed - ops.clip(taught, -1.0, 1.0)
    missed = ops.sqrt(ops.square(difference) + SOFTNESS**2) - SOFTNESS
    return (
        PIXELS * mean(missed)
        + SHADES * mean(means_of_squares(difference))
        + PLACES * mean(flow - moved)
    )


def means_of_squares(change):
    """A change's means over squares of a sixteenth of the side, every half a square: its shades,
    `(N, h, w, C)`.
    """
    size = max(change.shape[1] // 16, 1)
    return ops.average_pool(change, size, strides=max(size // 2, 1), padding="valid")
