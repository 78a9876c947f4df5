"""Run by `test_cost.py` with `KERAS_BACKEND=jax` as a process of its own, where TensorFlow cannot
be imported.

    python cost_on_jax.py FOLDER

Trains one dense layer for two epochs with a `Log`, and writes the operations of a step to
FOLDER/flops.json beside the log.
"""

import json
import pathlib
import sys

sys.modules["tensorflow"] = None

import keras
import numpy as np

from faceaging_tf import training
from faceaging_tf.data.batches import Batches

folder = pathlib.Path(sys.argv[1])


class Numbers(Batches):
    def draw(self, rng):
        return rng.normal(size=(32, 200)).astype("float32"), np.zeros((32, 100), "float32")


model = keras.Sequential([keras.Input((200,)), keras.layers.Dense(100, use_bias=False)])
model.compile("sgd", "mse")
batches = Numbers(batch_size=32, steps=4)
training.train(model, batches, folder, epochs=2, verbose=0, peak_tflops=1e-3)
(folder / "flops.json").write_text(json.dumps(training.step_flops(model, batches[0])))
