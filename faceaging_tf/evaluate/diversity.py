"""Whether every face is changed in its own way: a generator that has collapsed adds one and the
same change to all.
"""

import numpy as np

from faceaging_tf.evaluate.bootstrap import Figure, pair_figure
from faceaging_tf.evaluate.shrinking import shrunk
from faceaging_tf.geometry.exposure import LUMINANCE

MAP_SIZE = 64
# Two real people's ageing has a mean cosine far below this; one change for all has 1, less what
# clipping at black and white does.
COLLAPSED_COSINE = 0.9


def change_maps(faces, outputs):
    """The luminance change of each face, as a row of unit length.

    Args:
        faces: `(N, S, S, 3)` uint8, aligned.
        outputs: the same faces aged.

    Returns:
        `(N, P)` float16, P at most 64 * 64; a row of zeros where nothing changed.
    """
    change = (outputs.astype("float32") - faces) @ LUMINANCE
    maps = shrunk(change, MAP_SIZE).reshape(len(change), -1)
    length = np.linalg.norm(maps, axis=1, keepdims=True)
    return np.divide(maps, length, out=np.zeros_like(maps), where=length > 1e-6).astype("float16")


def diversity(maps, seed=0):
    """One less the mean cosine between the changes of two faces: 0 is one change for all, 1 changes
    that have nothing in common.

    It is an alarm, not a score: it says nothing of whether the changes are good ones. Strangers in
    the faces' place are as diverse as can be.

    Args:
        maps: what `change_maps` gives.
        seed: of the interval.

    Returns:
        `(figure, collapsed)`: a `Figure` over the faces that changed, and whether all changes are
            one; `(None, False)` where fewer than two
        faces changed.
    """
    changed = maps[np.any(maps, axis=1)].astype("float64")
    cosine = pair_figure(changed @ changed.T, seed)
    if cosine is None:
        return None, False
    return Figure(1 - cosine.value, 1 - cosine.high, 1 - cosine.low, cosine.faces), bool(
        cosine.value > COLLAPSED_COSINE
    )
