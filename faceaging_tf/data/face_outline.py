"""Where an aligned picture shows no face: beyond an adult's mean outline.

An aligned crop is nearly all face, and a face is no ellipse: it is widest at the cheeks and narrow
at the chin. The outline is drawn from the template's landmarks by the proportions of anthropometry,
in units of the distance between the pupils (63 mm; Farkas, *Anthropometry of the Head and Face*,
1994): the frontal breadth 1.75, the breadth at the cheek bones 2.2, at the angles of the jaw 1.65,
the chin 1.8 below the eyes. It knows nothing of the mask of any model.
"""

import functools

import numpy as np

from faceaging_tf.geometry.align import TEMPLATE

# Height below the eyes and half the breadth there, in distances between the pupils.
OUTLINE = (
    (-1.0, 0.45),
    (-0.5, 0.875),
    (0.0, 1.1),
    (0.5, 1.07),
    (1.0, 0.85),
    (1.45, 0.55),
    (1.8, 0.3),
    (2.0, 0.3),
)
# Beyond the outline by so much more, so that faces broader than the mean do not count as
# background.
MARGIN = 0.06


@functools.cache
def outside(size):
    """Where an aligned square of `size` pixels shows no face: `(size, size)` bool.

    Example:
        >>> outside(64)[[0, 32, 63], [0, 32, 0]].tolist()
        [True, False, True]
    """
    mask = _beyond(size) > MARGIN
    mask.flags.writeable = False
    return mask


def _beyond(size):
    """How far each pixel lies beyond the outline at its height, in distances between the pupils,
    below 0 inside: `(size, size)`.
    """
    distance = TEMPLATE[1, 0] - TEMPLATE[0, 0]
    heights, breadths = np.transpose(OUTLINE)
    place = (np.arange(size) + 0.5) / size
    half = np.interp((place - TEMPLATE[0, 1]) / distance, heights, breadths)
    return np.abs(place[None, :] - TEMPLATE[:2, 0].mean()) / distance - half[:, None]
