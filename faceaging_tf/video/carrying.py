"""Carrying a face's landmarks from one frame to the next."""

import functools

import numpy as np
from scipy.ndimage import map_coordinates

from faceaging_tf.geometry.align import similarity_to_template
from faceaging_tf.runtime.squares import looked_at

SIDE = 64
# From coarse to fine: sides of the square, and how often each is looked at.
LEVELS = ((16, 8), (32, 6), (64, 8))
# Corrections of fewer pixels of the square end a level.
ENOUGH = 0.003
# Correlation of the face before and after, below which it is not the same thing any more.
SAME = 0.5
# Of Tukey's weights, in standard deviations of the noise: what fits worse (a hand, hair, the
# background) has none.
TUKEY = 4.685


def carry(landmarks, before, after):
    """Follow a face from a frame to the next.

    Both frames are cut by the face's place in the first. The similarity that moves the face in the
    cut is found directly, coarse to fine, by least squares over the levels of its inside, with
    Tukey's weights (inverse compositional Lucas-Kanade: Baker and Matthews, "Lucas-Kanade 20 Years
    On", IJCV 2004).

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
            looked_at(frame, matrix, SIDE).mean(axis=2, dtype=np.float32)
            for frame in (before, after)
        )
    except ValueError:
        # The face has left the picture.
        return None
    if np.array_equal(first, second):
        return landmarks.copy()
    motion = np.eye(3)
    for side, times in LEVELS:
        motion = _aligned(_shrunk(first, side), _shrunk(second, side), motion, times)
        if motion is None or not 0.7 < np.hypot(motion[0, 0], motion[0, 1]) < 1.4:
            return None
    inside, points = _inside(SIDE)
    followed, was = _fetched(second, motion, points), first[inside]
    # An even patch, where a face was, correlates with nothing.
    if not followed.std() or not was.std() or np.corrcoef(was, followed)[0, 1] < SAME:
        return None
    # From pixels of the square to fractions of its half side around its middle.
    square = np.array([[2, 0, 1 - SIDE], [0, 2, 1 - SIDE], [0, 0, SIDE]]) / SIDE
    square = square @ np.vstack([matrix, (0, 0, 1)])
    there = np.linalg.inv(square) @ motion @ square
    return landmarks @ there[:2, :2].T + there[:2, 2]


def _aligned(first, second, motion, times):
    """The similarity `(3, 3)`, of coordinates from -1 to 1, that brings the first square `(S, S)`
    onto the second, from one nearby; None where nothing says so.
    """
    side = len(first)
    inside, points = _inside(side)
    down, across = (slope[inside] * side / 2 for slope in np.gradient(first))
    x, y = points.T
    # How the levels change with scale, turn and shift.
    slopes = np.stack([across * x + down * y, down * x - across * y, across, down], axis=1)
    was = first[inside]
    for _ in range(times):
        errors = _fetched(second, motion, points) - was
        errors -= np.median(errors)
        noise = max(1.4826 * np.median(np.abs(errors)), 0.1)
        weights = np.clip(1 - (errors / (TUKEY * noise)) ** 2, 0, None) ** 2
        weighted = slopes * weights[:, None]
        normal = weighted.T @ slopes
        if np.linalg.cond(normal) > 1e8:
            return None
        scale, turn, *shift = np.linalg.solve(normal, weighted.T @ errors)
        step = np.array([[1 + scale, -turn, shift[0]], [turn, 1 + scale, shift[1]], [0, 0, 1]])
        if abs(np.linalg.det(step)) < 0.1:
            return None
        motion = motion @ np.linalg.inv(step)
        if max(abs(scale), abs(turn), *np.abs(shift)) * side / 2 < ENOUGH:
            break
    return motion


def _fetched(square, motion, points):
    """The levels of a square `(S, S)` where the motion takes points `(N, 2)`, `(N,)`."""
    places = (points @ motion[:2, :2].T + motion[:2, 2] + 1) * len(square) / 2 - 0.5
    return map_coordinates(square, places.T[::-1], order=1, mode="nearest")


def _shrunk(square, side):
    """A square `(side, side)` of the means of blocks, a little smoothed."""
    block = len(square) // side
    square = square.reshape(side, block, side, block).mean(axis=(1, 3))
    padded = np.pad(square, 1, mode="edge")
    rows = padded[:-2] + 2 * padded[1:-1] + padded[2:]
    return (rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]) / 16


@functools.cache
def _inside(side):
    """The face within its square, `(side, side)` bool, and its points `(N, 2)`, x and y from -1 to
    1.
    """
    place = (np.arange(side) + 0.5) / side
    inside = np.hypot((place[None, :] - 0.5) / 0.38, (place[:, None] - 0.5) / 0.42) < 1
    points = (np.argwhere(inside)[:, ::-1] + 0.5) * 2 / side - 1
    return inside, points
