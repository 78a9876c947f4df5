"""Runs what is evaluated over the faces, and keeps what the judges saw; each finished number of
years is saved, so that a run goes on.
"""

import dataclasses
import hashlib
import pathlib
import time
import zipfile

import numpy as np
from tqdm import tqdm

import faceaging_tf
from faceaging_tf.data import FaceCorpus
from faceaging_tf.errors import EvaluationError
from faceaging_tf.evaluate.diversity import change_maps
from faceaging_tf.evaluate.hair import hair_masks
from faceaging_tf.evaluate.outside_face import outside_face
from faceaging_tf.evaluate.outside_person import outside_person
from faceaging_tf.evaluate.seen import ABOUT, Seen, arrays_of, named, see, seen_of
from faceaging_tf.evaluate.shrinking import shrunk
from faceaging_tf.evaluate.tight_window import tight_window
from faceaging_tf.files import written_whole

# Ages that a face can be asked to have: a face of 30 is not asked to be made 40 years younger.
YOUNGEST_TARGET, OLDEST_TARGET = 0.0, 100.0
THUMBNAIL = 96
# Part of every key: raise it when what a cell holds changes its meaning.
CELL_FORMAT = 3
KEY_DIGITS = 32


@dataclasses.dataclass(frozen=True)
class Cell:
    """What one number of years did to the faces that were asked for it.

    Attributes:
        rows: `(n,)` their rows among the inputs.
        seen: what the judges saw in the outputs.
        outside: what changed where nothing should, `(n,)` by name, see `outside_face` and, of whole
            heads, `outside_person`.
        changes: `(n, P)`, see `change_maps`.
        thumbnails: `(n, 96, 96, 3)` uint8, the outputs for the report.
        seconds: how long the outputs took.
    """

    rows: np.ndarray
    seen: Seen
    outside: dict
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
        others: dict from years to the rows of the faces whose figures are not told there, and the
            judge's ages of their outputs: monotony is everyone's.
        timed: whether the seconds are the subject's own.
    """

    name: str
    inputs: FaceCorpus
    ages: np.ndarray
    before: Seen
    cells: dict
    others: dict = dataclasses.field(default_factory=dict)
    timed: bool = True

    @property
    def faces_per_second(self):
        """How many faces per second it aged, or None where that is not known."""
        cells = self.cells.values()
        faces, seconds = sum(len(cell.rows) for cell in cells), sum(cell.seconds for cell in cells)
        return faces / seconds if self.timed and seconds else None


def moves_faces(subject):
    """Whether a subject's outputs are sampled along a flow, which blurs them: unknown of files, and
    taken for granted there.
    """
    return getattr(getattr(subject, "model", None), "moves_faces", True)


def known_ages(corpus):
    """`(N,)` float32, years where they are known exactly, nan elsewhere."""
    return np.where(corpus.age_min == corpus.age_max, corpus.age, np.nan).astype("float32")


def measure(subjects, corpus, years, judges, work, batch_size=32, quiet=None, asked=None):
    """Measures subjects on the faces of a corpus.

    Args:
        subjects: see `faceaging_tf.evaluate.subjects`.
        corpus: a `FaceCorpus`, or None where all subjects bring their own faces.
        years: the numbers of years to ask for.
        judges: a `Judges`.
        work: folder of finished work, made when missing. A cell is found again by a checksum of all
            that it hangs on.
        batch_size: faces at a time.
        quiet: no progress bar; None for a bar where someone looks on.
        asked: an `AskedAges`, whose figures are told, see `faceaging_tf.evaluate.groups`; None for
            everyone's.

    Returns:
        A list of `Measurement`, one per subject.

    Raises:
        EvaluationError: fewer than two faces, or nothing to measure for any number of years.
    """
    work = pathlib.Path(work)
    work.mkdir(parents=True, exist_ok=True)
    plans = [_plan(subject, corpus, years, judges, work, asked) for subject in subjects]
    parts = [part for *_, cells, others in plans for part in (cells, others)]
    total = sum(len(rows) for part in parts for rows in part.values())
    measurements = []
    with tqdm(total=total, unit="face", disable=quiet, dynamic_ncols=True) as bar:
        for subject, (inputs, ages, before, cells, others) in zip(subjects, plans, strict=True):
            done, aside = {}, {}
            for k, rows in cells.items():
                bar.set_description(f"{subject.name} {k:+g}")
                done[k] = _cell(subject, inputs, rows, k, judges, work, batch_size, bar)
            for k, rows in others.items():
                bar.set_description(f"{subject.name} {k:+g}, ages")
                seen = _ages_of_others(subject, inputs, rows, k, judges, work, batch_size, bar)
                aside[k] = rows, seen
            timed = getattr(subject, "model", None) is not None
            measurements.append(Measurement(subject.name, inputs, ages, before, done, aside, timed))
    return measurements


def see_saved(corpus, judges, work, once_resampled=False):
    """What the judges see in a corpus, found again where it was saved; arguments of `see`."""
    once_resampled = once_resampled and judges.whole_heads
    about = {name: corpus.attributes[name] for name in ABOUT if judges.whole_heads}
    known = [_fingerprint(values) for values in about.values()]
    path = (
        pathlib.Path(work)
        / f"{_key('seen', _fingerprint(corpus.faces), *known, judges.fingerprint, judges.frame, str(once_resampled))}.npz"
    )
    saved = _load(path)
    if saved is None:
        saved = arrays_of(see(corpus.faces, judges, about, once_resampled=once_resampled))
        _save(path, saved)
    return seen_of(saved)


def remove_work(work):
    """Removes the finished work of `measure`, pictures of people among it, and its folder where
    nothing else is in there.
    """
    work = pathlib.Path(work)
    for ending in ("npz", "writing"):
        for path in work.glob(f"{'[0-9a-f]' * KEY_DIGITS}.{ending}"):
            path.unlink()
    if not any(work.iterdir()):
        work.rmdir()


def _plan(subject, corpus, years, judges, work, asked):
    inputs = subject.inputs(corpus)
    if len(inputs) < 2:
        raise EvaluationError(
            f"{subject.name} would be evaluated on {len(inputs)} face; give two or more, for its figures compare faces."
        )
    missing = [name for name in ABOUT if judges.whole_heads and name not in inputs.attributes]
    if missing:
        raise EvaluationError(
            f"{subject.name} would be evaluated on whole heads without {' and '.join(missing)}; give a corpus of whole heads, a zip with landmarks.npz and masks."
        )
    before = see_saved(inputs, judges, work, moves_faces(subject))
    ages = np.where(np.isfinite(inputs.age), inputs.age, before.ages)
    cells, others = {}, {}
    for k in years:
        rows = subject.with_outputs(inputs, k)
        rows = rows[(ages[rows] + k >= YOUNGEST_TARGET) & (ages[rows] + k <= OLDEST_TARGET)]
        told = np.ones(len(rows), bool) if asked is None else asked.of(k, ages[rows])
        for kind, some in ((cells, rows[told]), (others, rows[~told])):
            if len(some):
                kind[k] = some
    if not cells:
        asked, there = (
            ", ".join(f"{k:+g}" for k in some) for some in (years, getattr(subject, "years", ()))
        )
        has = f" (it has outputs at {there})" if there else ""
        raise EvaluationError(
            f"{subject.name} has no face to be measured at {asked} years{has}; give other years or faces."
        )
    return inputs, ages, before, cells, others


def _cell(subject, inputs, rows, years, judges, work, batch_size, bar):
    path = _path_of("cell", subject, inputs, rows, years, judges, work)
    saved = _load(path)
    if saved is None:
        parts, seconds = [], 0.0
        for some, faces, outputs, took in _outputs(subject, inputs, rows, years, batch_size):
            seconds += took
            about = {name: inputs.attributes[name][some] for name in ABOUT if judges.whole_heads}
            hair = hair_masks(faces, *about.values()) if judges.whole_heads else None
            outside = (
                outside_person(faces, outputs, about["masks"])
                if judges.whole_heads
                else outside_face(faces, outputs)
            )
            parts.append(
                {
                    **arrays_of(see(outputs, judges, about, hair)),
                    **{f"at {name}": values for name, values in outside.items()},
                    "changes": change_maps(faces, outputs),
                    "thumbnails": shrunk(outputs, THUMBNAIL),
                }
            )
            bar.update(len(some))
        saved = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        saved["seconds"] = np.array(seconds)
        _save(path, saved)
    else:
        bar.update(len(rows))
    own = saved["changes"], saved["thumbnails"], float(saved["seconds"])
    return Cell(rows, seen_of(saved), named(saved, "at "), *own)


def _ages_of_others(subject, inputs, rows, years, judges, work, batch_size, bar):
    """The judge's ages `(n,)` of outputs of which nothing more is told."""
    path = _path_of("ages", subject, inputs, rows, years, judges, work)
    saved = _load(path)
    if saved is None:
        ages = []
        for some, _, outputs, _ in _outputs(subject, inputs, rows, years, batch_size):
            ages.append(judges.age.estimate_ages(tight_window(outputs, judges.frame)))
            bar.update(len(some))
        saved = {"ages": np.concatenate(ages)}
        _save(path, saved)
    else:
        bar.update(len(rows))
    return saved["ages"]


def _outputs(subject, inputs, rows, years, batch_size):
    """Rows, inputs, outputs and seconds, some faces at a time."""
    known = known_ages(inputs)
    for start in range(0, len(rows), batch_size):
        some = rows[start : start + batch_size]
        began = time.perf_counter()
        outputs = subject.outputs(inputs.faces[some], some, years, known[some])
        yield some, inputs.faces[some], outputs, time.perf_counter() - began


def _path_of(kind, subject, inputs, rows, years, judges, work):
    known = known_ages(inputs)[rows]
    return (
        work
        / f"{_key(kind, subject.fingerprint, judges.fingerprint, judges.frame, _fingerprint(inputs.faces[rows]), _fingerprint(known), f'{years:g}')}.npz"
    )


def _save(path, arrays):
    with (
        written_whole(path, path.with_suffix(".writing")) as temporary,
        open(temporary, "wb") as file,
    ):
        np.savez(file, **arrays)


def _load(path):
    """The arrays that were saved, or None; a file that was damaged since is as good as none."""
    try:
        with np.load(path) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (FileNotFoundError, ValueError, EOFError, zipfile.BadZipFile):
        return None


def _key(*parts):
    return hashlib.sha256(
        "\n".join((*parts, faceaging_tf.__version__, str(CELL_FORMAT))).encode()
    ).hexdigest()[:KEY_DIGITS]


def _fingerprint(array):
    return hashlib.sha256(np.ascontiguousarray(array)).hexdigest()
