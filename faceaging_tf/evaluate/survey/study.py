"""A study: the pairs of pictures that are rated, as a folder with `study.json` and `pictures/`."""

import dataclasses
import json
import math
import pathlib

from faceaging_tf.errors import SurveyError

FORMAT = "faceaging survey 1"
STUDY = "study.json"
PICTURES = "pictures"
# Scored pairs that one person rates, as in the paper.
PAIRS_PER_RATER = 10


@dataclasses.dataclass(frozen=True)
class Pair:
    """Two pictures of one face: as it is, and through an age filter.

    Attributes:
        identifier: opaque name of the pair.
        model: name of the model that made `after`; None where `after` is the unchanged face again.
        years: requested years; negative makes younger.
        age: age of the face in years, or None where it is not known.
        face: opaque name of the face; pairs of one face share it.
        before: file name of the picture as it is.
        after: file name of the picture through the filter.
    """

    identifier: str
    model: str | None
    years: float
    age: float | None
    face: str
    before: str
    after: str

    @property
    def target(self):
        """The requested age, in years, or None where the age of the face is not known."""
        return None if self.age is None else self.age + self.years


@dataclasses.dataclass(frozen=True)
class Study:
    """Everything that the server needs to know, and nothing of it that a rater sees by name.

    Attributes:
        identifier: opaque name of the study.
        seed: of every random draw.
        models: names of the models, in the order in which they were given.
        pairs: tuple of `Pair` to be scored, shuffled.
        unchanged: tuple of `Pair` whose two pictures are the same.
    """

    identifier: str
    seed: int
    models: tuple
    pairs: tuple
    unchanged: tuple

    def pair(self, identifier):
        """The pair of that name, scored or unchanged; None where there is none."""
        return next(
            (pair for pair in (*self.pairs, *self.unchanged) if pair.identifier == identifier), None
        )

    @property
    def pictures(self):
        """The names of all pictures, a set."""
        return {
            name for pair in (*self.pairs, *self.unchanged) for name in (pair.before, pair.after)
        }

    def to_json(self):
        """The text of `study.json`."""
        content = {"format": FORMAT, **dataclasses.asdict(self)}
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def read_study(folder):
    """The `Study` of a folder that `build_study` wrote.

    Raises:
        SurveyError: no such folder, no `study.json` in it, a damaged one, or a picture missing.
    """
    folder = pathlib.Path(folder)
    path = folder / STUDY
    if not path.is_file():
        raise SurveyError(
            f"There is no study at {folder} (no {path}); make one with `faceaging survey build ... --out {folder}`."
        )
    try:
        study = _checked(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError, KeyError) as error:
        raise SurveyError(
            f"{path} is damaged ({error}); put the original back, or build the study again."
        ) from error
    missing = sorted(name for name in study.pictures if not (folder / PICTURES / name).is_file())
    if missing:
        raise SurveyError(
            f"{folder / PICTURES} lacks {len(missing)} of the {len(study.pictures)} pictures of the study ({missing[0]} is the "
            "first); copy the whole folder, or build the study again."
        )
    return study


def _checked(content):
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f'it is not marked "format": "{FORMAT}"')
    pairs, unchanged = (
        tuple(Pair(**pair) for pair in content[name]) for name in ("pairs", "unchanged")
    )
    study = Study(
        str(content["identifier"]), content["seed"], tuple(content["models"]), pairs, unchanged
    )
    if (
        not isinstance(study.seed, int)
        or study.seed < 0
        or len(pairs) < PAIRS_PER_RATER
        or not unchanged
    ):
        raise ValueError(
            f"it needs a whole number from 0 on as seed, {PAIRS_PER_RATER} pairs or more, and an unchanged one"
        )
    for pair in (*pairs, *unchanged):
        _check_pair(pair, study.models)
    if len({pair.identifier for pair in (*pairs, *unchanged)}) != len(pairs) + len(unchanged):
        raise ValueError("two pairs have the same identifier")
    return study


def _check_pair(pair, models):
    texts = (pair.identifier, pair.face, pair.before, pair.after)
    if not all(isinstance(text, str) and text for text in texts):
        raise ValueError(f"the pair {pair.identifier!r} needs names as texts")
    if any(pathlib.PurePath(name).name != name for name in (pair.before, pair.after)):
        raise ValueError(f"the pair {pair.identifier!r} names a picture outside the study")
    if pair.model is not None and pair.model not in models:
        raise ValueError(
            f"the pair {pair.identifier!r} is of the model {pair.model!r}, which is not among the models"
        )
    numbers = (pair.years,) if pair.age is None else (pair.years, pair.age)
    if not all(isinstance(number, (int, float)) and math.isfinite(number) for number in numbers):
        raise ValueError(f"the pair {pair.identifier!r} needs numbers of years")
