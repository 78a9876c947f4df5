"""Pictures brought into the mean face, and the mean face's own shape."""

import pathlib

import cv2
import numpy as np

from faceaging_tf.geometry.flow import flow_between
from faceaging_tf.geometry.landmarks import (
    BETWEEN_EYES,
    LEFT_MOUTH,
    LEFT_SIDE,
    LOWER_LIP,
    NOSE_TIP,
    RIGHT_MOUTH,
    RIGHT_SIDE,
    UPPER_LIP,
)

# The shape that every parser and every atlas of this project goes by: `mean_shape` of the training
# rows of the portraits and of All-Age-Faces, 7,012 heads. A mean is nobody's face.
MEAN_SHAPE = np.load(pathlib.Path(__file__).with_name("mean_shape.npy"))
MEAN_SHAPE.flags.writeable = False
ADULT, OLDEST = 18.0, 85.0
# Groups of the average young and old face, in years, at least and at most so many heads of each.
YOUNG, OLD, FEWEST, PER_GROUP = (20.0, 40.0), (63.0, 90.0), 10, 90
TOO_FEW = (
    f"The heads show too few {{sex}} faces to average: at least {FEWEST} of {YOUNG[0]:g} to {YOUNG[1]:g} years and as many of {OLD[0]:g} to {OLD[1]:g} are needed of one source, seen from the front; "
    "give more corpora."
)
# How far a nose may lie from the middle between the face's sides, in their distance.
FRONTAL = 0.1


def frontal_adults(heads):
    """Which heads are those of adults seen from the front, and end behind the hair: `(N,)` bool.
    What is learned of shape and tone is learned of them.
    """
    return (heads.corpus.age >= ADULT) & frontal(heads)


def frontal(heads):
    """Which heads are seen from the front and end behind the hair, `(N,)` bool."""
    return (np.abs(turn_of(heads.landmarks) - 0.5) < FRONTAL) & heads.closed


def turn_of(points):
    """Where noses lie between the left and the right side of faces, 0 to 1, `(N,)`, of landmarks
    `(N, 468, 2)`.
    """
    side = lambda number: points[:, number, 0]
    return (side(NOSE_TIP) - side(LEFT_SIDE)) / (side(RIGHT_SIDE) - side(LEFT_SIDE))


def young_and_old(heads, chosen, sex, seed):
    """Rows of the young and of the old among the chosen heads, `(N,)` bool, of a sex: two arrays,
    drawn at random where there are more than `PER_GROUP`.
    """
    age = heads.corpus.age
    chosen = chosen & (heads.corpus.attributes["sex"] == sex)
    return [
        np.random.default_rng(seed).permutation(
            np.flatnonzero(chosen & (age >= low) & (age < high))
        )[:PER_GROUP]
        for low, high in (YOUNG, OLD)
    ]


def sources_together(source):
    """Sources `(N,)` that are averaged together: official portraits as one, others each by itself;
    a list of lists of names.
    """
    official = [
        name for name in np.unique(source) if name in ("civilservices", "clerk", "voteview")
    ]
    return [official, *([name] for name in np.unique(source) if name not in official)]


def age_slopes(heads, values):
    """How something measured of heads changes with age: regressed on it, with a second slope from
    45 on; the mouth's opening, the smile, yaw, pitch and the source are regressors too, so that
    they fall out.

    Args:
        heads: `Heads`, adults seen from the front.
        values: `(N, V)`.

    Returns:
        The slopes per 50 years, and per 50 years beyond 45, `(2, V)`, and the mean value at 18,
        `(V,)`.
    """
    points, age = heads.landmarks.astype("float64"), np.clip(heads.corpus.age, ADULT, OLDEST)
    distance = lambda first, second: np.linalg.norm(points[:, first] - points[:, second], axis=1)
    columns = [age / 50, np.maximum(age - 45, 0) / 50]
    columns += [
        x - x.mean()
        for x in (
            distance(UPPER_LIP, LOWER_LIP),
            distance(LEFT_MOUTH, RIGHT_MOUTH),
            turn_of(points),
            points[:, NOSE_TIP, 1] - points[:, BETWEEN_EYES, 1],
        )
    ]
    source = heads.corpus.attributes.get("source", np.array([""] * len(heads)))
    columns += [np.isin(source, each).astype("float64") for each in sources_together(source)]
    slopes = np.linalg.lstsq(np.stack(columns, axis=1), values, rcond=None)[0][:2]
    passed = np.stack([age / 50 - ADULT / 50, columns[1]], axis=1).mean(axis=0)
    return slopes, values.mean(axis=0) - passed @ slopes


def symmetric(flow):
    """A flow `(H, W, 2)` and its mirror image, averaged."""
    return (flow + flow[:, ::-1] * (-1, 1)) / 2


def mean_shape(heads):
    """The mean of the landmarks of `frontal_adults`, `(468, 2)` float64, fractions of the side."""
    return heads.landmarks[frontal_adults(heads)].astype("float64").mean(axis=0)


def into_mean_face(picture, landmarks, shape, side, window=(0.0, 0.0, 1.0)):
    """A picture as it would look on the mean face.

    Args:
        picture: `(S, S)` or `(S, S, C)` float32.
        landmarks: `(468, 2)`, fractions of the side.
        shape: of the mean face, likewise.
        side: of the result, in pixels.
        window: left, top and side of the part that is shown, fractions of the square's side.

    Returns:
        `(side, side)` or `(side, side, C)` float32.
    """
    size = picture.shape[0]
    flow = flow_between(landmarks, shape, 128)
    left, top, span = window
    axis = (np.arange(side, dtype="float32") + 0.5) / side * span
    x, y = np.meshgrid(left + axis, top + axis)
    look = lambda plane: cv2.remap(
        plane,
        (x * 128 - 0.5).astype("float32"),
        (y * 128 - 0.5).astype("float32"),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    at_x, at_y = x + look(flow[..., 0].copy()), y + look(flow[..., 1].copy())
    to_pixels = lambda position: (position * size - 0.5).astype("float32")
    return cv2.remap(
        picture, to_pixels(at_x), to_pixels(at_y), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
