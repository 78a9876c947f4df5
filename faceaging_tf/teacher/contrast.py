"""How much lips, eyes and brows stand out from the skin around them, and how that changes with
age.
"""

import cv2
import numpy as np

from faceaging_tf.data.corpus import CorpusError
from faceaging_tf.geometry.landmarks import (
    LEFT_BROW,
    LEFT_EYE,
    LEFT_EYE_CORNER,
    LIPS,
    MOUTH,
    RIGHT_BROW,
    RIGHT_EYE,
    RIGHT_EYE_CORNER,
)
from faceaging_tf.layers.facial_contrast import FEATURES, PLACES_SIDE
from faceaging_tf.layers.luminance import LUMINANCE
from faceaging_tf.teacher.mean_face import FEWEST, TOO_FEW, age_slopes, frontal_adults
from faceaging_tf.teacher.regions import SIDE, polygon

# The skin around a feature: from the first to the second of these beyond it, in distances of the
# eyes' outer corners.
RING = (0.04, 0.12)
# Brows lose contrast as hairs fall out, too; of those that stay, less shows than is measured.
BROWS_SHARE = 0.65


def feature_places(shape):
    """Where lips, eyes and brows are in the mean face, `(128, 128, 3)` in 0 to 1."""
    pixels = shape * SIDE - 0.5
    both = lambda left, right, *how: np.maximum(
        polygon(pixels, left, *how), polygon(pixels, right, *how)
    )
    places = np.stack(
        [
            polygon(pixels, LIPS, 1, 1.5),
            both(LEFT_EYE, RIGHT_EYE, 2, 1.5),
            both(LEFT_BROW, RIGHT_BROW, 4, 2.5),
        ],
        axis=-1,
    )
    return cv2.resize(places, (PLACES_SIDE, PLACES_SIDE), interpolation=cv2.INTER_AREA)


def feature_contrast(face, landmarks):
    """How much lips, eyes and brows stand out from the skin around them: of lips how much redder
    they are, of the others how much darker, in log colour, `(3,)`; below 0 for lighter.

    Args:
        face: `(256, 256, 3)` uint8.
        landmarks: `(468, 2)`, fractions of the side.
    """
    pixels = landmarks * SIDE - 0.5
    colour = np.log(np.maximum(face.astype("float32"), 6) / 255)
    light, red = colour @ np.array(LUMINANCE, "float32"), colour[..., 0] - colour[..., 1]
    span = np.linalg.norm(pixels[LEFT_EYE_CORNER] - pixels[RIGHT_EYE_CORNER])
    near, far = (share * span for share in RING)
    lips, mouth = _distance(pixels, LIPS), _distance(pixels, MOUTH)
    around = lambda distance: (distance > near) & (distance <= far)
    mean = lambda plane, chosen: plane[chosen].mean() if chosen.any() else 0.0
    redder = mean(red, (lips == 0) & (mouth > 1)) - mean(red, around(lips))
    eyes, brows = [], []
    for outlines in ((LEFT_EYE, LEFT_BROW), (RIGHT_EYE, RIGHT_BROW)):
        eye, brow = (_distance(pixels, outline) for outline in outlines)
        eyes.append(mean(light, around(eye) & (brow > near)) - mean(light, eye <= 1))
        brows.append(mean(light, around(brow) & (eye > near)) - mean(light, brow == 0))
    return np.array([redder, np.mean(eyes), np.mean(brows)])


def _distance(pixels, outline):
    """How far each pixel lies beyond the polygon of some landmarks, `(256, 256)`; 0 inside."""
    beyond = np.ones((SIDE, SIDE), np.uint8)
    cv2.fillPoly(beyond, [np.round(pixels[list(outline)]).astype(int)], 0)
    return cv2.distanceTransform(beyond, cv2.DIST_L2, 3)


def contrast_change(heads):
    """How contrast changes with age, as a share of what it is at 18, `(2, 2, 3)`: men and women;
    per 50 years, and per 50 years beyond 45; lips, eyes and brows.

    Raises:
        CorpusError: too few heads of either sex.
    """
    chosen = frontal_adults(heads)
    found = []
    for sex in ("male", "female"):
        part = heads.take(chosen & (heads.corpus.attributes["sex"] == sex))
        if len(part) < FEWEST:
            raise CorpusError(TOO_FEW.format(sex=sex))
        contrast = np.array(
            [
                feature_contrast(face, landmarks.astype("float64"))
                for face, landmarks in zip(part.corpus.faces, part.landmarks, strict=True)
            ]
        )
        slopes, at_18 = age_slopes(part, contrast)
        found.append(slopes / np.maximum(at_18, 0.05))
    change = np.stack(found)
    change[..., FEATURES.index("brows")] *= BROWS_SHARE
    return change
