"""Whether a head wears glasses, and where: arms across both temples, and a bridge over the nose."""

import numpy as np

from faceaging_tf.geometry.landmarks import LEFT_BROW, RIGHT_BROW

# Where an arm goes: from the corner of an eye to the side of the face.
ARMS = ((33, 127), (263, 356))
# Where the bridge lies: from above the eyes down the nose.
BRIDGE = (168, 6, 195)
# The least contrast of both, of log luminance: of 11 portraits with glasses 10 have it, and of 70
# without 2, whose hair lies over both temples.
ARM, OVER_NOSE = 0.09, 0.15
# What lies around the eyes, down to the lower rims.
AROUND = (*LEFT_BROW, *RIGHT_BROW, 127, 116, 117, 118, 119, 6, 197, 348, 347, 346, 345, 356)


def wears_glasses(light, points):
    """Whether lines of other light cross both temples and the nose.

    Args:
        light: `(S, S)`, log luminance of a head without what is coarser than 3/256 of the side.
        points: `(468, 2)`, fractions of the side.
    """
    arms = [
        np.ptp(_across(light, points[eye], points[side], np.linspace(0.35, 0.75, 9), 0.045))
        for eye, side in ARMS
    ]
    between, below, tip = points[list(BRIDGE)]
    above = between + 2 * (between - below)
    along = _across(light, above, tip, np.linspace(0, 1, 60), 0.02, mean_of=1)
    return bool(min(arms) > ARM and np.ptp(along) > OVER_NOSE)


def _across(light, start, end, places, reach, mean_of=0):
    """Light along a line and across it, averaged along (0) or across (1).

    Args:
        light: `(S, S)`.
        start, end: `(2,)`, of the line, fractions of the side.
        places: `(n,)`, on the line, from 0 at its start to 1.
        reach: how far to each side, a fraction of the side.
        mean_of: the axis of the average.
    """
    from scipy.ndimage import map_coordinates

    way = end - start
    aside = np.array([-way[1], way[0]]) / max(np.linalg.norm(way), 1e-6)
    steps = np.linspace(-reach, reach, 31)
    at = start + places[:, None, None] * way + steps[:, None] * aside
    x, y = np.moveaxis(at * len(light) - 0.5, -1, 0)
    return map_coordinates(light, [y, x], order=1, mode="nearest").mean(axis=mean_of)
