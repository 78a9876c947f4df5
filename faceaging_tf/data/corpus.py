"""A corpus of aligned faces in memory: pictures, ages or age ranges, and what else is known of each."""

import csv
import dataclasses
import io
import itertools
import pathlib
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from faceaging_tf.data.parquet_corpus import FacesOnDisk, ParquetCorpus, is_parquet_corpus
from faceaging_tf.data.splits import split_of_row

SPLITS = ("train", "validation", "test")


class CorpusError(ValueError):
    """A corpus that cannot be read, with a sentence that says what was expected."""


@dataclasses.dataclass(frozen=True)
class FaceCorpus:
    """Aligned faces and their ages.

    Attributes:
        faces: `(N, S, S, 3)` uint8, RGB, aligned to the template of `faceaging_tf.geometry.align`; an array, or `FacesOnDisk`.
        age_min: `(N,)` float32, years; the youngest that the face may be.
        age_max: `(N,)` float32, years; the oldest. Equal to `age_min` where the age is known exactly.
        attributes: other columns by name, each of length N ("sex", "race", "source", "sharpness", "file", "person").

    Raises:
        CorpusError: the lengths differ, or the faces are not uint8 squares.
    """

    faces: np.ndarray
    age_min: np.ndarray
    age_max: np.ndarray
    attributes: dict = dataclasses.field(default_factory=dict)

    def __post_init__(self):
        faces = self.faces
        if faces.dtype != np.uint8 or faces.ndim != 4 or faces.shape[1] != faces.shape[2] or faces.shape[3] != 3:
            raise CorpusError(f"A corpus got faces of shape {faces.shape} and type {faces.dtype}; it needs (N, S, S, 3) uint8.")
        columns = {"age_min": self.age_min, "age_max": self.age_max, **self.attributes}
        for name, column in columns.items():
            if len(column) != len(faces):
                raise CorpusError(f"A corpus got {len(faces)} faces and {len(column)} values of {name}; it needs one a face.")

    def __len__(self):
        return len(self.faces)

    @property
    def age(self):
        """`(N,)` float32, years: the exact age, or the middle of the range."""
        return (self.age_min + self.age_max).astype("float32") / 2

    @property
    def image_size(self):
        """Side of a face, in pixels."""
        return self.faces.shape[1]

    def take(self, rows):
        """The corpus of the given rows (indices or a boolean mask), in that order."""
        faces = self.faces.take(rows) if isinstance(self.faces, FacesOnDisk) else self.faces[rows]
        return FaceCorpus(
            faces, self.age_min[rows], self.age_max[rows], {k: v[rows] for k, v in self.attributes.items()}
        )

    def with_age(self, age):
        """The same faces with exact ages `(N,)`, such as estimates held to the known range."""
        age = np.asarray(age, "float32")
        return dataclasses.replace(self, age_min=age, age_max=age)

    def sharper_than_share(self, share):
        """The corpus without its blurriest part, the given share of it; all of it where no sharpness is known."""
        if "sharpness" not in self.attributes:
            return self
        sharpness = self.attributes["sharpness"]
        return self.take(sharpness >= np.quantile(sharpness, share))


def concatenate(corpora):
    """One corpus of several of the same image size; attributes that not all of them have are left out."""
    names = set.intersection(*(set(corpus.attributes) for corpus in corpora))
    return FaceCorpus(
        np.concatenate([corpus.faces for corpus in corpora]),
        np.concatenate([corpus.age_min for corpus in corpora]),
        np.concatenate([corpus.age_max for corpus in corpora]),
        {name: np.concatenate([corpus.attributes[name] for corpus in corpora]) for name in sorted(names)},
    )


def load_corpus(path, split="train", image_size=128, limit=None, on_disk=False):
    """Reads a prepared corpus (`faceaging prepare`), or a zip or a folder with `faces.csv` and the faces it names.

    `faces.csv` has a column `file` and either `age`, or `age_min` and `age_max`; its other columns become attributes.
    The split goes by row number: `row % 20 == 0` is validation, `row % 20 == 1` test, the rest training. A prepared corpus has columns and splits of its own.

    Args:
        path: the zip or the folder.
        split: "train", "validation", "test" or "all".
        image_size: side in pixels to which faces are shrunk (by area) or enlarged.
        limit: read at most so many faces of the split, the first ones.
        on_disk: whether the faces of a prepared corpus are decoded to a file beside it, once, and read from there, so that they take no memory.

    Returns:
        A `FaceCorpus`.

    Raises:
        CorpusError: no such path, a damaged zip, no `faces.csv`, a column or a face missing, an age that is no number, no face in the split.
    """
    if split not in (*SPLITS, "all"):
        raise CorpusError(f'load_corpus got split={split!r}; it needs "train", "validation", "test" or "all".')
    path = pathlib.Path(path)
    if is_parquet_corpus(path):
        return _prepared(path, split, image_size, limit, on_disk)
    if on_disk:
        raise CorpusError(f"{path} is no prepared corpus, and only such a one is read from disk; prepare it with `faceaging prepare {path}`.")
    if path.is_dir():
        read = lambda name: (path / name).read_bytes()
    elif path.is_file() and zipfile.is_zipfile(path):
        archive = zipfile.ZipFile(path)
        read = archive.read
    else:
        raise CorpusError(f"There is no corpus at {path}; give a folder or a zip that holds faces.csv and the faces it names.")
    try:
        # Spreadsheets begin their files with a byte order mark.
        text = read("faces.csv").decode("utf-8-sig")
    except (KeyError, OSError) as error:
        raise CorpusError(f"{path} holds no faces.csv; it needs one, with the columns file and age.") from error
    except zipfile.BadZipFile as error:
        raise CorpusError(f"{path} is damaged ({error}); copy it again.") from error
    except UnicodeDecodeError as error:
        raise CorpusError(f"The faces.csv of {path} is no text in UTF-8 ({error.reason} at byte {error.start}); save it so.") from error
    rows = _rows_of_split(list(csv.DictReader(io.StringIO(text))), split)[:limit]
    if not rows:
        raise CorpusError(f"{path} holds no face of the split {split!r}.")
    if "file" not in rows[0]:
        raise CorpusError(f"The faces.csv of {path} has no column file; its columns are {', '.join(rows[0])}.")
    if any(row["file"] is None for row in rows):
        raise CorpusError(f"The faces.csv of {path} has a row without a file; every row needs all columns.")
    low, high = ("age", "age") if "age" in rows[0] else ("age_min", "age_max")
    age_min, age_max = (_numbers(rows, name, path, "age, or in age_min and age_max") for name in (low, high))
    with ThreadPoolExecutor(2) as pool:
        encoded = []
        for row in rows:
            try:
                encoded.append(read(row["file"]))
            except (KeyError, OSError) as error:
                raise CorpusError(f"{path} holds no face {row.get('file')!r}, which its faces.csv names.") from error
            except zipfile.BadZipFile as error:
                raise CorpusError(f"{path} is damaged ({error}); copy it again.") from error
        decode = lambda data, row: _decode(data, image_size, f"{path} holds {row['file']!r}")
        faces = np.stack(list(pool.map(decode, encoded, rows)))
    attributes = {name: np.array([row[name] for row in rows]) for name in rows[0] if name not in ("age", "age_min", "age_max")}
    if "sharpness" in attributes:
        attributes["sharpness"] = _numbers(rows, "sharpness", path)
    return FaceCorpus(faces, age_min, age_max, attributes)


def _prepared(path, split, image_size, limit, on_disk):
    """The faces of a corpus of Parquet shards."""
    try:
        corpus = ParquetCorpus(path)
        columns = corpus.columns(split, limit)
        if not columns:
            raise CorpusError(f"{path} holds no face of the split {split!r}.")
        ages = [columns.pop(name).astype("float32") for name in ("age_min", "age_max")]
        count = len(ages[0])
        decode = lambda content, size: _decode(content, size, f"A shard of {path} holds a face")
        if on_disk:
            faces = corpus.decoded(split, image_size, count, decode)
        else:
            with ThreadPoolExecutor(2) as pool:
                faces = np.stack(list(pool.map(lambda content: decode(content, image_size), itertools.islice(corpus.encoded(split), count))))
    except CorpusError:
        raise
    except ValueError as error:
        # Arrow's errors of damaged files are of this kind too.
        raise CorpusError(f"{error} ({path})" if str(path) not in str(error) else str(error)) from error
    return FaceCorpus(faces, *ages, columns)


def _rows_of_split(rows, split):
    if split == "all":
        return rows
    return [row for number, row in enumerate(rows) if split_of_row(number) == split]


def _numbers(rows, name, path, columns=None):
    """A column as float32; `columns` is how an error calls it."""
    needed = f"The faces.csv of {path} needs a number in the column {columns or name}, of every row"
    try:
        numbers = np.array([float(row[name]) for row in rows], "float32")
    except (KeyError, TypeError, ValueError) as error:
        raise CorpusError(f"{needed}: {error}.") from error
    if not np.isfinite(numbers).all():
        raise CorpusError(f"{needed}: it holds {rows[int(np.argmin(np.isfinite(numbers)))][name]}.")
    return numbers


def _decode(data, image_size, where):
    from PIL import Image, UnidentifiedImageError

    try:
        image = Image.open(io.BytesIO(data)).convert("RGB")
    except (UnidentifiedImageError, OSError) as error:
        raise CorpusError(f"{where}, which is no picture that can be read.") from error
    if image.size != (image_size, image_size):
        shrink = image_size < min(image.size)
        image = image.resize((image_size, image_size), Image.Resampling.BOX if shrink else Image.Resampling.BICUBIC)
    return np.asarray(image)
