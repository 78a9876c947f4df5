"""What changed where nothing should: hair at the temples, background and what is beside jaw and neck.

An aligned crop is nearly all face, and a face is no ellipse: it is widest at the cheeks and narrow at the chin. The outside is
what lies beyond an adult's mean outline, drawn from the template's landmarks by the proportions of anthropometry, in units of the
distance between the pupils (63 mm; Farkas, *Anthropometry of the Head and Face*, 1994): the frontal breadth 1.75, the breadth at the cheek bones
2.2, at the angles of the jaw 1.65, the chin 1.8 below the eyes. It knows nothing of the mask of any model.
"""

import functools

import numpy as np

from faceaging_tf.data.align import TEMPLATE

# Height below the eyes and half the breadth there, in distances between the pupils.
OUTLINE = ((-1.0, 0.45), (-0.5, 0.875), (0.0, 1.1), (0.5, 1.07), (1.0, 0.85), (1.45, 0.55), (1.8, 0.3), (2.0, 0.3))
# Beyond the outline by so much more, so that faces broader than the mean do not count as background.
MARGIN = 0.06
# Cells across and down in which the mean colour is compared.
CELLS = 8


@functools.cache
def outside(size):
    """Where an aligned square of `size` pixels shows no face: `(size, size)` bool.

    Example:
        >>> outside(64)[[0, 32, 63], [0, 32, 0]].tolist()
        [True, False, True]
    """
    distance = TEMPLATE[1, 0] - TEMPLATE[0, 0]
    heights, breadths = np.transpose(OUTLINE)
    place = (np.arange(size) + 0.5) / size
    half = np.interp((place - TEMPLATE[0, 1]) / distance, heights, breadths) + MARGIN
    mask = np.abs(place[None, :] - TEMPLATE[:2, 0].mean()) > (half * distance)[:, None]
    mask.flags.writeable = False
    return mask


@functools.cache
def _cells(size):
    """What each pixel outside adds to the mean of its cell, an eighth of the side wide, `(pixels, cells)`; and each cell's share of the pixels."""
    rows, columns = np.nonzero(outside(size))
    cell = rows * CELLS // size * CELLS + columns * CELLS // size
    member = (cell[:, None] == np.unique(cell)[None, :]).astype("float32")
    return member / member.sum(axis=0), member.mean(axis=0)


def outside_change(faces, outputs):
    """How much changed outside the faces.

    Args:
        faces: `(N, S, S, 3)` uint8, aligned.
        outputs: the same faces aged.

    Returns:
        `(difference, colour_shift)`, `(N,)` float32 each, in levels of 0..255: the mean absolute difference over pixels and channels; and how far
        the mean colour moved in each cell of an eighth of the side (the length of its change in R, G and B), on average over these
        cells, which is large where a background was inverted or tinted, wholly or in part, and small where only grain changed.
    """
    mask = outside(faces.shape[1])
    change = outputs[:, mask].astype("float32") - faces[:, mask].astype("float32")
    means, shares = _cells(faces.shape[1])
    shifts = np.einsum("npc,pk->nkc", change, means, optimize=True)
    return np.abs(change).mean(axis=(1, 2)), np.linalg.norm(shifts, axis=2) @ shares
