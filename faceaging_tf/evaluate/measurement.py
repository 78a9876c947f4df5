"""Runs what is evaluated over the faces, and keeps what the judges saw; each finished number of years is saved, so that a run goes on."""

import dataclasses
import hashlib
import os
import pathlib
import time
import zipfile

import numpy as np
from tqdm import tqdm

import faceaging_tf
from faceaging_tf.data import FaceCorpus
from faceaging_tf.evaluate.diversity import change_maps
from faceaging_tf.evaluate.errors import EvaluationError
from faceaging_tf.evaluate.outside_face import outside_change
from faceaging_tf.evaluate.shrinking import shrunk
from faceaging_tf.evaluate.texture import texture_features

# Ages that a face can be asked to have: a face of 30 is not asked to be made 40 years younger.
YOUNGEST_TARGET, OLDEST_TARGET = 0.0, 100.0
THUMBNAIL = 96
# Part of every key: raise it when what a cell holds changes its meaning.
CELL_FORMAT = 2
KEY_DIGITS = 32


@dataclasses.dataclass
class Judges:
    """Who judges.

    Attributes:
        age: an object with `estimate_ages(faces)`, years `(N,)` of faces `(N, S, S, 3)` uint8.
        identity: a function from faces to unit embeddings `(N, D)`, such as an `IdentityJudge`; or None.
        features: a function from faces to features `(N, F)` for realism; None for the embeddings.
        fingerprint: text that changes whenever a judge does.
        name: what the report calls the age judge.
    """

    age: object
    identity: object = None
    features: object = None
    fingerprint: str = ""
    name: str = "age judge"


@dataclasses.dataclass(frozen=True)
class Seen:
    """What the judges saw in N faces.

    Attributes:
        ages: `(N,)` years.
        textures: `(N, T)`, see `texture_features`.
        embeddings: `(N, D)` of unit length, or None.
        features: `(N, F)`, or None.
    """

    ages: np.ndarray
    textures: np.ndarray
    embeddings: np.ndarray | None = None
    features: np.ndarray | None = None


@dataclasses.dataclass(frozen=True)
class Cell:
    """What one number of years did to the faces that were asked for it.

    Attributes:
        rows: `(n,)` their rows among the inputs.
        seen: what the judges saw in the outputs.
        difference, colour_shift: `(n,)`, see `outside_change`.
        changes: `(n, P)`, see `change_maps`.
        thumbnails: `(n, 96, 96, 3)` uint8, the outputs for the report.
        seconds: how long the outputs took.
    """

    rows: np.ndarray
    seen: Seen
    difference: np.ndarray
    colour_shift: np.ndarray
    changes: np.ndarray
    thumbnails: np.ndarray
    seconds: float


@dataclasses.dataclass(frozen=True)
class Measurement:
    """What was measured of one subject.

    Attributes:
        name: of the subject.
        inputs: the `FaceCorpus` of N faces that it was given.
        ages: `(N,)` their ages: known, or as the judge sees them.
        before: what the judges saw in them.
        cells: dict from years to `Cell`.
        timed: whether the seconds are the subject's own.
    """

    name: str
    inputs: FaceCorpus
    ages: np.ndarray
    before: Seen
    cells: dict
    timed: bool = True

    @property
    def faces_per_second(self):
        """How many faces a second it aged, or None where that is not known."""
        seconds = sum(cell.seconds for cell in self.cells.values())
        return sum(len(cell.rows) for cell in self.cells.values()) / seconds if self.timed and seconds else None


def see(faces, judges, batch_size=64):
    """What the judges see in faces `(N, S, S, 3)` uint8: a `Seen`."""
    parts = [faces[start : start + batch_size] for start in range(0, max(len(faces), 1), batch_size)]
    ages = np.concatenate([judges.age.estimate_ages(part) for part in parts])
    embeddings = None if judges.identity is None else np.concatenate([judges.identity(part) for part in parts])
    features = None if judges.features is None else np.concatenate([judges.features(part) for part in parts])
    return Seen(np.asarray(ages, "float32"), texture_features(faces), embeddings, features)


def known_ages(corpus):
    """`(N,)` float32, years where they are known exactly, nan elsewhere."""
    return np.where(corpus.age_min == corpus.age_max, corpus.age, np.nan).astype("float32")


def measure(subjects, corpus, years, judges, work, batch_size=32, quiet=None):
    """Measures subjects on the faces of a corpus.

    Args:
        subjects: see `faceaging_tf.evaluate.subjects`.
        corpus: a `FaceCorpus`, or None where all subjects bring their own faces.
        years: the numbers of years to ask for.
        judges: a `Judges`.
        work: folder of finished work, made when missing. A cell is found again by a checksum of all that it hangs on.
        batch_size: faces at a time.
        quiet: no progress bar; None for a bar where someone looks on.

    Returns:
        A list of `Measurement`, one a subject.

    Raises:
        EvaluationError: fewer than two faces, or nothing to measure for any number of years.
    """
    work = pathlib.Path(work)
    work.mkdir(parents=True, exist_ok=True)
    plans = [_plan(subject, corpus, years, judges, work) for subject in subjects]
    total = sum(len(rows) for _, _, _, cells in plans for rows in cells.values())
    measurements = []
    with tqdm(total=total, unit="face", disable=quiet, dynamic_ncols=True) as bar:
        for subject, (inputs, ages, before, cells) in zip(subjects, plans):
            done = {}
            for k, rows in cells.items():
                bar.set_description(f"{subject.name} {k:+g}")
                done[k] = _cell(subject, inputs, rows, k, judges, work, batch_size, bar)
            timed = getattr(subject, "model", None) is not None
            measurements.append(Measurement(subject.name, inputs, ages, before, done, timed))
    return measurements


def see_saved(faces, judges, work):
    """What the judges see in faces, found again where it was saved."""
    path = pathlib.Path(work) / f"{_key('seen', _fingerprint(faces), judges.fingerprint)}.npz"
    saved = _load(path)
    if saved is None:
        saved = _arrays(see(faces, judges))
        _save(path, saved)
    return _seen(saved)


def remove_work(work):
    """Removes the finished work of `measure`, pictures of people among it, and its folder where nothing else is in there."""
    work = pathlib.Path(work)
    for ending in ("npz", "writing"):
        for path in work.glob(f"{'[0-9a-f]' * KEY_DIGITS}.{ending}"):
            path.unlink()
    if not any(work.iterdir()):
        work.rmdir()


def _plan(subject, corpus, years, judges, work):
    inputs = subject.inputs(corpus)
    if len(inputs) < 2:
        raise EvaluationError(f"{subject.name} would be evaluated on {len(inputs)} face; give two or more, for its figures compare faces.")
    before = see_saved(inputs.faces, judges, work)
    ages = np.where(np.isfinite(inputs.age), inputs.age, before.ages)
    cells = {}
    for k in years:
        rows = subject.with_outputs(inputs, k)
        rows = rows[(ages[rows] + k >= YOUNGEST_TARGET) & (ages[rows] + k <= OLDEST_TARGET)]
        if len(rows):
            cells[k] = rows
    if not cells:
        asked, there = (", ".join(f"{k:+g}" for k in some) for some in (years, getattr(subject, "years", ())))
        has = f" (it has outputs at {there})" if there else ""
        raise EvaluationError(f"{subject.name} has no face to be measured at {asked} years{has}; give other years or faces.")
    return inputs, ages, before, cells


def _cell(subject, inputs, rows, years, judges, work, batch_size, bar):
    known = known_ages(inputs)
    hangs_on = ("cell", subject.fingerprint, judges.fingerprint, _fingerprint(inputs.faces[rows]), _fingerprint(known[rows]), f"{years:g}")
    path = work / f"{_key(*hangs_on)}.npz"
    saved = _load(path)
    if saved is None:
        parts, seconds = [], 0.0
        for start in range(0, len(rows), batch_size):
            some = rows[start : start + batch_size]
            faces = inputs.faces[some]
            began = time.perf_counter()
            outputs = subject.outputs(faces, some, years, known[some])
            seconds += time.perf_counter() - began
            difference, shift = outside_change(faces, outputs)
            parts.append(
                {
                    **_arrays(see(outputs, judges)),
                    "difference": difference,
                    "colour_shift": shift,
                    "changes": change_maps(faces, outputs),
                    "thumbnails": shrunk(outputs, THUMBNAIL),
                }
            )
            bar.update(len(some))
        saved = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} | {"seconds": np.array(seconds)}
        _save(path, saved)
    else:
        bar.update(len(rows))
    own = {name: saved[name] for name in ("difference", "colour_shift", "changes", "thumbnails")}
    return Cell(rows=rows, seen=_seen(saved), seconds=float(saved["seconds"]), **own)


def _arrays(seen):
    return {name: value for name, value in dataclasses.asdict(seen).items() if value is not None}


def _seen(saved):
    return Seen(saved["ages"], saved["textures"], saved.get("embeddings"), saved.get("features"))


def _save(path, arrays):
    temporary = path.with_suffix(".writing")
    with open(temporary, "wb") as file:
        np.savez(file, **arrays)
    os.replace(temporary, path)


def _load(path):
    """The arrays that were saved, or None; a file that was damaged since is as good as none."""
    try:
        with np.load(path) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (FileNotFoundError, ValueError, EOFError, zipfile.BadZipFile):
        return None


def _key(*parts):
    return hashlib.sha256("\n".join((*parts, faceaging_tf.__version__, str(CELL_FORMAT))).encode()).hexdigest()[:KEY_DIGITS]


def _fingerprint(array):
    return hashlib.sha256(np.ascontiguousarray(array)).hexdigest()
