"""Pairs of pictures that any program made, as something to evaluate."""

import hashlib
import os
import pathlib

import numpy as np
from PIL import Image

from faceaging_tf.data import FaceCorpus
from faceaging_tf.data.corpus import at_size
from faceaging_tf.data.readers.labels import ages_of
from faceaging_tf.data.tables import TableError, table_of
from faceaging_tf.errors import EvaluationError, PhotoError
from faceaging_tf.evaluate.groups import COLUMNS
from faceaging_tf.pictures.reading import read_photo


class PairsSubject:
    """Pairs of pictures, input and output, that any program made.

    The file has the columns `input`, `output` (paths, relative to the file's folder) and `years`;
    and, where they are known, `age`, `sex`, `race`, `source`. An input whose pixels are those of a
    face of the corpus has that face's age and columns.

    Args:
        path: of the CSV file.
        image_size: side in pixels to which all pictures are brought; by area where they are larger.

    Raises:
        EvaluationError: no such file, a column or a cell missing, a picture that cannot be read, is
            no square, or has another size than its partner, or two outputs for one input and number
            of years.
    """

    def __init__(self, path, image_size):
        self.path = pathlib.Path(path)
        named = self.path.stem != "pairs"
        self.name = self.path.stem if named else self.path.resolve().parent.name or "pairs"
        table = _read_table(self.path)
        size = None
        faces, self._pictures, self._known = {}, {}, {}
        digest = hashlib.sha256()
        for row, number in zip(table.rows, table.lines, strict=True):
            years = _number(row["years"], f"{path}, line {number}: years")
            if not row["input"] or not row["output"]:
                raise EvaluationError(
                    f"{path}, line {number} is too short; every row needs input, output and years."
                )
            if row.get("age"):
                _age(row["age"], f"{path}, line {number}: age")
            pictures = [
                _picture(self.path.parent, row[side], f"{path}, line {number}: {side}")
                for side in ("input", "output")
            ]
            for picture, side in zip(pictures, ("input", "output"), strict=True):
                size = size or picture.size
                if picture.size != size:
                    raise EvaluationError(
                        f"{path}, line {number}: {side} {row[side]} is {picture.size[0]}x{picture.size[1]} pixels "
                        f"and others are {size[0]}x{size[1]}; "
                        "all pictures of a file of pairs must have one size."
                    )
            face, output = (at_size(picture, image_size) for picture in pictures)
            key = face.tobytes()
            faces.setdefault(key, face)
            if not np.array_equal(self._pictures.setdefault((years, key), output), output):
                raise EvaluationError(
                    f"{path}, line {number}: input {row['input']} has another output at {years:g} years already; "
                    "give each input one output for each number of years, and other outputs in a file of their own."
                )
            self._known.setdefault(
                key,
                {
                    "file": row["input"],
                    **{name: row[name] for name in ("age", *COLUMNS) if row.get(name)},
                },
            )
            digest.update(key + output.tobytes() + str(years).encode())
        self._faces = faces
        self.fingerprint = digest.hexdigest()

    @property
    def years(self):
        """The numbers of years that the file has pairs for, in order."""
        return sorted({years for years, _ in self._pictures})

    def inputs(self, corpus):
        """The faces of the pairs, those that the corpus has too first and in its order; `corpus`
        may be None.
        """
        rows = (
            {}
            if corpus is None
            else {face.tobytes(): row for row, face in reversed(list(enumerate(corpus.faces)))}
        )
        self._keys = sorted(self._faces, key=lambda key: rows.get(key, len(rows)))
        found = [rows.get(key) for key in self._keys]
        ages = np.array(
            [self._ages(key, corpus, row) for key, row in zip(self._keys, found, strict=True)],
            "float32",
        ).reshape(-1, 2)
        names = (
            ("file", *COLUMNS)
            if corpus is None
            else tuple(dict.fromkeys(("file", *COLUMNS, *corpus.attributes)))
        )
        attributes = {
            name: [
                self._attribute(name, key, corpus, row)
                for key, row in zip(self._keys, found, strict=True)
            ]
            for name in names
        }
        attributes = {
            name: np.array(values)
            for name, values in attributes.items()
            if all(value is not None for value in values)
        }
        return FaceCorpus(
            np.stack([self._faces[key] for key in self._keys]), ages[:, 0], ages[:, 1], attributes
        )

    def with_outputs(self, inputs, years):
        """Rows of the inputs that have an output for `years`."""
        return np.array(
            [row for row, key in enumerate(self._keys) if (years, key) in self._pictures], int
        )

    def outputs(self, faces, rows, years, ages):
        """The outputs of the given rows, `(N, S, S, 3)` uint8."""
        return np.stack([self._pictures[years, self._keys[row]] for row in rows])

    def _ages(self, key, corpus, row):
        if "age" in self._known[key]:
            return _age(self._known[key]["age"], f"{self.path}: age")
        return (np.nan, np.nan) if row is None else (corpus.age_min[row], corpus.age_max[row])

    def _attribute(self, name, key, corpus, row):
        if row is not None and name in corpus.attributes:
            return corpus.attributes[name][row]
        return self._known[key].get(name, "" if name in COLUMNS else None)


def _read_table(path):
    if not path.is_file():
        raise EvaluationError(
            f"There is no file {path}; give a CSV file with the columns input, output and years."
        )
    try:
        table = table_of(path.read_bytes(), path)
        missing = [name for name in ("input", "output", "years") if name not in table.columns]
        if not missing and not table.rows:
            raise EvaluationError(f"{path} has no row; it needs a row a pair.")
        if missing:
            raise EvaluationError(
                f"{path} has no {' and no '.join(missing)}; it needs the columns input, output and years, and a row a pair."
            )
        table.need(("input", "output", "years"), path)
    except TableError as error:
        raise EvaluationError(
            f"{error} Pairs need a CSV file with the columns input, output and years."
        ) from error
    return table


def _picture(folder, name, where):
    """A picture that a table names, upright."""
    path = folder / name
    if not os.path.isfile(path):
        path = folder / name.strip().replace("\\", "/")
    if not os.path.isfile(path):
        raise EvaluationError(
            f"{where}: there is no file {folder / name}; paths are relative to the file of pairs."
        )
    try:
        picture = Image.fromarray(read_photo(path).pixels)
    except PhotoError as error:
        raise EvaluationError(f"{where}: {path} is no picture that can be read.") from error
    if picture.width != picture.height:
        raise EvaluationError(
            f"{where}: {path} is {picture.width}x{picture.height} pixels; aligned faces are square."
        )
    return picture


def _age(text, where):
    """The ages that a label says, see `faceaging_tf.data.readers.labels.ages_of`."""
    try:
        return ages_of(text)
    except ValueError as error:
        raise EvaluationError(f"{where} makes no sense: {error}.") from error


def _number(text, what):
    try:
        number = float(text)
    except (TypeError, ValueError):
        number = float("nan")
    if not np.isfinite(number):
        raise EvaluationError(f"{what} is {text!r}; it needs a number.")
    return number
