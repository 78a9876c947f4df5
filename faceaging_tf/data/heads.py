"""Whole heads with their landmarks and the person's outline: what the teacher learns from."""

import csv
import dataclasses
import io
import pathlib
import zipfile

import numpy as np
from PIL import Image

from faceaging_tf.data.corpus import CorpusError, FaceCorpus, load_corpus
from faceaging_tf.data.splits import split_of_row
from faceaging_tf.geometry.landmarks import COUNT

MASK_SIDE = 128


@dataclasses.dataclass(frozen=True)
class Heads:
    """A corpus of whole heads.

    Attributes:
        corpus: a `FaceCorpus` of N whole-head squares; the attributes sex, source and the others of its table.
        landmarks: `(N, 468, 2)` float32, fractions of the side.
        masks: `(N, 128, 128)` uint8, 255 where the person is.
        closed: whether the photographs end behind the head; False where what lies outside the face's outline is a border repeated, so that hair cannot be learned.
    """

    corpus: FaceCorpus
    landmarks: np.ndarray
    masks: np.ndarray
    closed: np.ndarray

    def __len__(self):
        return len(self.corpus)

    def take(self, rows):
        """The heads of the given rows (indices or a boolean mask), in that order."""
        return Heads(self.corpus.take(rows), self.landmarks[rows], self.masks[rows], self.closed[rows])


def load_heads(path, split="train", image_size=256, limit=None):
    """Reads a zip of whole heads: `faces.csv`, the pictures, `landmarks.npz` and masks.

    Args:
        path: the zip; `landmarks.npz` holds `landmarks` `(rows, 468, 2)` in the order of `faces.csv`; masks are `masks/NAME.png`, one for each picture, or `masks.npz` with
            `masks` `(rows, h, h)` uint8. A column `hair` of "no" says that the head is cut off at the hairline; so does a column `race`, which FairFace's table has.
        split: "train", "validation", "test" or "all", by row number, see `load_corpus`.
        image_size: side in pixels.
        limit: read at most so many of the split.

    Returns:
        `Heads`.

    Raises:
        CorpusError: whatever `load_corpus` raises, and landmarks or masks that are missing or do not fit the table.
    """
    corpus = load_corpus(path, split, image_size, limit)
    if not zipfile.is_zipfile(path):
        raise CorpusError(f"{path} is no zip; heads are read from a zip with faces.csv, pictures, landmarks.npz and masks.")
    archive = zipfile.ZipFile(path)
    table = list(csv.DictReader(io.StringIO(archive.read("faces.csv").decode("utf-8-sig"))))
    rows = [number for number in range(len(table)) if split in ("all", split_of_row(number))][:limit]
    names = set(archive.namelist())
    if "landmarks.npz" not in names:
        raise CorpusError(f"{path} holds no landmarks.npz; it needs the 468 landmarks of every head, an array `landmarks` of shape (rows, 468, 2).")
    landmarks = np.load(io.BytesIO(archive.read("landmarks.npz")))["landmarks"]
    if landmarks.shape != (len(table), COUNT, 2):
        raise CorpusError(f"The landmarks of {path} are {landmarks.shape}; they need the shape {(len(table), COUNT, 2)}, a row for each of faces.csv.")
    if "masks.npz" in names:
        small = np.load(io.BytesIO(archive.read("masks.npz")))["masks"]
        masks = np.stack([_mask(small[row]) for row in rows])
    else:
        wanted = [f"masks/{pathlib.PurePosixPath(table[row]['file']).stem}.png" for row in rows]
        missing = next((name for name in wanted if name not in names), None)
        if missing:
            raise CorpusError(f"{path} holds neither masks.npz nor {missing}; every head needs a mask of the person.")
        masks = np.stack([_mask(np.asarray(Image.open(io.BytesIO(archive.read(name))))) for name in wanted])
    closed = np.array([table[row].get("hair", "yes") != "no" and "race" not in table[row] for row in rows])
    return Heads(corpus, landmarks[rows].astype("float32"), masks, closed)


def concatenate_heads(parts):
    """One `Heads` of several of the same image size."""
    from faceaging_tf.data.corpus import concatenate

    corpus = concatenate([part.corpus for part in parts])
    return Heads(corpus, *(np.concatenate([getattr(part, name) for part in parts]) for name in ("landmarks", "masks", "closed")))


def _mask(mask):
    return np.asarray(Image.fromarray(mask).resize((MASK_SIDE, MASK_SIDE), Image.Resampling.BILINEAR))
