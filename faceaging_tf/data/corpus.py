"""A corpus of aligned faces in memory: pictures, ages or age ranges, and what else is known of
each.
"""

import dataclasses
import hashlib
import itertools
import os
import pathlib
import zipfile
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from faceaging_tf.arguments import path_of, shown, truth, whole
from faceaging_tf.data.parquet_corpus import FacesOnDisk, ParquetCorpus, is_parquet_corpus
from faceaging_tf.data.readers.faces_csv import face_rows
from faceaging_tf.data.readers.labels import OLDEST, plausible
from faceaging_tf.data.readers.tree import Tree
from faceaging_tf.errors import FaceAgingError, ReaderError
from faceaging_tf.geometry.frames import WHOLE_HEAD
from faceaging_tf.typing import PathLike

SPLITS = ("train", "validation", "test")
# Side of a face in pixels; above it a number of them is a mistake.
LARGEST = 8192


class CorpusError(FaceAgingError):
    """A corpus that cannot be read, with a sentence that says what was expected."""


@dataclasses.dataclass(frozen=True)
class FaceCorpus:
    """Aligned faces and their ages.

    Attributes:
        faces: `(N, S, S, 3)` uint8, RGB, aligned to the template of `faceaging_tf.geometry.align`;
            an array, or `FacesOnDisk`.
        age_min: `(N,)` float32, years; the youngest that the face may be.
        age_max: `(N,)` float32, years; the oldest. Equal to `age_min` where the age is known
            exactly.
        attributes: other columns by name, each of length N ("sex", "race", "source", "sharpness",
            "file", "person").

    Raises:
        CorpusError: the lengths differ, or the faces are not uint8 squares.
    """

    faces: np.ndarray
    age_min: np.ndarray
    age_max: np.ndarray
    attributes: dict = dataclasses.field(default_factory=dict)

    def __post_init__(self):
        faces = self.faces
        if (
            faces.dtype != np.uint8
            or faces.ndim != 4
            or faces.shape[1] != faces.shape[2]
            or faces.shape[3] != 3
        ):
            raise CorpusError(
                f"A corpus got faces of shape {faces.shape} and type {faces.dtype}; it needs (N, S, S, 3) uint8."
            )
        columns = {"age_min": self.age_min, "age_max": self.age_max, **self.attributes}
        for name, column in columns.items():
            if len(column) != len(faces):
                raise CorpusError(
                    f"A corpus got {len(faces)} faces and {len(column)} values of {name}; it needs one per face."
                )

    def __len__(self) -> int:
        return len(self.faces)

    @property
    def age(self) -> np.ndarray:
        """`(N,)` float32, years: the exact age, or the middle of the range."""
        return (self.age_min + self.age_max).astype("float32") / 2

    @property
    def image_size(self) -> int:
        """Side of a face, in pixels."""
        return self.faces.shape[1]

    def take(self, rows: Any) -> "FaceCorpus":
        """The corpus of the given rows (indices or a boolean mask), in that order."""
        faces = self.faces.take(rows) if isinstance(self.faces, FacesOnDisk) else self.faces[rows]
        return FaceCorpus(
            faces,
            self.age_min[rows],
            self.age_max[rows],
            {k: v[rows] for k, v in self.attributes.items()},
        )

    def with_age(self, age: np.ndarray) -> "FaceCorpus":
        """The same faces with exact ages `(N,)`, such as estimates held to the known range."""
        age = np.asarray(age, "float32")
        return dataclasses.replace(self, age_min=age, age_max=age)


def concatenate(corpora: Sequence[FaceCorpus]) -> FaceCorpus:
    """One corpus of several of the same image size; attributes that not all of them have are left
    out.
    """
    names = set.intersection(*(set(corpus.attributes) for corpus in corpora))
    return FaceCorpus(
        np.concatenate([corpus.faces for corpus in corpora]),
        np.concatenate([corpus.age_min for corpus in corpora]),
        np.concatenate([corpus.age_max for corpus in corpora]),
        {
            name: np.concatenate([corpus.attributes[name] for corpus in corpora])
            for name in sorted(names)
        },
    )


def load_corpus(
    path: PathLike,
    split: str = "train",
    image_size: int = 128,
    limit: int | None = None,
    on_disk: bool = False,
) -> FaceCorpus:
    """Reads a prepared corpus (`faceaging prepare`), or a zip or a folder with `faces.csv` and the
    faces it names.

    `faces.csv` has a column `file` and either `age` (years, or a group such as 20-29), or `age_min`
    and `age_max`; its other columns become attributes. It is read as `faceaging prepare` reads it:
    see `faceaging_tf.data.tables`. Without a column `split`, the split goes by row number:
    `row % 20 == 0` is validation, `row % 20 == 1` test, the rest training. A prepared corpus has
    columns and splits of its own.

    Args:
        path: the zip or the folder.
        split: "train", "validation", "test" or "all".
        image_size: side in pixels to which faces are shrunk (by area) or enlarged.
        limit: read at most so many faces of the split, the first ones.
        on_disk: whether the faces of a prepared corpus are decoded to a file beside it, once, and
            they and their labels are read from there, so that they take no memory.

    Returns:
        A `FaceCorpus`.

    Raises:
        CorpusError: no such path, a damaged zip, no `faces.csv`, a column or a face missing, an age
            that nobody has, no face in the split.
    """
    path = pathlib.Path(path_of(path, "path", CorpusError))
    if not isinstance(split, str) or split not in (*SPLITS, "all"):
        raise CorpusError(
            f'load_corpus got split={shown(split)}; it needs "train", "validation", "test" or "all".'
        )
    image_size = whole(image_size, "image_size", 1, LARGEST, CorpusError)
    limit = None if limit is None else whole(limit, "limit", 1, error=CorpusError)
    on_disk = truth(on_disk, "on_disk", CorpusError)
    if is_parquet_corpus(path):
        return _prepared(path, split, image_size, limit, on_disk)
    if on_disk:
        raise CorpusError(
            f"{path} is no prepared corpus, and only such a one is read from disk; prepare it with `faceaging prepare {path}`."
        )
    tree, rows = _labelled(path)
    rows = [row for row in rows if split in ("all", row.split)][:limit]
    if not rows:
        raise CorpusError(f"{path} holds no face of the split {split!r}.")
    ages = np.array([(row.age_min, row.age_max) for row in rows], "float32")
    columns = [row.columns for row in rows]
    attributes = {
        name: np.array([row[name] for row in columns])
        for name in columns[0]
        if name and name not in ("age", "age_min", "age_max")
    }
    attributes["file"] = np.array([row.file for row in rows])
    if "sharpness" in attributes:
        attributes["sharpness"] = _numbers(rows, "sharpness", path)
    encoded = [_bytes_of(tree, row, path) for row in rows]
    with ThreadPoolExecutor(2) as pool:
        decode = lambda data, row: _decode(data, image_size, f"{path} holds {row.file!r}")
        faces = np.stack(list(pool.map(decode, encoded, rows)))
    return FaceCorpus(faces, ages[:, 0], ages[:, 1], attributes)


def frame_of_corpus(path):
    """The name of the frame that a corpus says its faces are aligned in, or None where it says
    none: a prepared corpus says it, a zip with landmarks and masks is of whole heads, and other
    zips and folders say nothing.

    Raises:
        CorpusError: a prepared corpus that is damaged.
    """
    path = pathlib.Path(path)
    if is_parquet_corpus(path):
        return _parquet(path).told.get("frame")
    if not zipfile.is_zipfile(path):
        return None
    names = zipfile.ZipFile(path).namelist()
    masked = any(name == "masks.npz" or name.startswith("masks/") for name in names)
    return WHOLE_HEAD.name if masked and "landmarks.npz" in names else None


def corpus_digest(path):
    """A digest of all that a corpus holds, whatever it is called and whenever its files were
    written; takes a path of `load_corpus`, and reads every file.

    Raises:
        CorpusError: of `load_corpus`.
    """
    path = pathlib.Path(path)
    digest = hashlib.blake2b(digest_size=16)
    if is_parquet_corpus(path):
        return _parquet(path).digest()
    if path.is_file() and zipfile.is_zipfile(path):
        # A zip says a checksum of each of its files.
        parts = sorted(
            f"{entry.filename} {entry.file_size} {entry.CRC}"
            for entry in zipfile.ZipFile(path).infolist()
        )
        digest.update("\n".join(parts).encode("utf-8", "surrogateescape"))
        return digest.hexdigest()
    tree, rows = _labelled(path)
    digest.update(tree.read("faces.csv"))
    for row in rows:
        content = b"" if row.problem else tree.read(row.file)
        digest.update(len(content).to_bytes(8, "little") + content)
    return digest.hexdigest()


def rows_of_corpus(path):
    """The `faceaging_tf.data.readers.faces_csv.FaceRow`s of a folder or zip with `faces.csv`.

    Raises:
        CorpusError: of `load_corpus`.
    """
    return _labelled(pathlib.Path(path))[1]


def _labelled(path):
    """The tree of a folder or a zip, and the rows of its `faces.csv`."""
    if not path.is_dir() and not (path.is_file() and zipfile.is_zipfile(path)):
        raise CorpusError(
            f"There is no corpus at {path}; give a folder or a zip that holds faces.csv and the faces it names."
        )
    try:
        tree = Tree(path)
        if not tree.exists("faces.csv"):
            raise CorpusError(
                f"{path} holds no faces.csv; it needs one, with the columns file and age."
            )
        return tree, face_rows(tree)
    except ReaderError as error:
        raise _refused(error, path) from error


def _bytes_of(tree, row, path):
    if row.problem:
        # Names that lead out of the folder are in no list of its files.
        beside = path / row.file
        if path.is_dir() and os.path.isfile(beside):
            return beside.read_bytes()
        raise CorpusError(
            f"{path} holds no face {row.file!r}, which its faces.csv names: {row.problem}."
        )
    try:
        return tree.read(row.file)
    except ReaderError as error:
        raise _refused(error, path) from error


def _refused(error, path):
    cause = error.__cause__
    damaged = isinstance(cause, (zipfile.BadZipFile, zlib.error, EOFError))
    return CorpusError(f"{path} is damaged ({cause}); copy it again." if damaged else str(error))


def _parquet(path):
    try:
        return ParquetCorpus(path)
    except ValueError as error:
        raise CorpusError(str(error)) from error


def _prepared(path, split, image_size, limit, on_disk):
    """The faces of a corpus of Parquet shards."""
    try:
        corpus = ParquetCorpus(path)
        columns = (corpus.columns_on_disk if on_disk else corpus.columns)(split, limit)
        if not columns:
            raise CorpusError(f"{path} holds no face of the split {split!r}.")
        ages = checked_ages(*(columns.pop(name) for name in ("age_min", "age_max")), path)
        count = len(ages[0])
        decode = lambda content, size: _decode(content, size, f"A shard of {path} holds a face")
        if on_disk:
            faces = corpus.decoded(split, image_size, count, decode)
        else:
            with ThreadPoolExecutor(2) as pool:
                faces = np.stack(
                    list(
                        pool.map(
                            lambda content: decode(content, image_size),
                            itertools.islice(corpus.encoded(split), count),
                        )
                    )
                )
    except CorpusError:
        raise
    except ValueError as error:
        raise CorpusError(
            f"{error} ({path})" if str(path) not in str(error) else str(error)
        ) from error
    return FaceCorpus(faces, *ages, columns)


def _numbers(rows, name, path):
    """A column of numbers as float32."""
    needed = f"The faces.csv of {path} needs a number in the column {name}, of every row"
    try:
        numbers = np.array([float(row.columns[name]) for row in rows], "float32")
    except ValueError as error:
        raise CorpusError(f"{needed}: {error}.") from error
    if not np.isfinite(numbers).all():
        raise CorpusError(
            f"{needed}: it holds {rows[int(np.argmin(np.isfinite(numbers)))].columns[name]}."
        )
    return numbers


def checked_ages(age_min, age_max, where):
    """Ages as two float32 arrays `(N,)`.

    Raises:
        CorpusError: one that nobody has, or a range that ends before it begins; the sentence begins
            with `where` and says the face's number, from 0.
    """
    age_min, age_max = np.asarray(age_min, "float32"), np.asarray(age_max, "float32")
    fine = (age_min >= 0) & (age_min <= age_max) & (age_max <= OLDEST)
    if not fine.all():
        number = int(np.argmin(fine))
        try:
            plausible(float(age_min[number]), float(age_max[number]))
        except ValueError as error:
            raise CorpusError(
                f"{where} has a face, number {number}, whose label makes no sense: {error}."
            ) from error
    return age_min, age_max


def at_size(picture, size):
    """The pixels of a square PIL image at a size, by area where that is smaller."""
    from PIL import Image

    if picture.size != (size, size):
        kind = Image.Resampling.BOX if size < picture.width else Image.Resampling.BICUBIC
        picture = picture.resize((size, size), kind)
    return np.asarray(picture)


def _decode(data, image_size, where):
    from PIL import Image

    from faceaging_tf.errors import PhotoError
    from faceaging_tf.pictures.reading import read_photo

    try:
        pixels = read_photo(where, content=data).pixels
    except PhotoError as error:
        raise CorpusError(f"{where}, which is no picture that can be read.") from error
    height, width = pixels.shape[:2]
    if height != width:
        raise CorpusError(
            f"{where}, which is {width}x{height} pixels; aligned faces are square. For photos, make a corpus of them with `faceaging prepare`."
        )
    return at_size(Image.fromarray(pixels), image_size)
