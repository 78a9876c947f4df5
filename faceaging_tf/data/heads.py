"""Whole heads with their landmarks and the person's outline: what the teacher learns from."""

import dataclasses
import io
import pathlib
import zipfile
import zlib

import numpy as np
from PIL import Image

from faceaging_tf.data.corpus import (
    CorpusError,
    FaceCorpus,
    concatenate,
    load_corpus,
    rows_of_corpus,
)
from faceaging_tf.data.readers.tree import refuse_bomb
from faceaging_tf.geometry.landmarks import COUNT

MASK_SIDE = 128


@dataclasses.dataclass(frozen=True)
class Heads:
    """A corpus of whole heads.

    Attributes:
        corpus: a `FaceCorpus` of N whole-head squares; the attributes sex, source and the others of
            its table.
        landmarks: `(N, 468, 2)` float32, fractions of the side.
        masks: `(N, 128, 128)` uint8, 255 where the person is.
        closed: whether the photographs end behind the head; False where what lies outside the
            face's outline is a border repeated, so that hair cannot be learned.
    """

    corpus: FaceCorpus
    landmarks: np.ndarray
    masks: np.ndarray
    closed: np.ndarray

    def __len__(self):
        return len(self.corpus)

    def take(self, rows):
        """The heads of the given rows (indices or a boolean mask), in that order."""
        return Heads(
            self.corpus.take(rows), self.landmarks[rows], self.masks[rows], self.closed[rows]
        )


def load_heads(path, split="train", image_size=256, limit=None):
    """Reads a zip of whole heads: `faces.csv`, the pictures, `landmarks.npz` and masks.

    Args:
        path: the zip; `landmarks.npz` holds `landmarks` `(rows, 468, 2)` in the order of
            `faces.csv`; masks are `masks/NAME.png`, one for each picture, or `masks.npz` with
            `masks` `(rows, h, h)` uint8. A column `hair` of "no" says that the head is cut off at
            the hairline; so does a column `race`, which FairFace's table has.
        split: "train", "validation", "test" or "all", see `load_corpus`.
        image_size: side in pixels.
        limit: read at most so many of the split.

    Returns:
        `Heads`.

    Raises:
        CorpusError: whatever `load_corpus` raises, and landmarks or masks that are missing or do
            not fit the table.
    """
    table = rows_of_corpus(path)
    if not zipfile.is_zipfile(path):
        raise CorpusError(
            f"{path} is no zip; heads are read from a zip with faces.csv, pictures, landmarks.npz and masks."
        )
    archive = zipfile.ZipFile(path)
    rows = [number for number, row in enumerate(table) if split in ("all", row.split)][:limit]
    names = set(archive.namelist())
    if "landmarks.npz" not in names:
        raise CorpusError(
            f"{path} holds no landmarks.npz; it needs the 468 landmarks of every head, an array `landmarks` of shape (rows, 468, 2)."
        )
    landmarks = _array(archive, path, "landmarks")
    if landmarks.shape != (len(table), COUNT, 2):
        raise CorpusError(
            f"The landmarks of {path} are {landmarks.shape}; they need the shape {(len(table), COUNT, 2)}, a row for each of faces.csv."
        )
    if "masks.npz" in names:
        small = _array(archive, path, "masks")
        if small.ndim != 3 or len(small) != len(table) or small.dtype != np.uint8:
            raise CorpusError(
                f"The masks of {path} are {small.shape} {small.dtype}; they need the shape ({len(table)}, h, h) and uint8, a row for each of faces.csv."
            )
    else:
        wanted = [f"masks/{pathlib.PurePosixPath(table[row].file).stem}.png" for row in rows]
        missing = next((name for name in wanted if name not in names), None)
        if missing:
            raise CorpusError(
                f"{path} holds neither masks.npz nor {missing}; every head needs a mask of the person."
            )
    corpus = load_corpus(path, split, image_size, limit)
    if "masks.npz" in names:
        masks = np.stack([_mask(small[row]) for row in rows])
    else:
        masks = np.stack([_mask(_picture(archive, path, name)) for name in wanted])
    closed = np.array(
        [
            table[row].columns.get("hair", "yes") != "no" and "race" not in table[row].columns
            for row in rows
        ]
    )
    return Heads(corpus, landmarks[rows].astype("float32"), masks, closed)


def concatenate_heads(parts):
    """One `Heads` of several of the same image size."""
    arrays = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("landmarks", "masks", "closed")
    )
    return Heads(concatenate([part.corpus for part in parts]), *arrays)


def _array(archive, path, name):
    """The array of a name in the .npz of that name."""
    try:
        content = io.BytesIO(_bytes(archive, f"{name}.npz"))
        for entry in zipfile.ZipFile(content).infolist():
            refuse_bomb(entry)
        return np.load(content)[name]
    except (KeyError, ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise CorpusError(
            f"The {name}.npz of {path} holds no array `{name}` that can be read ({error}); make it again."
        ) from error


def _bytes(archive, name):
    refuse_bomb(archive.getinfo(name))
    return archive.read(name)


def _picture(archive, path, name):
    """A mask as an array `(h, w)` uint8."""
    try:
        return np.asarray(Image.open(io.BytesIO(_bytes(archive, name))).convert("L"))
    except (OSError, ValueError, SyntaxError, zipfile.BadZipFile, zlib.error) as error:
        raise CorpusError(
            f"{path} holds {name}, which is no picture that can be read ({error})."
        ) from error


def _mask(mask):
    return np.asarray(
        Image.fromarray(mask).resize((MASK_SIDE, MASK_SIDE), Image.Resampling.BILINEAR)
    )
