"""What all recipes have in common."""

import pathlib

import keras

import zoo
from faceaging_tf import training

EPOCH = 100


class Recipe:
    """Base: builds a compiled model and its batches, trains by the clock."""

    seed = 0
    steps = 1000
    batch_size = 8

    def __init__(self, options, corpus, folder, seed):
        self.options, self.corpus, self.folder = options, corpus, folder
        self.run_seed = seed
        self.steps = options.steps or self.steps
        self.batch_size = options.batch_size or self.batch_size

    def run(self):
        model = self.compiled()
        if self.options.stop:
            training.Checkpoint(self.folder).restore(model)
            self.finish(model)
            return
        finished = training.train(
            model,
            self.batches(),
            self.folder,
            self.steps // EPOCH,
            self.options.minutes,
            self.callbacks(model),
            peak_tflops=self.options.peak_tflops,
        )
        if finished:
            self.finish(model)

    def callbacks(self, model):
        return []

    def finish(self, model):
        model.save(self.folder / "model.keras")

    def batch_options(self):
        return {
            "batch_size": self.batch_size,
            "steps": EPOCH,
            "seed": self.run_seed,
            "resident": self.options.resident,
        }


def trained(path):
    """A trained model: a `.keras` file, or the folder of a preset."""
    if str(path).endswith(".keras"):
        return keras.saving.load_model(path, compile=False)
    return zoo.load(pathlib.Path(path))
