"""Builds a study from faces and what several models made of them, hiding which model made what."""

import dataclasses
import hashlib
import os
import pathlib

import numpy as np

from faceaging_tf.errors import SurveyError
from faceaging_tf.evaluate.survey.padded_png import padded_pngs
from faceaging_tf.evaluate.survey.study import PAIRS_PER_RATER, PICTURES, STUDY, Pair, Study
from faceaging_tf.files import folder_written_whole


@dataclasses.dataclass(frozen=True)
class Candidate:
    """A face, and what a model made of it.

    Attributes:
        model: name of the model.
        years: requested years.
        age: age of the face in years, or None where it is not known.
        before: `(S, S, 3)` uint8, RGB.
        after: the same shape and type.
    """

    model: str
    years: float
    age: float | None
    before: np.ndarray
    after: np.ndarray


def build_study(folder, candidates, seed=0):
    """Writes a study: `study.json`, and the pictures under random names, all files of one size and
    one date.

    It is written to a temporary folder beside it and renamed at the end. Where the age of any face
    is not known, the ages of all are left out, since a question with an age and one without would
    tell models apart.

    Args:
        folder: path of the study; nothing may be there, or an empty folder.
        candidates: list of `Candidate`, ten or more.
        seed: whole number; the same seed and candidates give the same study.

    Returns:
        The `Study`.

    Raises:
        SurveyError: the folder is not empty, too few candidates, pictures that are not squares of
            one size.

    Example:
        >>> import tempfile
        >>> grey = np.full((8, 8, 3), 128, "uint8")
        >>> candidates = [Candidate("mine", 30, 20, grey, grey + row) for row in range(10)]
        >>> len(build_study(tempfile.mkdtemp(), candidates).pairs)
        10
    """
    folder = pathlib.Path(folder)
    check_folder(folder)
    _check(candidates)
    study, pictures = _assembled(
        candidates, np.random.default_rng([seed, _digest(candidates)]), seed
    )
    with folder_written_whole(folder) as working:
        _write(working, study, pictures)
    return study


def check_folder(folder):
    """Finds out whether a study can be written to a folder: nothing is there, or an empty folder.

    Raises:
        SurveyError: there is something, or the folder has no name of its own, such as "." or "..".
    """
    folder = pathlib.Path(folder)
    if folder.name in ("", ".."):
        raise SurveyError(
            f"A study is a folder that is made anew, and {folder} cannot be; give its name, such as --out study."
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SurveyError(
            f"There is something at {folder} already; choose another --out, or remove it."
        )


def _check(candidates):
    if len(candidates) < PAIRS_PER_RATER:
        raise SurveyError(
            f"A study needs {PAIRS_PER_RATER} pairs or more, since each person rates {PAIRS_PER_RATER}, and this one would have "
            f"{len(candidates)}; add people, years or models."
        )
    first = candidates[0]
    for candidate in candidates:
        for picture in (candidate.before, candidate.after):
            square = (
                picture.ndim == 3 and picture.shape[0] == picture.shape[1] and picture.shape[2] == 3
            )
            if not square or picture.dtype != np.uint8 or picture.shape != first.before.shape:
                raise SurveyError(
                    f"A picture of {candidate.model} at {candidate.years:+g} years has shape {picture.shape} and type {picture.dtype}, "
                    f"and the first of {first.model} has {first.before.shape}; a study needs squares of one size (S, S, 3), uint8."
                )


def _digest(candidates):
    # Names follow from what is shown too: two studies of one seed share no name, so that neither
    # the answers nor a browser's stored pictures of one can be taken for those of the other.
    digest = hashlib.sha256()
    for candidate in candidates:
        digest.update(
            repr(
                (candidate.model, float(candidate.years), candidate.age, candidate.before.shape)
            ).encode()
        )
        digest.update(candidate.before.tobytes() + candidate.after.tobytes())
    return int.from_bytes(digest.digest(), "big")


def _assembled(candidates, random, seed):
    """The study, and a dict from the name of each picture to its pixels."""
    # Names are dealt out in shuffled order, so that their order in the folder tells nothing.
    name = lambda: random.bytes(8).hex()
    known = all(candidate.age is not None for candidate in candidates)
    pictures, faces, pairs, unchanged = {}, {}, [], []
    for row in random.permutation(len(candidates)):
        candidate = candidates[row]
        age = float(candidate.age) if known else None
        key = candidate.before.tobytes()
        if key not in faces:
            # The picture as it is, and once more under another name for the pair in which nothing
            # changes.
            face, before, again = name(), f"{name()}.png", f"{name()}.png"
            faces[key] = face, before
            pictures |= {before: candidate.before, again: candidate.before}
            unchanged.append(Pair(name(), None, float(candidate.years), age, face, before, again))
        face, before = faces[key]
        after = f"{name()}.png"
        pictures[after] = candidate.after
        pairs.append(
            Pair(name(), candidate.model, float(candidate.years), age, face, before, after)
        )
    models = tuple(dict.fromkeys(candidate.model for candidate in candidates))
    return Study(name(), seed, models, tuple(pairs), tuple(unchanged)), pictures


def _write(folder, study, pictures):
    (folder / PICTURES).mkdir(parents=True)
    names = sorted(pictures)
    for name, data in zip(names, padded_pngs([pictures[name] for name in names]), strict=True):
        path = folder / PICTURES / name
        path.write_bytes(data)
        os.utime(path, (0, 0))
    (folder / STUDY).write_text(study.to_json(), encoding="utf-8")
