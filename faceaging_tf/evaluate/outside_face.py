"""What changed where nothing should: hair at the temples, background and what is beside jaw and
neck.
"""

import functools

import numpy as np

from faceaging_tf.data.face_outline import outside

# Cells across and down in which the mean colour is compared.
CELLS = 8


@functools.cache
def _cells(size):
    """What each pixel outside adds to the mean of its cell, an eighth of the side wide,
    `(pixels, cells)`; and each cell's share of the pixels.
    """
    rows, columns = np.nonzero(outside(size))
    cell = rows * CELLS // size * CELLS + columns * CELLS // size
    member = (cell[:, None] == np.unique(cell)[None, :]).astype("float32")
    return member / member.sum(axis=0), member.mean(axis=0)


def outside_face(faces, outputs):
    """How much changed outside the faces.

    Args:
        faces: `(N, S, S, 3)` uint8, aligned.
        outputs: the same faces aged.

    Returns:
        A dict of `(N,)` float32 in levels of 0..255: `outside_difference`, the mean absolute
        difference over pixels and channels; and `outside_colour_shift`, how far the mean colour
        moved in each cell of an eighth of the side (the length of its change in R, G and B), on
        average over these cells, which is large where a background was inverted or tinted, wholly
        or in part, and small where only grain changed.
    """
    mask = outside(faces.shape[1])
    change = outputs[:, mask].astype("float32") - faces[:, mask].astype("float32")
    means, shares = _cells(faces.shape[1])
    shifts = np.einsum("npc,pk->nkc", change, means, optimize=True)
    return {
        "outside_difference": np.abs(change).mean(axis=(1, 2)),
        "outside_colour_shift": np.linalg.norm(shifts, axis=2) @ shares,
    }
