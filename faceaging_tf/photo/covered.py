"""What lies on a face: masks, hands and mugs before the mouth, dark glasses, hats, hoods, scarves.

A small network of the project's own says where, on LiteRT; it was made by `tools/fit_covered.py`.
"""

import threading
from pathlib import Path

import numpy as np

from faceaging_tf.geometry.exposure import in_common_light
from faceaging_tf.photo.skin import blurred
from faceaging_tf.resampling import by_matrices, resize_matrix
from faceaging_tf.runtime.litert import interpreter_of

FILE = Path(__file__).with_name("covered.tflite")
# Side of what the network sees and says.
SEEN = 128
# Smaller faces show too little.
LEAST_SIDE = 128
# What is said with a probability of `LIKELY` belongs to a thing if it hangs together with what is
# said with `SURE`, in so many pixels of 128 x 128.
LIKELY, SURE, LEAST = 0.5, 0.9, 120

_kept = threading.local()


def covered_faces(faces, frame):
    """`covered` of each of some aligned faces, a list; None too for faces of fewer than 128 pixels
    a side.

    Args:
        faces: `(N, S, S, 3)` uint8, RGB.
        frame: of the faces, "tight" or "whole_head".
    """
    if faces.shape[1] < LEAST_SIDE:
        return [None] * len(faces)
    return [covered(face) for face in in_common_light(faces, frame)]


def covered(face):
    """Where things lie on an aligned face.

    Args:
        face: `(S, S, 3)` uint8, RGB.

    Returns:
        `(S, S)` float32 in 0 to 1; None where nothing does.

    Raises:
        NetworkFileError: `ai-edge-litert` is not installed.
    """
    said = covered_probabilities(face)
    if (said >= SURE).sum() < LEAST:
        return None
    # What SciPy imports takes longer than all else here.
    from scipy import ndimage

    parts, number = ndimage.label(said >= LIKELY)
    sure = np.bincount(parts[said >= SURE], minlength=number + 1)
    kept = np.flatnonzero(sure >= LEAST)
    if not len(kept):
        return None
    thing = np.isin(parts, kept).astype("float32")
    # An edge is half the thing's: it belongs to it whole.
    thing = np.clip(2 * blurred(thing, 1.5), 0, 1)
    return by_matrices(thing[..., None], resize_matrix(SEEN, len(face)))[..., 0].clip(0, 1)


def covered_probabilities(face):
    """How likely it is that something lies on each part of a face `(S, S, 3)`: `(128, 128)`."""
    if not hasattr(_kept, "network"):
        # A network is of one caller at a time.
        _kept.network = interpreter_of(FILE)
    network = _kept.network
    seen = by_matrices(face, resize_matrix(len(face), SEEN))
    network.set_tensor(network.get_input_details()[0]["index"], np.float32(seen / 127.5 - 1)[None])
    network.invoke()
    logits = network.get_tensor(network.get_output_details()[0]["index"])
    return 1 / (1 + np.exp(-logits.reshape(SEEN, SEEN)))
