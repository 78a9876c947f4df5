"""Run by `test_killed_runs.py` as a process of its own, which is killed and run again.

    python killed_run.py FOLDER EPOCHS STEPS

Trains a tiny CycleGAN on drawn faces, guarded, with a discriminator's rate 500 times too high, so
that it is restarted on its way. At its end it writes the steps of its optimizers and the
discriminators' rate to FOLDER/end.json.
"""

import json
import pathlib
import sys

import keras
import tensorflow as tf
import tiny

from faceaging_tf import training
from faceaging_tf.data.drawn_faces import drawn_corpus
from faceaging_tf.training import batches_for

folder, epochs, steps = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
keras.utils.set_random_seed(0)
model = tiny.cyclegan(**tiny.FEW_LAYERS)
model.compile(
    keras.optimizers.Adam(2e-3, beta_1=0.5),
    keras.optimizers.Adam(training.LinearDecay(1.0, 10_000, 1), beta_1=0.5),
)
corpus = drawn_corpus(people=8, faces_per_person=5, size=tiny.SIZE, oldest=85)
batches = batches_for.cyclegan_batches(model, corpus, batch_size=2, steps=steps)
training.train(model, batches, folder, epochs, verbose=0, stability=training.Limits(warmup=0))
end = {
    "steps": [
        int(optimizer.iterations)
        for optimizer in (model.optimizer, model.generator_optimizer, model.discriminator_optimizer)
    ],
    "rate": float(model.discriminator_optimizer.learning_rate),
    "seed": batches.seed,
}
(folder / "end.json").write_text(json.dumps(end))
