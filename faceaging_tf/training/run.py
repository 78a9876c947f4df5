"""A training run that stops by the clock, resumes exactly and leaves a log."""

import json
import math
import pathlib
import time
from collections.abc import Sequence
from typing import Any

import keras
from absl import logging

from faceaging_tf.data.batches import Batches
from faceaging_tf.files import reserve, write_whole, written_whole
from faceaging_tf.models import AdversarialModel
from faceaging_tf.training.cost import step_flops
from faceaging_tf.training.health import Limits
from faceaging_tf.training.stability import StabilityGuard
from faceaging_tf.typing import Logs, PathLike


class WallClock(keras.callbacks.Callback):
    """Stops training once `minutes` have passed since the run began; None never does.

    Attributes:
        cut_short: whether the epoch at hand was stopped before its last step.
    """

    def __init__(self, minutes: float | None = None):
        super().__init__()
        self.minutes = minutes
        self.began = time.monotonic()
        self.cut_short = False

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        if self.minutes is not None and time.monotonic() - self.began > 60 * self.minutes:
            self.model.stop_training = True
            self.cut_short = batch + 1 < self.params["steps"]


class Checkpoint(keras.callbacks.Callback):
    """Saves everything a run needs to go on, after each epoch, under a temporary name that is then
    renamed.

    The weights, the averaged weights, both optimizers, the image pools, the step's number and the
    random state are all in `checkpoint-N.weights.h5`; `checkpoint.json` names the newest such file
    and the last good one, and holds the number of finished epochs.

    Args:
        folder: of the run.
        clock: a `WallClock`; an epoch that it cut short is not saved, so that the next run does it
            whole.

    Attributes:
        epochs_done: finished epochs.
        good: whether the epoch at hand is good, for whoever watches the run to say; until then
            every epoch is.
        good_epochs: finished epochs at the last good checkpoint.
        notes: what else is to be kept with a checkpoint, a dict that JSON can hold.
    """

    def __init__(self, folder: PathLike, clock: WallClock | None = None):
        super().__init__()
        self.folder = pathlib.Path(folder)
        self.clock = clock
        self.epochs_done = 0
        self.good = True
        self.good_epochs = 0
        self.notes: dict[str, Any] = {}
        self._newest = self._last_good = ""

    def restore(self, model: keras.Model) -> int:
        """Loads the newest checkpoint into a compiled model; the number of epochs it had finished,
        0 without one.
        """
        state = self.folder / "checkpoint.json"
        if not state.exists():
            return 0
        state = json.loads(state.read_text())
        self._newest = state["weights"]
        self._last_good = state.get("good", self._newest)
        self.epochs_done = state["epochs_done"]
        self.good_epochs = state.get("good_epochs", self.epochs_done)
        self.notes = state.get("notes", {})
        model.load_weights(self.folder / self._newest)
        return self.epochs_done

    def restore_good(self, model: keras.Model) -> None:
        """Loads the last good checkpoint."""
        model.load_weights(self.folder / self._last_good)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if self.clock is None or not self.clock.cut_short:
            self.save(self.model, epoch + 1)

    def save(self, model: keras.Model, epochs_done: int) -> None:
        """Saves the model as it is after so many epochs."""
        self.epochs_done = epochs_done
        # Never over the newest one nor the last good one, and the small file that names them
        # renamed last: a kill at any moment leaves a whole pair.
        names = (f"checkpoint-{number}.weights.h5" for number in range(3))
        self._newest = next(name for name in names if name not in (self._newest, self._last_good))
        if self.good:
            self._last_good, self.good_epochs = self._newest, epochs_done
        with written_whole(
            self.folder / self._newest, self.folder / "writing.weights.h5"
        ) as temporary:
            # With what an optimizer keeps of each.
            reserve(temporary, 3 * bytes_of(model), 3 * len(model.weights))
            model.save_weights(temporary)
        state = {
            "weights": self._newest,
            "epochs_done": epochs_done,
            "good": self._last_good,
            "good_epochs": self.good_epochs,
        }
        write_whole(self.folder / "checkpoint.json", json.dumps({**state, "notes": self.notes}))


def bytes_of(model: keras.Model) -> int:
    """The bytes of a model's weights."""
    sizes = {"float64": 8, "int64": 8, "float16": 2, "bfloat16": 2}
    return sum(math.prod(one.shape) * sizes.get(one.dtype, 4) for one in model.weights)


class Log(keras.callbacks.Callback):
    """Appends a line per finished epoch to `log.jsonl`: steps, losses, seconds, faces per second;
    with a device's peak, the share of it that was reached.

    It stands before the `Checkpoint`, and a run that goes on leaves out lines of epochs that have
    none (`go_on_after`): so a run that was killed has each line once, whenever that was.

    Args:
        folder: of the run.
        batches: a `faceaging_tf.data.batches.Batches`.
        clock: a `WallClock`; an epoch that it cut short is not logged.
        peak_tflops: the device's peak at the run's precision, in 10^12 operations a second (its
            maker says); None does not ask. On JAX alone, see `step_flops`.
    """

    def __init__(
        self,
        folder: PathLike,
        batches: Batches,
        clock: WallClock | None = None,
        peak_tflops: float | None = None,
    ):
        super().__init__()
        self.peak_tflops = peak_tflops
        self.flops: float | None = None
        self.path = pathlib.Path(folder) / "log.jsonl"
        self.batches = batches
        self.clock = clock

    def go_on_after(self, step: int) -> None:
        """Leaves out lines of epochs beyond a step, and what was cut off."""
        if self.path.exists():
            lines = self.path.read_text(encoding="utf-8").splitlines(keepends=True)
            write_whole(self.path, "".join(line for line in lines if _step_of(line) <= step))

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        self.began = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if self.clock is not None and self.clock.cut_short:
            return
        seconds = time.monotonic() - self.began
        line = {"step": (epoch + 1) * len(self.batches), "seconds": round(seconds, 2)}
        line["faces_per_second"] = round(len(self.batches) * self.batches.batch_size / seconds, 2)
        if self.peak_tflops:
            self.flops = self.flops or step_flops(self.model, self.batches[0])
            if self.flops:
                line["share_of_peak"] = round(
                    len(self.batches) * self.flops / seconds / (1e12 * self.peak_tflops), 4
                )
        line.update({name: float(value) for name, value in (logs or {}).items()})
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def _step_of(line):
    """The step of a line of the log; beyond all others where it was cut off."""
    try:
        return json.loads(line)["step"]
    except (ValueError, KeyError, TypeError):
        return math.inf


def train(
    model: keras.Model,
    batches: Batches,
    folder: PathLike,
    epochs: int,
    minutes: float | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    verbose: int = 2,
    stability: Limits | None = Limits(),
    peak_tflops: float | None = None,
    held_out: Batches | None = None,
) -> bool:
    """Trains a compiled model by `fit`, resuming from the folder's checkpoint when there is one.

    An epoch is `len(batches)` steps, not a pass over the corpus. An epoch that the clock cut short
    is done again, whole, by the next run.

    Args:
        model: a compiled model.
        batches: a `faceaging_tf.data.batches.Batches`.
        folder: where checkpoint, log and sheets go; made when missing.
        epochs: epochs in all, earlier runs counted in.
        minutes: stop after so many.
        callbacks: further Keras callbacks.
        verbose: of `fit`.
        stability: the `Limits` of the `StabilityGuard` that watches an adversarial model; None for
            no guard.
        peak_tflops: of `Log`.
        held_out: of `StabilityGuard`.

    Returns:
        True when all epochs are done, False when the clock stopped the run.

    Raises:
        StabilityError: the run failed more often than `stability.restarts`.
    """
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    clock = WallClock(minutes)
    checkpoint = Checkpoint(folder, clock)
    done = checkpoint.restore(model)
    if done:
        logging.info("Going on after %d of %d epochs.", done, epochs)
    batches.first_step = done * len(batches)
    log = Log(folder, batches, clock, peak_tflops)
    log.go_on_after(batches.first_step)
    guards = []
    if stability is not None and isinstance(model, AdversarialModel):
        guards = [StabilityGuard(checkpoint, batches, stability, held_out)]
        guards[0].take_up(model)
    model.fit(
        batches,
        initial_epoch=done,
        epochs=epochs,
        shuffle=False,
        verbose=verbose,
        callbacks=[
            clock,
            *guards,
            log,
            # Before the checkpoint: what a kill keeps them from, the next run does.
            *callbacks,
            checkpoint,
        ],
    )
    return checkpoint.epochs_done >= epochs
