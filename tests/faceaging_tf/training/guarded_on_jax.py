"""Run by `test_stability_on_jax.py` with `KERAS_BACKEND=jax` as a process of its own, where
TensorFlow cannot be imported.

    python guarded_on_jax.py FOLDER

Trains a tiny CycleGAN whose weights are spoilt in its second epoch, and writes what became of it to
FOLDER/found.json.
"""

import json
import pathlib
import sys

sys.modules["tensorflow"] = None

import keras
import numpy as np
import tiny

from faceaging_tf import training
from faceaging_tf.data import DomainBatches, FaceCorpus
from faceaging_tf.training.adjustment import Adjustment, adjust

folder = pathlib.Path(sys.argv[1])


class Spoils(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 1:
            weight = self.model.aging_generator.trainable_variables[0]
            weight.assign(weight * np.inf)


def length_of_a_step(model, start):
    """How far one step of `fit` from given weights moves the generators."""
    model.set_weights(start)
    model.fit(tiny.Steps(tiny.domain_batch, 1), shuffle=False, verbose=0)
    moved = {
        id(variable): np.square(np.asarray(variable) - old).sum()
        for variable, old in zip(model.weights, start, strict=True)
    }
    return (
        float(
            sum(
                moved[id(v)]
                for network in model.generators.values()
                for v in network.trainable_variables
            )
        )
        ** 0.5
    )


# Some first weights give signs of their own before anything is spoilt.
keras.utils.set_random_seed(0)
model = tiny.cyclegan(**tiny.FEW_LAYERS)
model.compile(
    keras.optimizers.SGD(training.LinearDecay(1e-3, 1000, 1)),
    keras.optimizers.SGD(training.LinearDecay(1e-3, 1000, 1)),
)
start = model.get_weights()
lengths = [length_of_a_step(model, start)]
adjust(model, Adjustment(generator_rate=0.5))
lengths.append(length_of_a_step(model, start))
model.optimizer.iterations.assign(0)
ages = np.full(6, 30.0)
corpus = FaceCorpus(tiny.faces(6), ages, ages)
# A fresh generator draws grey whatever it is given, and a fresh discriminator scores all about 0:
# no signs here.
limits = training.Limits(most_outside=255.0, least_real=-1.0)
training.train(
    model,
    DomainBatches(corpus, corpus, batch_size=2, steps=2),
    folder,
    3,
    verbose=0,
    callbacks=[Spoils()],
    stability=limits,
)
found = {
    "lengths": lengths,
    "restarts": training.restarts_of(folder),
    "iterations": int(model.optimizer.iterations),
    "finite": all(bool(np.isfinite(weight).all()) for weight in model.get_weights()),
    "rate": float(model.generator_optimizer.learning_rate),
}
(folder / "found.json").write_text(json.dumps(found))
