"""Drawn heads: people painted by their landmarks, which are known exactly, as whole heads with the
person's outline.
"""

import csv
import io
import zipfile

import cv2
import numpy as np
from PIL import Image

from faceaging_tf.data.corpus import FaceCorpus
from faceaging_tf.data.heads import MASK_SIDE, Heads
from faceaging_tf.geometry.landmarks import (
    CHIN,
    LEFT_BROW,
    LEFT_EYE,
    LIPS,
    OVAL,
    RIGHT_BROW,
    RIGHT_EYE,
    above_oval,
)
from faceaging_tf.teacher.mean_face import MEAN_SHAPE

SIDE = 256
SKIN, HAIR, BACKGROUND, CLOTHES = (208, 164, 140), (62, 44, 36), (128, 150, 176), (60, 80, 120)
# Where hair is drawn: an ellipse about the head, down to the ears. Fractions of the mean face's
# square: middle, half its width and its height, lower end.
HAIR_ELLIPSE, HAIR_ENDS = (0.5, 0.43, 0.36, 0.36), 0.55


def shape(scale=1.0, shift=(0.0, 0.0), seed=None):
    """Landmarks `(468, 2)` float32: the mean shape scaled about its nose and shifted, and with a
    seed smoothly deformed by up to a hundredth of the side.
    """
    points = (MEAN_SHAPE - 0.55) * scale + 0.55 + np.array(shift)
    if seed is not None:
        amount, phase = np.random.default_rng(seed).uniform(-1, 1, (2, 2))
        points = points + 0.01 * amount * np.sin(2 * np.pi * points[:, ::-1] + 3 * phase)
    return points.astype("float32")


def spot(landmarks, number, width):
    """A Gaussian spot `(256, 256, 1)` about one landmark; the width is a fraction of the side."""
    axis = (np.arange(SIDE) + 0.5) / SIDE
    x, y = landmarks[number]
    return np.exp(-((axis[None, :] - x) ** 2 + (axis[:, None] - y) ** 2) / (2 * width**2))[
        ..., None
    ]


def draw_head(landmarks, skin=SKIN, hair=HAIR, bald=False):
    """A head as picture `(256, 256, 3)` uint8 and outline of the person `(128, 128)` uint8.

    Args:
        landmarks: `(468, 2)`, fractions of the side.
        skin: red, green, blue.
        hair: likewise.
        bald: whether there is skin where others have hair.
    """
    corners = lambda points: [np.round(points * SIDE).astype(np.int32)]
    picture = np.full((SIDE, SIDE, 3), BACKGROUND, np.uint8)
    person = np.zeros((SIDE, SIDE), np.uint8)
    head = hair_mask(landmarks)
    picture[head], person[head] = (skin if bald else hair), 255
    chin = landmarks[CHIN]
    neck = np.array(
        [
            (chin[0] - 0.12, chin[1] - 0.1),
            (chin[0] + 0.12, chin[1] - 0.1),
            (chin[0] + 0.12, 1.0),
            (chin[0] - 0.12, 1.0),
        ]
    )
    shoulders = np.array([(0.0, 1.0), (0.1, chin[1] + 0.05), (0.9, chin[1] + 0.05), (1.0, 1.0)])
    for outline, colour in ((shoulders, CLOTHES), (neck, skin), (face_outline(landmarks), skin)):
        cv2.fillPoly(picture, corners(outline), colour)
        cv2.fillPoly(person, corners(outline), 255)
    for outline, colour in (
        (LEFT_EYE, (240, 240, 240)),
        (RIGHT_EYE, (240, 240, 240)),
        (LEFT_BROW, HAIR),
        (RIGHT_BROW, HAIR),
        (LIPS, (170, 80, 80)),
    ):
        cv2.fillPoly(picture, corners(landmarks[list(outline)]), colour)
    return picture, cv2.resize(person, (MASK_SIDE, MASK_SIDE), interpolation=cv2.INTER_AREA)


def hair_mask(landmarks):
    """Where `draw_head` draws hair, but for the face in front of it: `(256, 256)` bool."""
    middle = landmarks.mean(axis=0) - MEAN_SHAPE.mean(axis=0)
    wide = np.ptp(landmarks[:, 0]) / np.ptp(MEAN_SHAPE[:, 0])
    x, y = np.meshgrid(*2 * [(np.arange(SIDE) + 0.5) / SIDE])
    column, row, half_width, half_height = HAIR_ELLIPSE
    inside = ((x - column - middle[0]) / (half_width * wide)) ** 2 + (
        (y - row - middle[1]) / (half_height * wide)
    ) ** 2 < 1
    return inside & (y < HAIR_ENDS + middle[1])


def face_outline(landmarks):
    """The outline of the face with a little forehead, `(n, 2)`, fractions of the side."""
    return cv2.convexHull(
        np.concatenate([landmarks[list(OVAL)], above_oval(landmarks, 0.1)]).astype("float32")
    )[:, 0]


def heads_of(pictures, landmarks, masks, ages, **attributes):
    """`Heads` of arrays, all of them closed."""
    ages = np.asarray(ages, "float32")
    corpus = FaceCorpus(
        np.stack(pictures),
        ages,
        ages.copy(),
        {name: np.asarray(values) for name, values in attributes.items()},
    )
    return Heads(
        corpus, np.stack(landmarks).astype("float32"), np.stack(masks), np.ones(len(ages), bool)
    )


def drawn_heads(number, seed=0):
    """Heads of different places, sizes and shapes, by turns men and women of 20 to 80 years, from
    the source "drawn".
    """
    random = np.random.default_rng(seed)
    shapes = [
        shape(random.uniform(0.9, 1.1), random.uniform(-0.04, 0.04, 2), row + 1000 * seed)
        for row in range(number)
    ]
    skins = [
        tuple((light * np.array(SKIN)).astype(int).tolist())
        for light in random.uniform(0.7, 1.1, number)
    ]
    pictures, masks = zip(
        *(draw_head(each, skin) for each, skin in zip(shapes, skins, strict=True)), strict=True
    )
    sexes = ["male" if row % 2 else "female" for row in range(number)]
    return heads_of(
        pictures, shapes, masks, np.linspace(20, 80, number), sex=sexes, source=["drawn"] * number
    )


def write_heads(path, heads, masks="npz", landmarks=True, **columns):
    """Writes heads as a zip that `load_heads` reads.

    Args:
        path: of the zip.
        heads: `Heads`.
        masks: "npz", "png" or None.
        landmarks: True, False for none, or an array in their place.
        **columns: of the table, beside file, age, sex and source: lists.
    """
    rows = len(heads)
    names = [f"faces/{number}.png" for number in range(rows)]
    table = {"file": names, "age": heads.corpus.age, **heads.corpus.attributes, **columns}
    text = io.StringIO()
    csv.writer(text).writerows([list(table), *zip(*table.values(), strict=True)])
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("faces.csv", text.getvalue())
        for name, face in zip(names, heads.corpus.faces, strict=True):
            archive.writestr(name, _png(face))
        if landmarks is not False:
            archive.writestr(
                "landmarks.npz", _npz(landmarks=heads.landmarks if landmarks is True else landmarks)
            )
        if masks == "npz":
            archive.writestr("masks.npz", _npz(masks=heads.masks))
        elif masks == "png":
            for number, mask in enumerate(heads.masks):
                archive.writestr(f"masks/{number}.png", _png(mask))
    return path


def _png(pixels):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "png")
    return stream.getvalue()


def _npz(**arrays):
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()
