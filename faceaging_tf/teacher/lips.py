"""How high lips are seen to be, and how that changes with age: they get thin.

Landmarks do not tell: those of thin lips are laid where full ones would end.
"""

import cv2
import numpy as np

from faceaging_tf.geometry.landmarks import (
    CHIN,
    FOREHEAD_TOP,
    LEFT_EYE_CORNER,
    LIPS,
    LOWER_LIP,
    MOUTH,
    RIGHT_EYE_CORNER,
    UPPER_LIP,
)
from faceaging_tf.teacher.mean_face import FEWEST, age_slopes
from faceaging_tf.teacher.regions import SIDE

# In distances of the eyes' outer corners: how far from the middle of the mouth lips are looked for,
# upwards and downwards; how far beside it; and how far lips may be apart.
REACH, BESIDE, CLOSED = 0.3, 0.08, 0.03
# Places along the way up or down, of which the lip lies in the first part and skin in the last.
PLACES, LIP, SKIN = 60, slice(1, 30), slice(45, 60)
# How much redder than skin lips are at least, in log colour, that an edge can be found.
RED = 0.05


def lip_heights(face, landmarks):
    """How high the upper and the lower lip are in the middle, by their colour: up to where it is
    half that of skin; `(2,)`, in distances of the eyes' outer corners. NaN where lips are open or
    no redder than skin.

    Args:
        face: `(256, 256, 3)` uint8.
        landmarks: `(468, 2)`, fractions of the side.
    """
    pixels = landmarks * SIDE - 0.5
    span = np.linalg.norm(pixels[LEFT_EYE_CORNER] - pixels[RIGHT_EYE_CORNER])
    if np.linalg.norm(pixels[UPPER_LIP] - pixels[LOWER_LIP]) > CLOSED * span:
        return np.full(2, np.nan)
    up = pixels[FOREHEAD_TOP] - pixels[CHIN]
    up = up / np.linalg.norm(up)
    colour = np.log(np.maximum(cv2.GaussianBlur(face.astype("float32"), (0, 0), 0.7), 6) / 255)
    red = colour[..., 0] - colour[..., 1]
    middle = (pixels[UPPER_LIP] + pixels[LOWER_LIP]) / 2
    along = np.linspace(0, REACH, PLACES) * span
    beside = np.linspace(-BESIDE, BESIDE, 9)[:, None, None] * span * np.array([-up[1], up[0]])
    return np.array(
        [
            _edge(np.median(_looked_up(red, middle + beside + way * along[:, None] * up), axis=0))
            for way in (1, -1)
        ]
    )


def _looked_up(plane, points):
    """A plane's values at points `(..., 2)` in pixels."""
    return cv2.remap(plane, *np.moveaxis(points.astype("float32"), -1, 0), cv2.INTER_LINEAR)


def _edge(red):
    """Where redness along the way from the mouth, `(PLACES,)`, falls to half of the lip's."""
    skin, lip = np.median(red[SKIN]), np.sort(red[LIP])[-6:].mean()
    peak = LIP.start + np.argmax(red[LIP])
    beyond = np.flatnonzero(red[peak:] < (skin + lip) / 2)
    if lip - skin < RED or not len(beyond):
        return np.nan
    return (peak + beyond[0]) / (PLACES - 1) * REACH


def lips_change(heads):
    """How the heights of lips change with age, as shares of what they are at 18, `(2, 2)`: per 50
    years, and per 50 years beyond 45; upper and lower. Nothing where too few lips are seen.

    Args:
        heads: `Heads` of one sex, adults seen from the front.
    """
    heights = np.array(
        [
            lip_heights(face, landmarks.astype("float64"))
            for face, landmarks in zip(heads.corpus.faces, heads.landmarks, strict=True)
        ]
    )
    seen = np.isfinite(heights).all(axis=1)
    if seen.sum() < FEWEST:
        return np.zeros((2, 2))
    slopes, at_18 = age_slopes(heads.take(seen), heights[seen])
    return slopes / at_18


def with_thinner_lips(slope, shape, shares):
    """How landmarks move when lips change their heights by shares instead of as their landmarks do.

    Args:
        slope: `(468, 2)`, how landmarks move.
        shape: `(468, 2)`, the mean face.
        shares: of the heights of upper and lower lip, `(2,)`.

    Returns:
        `(468, 2)`: the lips' landmarks move with the mouth's line, and towards it.
    """
    moved = slope.copy()
    outline = shape[list(LIPS)].astype("float32")
    half = len(MOUTH) // 2
    lines = [*MOUTH[: half + 1]], [MOUTH[0], *MOUTH[: half - 1 : -1]]
    for number, (x, y) in enumerate(shape):
        inside = cv2.pointPolygonTest(outline, (float(x), float(y)), False) > 0
        if number in MOUTH or not (inside or number in LIPS):
            continue
        # Of both edges of the mouth's opening, the nearer.
        edges = [np.interp(x, *shape[line].T) for line in lines]
        lower = int(abs(y - edges[1]) < abs(y - edges[0]))
        with_edge = np.interp(x, shape[lines[lower], 0], slope[lines[lower], 1])
        moved[number, 1] = with_edge + shares[lower] * (y - edges[lower])
    return moved
