"""The stage that teaches a face parser: heads are measured once, then looked at in random batches;
interrupted, it goes on.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib

import keras
import numpy as np

from faceaging_tf.files import written_whole
from faceaging_tf.parallel.processes import end_with_parent
from faceaging_tf.teacher.measured import measured_head
from faceaging_tf.training.run import Checkpoint, Log
from faceaging_tf.training.stages.parsing import FaceParsing

BATCH, EPOCH, RATE, WARM_UP = 16, 100, 2e-3, 100
# Whose landmarks are surest, and whose hair is whole, is seen more often.
OFTEN = 3
MEASURED = "measured.npz"
# The folder of log and checkpoints, and the figures in that log.
RUN, FIGURES = "parser", ("flow_px", "regions", "sex")


def measure_heads(heads, shape, path=None, processes=None):
    """What the teacher measures of heads, as arrays of N rows: flow, regions, traits and weight
    (see `MeasuredHead`).

    Args:
        heads: `Heads` at 256 pixels.
        shape: `(468, 2)`, of the mean face.
        path: a file that keeps them, and from which they are read when it is there and of these
            heads.
        processes: how many work at once; one for each core when None.
    """
    identity = identity_of(heads, shape)
    if path is not None and pathlib.Path(path).is_file():
        with np.load(path) as kept:
            if str(kept["identity"]) == identity:
                return {name: kept[name] for name in kept.files if name != "identity"}
    sexes = heads.corpus.attributes.get("sex", np.array([""] * len(heads)))
    shapes = [shape] * len(heads)
    jobs = (heads.corpus.faces, heads.landmarks, heads.masks, shapes, sexes, heads.closed)
    with concurrent.futures.ProcessPoolExecutor(
        processes or os.cpu_count(), initializer=end_with_parent
    ) as pool:
        found = list(pool.map(measured_head, *jobs, chunksize=32))
    names = ("flow", "regions", "traits", "weight")
    columns = {name: np.stack([getattr(each, name) for each in found]) for name in names}
    columns["flow"] = columns["flow"].astype("float16")
    if path is not None:
        path = pathlib.Path(path)
        with written_whole(path, path.with_name(f"part_{path.name}")) as temporary:
            np.savez(temporary, identity=identity, **columns)
    return columns


def identity_of(heads, shape):
    """A checksum of what is measured: the heads' landmarks and the mean shape."""
    return hashlib.sha256(
        heads.landmarks.tobytes() + np.asarray(shape, "float32").tobytes()
    ).hexdigest()


class MeasuredBatches(keras.utils.PyDataset):
    """Random batches of measured heads, mirrored or not; the same for the same epoch.

    Args:
        faces: `(N, 256, 256, 3)` uint8.
        measured: of `measure_heads`.
        chances: `(N,)`, how often each is drawn, relative to the others.
        steps: batches in an epoch.
        batch_size: heads in a batch.
        seed: of the draws.
    """

    def __init__(self, faces, measured, chances, steps=EPOCH, batch_size=BATCH, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.faces, self.measured, self.chances = faces, measured, chances / chances.sum()
        self.steps, self.batch_size, self.seed, self.epoch = steps, batch_size, seed, 0

    def __len__(self):
        return self.steps

    def __getitem__(self, number):
        random = np.random.default_rng((self.seed, self.epoch, number))
        rows = random.choice(len(self.faces), self.batch_size, p=self.chances)
        batch = {
            "face": self.faces[rows],
            **{name: values[rows] for name, values in self.measured.items()},
        }
        batch["flow"] = batch["flow"].astype("float32")
        mirrored = random.random(self.batch_size) < 0.5
        for name in ("face", "flow", "regions", "weight"):
            batch[name][mirrored] = batch[name][mirrored, :, ::-1]
        batch["flow"][mirrored] *= (-1, 1)
        batch["traits"][mirrored, -1] *= -1
        return batch, np.zeros(self.batch_size, "float32")


def teach_parser(parser, heads, validation, shape, out, steps, batch_size=BATCH, seed=0):
    """Teaches a face parser what landmarks and masks say.

    Args:
        parser: a `face_parser`, taught in place.
        heads: `Heads` at 256 pixels to learn from.
        validation: `Heads` to measure on after every epoch of 100 steps.
        shape: `(468, 2)`, of the mean face.
        out: a folder, which keeps what is measured, and in `parser` the log and a checkpoint after
            every epoch; given again, the training goes on.
        steps: training steps in all; the rate falls to 0 along a cosine.
        batch_size: heads in a step.
        seed: of the draws.

    Returns:
        A dict of the last validation figures: `flow_px`, pixels of 256; `regions`, mean absolute
        error of the masks; `sex`, the share classified correctly.
    """
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    measured = measure_heads(heads, shape, out / MEASURED)
    truth = measure_heads(validation, shape, out / f"validation_{MEASURED}")
    chances = np.where(
        np.isin(heads.corpus.attributes.get("source", np.array([""] * len(heads))), ["aaf", ""])
        | ~heads.closed,
        1.0,
        OFTEN,
    )
    length = min(EPOCH, steps)
    batches = MeasuredBatches(heads.corpus.faces, measured, chances, length, batch_size, seed)
    model = FaceParsing(parser, seed=seed)
    schedule = keras.optimizers.schedules.CosineDecay(
        RATE / 100,
        max(steps - WARM_UP, 1),
        warmup_target=RATE,
        warmup_steps=min(WARM_UP, steps // 2),
    )
    model.compile(
        keras.optimizers.AdamW(schedule, weight_decay=1e-4, global_clipnorm=5.0), jit_compile=False
    )
    model.optimizer.build(model.trainable_variables)
    run = out / RUN
    run.mkdir(exist_ok=True)
    checkpoint, log = Checkpoint(run), Log(run, batches)
    done = checkpoint.restore(model)
    log.go_on_after(done * length)

    def begin(epoch, logs):
        batches.epoch = epoch
        # A checkpoint does not hold the state of random draws: each epoch begins from one of its
        # own.
        model.seed_generator.state.assign([seed + epoch, 0])

    watch = keras.callbacks.LambdaCallback(
        on_epoch_begin=begin,
        on_epoch_end=lambda epoch, logs: logs.update(parser_figures(parser, validation, truth)),
    )
    model.fit(
        batches,
        initial_epoch=done,
        epochs=-(-steps // length),
        callbacks=[watch, log, checkpoint],
        shuffle=False,
        verbose=0,
    )
    return taught_figures(out)


def taught_figures(out):
    """The last validation figures in a folder of `teach_parser`; none where there is no log."""
    path = pathlib.Path(out) / RUN / "log.jsonl"
    if not path.is_file():
        return {}
    line = json.loads(path.read_text(encoding="utf-8").splitlines()[-1])
    return {name: line[name] for name in FIGURES}


def parser_figures(parser, heads, truth):
    """How far a parser errs on measured heads: see `teach_parser`."""
    told = parser.predict(
        heads.corpus.faces.astype("float32") / 127.5 - 1.0, batch_size=32, verbose=0
    )
    size = truth["flow"].shape[1]
    shown = (
        truth["regions"].max(axis=-1).reshape(len(heads), size, 2, size, 2).mean(axis=(2, 4)) > 100
    )
    shown &= truth["weight"] > 0
    error = 256 * np.abs(told["flow"] - truth["flow"].astype("float32"))[shown].mean()
    mean = lambda values: float(values.mean()) if values.size else np.nan
    masks = np.abs(1 / (1 + np.exp(-told["regions"])) - truth["regions"] / 255.0)[heads.closed]
    known = ~np.isnan(truth["traits"][:, 0])
    right = (told["traits"][known, 0] > 0) == (truth["traits"][known, 0] > 0.5)
    return {"flow_px": float(error), "regions": mean(masks), "sex": mean(right)}
