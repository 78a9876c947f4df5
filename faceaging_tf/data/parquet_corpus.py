"""Reading a prepared corpus: Parquet shards of aligned faces and a `corpus.json` (see
`faceaging_tf.prepare`).
"""

import hashlib
import json
import os
import pathlib
import shutil

import numpy as np

from faceaging_tf.data.mapped_columns import read_columns, write_columns
from faceaging_tf.files import folder_written_whole, written_whole
from faceaging_tf.optional import Extra, needed

CORPUS = "corpus.json"
READING = Extra("prepare", ValueError, "Reading a prepared corpus")
FORMAT = 1
NUMBERS = ("sharpness", "turned", "face_size", "score", "age_estimate")
TEXTS = ("file", "sex", "person", "source", "flags")
COLUMNS = ("age_min", "age_max", "age_estimated", *NUMBERS, *TEXTS, "attributes")
# Faces decoded on disk, and labels, are kept here, below the corpus, and made again where they are
# missing.
DECODED = ".decoded"
# The end of a Parquet file lists its contents, with their sizes and places.
FOOTER = 65536


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
            shards = [str(shard["file"]) for shard in self.told["shards"]]
            if self.told["format"] != FORMAT:
                raise ValueError(
                    f"{self.path} is a corpus of format {self.told['format']}, and this version reads {FORMAT}; prepare it again with this version."
                )
        except (OSError, KeyError, RecursionError, TypeError, json.JSONDecodeError) as error:
            raise ValueError(
                f"{self.path / CORPUS} is missing or damaged ({error}); remove the folder, and prepare the corpus again."
            ) from error
        # The call of `os.path` takes any name, those that no file can have too.
        missing = [name for name in shards if not os.path.isfile(self.path / name)]
        if missing:
            raise ValueError(
                f"{self.path} lacks {missing[0]}, which its {CORPUS} names; copy it again, or remove the folder and prepare the corpus again."
            )
        self.shards = [self.path / name for name in shards]

    def columns(self, split, limit=None):
        """What is known of the faces of a split, by name: arrays of length N, without the pictures.

        Args:
            split: "train", "validation", "test" or "all".
            limit: at most so many faces, the first ones.
        """
        parts = list(self._parts(split, limit))
        # Of the dataset's own, those that every face has.
        names = [name for name in (parts[0] if parts else ()) if all(name in one for one in parts)]
        return {name: np.concatenate([one[name] for one in parts]) for name in names}

    def columns_on_disk(self, split, limit=None):
        """The same as `columns`, kept in files beside the corpus and read from there, so that they
        take no memory.
        """
        folder = self.path / DECODED / f"{self.digest()[:16]}-{split}-labels-{limit or 'all'}"
        try:
            if not folder.exists():
                with folder_written_whole(folder) as working:
                    write_columns(working, lambda: self._parts(split, limit))
                self._remove_stale(f"*-{split}-labels-*")
            return read_columns(folder)
        except TypeError as error:
            raise self._of_another_kind(error) from error
        except OSError as error:
            raise ValueError(
                f"{folder.parent} could not be written to ({error.strerror or error}); the labels need some hundred bytes a face there."
            ) from error

    def _parts(self, split, limit):
        """The columns, a shard at a time; of shards with such faces."""
        left = limit
        for shard in self.shards:
            if left == 0:
                return
            table = self._read(shard, COLUMNS, split).slice(0, left)
            if not len(table):
                continue
            left = None if left is None else left - len(table)
            try:
                yield _arrays_of(table)
            except (needed("pyarrow", READING).ArrowException, TypeError, ValueError) as error:
                raise self._of_another_kind(error) from error

    def _of_another_kind(self, error):
        return ValueError(
            f"The shards of {self.path} have a column of another kind than `faceaging prepare` writes ({error}); prepare the corpus again."
        )

    def encoded(self, split):
        """The pictures' bytes, one after the other, a shard in memory at a time.

        Raises:
            ValueError: a shard that cannot be read, or a picture that is neither bytes nor the path
                of a file below the corpus.
        """
        for shard in self.shards:
            for number, picture in enumerate(
                self._read(shard, ("image",), split).column("image").to_pylist()
            ):
                yield self._bytes_of(picture, f"{shard}, face {number}")

    def _read(self, shard, columns, split):
        """Some columns of a shard's rows of a split."""
        parquet, arrow = needed("pyarrow.parquet", READING), needed("pyarrow", READING)
        columns = [*columns, "split"]
        try:
            missing = sorted(set(columns) - set(parquet.read_schema(shard).names))
            if missing:
                raise ValueError(
                    f"{shard} has no column {missing[0]}, which `faceaging prepare` writes; prepare the corpus again."
                )
            table = parquet.read_table(shard, columns=columns)
            if split == "all":
                return table
            splits = table.column("split").cast("string")
            return table.filter(needed("pyarrow.compute", READING).equal(splits, split))
        except (arrow.ArrowException, OSError) as error:
            raise ValueError(
                f"{shard} cannot be read ({error}); copy it again, or remove the folder and prepare the corpus again."
            ) from error

    def _bytes_of(self, picture, where):
        """The bytes of a picture, whichever way Parquet files hold one: bytes, a path, or both."""
        content, path = (
            (picture.get("bytes"), picture.get("path"))
            if isinstance(picture, dict)
            else (picture, None)
        )
        if isinstance(content, str):
            content, path = None, content
        if content is None and path and os.path.isfile(self.path / path):
            return (self.path / path).read_bytes()
        if not isinstance(content, bytes):
            raise ValueError(
                f"{where}, has no picture{f': {path!r} is no file below {self.path}' if path else ''}; prepare the corpus again."
            )
        return content

    def digest(self):
        """A digest of what the corpus holds, by what `corpus.json` and the ends of its shards say,
        which are read in no time.
        """
        digest = hashlib.blake2b((self.path / CORPUS).read_bytes(), digest_size=16)
        for shard in self.shards:
            size = shard.stat().st_size
            with open(shard, "rb") as file:
                file.seek(max(size - FOOTER, 0))
                digest.update(size.to_bytes(8, "little") + file.read())
        return digest.hexdigest()

    def decoded(self, split, image_size, count, decode):
        """The faces of a split as `FacesOnDisk`, decoded to a file beside the corpus where they are
        not yet.

        Args:
            split: of `columns`.
            image_size: side in pixels.
            count: how many, N.
            decode: from bytes and a size to pixels.
        """
        place = self.path / DECODED / f"{self.digest()[:16]}-{split}-{image_size}-{count}.npy"
        if not place.exists():
            try:
                place.parent.mkdir(exist_ok=True)
                with written_whole(place) as working, open(working, "wb") as file:
                    header = {
                        "descr": "|u1",
                        "fortran_order": False,
                        "shape": (count, image_size, image_size, 3),
                    }
                    np.lib.format.write_array_header_2_0(file, header)
                    for _, content in zip(range(count), self.encoded(split), strict=False):
                        file.write(np.ascontiguousarray(decode(content, image_size)))
                self._remove_stale(f"*-{split}-{image_size}-*.npy")
            except OSError as error:
                needs = count * image_size**2 * 3 / 1e6
                raise ValueError(
                    f"{place.parent} could not be written to ({error.strerror or error}); the decoded faces need {needs:,.0f} MB there."
                ) from error
        return FacesOnDisk(np.load(place, mmap_mode="r"))

    def _remove_stale(self, pattern):
        """Removes what was made of what the corpus held before; nobody asks for it any more."""
        for stale in (self.path / DECODED).glob(pattern):
            if stale.name.startswith(self.digest()[:16]):
                continue
            if stale.is_dir():
                shutil.rmtree(stale, ignore_errors=True)
            else:
                stale.unlink(missing_ok=True)


class FacesOnDisk:
    """Faces in a file, which take no memory but when they are looked at; where an array would be,
    for what only takes rows of it.

    Args:
        file: `(M, S, S, 3)` uint8, a memory map.
        rows: `(N,)` which rows of it, in which order; all, as they lie, when None.
    """

    ndim = 4

    def __init__(self, file, rows=None):
        self.file, self.rows = file, rows
        self.dtype = file.dtype
        self.shape = (len(file if rows is None else rows), *file.shape[1:])

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, key):
        """The faces of a number, a slice, indices or a mask, as an array."""
        return np.asarray(self.file[key if self.rows is None else self.rows[key]])

    def __array__(self, dtype=None, copy=None):
        """All of them, in memory."""
        return np.asarray(self[:], dtype)

    def take(self, rows):
        """Some of them, on disk still."""
        rows_there = np.arange(len(self.file)) if self.rows is None else self.rows
        return FacesOnDisk(self.file, rows_there[rows])


def is_parquet_corpus(path):
    """Whether a folder has a `corpus.json`."""
    return (pathlib.Path(path) / CORPUS).is_file()


def _arrays_of(table):
    """Columns as arrays, and the dataset's own that every row has, as texts."""
    found = {
        name: table.column(name).to_numpy() for name in ("age_min", "age_max", "age_estimated")
    }
    found |= {
        name: table.column(name).to_numpy().astype("float32")
        for name in ("age_min", "age_max", *NUMBERS)
    }
    found |= {
        name: np.array([value or "" for value in table.column(name).to_pylist()]) for name in TEXTS
    }
    texts = [value or "{}" for value in table.column("attributes").to_pylist()]
    attributes = {text: json.loads(text) for text in set(texts)}
    if not all(isinstance(one, dict) for one in attributes.values()):
        raise TypeError("attributes that are no JSON object")
    for name in sorted(set.intersection(*map(set, attributes.values())) - set(found)):
        found[name] = np.array([str(attributes[text][name]) for text in texts])
    return found
