"""The traits by which exemplars are chosen: expression and light, measured on landmarks
and skin.
"""

import cv2
import numpy as np

from faceaging_tf.geometry.landmarks import (
    LEFT_EYE_CORNER,
    LEFT_MOUTH,
    LOWER_LIP,
    RIGHT_EYE_CORNER,
    RIGHT_MOUTH,
    UPPER_LIP,
)

# Each trait is counted from the median of 12,883 heads, in units of about its deviation.
MEDIANS = np.array((9.9845, 0.6086, -0.8381, 3.1516, 0.0035), "float32")
UNITS = np.array([0.06, 0.06, 0.03, 45.0, 0.25], "float32")


def traits_of(face, landmarks, skin):
    """Mouth's width, opening and the rise of its corners (in distances of the eyes' outer corners),
    the skin's lightness, and the light from the left over that from the right, as a logarithm.

    Args:
        face: `(256, 256, 3)` uint8.
        landmarks: `(468, 2)` pixels.
        skin: `(256, 256)` in 0 to 1.

    Returns:
        `(5,)` float32, counted from `MEDIANS` in `UNITS`.
    """
    distance = lambda first, second: np.linalg.norm(landmarks[first] - landmarks[second])
    eyes = distance(LEFT_EYE_CORNER, RIGHT_EYE_CORNER)
    corners = (
        landmarks[LEFT_MOUTH, 1]
        + landmarks[RIGHT_MOUTH, 1]
        - landmarks[UPPER_LIP, 1]
        - landmarks[LOWER_LIP, 1]
    ) / 2
    lightness = cv2.cvtColor(face, cv2.COLOR_RGB2LAB)[..., 0].astype("float32")
    half = face.shape[1] // 2
    mean = lambda plane, part: (plane * skin)[:, part].sum() / max(skin[:, part].sum(), 1)
    grey = face.mean(axis=-1)
    light = np.log(mean(grey, slice(None, half)) + 1) - np.log(mean(grey, slice(half, None)) + 1)
    values = [
        distance(LEFT_MOUTH, RIGHT_MOUTH) / eyes,
        distance(UPPER_LIP, LOWER_LIP) / eyes,
        corners / eyes,
        mean(lightness, slice(None)),
        light,
    ]
    return np.array(values, "float32") / UNITS - MEDIANS
