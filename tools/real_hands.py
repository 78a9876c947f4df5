"""Hands that people hold before their faces: where they lie, and laying them onto other heads.

`hands.csv` has the 21 points of a hand that MediaPipe's hand landmark network finds (wrist, thumb,
index to little finger), in thousandths of a head's side; each hand was looked at.
"""

import csv
import dataclasses
from pathlib import Path

import cv2
import numpy as np
from drawn_shapes import Head, frame_of, noise

from faceaging_tf.photo.skin import SIDE

TABLE = Path(__file__).with_name("hands.csv")
WRIST, KNUCKLES, PALM = 0, (5, 9, 13, 17), (0, 1, 2, 5, 9, 13, 17)
# From the knuckle to the tip, and how thick each part is, in shares of a finger's width.
FINGERS = tuple(range(first, first + 4) for first in (1, 5, 9, 13, 17))
THICKNESS = (1.15, 1.0, 0.9)


def hands_of_heads():
    """The hands on each head of the table: a dict of file to a list of `(21, 2)`, fractions."""
    found: dict = {}
    with TABLE.open() as file:
        for row in csv.DictReader(file):
            points = np.array(row["points"].split(), "float64").reshape(21, 2) / 1000
            found.setdefault(row["file"], []).append(points)
    return found


def finger_width(points):
    """The width of a finger of a hand `(21, 2)`."""
    palm = np.linalg.norm(points[KNUCKLES[0]] - points[KNUCKLES[-1]])
    return max(0.27 * palm, 0.2 * np.linalg.norm(points[WRIST] - points[9]))


def hand_area(points):
    """What a hand `(21, 2)` covers: `(256, 256)` float32 in 0 to 1."""
    fine = 4
    mask = np.zeros((fine * SIDE, fine * SIDE), np.uint8)
    places = np.int32(np.round((points * SIDE - 0.5) * fine * 4))
    thick = finger_width(points) * SIDE * fine
    for finger in FINGERS:
        for one, other, share in zip(finger[:-1], finger[1:], THICKNESS, strict=True):
            ends = tuple(map(int, places[one])), tuple(map(int, places[other]))
            cv2.line(mask, *ends, 255, max(1, int(share * thick)), cv2.LINE_AA, 2)
    palm = cv2.convexHull(places[list(PALM)])
    cv2.fillPoly(mask, [palm], 255, cv2.LINE_AA, 2)
    cv2.polylines(mask, [palm], True, 255, max(1, int(0.8 * thick)), cv2.LINE_AA, 2)
    return cv2.resize(mask, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype("float32") / 255


@dataclasses.dataclass(frozen=True)
class HeldHand:
    """A hand, on the head that it was taken of.

    Attributes:
        picture: `(256, 256, 3)` uint8.
        head: `(468, 2)`, the points of the face, fractions of the side.
        hand: `(21, 2)`.
    """

    picture: np.ndarray
    head: np.ndarray
    hand: np.ndarray


def with_hand(picture, hidden, points, held, rng):
    """A head with somebody's hand before it, about where that person held it.

    Args:
        picture: `(256, 256, 3)` uint8, a head.
        hidden: `(256, 256)` float32, where things lie on it already, -1 in doubt.
        points: `(468, 2)`, fractions of the side.
        held: a `HeldHand`.
        rng: a generator.

    Returns:
        The picture, and where things lie.
    """
    head = Head(picture.astype("float32"), points.astype("float64"), hidden.copy())
    source = Head(held.picture.astype("float32"), held.head.astype("float64"), hidden)
    matrix = _placed(source.points, head.points, held.hand, rng)
    hand = held.hand @ matrix[:, :2].T + matrix[:, 2]
    warp = matrix.copy()
    warp[:, 2] *= SIDE
    seen = cv2.warpAffine(source.picture, warp, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
    area = hand_area(hand)
    if area.sum() < 60:
        return picture, hidden
    # The other's skin, as this one's, in the same light.
    own = head.skin() * np.exp(rng.normal(0, 0.12) + rng.normal(0, 0.03, 3))
    seen = seen * (own / source.skin().clip(8, None)).clip(0.4, 2)
    width = np.linalg.norm(hand[KNUCKLES[0]] - hand[KNUCKLES[-1]])
    away = hand[WRIST] - hand[9]
    away /= max(np.linalg.norm(away), 1e-6)
    arm = np.zeros((SIDE, SIDE), np.uint8)
    ends = np.int32(np.round(np.stack([hand[WRIST], hand[WRIST] + 1.5 * away]) * SIDE * 16))
    cv2.polylines(arm, [ends], False, 255, max(1, round(1.2 * width * SIDE)), cv2.LINE_AA, 4)
    arm = arm.astype("float32") / 255
    inside = (area > 0.5) & (hidden <= 0)
    colour = np.median(seen[inside], axis=0) if inside.any() else own
    if rng.random() < 0.4:
        colour = rng.uniform(20, 230, 3)
    head.put(arm, colour * (1 + 0.06 * noise(rng, 20))[..., None], rng.uniform(0, 0.3))
    head.put(area, seen, rng.uniform(0, 0.3))
    return np.uint8(head.picture.clip(0, 255)), head.hidden


def _placed(source, target, hand, rng):
    """How a hand moves from one face to another, `(2, 3)`: to the same place, and then a little
    to any side, turned and resized.
    """
    frames = []
    for points in (source, target):
        brows, right, up, width = frame_of(points)
        frames.append((brows, width * np.stack([right, up], axis=1)))
    (from_, one), (to, other) = frames
    turn, size = rng.normal(0, 0.25), np.exp(rng.normal(0, 0.12))
    cos, sin = size * np.cos(turn), size * np.sin(turn)
    move = np.array([[cos, -sin], [sin, cos]]) * (rng.choice([-1, 1]), 1)
    about = np.linalg.solve(one, hand.mean(axis=0) - from_)
    middle = to + other @ (move @ about / size + rng.normal(0, 0.1, 2))
    linear = other @ move @ np.linalg.inv(one)
    return np.column_stack([linear, middle - linear @ hand.mean(axis=0)])
