"""Faces in and out of photos, in NumPy alone."""

import numpy as np

from faceaging_tf.errors import MobileError
from faceaging_tf.geometry.fetching import fetched
from faceaging_tf.geometry.templates import nearest_similarity


def similarity(landmarks, target):
    """The `(2, 3)` matrix that brings five points nearest to five others, see `nearest_similarity`.

    Args:
        landmarks: `(5, 2)` (x, y) in pixels.
        target: `(5, 2)`, where they are to be.

    Raises:
        MobileError: points of another shape, not finite, or all in one place.
    """
    points = np.asarray(landmarks, "float64")
    if (
        points.shape != (5, 2)
        or not np.isfinite(points).all()
        or np.ptp(points, axis=0).max() < 1e-3
    ):
        raise MobileError(
            f"The landmarks were {np.asarray(landmarks).tolist()}; five different points (x, y) in pixels are needed: eyes, nose, mouth's corners."
        )
    return nearest_similarity(points, target)


def inverse(matrix):
    """The `(2, 3)` matrix that undoes another."""
    back = np.linalg.inv(matrix[:, :2])
    return np.concatenate([back, -back @ matrix[:, 2:]], axis=1)


def places(matrix, rows, columns):
    """Where a matrix takes the pixels of a region: x and y, `(len(rows), len(columns))` each."""
    x, y = np.meshgrid(columns, rows)
    return tuple(line[0] * x + line[1] * y + line[2] for line in matrix)


def moved(image, flow):
    """The image moved by a flow of its size, in fractions of it, see
    `faceaging_tf.layers.FaceWarp`.
    """
    height, width = image.shape[:2]
    x = np.arange(width, dtype="float32") + flow[..., 0] * np.float32(width)
    y = np.arange(height, dtype="float32")[:, None] + flow[..., 1] * np.float32(height)
    return fetched(image, x, y)
