"""Photographs sampled once along a small flow, as the outputs of a model that moves the face are:
that alone blurs, and would tell them from photographs.
"""

import functools
import zlib

import numpy as np

from faceaging_tf.optional import HEADS, needed

# Knots of the flow across and down, and its root mean square in the middle of the picture, as a
# share of the side: some two pixels of 256, so that pixels are fetched from all places between
# their neighbours.
KNOTS, STRENGTH = 6, 0.008


def resampled(faces):
    """Faces moved by smooth random flows that vanish at the border, fetched linearly between
    pixels; the same face is always moved alike.

    Args:
        faces: `(N, S, S, 3)` uint8.

    Returns:
        `(N, S, S, 3)` uint8.

    Raises:
        EvaluationError: OpenCV is not installed.
    """
    cv2 = needed("cv2", HEADS)
    size = faces.shape[1]
    axis = np.arange(size, dtype="float32")
    moved = np.empty_like(faces)
    for row, face in enumerate(faces):
        flow = random_flow(size, zlib.crc32(np.ascontiguousarray(face)))
        x, y = axis[None, :] + size * flow[..., 0], axis[:, None] + size * flow[..., 1]
        moved[row] = np.rint(
            cv2.remap(
                face.astype("float32"), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
            )
        )
    return moved


def random_flow(size, seed):
    """A smooth flow `(size, size, 2)` float32, fractions of the side, that vanishes at
    the border.
    """
    cv2 = needed("cv2", HEADS)
    knots = np.random.default_rng(seed).normal(size=(KNOTS, KNOTS, 2)).astype("float32")
    flow = cv2.resize(knots, (size, size), interpolation=cv2.INTER_CUBIC)
    middle = slice(size // 4, size - size // 4)
    return STRENGTH * _fading(size) * flow / np.sqrt((flow[middle, middle] ** 2).mean())


@functools.lru_cache(maxsize=4)
def _fading(size):
    """1 in the middle, 0 at the border, `(size, size, 1)`."""
    wave = np.minimum(2 * np.sin(np.pi * (np.arange(size) + 0.5) / size), 1).astype("float32")
    wave[[0, -1]] = 0
    return (wave[:, None] * wave[None, :])[..., None]
