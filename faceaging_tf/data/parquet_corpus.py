"""Reading a prepared corpus: Parquet shards of aligned faces and a `corpus.json` (see `faceaging_tf.prepare`)."""

import importlib
import json
import os
import pathlib
import uuid

import numpy as np

CORPUS = "corpus.json"
FORMAT = 1
NUMBERS = ("sharpness", "turned", "face_size", "score", "age_estimate")
TEXTS = ("file", "sex", "person", "source", "flags")
# Faces decoded on disk are kept here, below the corpus, and made again where they are missing.
DECODED = ".decoded"


class ParquetCorpus:
    """A prepared corpus.

    Args:
        path: its folder.

    Attributes:
        told: what `corpus.json` says, a dict.

    Raises:
        ValueError: no corpus there, one of another format, or one of which a shard is missing.
    """

    def __init__(self, path):
        self.path = pathlib.Path(path)
        try:
            self.told = json.loads((self.path / CORPUS).read_text(encoding="utf-8"))
            shards = [shard["file"] for shard in self.told["shards"]]
            if self.told["format"] != FORMAT:
                raise ValueError(f"{self.path} is a corpus of format {self.told['format']}, and this version reads {FORMAT}; prepare it again with this version.")
        except (OSError, KeyError, TypeError, json.JSONDecodeError) as error:
            raise ValueError(f"{self.path / CORPUS} is missing or damaged ({error}); remove the folder, and prepare the corpus again.") from error
        missing = [name for name in shards if not (self.path / name).is_file()]
        if missing:
            raise ValueError(f"{self.path} lacks {missing[0]}, which its {CORPUS} names; copy it again, or remove the folder and prepare the corpus again.")
        self.shards = [self.path / name for name in shards]

    def columns(self, split, limit=None):
        """What is known of the faces of a split, by name: arrays of length N, without the pictures.

        Args:
            split: "train", "validation", "test" or "all".
            limit: at most so many faces, the first ones.
        """
        parquet = _parquet()
        names = [name for name in parquet.read_schema(self.shards[0]).names if name != "image"] if self.shards else []
        tables = [_of_split(parquet.read_table(shard, columns=names), split) for shard in self.shards]
        if not sum(map(len, tables)):
            return {}
        table = importlib.import_module("pyarrow").concat_tables(tables).slice(0, limit)
        found = {name: table.column(name).to_numpy() for name in ("age_min", "age_max", "age_estimated")}
        found |= {name: table.column(name).to_numpy().astype("float32") for name in NUMBERS}
        found |= {name: np.array([value or "" for value in table.column(name).to_pylist()]) for name in TEXTS}
        attributes = [json.loads(value or "{}") for value in table.column("attributes").to_pylist()]
        # Of the dataset's own, those that every face has.
        for name in sorted(set.intersection(*map(set, attributes)) - set(found)):
            found[name] = np.array([str(one[name]) for one in attributes])
        return found

    def encoded(self, split):
        """The pictures' bytes, one after the other, a shard in memory at a time."""
        for shard in self.shards:
            for picture in _of_split(_parquet().read_table(shard, columns=["image", "split"]), split).column("image").to_pylist():
                yield picture["bytes"]

    def decoded(self, split, image_size, count, decode):
        """The faces of a split as `FacesOnDisk`, decoded to a file beside the corpus where they are not yet.

        Args:
            split: of `columns`.
            image_size: side in pixels.
            count: how many, N.
            decode: from bytes and a size to pixels.
        """
        place = self.path / DECODED / f"{self.told['plan'][:16]}-{split}-{image_size}-{count}.npy"
        if not place.exists():
            working = place.with_name(f".{uuid.uuid4().hex[:12]}.part")
            try:
                place.parent.mkdir(exist_ok=True)
                faces = np.lib.format.open_memmap(working, mode="w+", dtype="uint8", shape=(count, image_size, image_size, 3))
                # A disk that is full is found out here, not by a signal when a page has no room.
                with open(working, "r+b") as file:
                    os.posix_fallocate(file.fileno(), 0, os.path.getsize(working))
                for row, content in zip(range(count), self.encoded(split)):
                    faces[row] = decode(content, image_size)
                faces.flush()
                os.replace(working, place)
            except OSError as error:
                needs = count * image_size**2 * 3 / 1e6
                raise ValueError(f"{place.parent} could not be written to ({error.strerror}); the decoded faces need {needs:,.0f} MB there.") from error
            finally:
                working.unlink(missing_ok=True)
        return FacesOnDisk(np.load(place, mmap_mode="r"))


class FacesOnDisk:
    """Faces in a file, which take no memory but when they are looked at; where an array would be, for what only takes rows of it.

    Args:
        file: `(M, S, S, 3)` uint8, a memory map.
        rows: `(N,)` which rows of it, in which order; all when None.
    """

    ndim = 4

    def __init__(self, file, rows=None):
        self.file = file
        self.rows = np.arange(len(file)) if rows is None else rows
        self.dtype = file.dtype
        self.shape = (len(self.rows), *file.shape[1:])

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, key):
        """The faces of a number, a slice, indices or a mask, as an array."""
        return np.asarray(self.file[self.rows[key]])

    def __array__(self, dtype=None, copy=None):
        """All of them, in memory."""
        return np.asarray(self[:], dtype)

    def take(self, rows):
        """Some of them, on disk still."""
        return FacesOnDisk(self.file, self.rows[rows])


def is_parquet_corpus(path):
    """Whether a folder has a `corpus.json`."""
    return (pathlib.Path(path) / CORPUS).is_file()


def _of_split(table, split):
    if split == "all":
        return table
    return table.filter(importlib.import_module("pyarrow.compute").equal(table.column("split"), split))


def _parquet():
    try:
        return importlib.import_module("pyarrow.parquet")
    except ModuleNotFoundError as error:
        raise ValueError("Reading a prepared corpus needs the package pyarrow, which is not installed; install it with pip install 'faceaging-tf[prepare]'.") from error
