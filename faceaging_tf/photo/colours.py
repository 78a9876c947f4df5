"""Colours of an aligned face as logarithms, and what is read off them."""

import numpy as np

from faceaging_tf.geometry.exposure import LUMINANCE
from faceaging_tf.geometry.fetching import fetched
from faceaging_tf.photo.skin import SIDE, blurred

# Of full scale, added before the logarithm: the colour of what is nearly black is noise.
DARK = 0.06


def log_colour(small):
    """Log luminance, log of red over green and of green over blue, `(256, 256, 3)`."""
    smooth = blurred(small, 0.7) / 255
    red, green, blue = np.moveaxis(np.log(np.maximum(smooth, 0) + DARK), -1, 0)
    light = np.log(np.maximum(smooth @ LUMINANCE, 0) + DARK)
    return np.stack([light, red - green, green - blue], axis=-1).astype("float32")


def patch(colour, points, numbers):
    """The median colour of five pixels square around some points, `(3,)`."""
    x, y = (points[list(numbers)] * SIDE).astype(int).clip(2, SIDE - 3).T[..., None, None]
    around = np.arange(-2, 3)
    return np.median(colour[y + around[:, None], x + around].reshape(-1, 3), axis=0)


def at(plane, places):
    """A plane `(256, 256)` at places `(..., 2)`, fractions of the side."""
    return fetched(plane[..., None], *np.moveaxis(places * SIDE - 0.5, -1, 0))[..., 0]


def together(mask, core):
    """The parts of a mask that share pixels with a core, bool."""
    from scipy import ndimage

    labels, _ = ndimage.label(mask | core)
    kept = np.unique(labels[core])
    return np.isin(labels, kept[kept > 0]) & (mask | core)


def between(value, low, high):
    """0 up to `low`, 1 from `high`, linear between."""
    return float(np.clip((value - low) / (high - low), 0, 1))
