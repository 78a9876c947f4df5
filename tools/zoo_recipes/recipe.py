"""What all recipes have in common."""

import pathlib

import keras
import numpy as np

import zoo
from faceaging_tf import training
from faceaging_tf.data.prototypes import with_places
from faceaging_tf.data.splits import split_of_row

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


def placed_corpus(corpus, regressor, prototypes, blurriest=0.2):
    """The training rows of a corpus with exact ages and places in the mean shape; the blurriest
    share of them left out.

    Within the known range, the network's estimate is a better age than the middle.
    """
    with np.load(pathlib.Path(prototypes) / "places.npz") as arrays:
        rows = np.array([split_of_row(number) == "train" for number in range(len(arrays["score"]))])
        places = {name: arrays[name][rows][: len(corpus)] for name in ("places", "score", "turned")}
    corpus = with_places(corpus, places).sharper_than_share(blurriest)
    return corpus.with_age(
        np.clip(regressor.estimate_ages(corpus.faces), corpus.age_min, corpus.age_max)
    )
