"""Inputs of the parts of ageing: plain faces, masks that are all or nothing, and flows that move
nothing.
"""

import numpy as np
from scipy.ndimage import gaussian_filter

# Sides of a face, of its flow and of its masks.
SIZE, FLOW, REGIONS = 64, 16, 32
MAN, WOMAN = -20.0, 20.0


def rng(seed=0):
    return np.random.default_rng(seed)


def column(value):
    return np.float32([[value]])


def person(sex=MAN, *traits):
    """Traits `(1, 6)`."""
    return np.float32([[sex, *(traits or [0] * 5)]])


def face(level=0.5):
    return np.full((1, SIZE, SIZE, 3), level, "float32")


def still():
    return np.zeros((1, FLOW, FLOW, 2), "float32")


def everywhere():
    return np.ones((1, REGIONS, REGIONS, 1), "float32")


def nowhere():
    return np.zeros((1, REGIONS, REGIONS, 1), "float32")


def half(side):
    """A map that is 1 in its upper half, `(side, side, 1)`."""
    return (np.arange(side)[:, None, None] < side // 2) * np.ones((1, side, 1), "float32")


def waves(side, seed=0):
    """A smooth random map `(side, side)` that fades towards its border."""
    fade = np.hanning(side)
    return (
        gaussian_filter(rng(seed).normal(size=(side, side)), side / 24) * fade * fade[:, None]
    ).astype("float32")
