"""Carrying a face's landmarks from one frame to the next."""

import functools

import numpy as np
from skimage.registration import optical_flow_ilk
from skimage.transform import ProjectiveTransform, SimilarityTransform, warp

from faceaging_tf.geometry.align import cut_square, similarity_to_template

SIDE = 64
# Correlation of the face before and after, below which it is not the same thing any more.
SAME = 0.5


def carry(landmarks, before, after):
    """Follow a face from a frame to the next.

    Both frames are cut by the face's place in the first; the optical flow between the cuts
    (iterative Lucas-Kanade, coarse to fine) gives the similarity that moves the face, by least
    squares over its inside, once more without the third that fits worst (a hand, hair, the
    background).

    Args:
        landmarks: `(5, 2)` in pixels of the first frame.
        before: `(H, W, 3)` uint8, the first frame.
        after: the same, the second one.

    Returns:
        `(5, 2)` in pixels of the second frame, or None where the face is lost.
    """
    try:
        matrix = similarity_to_template(landmarks, SIDE)
        first, second = (
            cut_square(frame, matrix, SIDE).mean(axis=2, dtype=np.float32) / 255
            for frame in (before, after)
        )
    except ValueError:
        # The face has left the picture.
        return None
    if np.array_equal(first, second):
        return landmarks.copy()
    down, across = optical_flow_ilk(first, second, radius=5, num_warp=4, dtype=np.float32)
    inside = _inside()
    points = np.argwhere(inside)[:, ::-1].astype(np.float64)
    targets = points + np.stack([across[inside], down[inside]], axis=1)
    motion = SimilarityTransform.from_estimate(points, targets)
    if motion:
        errors = np.linalg.norm(motion(points) - targets, axis=1)
        kept = errors <= np.quantile(errors, 2 / 3)
        motion = SimilarityTransform.from_estimate(points[kept], targets[kept])
    if not motion or not 0.7 < motion.scale < 1.4:
        return None
    followed = warp(second, ProjectiveTransform(motion.params), order=1, mode="edge")
    # An even patch, where a face was, correlates with nothing.
    if not followed[inside].std() or np.corrcoef(first[inside], followed[inside])[0, 1] < SAME:
        return None
    square = np.vstack([matrix, (0, 0, 1)])
    return ProjectiveTransform(np.linalg.inv(square) @ motion.params @ square)(landmarks)


@functools.cache
def _inside():
    """The face within its square, `(SIDE, SIDE)` bool."""
    place = (np.arange(SIDE) + 0.5) / SIDE
    return np.hypot((place[None, :] - 0.5) / 0.38, (place[:, None] - 0.5) / 0.42) < 1
