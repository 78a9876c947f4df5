"""A training run that stops by the clock, resumes exactly and leaves a log."""

import json
import os
import pathlib
import time

import keras
from absl import logging


class WallClock(keras.callbacks.Callback):
    """Stops training once `minutes` have passed since the run began; None never does.

    Attributes:
        cut_short: whether the epoch at hand was stopped before its last step.
    """

    def __init__(self, minutes=None):
        super().__init__()
        self.minutes = minutes
        self.began = time.monotonic()
        self.cut_short = False

    def on_train_batch_end(self, batch, logs=None):
        if self.minutes is not None and time.monotonic() - self.began > 60 * self.minutes:
            self.model.stop_training = True
            self.cut_short = batch + 1 < self.params["steps"]


class Checkpoint(keras.callbacks.Callback):
    """Saves everything a run needs to go on, after each epoch, under a temporary name that is then renamed.

    The weights, the averaged weights, both optimizers, the image pools, the step's number and the random state are all in
    `checkpoint.weights.h5`; `checkpoint.json` holds the number of finished epochs.

    Args:
        folder: of the run.
        clock: a `WallClock`; an epoch that it cut short is not saved, so that the next run does it whole.
    """

    def __init__(self, folder, clock=None):
        super().__init__()
        self.folder = pathlib.Path(folder)
        self.clock = clock
        self.epochs_done = 0

    def restore(self, model):
        """Loads the newest checkpoint into a compiled model; the number of epochs it had finished, 0 without one."""
        state = self.folder / "checkpoint.json"
        if not state.exists():
            return 0
        state = json.loads(state.read_text())
        model.load_weights(self.folder / state["weights"])
        self.epochs_done = state["epochs_done"]
        return self.epochs_done

    def on_epoch_end(self, epoch, logs=None):
        if self.clock is not None and self.clock.cut_short:
            return
        self.epochs_done = epoch + 1
        # Two names in turn, and the small file that names the newest one renamed last: a kill at any moment leaves a whole pair.
        name = f"checkpoint-{self.epochs_done % 2}.weights.h5"
        temporary = self.folder / "writing.weights.h5"
        self.model.save_weights(temporary)
        os.replace(temporary, self.folder / name)
        temporary = self.folder / "checkpoint.json.writing"
        temporary.write_text(json.dumps({"weights": name, "epochs_done": self.epochs_done}))
        os.replace(temporary, self.folder / "checkpoint.json")


class Log(keras.callbacks.Callback):
    """Appends a line a finished epoch to `log.jsonl`: steps, losses, seconds, faces a second."""

    def __init__(self, folder, batches, clock=None):
        super().__init__()
        self.path = pathlib.Path(folder) / "log.jsonl"
        self.batches = batches
        self.clock = clock

    def on_epoch_begin(self, epoch, logs=None):
        self.began = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        if self.clock is not None and self.clock.cut_short:
            return
        seconds = time.monotonic() - self.began
        line = {"step": (epoch + 1) * len(self.batches), "seconds": round(seconds, 2)}
        line["faces_per_second"] = round(len(self.batches) * self.batches.batch_size / seconds, 2)
        line.update({name: float(value) for name, value in (logs or {}).items()})
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def train(model, batches, folder, epochs, minutes=None, callbacks=(), verbose=2):
    """Trains a compiled model by `fit`, resuming from the folder's checkpoint when there is one.

    An epoch is `len(batches)` steps, not a pass over the corpus. An epoch that the clock cut short is done again, whole,
    by the next run.

    Args:
        model: a compiled model.
        batches: a `faceaging_tf.data.batches.Batches`.
        folder: where checkpoint, log and sheets go; made when missing.
        epochs: epochs in all, earlier runs counted in.
        minutes: stop after so many.
        callbacks: further Keras callbacks.
        verbose: of `fit`.

    Returns:
        True when all epochs are done, False when the clock stopped the run.
    """
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    clock = WallClock(minutes)
    checkpoint = Checkpoint(folder, clock)
    done = checkpoint.restore(model)
    if done:
        logging.info("Going on after %d of %d epochs.", done, epochs)
    batches.first_step = done * len(batches)
    model.fit(
        batches,
        initial_epoch=done,
        epochs=epochs,
        shuffle=False,
        verbose=verbose,
        callbacks=[clock, checkpoint, Log(folder, batches, clock), *callbacks],
    )
    return checkpoint.epochs_done >= epochs
