"""Generators taught by example: what facial prototypes do to faces with known landmarks, they learn to do without."""

import keras
from keras import ops

from faceaging_tf.models.faces import to_range
from faceaging_tf.networks.mobile_generator import parts_of


class Distillation(keras.Model):
    """Teaches generators a teacher's change, before they are trained as an adversarial model (ours).

        loss = 10 E|changed - teacher's changed| + 20 E|flow - teacher's flow|

    The flow is a fraction of the side.

    Args:
        generators: dict from a name to a generator that moves the face (see `mobile_generator(warp=...)`).
        teacher: a `PrototypeChange`.
        examples: from a batch to a dict with the same names: dicts of `face` (uint8), `age`, `years`, `place` and `male`, `(N, ...)` each.

    Trains by plain `fit` on batches that `examples` understands.
    """

    def __init__(self, generators, teacher, examples, **kwargs):
        super().__init__(**kwargs)
        self.generators = generators
        if None in [parts_of(generator) for generator in generators.values()]:
            raise ValueError("Distillation got a generator that does not move the face; it needs mobile_generator(warp=...).")
        self.teacher, self.examples = teacher, examples
        self.built = True

    def call(self, batch, training=False):
        learnt, taught = [], []
        for name, example in self.examples(batch).items():
            face = to_range(example["face"])
            column = lambda key: ops.reshape(ops.cast(example[key], "float32"), (-1, 1))
            generator = parts_of(self.generators[name])
            inputs = [face, column("years"), column("age")] if len(generator.inputs) > 1 else face
            changed, flow = self.teacher({**example, "face": face})
            taught.append([ops.clip(changed, -1.0, 1.0), ops.image.resize(flow, generator.outputs[2].shape[1:3], interpolation="bilinear")])
            learnt.append(generator(inputs, training=training)[1:])
        return learnt, [[ops.stop_gradient(part) for part in pair] for pair in taught]

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        total = 0.0
        for (changed, flow), (taught, moved) in zip(*y_pred):
            total += 10.0 * ops.mean(ops.abs(changed - taught)) + 20.0 * ops.mean(ops.abs(flow - moved))
        return total / len(y_pred[0])

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        return self.get_metrics_result()
