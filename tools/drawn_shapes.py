"""What things on heads are drawn with: a head, outlines on it, and what cloth looks like."""

import dataclasses

import cv2
import numpy as np

from faceaging_tf.geometry.landmarks import (
    CHIN,
    LEFT_BROW,
    LEFT_EYE,
    LIPS,
    OVAL,
    RIGHT_BROW,
    RIGHT_EYE,
    above_oval,
)
from faceaging_tf.photo.skin import SIDE

# Colours of cloth.
CLOTH = [
    *((25, 24, 26), (35, 38, 55), (92, 64, 44), (120, 118, 115), (60, 45, 38), (150, 120, 90)),
    *((45, 60, 45), (120, 30, 35), (200, 195, 185), (80, 80, 84), (70, 50, 90), (236, 236, 232)),
    *((120, 165, 205), (232, 170, 172), (214, 182, 152), (190, 160, 60), (40, 90, 120)),
]
# Points of the mesh: cheeks and nose.
SKIN = (205, 425, 4, 50, 280)


@dataclasses.dataclass
class Head:
    """A head that things are drawn onto.

    Attributes:
        picture: `(256, 256, 3)` float32 in levels of 0 to 255.
        points: `(468, 2)` of the mesh, fractions of the side.
        hidden: `(256, 256)` float32 in 0 to 1, where things lie; -1 where nobody need say.
    """

    picture: np.ndarray
    points: np.ndarray
    hidden: np.ndarray

    def put(self, mask, colour, shadow=0.35, hides=1.0):
        """Lays a thing on the head, with its shadow below it."""
        if shadow:
            below = cv2.GaussianBlur(np.roll(mask, 3, axis=0), (0, 0), 3.5)
            self.picture *= 1 - shadow * below[..., None]
        mask = cv2.GaussianBlur(mask, (0, 0), 0.6)
        self.picture += mask[..., None] * (colour - self.picture)
        open_ = (self.hidden < 0) & (mask < 0.05)
        self.hidden = np.where(open_, self.hidden, np.maximum(self.hidden, hides * mask))

    def light(self):
        """How light falls on the face, factors `(256, 256, 1)` about 1."""
        grey = cv2.GaussianBlur(self.picture.mean(axis=-1), (0, 0), 14)
        return (grey / max(grey.mean(), 1))[..., None]

    def skin(self):
        """The colour of cheeks and nose, `(3,)`."""
        x, y = (self.points[list(SKIN)] * SIDE).astype(int).clip(0, SIDE - 1).T
        return np.median(self.picture[y, x], axis=0)


def drawn_head(points, rng):
    """A head of few colours, `(256, 256, 3)` uint8, as tests and children draw them."""
    skin = np.array((208, 164, 140)) * rng.uniform(0.4, 1.15) + rng.normal(0, 6, 3)
    hair = rng.uniform(20, 90, 3) if rng.random() < 0.7 else skin
    picture = np.broadcast_to(rng.uniform(40, 230, 3), (SIDE, SIDE, 3)).copy()
    _, right, up, width = frame_of(points)
    middle, chin = points[list(OVAL)].mean(axis=0), points[CHIN]
    head = ellipse(middle + 0.12 * width * up, 0.66 * width * right, 0.85 * width * up)
    head = head[(head - middle) @ up > -0.2 * width]
    body = np.array([(-1.2, -1.5), (-1.0, -0.1), (1.0, -0.1), (1.2, -1.5)])
    neck = np.array([(-0.25, -1.5), (-0.25, 0.2), (0.25, 0.2), (0.25, -1.5)])
    place = lambda corners: chin + width * (corners[:, :1] * right + corners[:, 1:] * up)
    face = np.concatenate([points[list(OVAL)], above_oval(points, 0.1)]).astype("f4")
    brow = hair if hair is not skin else skin * 0.4
    parts = [(head, hair), (place(body), rng.uniform(20, 230, 3)), (place(neck), skin)]
    parts.append((cv2.convexHull(face)[:, 0], skin))
    parts += [(points[list(each)], np.full(3, 240.0)) for each in (LEFT_EYE, RIGHT_EYE)]
    parts += [(points[list(each)], brow) for each in (LEFT_BROW, RIGHT_BROW)]
    parts.append((points[list(LIPS)], skin * (0.82, 0.5, 0.57)))
    if rng.random() < 0.8:
        pupil = 0.035 * width * np.array([right, up])
        parts += [(ellipse(eye, *pupil), rng.uniform(10, 70, 3)) for eye in eyes_of(points)]
    for outline, colour in parts:
        picture += area(outline)[..., None] * (colour - picture)
    return np.uint8(picture.clip(0, 255))


def frame_of(points):
    """The middle of the brows, what is to the right and what is up on a head `(2,)`, and the width
    of the face, fractions of the side.
    """
    up = points[10] - points[CHIN]
    up = up / np.linalg.norm(up)
    width = np.linalg.norm(points[454] - points[234])
    return points[[105, 334]].mean(axis=0), np.array([-up[1], up[0]]), up, width


def eyes_of(points):
    return [points[list(eye)].mean(axis=0) for eye in (LEFT_EYE, RIGHT_EYE)]


def area(outline):
    """What lies within an outline `(n, 2)`, fractions of the side: `(256, 256)` in 0 to 1."""
    mask = np.zeros((SIDE, SIDE), np.uint8)
    cv2.fillPoly(mask, [np.int32(np.round((outline * SIDE - 0.5) * 16))], 255, cv2.LINE_AA, 4)
    return np.float32(mask) / 255


def strokes(lines, width):
    """Lines with round ends, `(256, 256)` in 0 to 1; the width is a fraction of the side."""
    mask = np.zeros((SIDE, SIDE), np.uint8)
    for line in lines:
        places = [np.int32(np.round((line * SIDE - 0.5) * 16))]
        cv2.polylines(mask, places, False, 255, max(1, round(width * SIDE)), cv2.LINE_AA, 4)
    return np.float32(mask) / 255


def rounded(outline, times=3):
    """A closed outline without its corners."""
    for _ in range(times):
        after = np.roll(outline, -1, axis=0)
        outline = np.stack([0.75 * outline + 0.25 * after, 0.25 * outline + 0.75 * after], axis=1)
        outline = outline.reshape(-1, 2)
    return outline


def ellipse(middle, across, up, rng=None, uneven=0.0):
    """An ellipse about a middle with two half axes `(2,)`, its rim uneven by a share."""
    turn = np.linspace(0, 2 * np.pi, 60, endpoint=False)[:, None]
    far = np.ones_like(turn)
    if rng is not None:
        for waves in (2, 3, 5):
            far += rng.normal(0, uneven) * np.cos(waves * turn + rng.uniform(0, 6))
    return middle + far * (np.cos(turn) * across + np.sin(turn) * up)


def box(head, top, half, tall):
    """A rectangle on a head, so wide to each side and so tall, in widths of the face."""
    _, right, up, width = frame_of(head.points)
    corners = np.array([(-half, 0), (half, 0), (half, -tall), (-half, -tall)]) * width
    return top + corners[:, :1] * right + corners[:, 1:] * up


def lens(kind, middle, outwards, up, width, rng):
    """The outline of a lens; `outwards` from the nose."""
    wide, high = (size * width for size in kind)
    turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    power = rng.uniform(0.25, 1.0)
    shape = lambda v: np.sign(v) * np.abs(v) ** power
    x, y = shape(np.cos(turn)), shape(np.sin(turn))
    y = np.where(y < 0, y * (1 + rng.uniform(0, 0.35)), y) + rng.uniform(-0.1, 0.2) * x
    return middle + x[:, None] * wide * outwards + y[:, None] * high * up


def noise(rng, sigma, tall=1.0):
    """Smooth noise of deviation 1, `(256, 256)`."""
    small = max(4, int(SIDE / sigma))
    values = rng.standard_normal((max(4, int(small / tall)), small)).astype("f4")
    values = cv2.resize(values, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    return values / max(values.std(), 1e-3)


def cloth(head, pictures, rng, colours=CLOTH):
    """What cloth or another thing looks like, `(256, 256, 3)` in levels."""
    kind = rng.random()
    if rng.random() < 0.12:
        # Flat, as a mark that somebody paints over a photo.
        return np.zeros((SIDE, SIDE, 3)) + (
            colours[rng.integers(len(colours))] if kind < 0.5 else rng.uniform(0, 255, 3)
        )
    if kind < 0.3:
        colour = real_cloth(pictures, rng)
    else:
        base = np.array(colours[rng.integers(len(colours))]) * rng.uniform(0.7, 1.25)
        if kind > 0.92:
            base = head.skin() * rng.uniform(0.8, 1.15)
        elif kind > 0.8:
            base = rng.uniform(15, 245, 3)
        colour = np.broadcast_to(base + rng.normal(0, 6, 3), (SIDE, SIDE, 3))
        if rng.random() < 0.35:
            share = pattern(rng)[..., None]
            colour = colour + share * (rng.uniform(10, 245, 3) - colour)
    folds = 1 + rng.uniform(0.02, 0.14) * noise(rng, 24, rng.choice([0.5, 1, 2]))
    weave = 1 + rng.uniform(0.005, 0.05) * noise(rng, 1.5)
    return colour * (folds * weave)[..., None] * head.light() ** rng.uniform(0, 0.8)


def real_cloth(pictures, rng):
    """A part of another picture's clothes or background, repeated and mirrored."""
    picture = pictures[rng.integers(len(pictures))]
    size = picture.shape[0]
    side = int(size * rng.uniform(0.12, 0.22))
    low = rng.random() < 0.7
    top = (
        size - side - 1 - int(rng.integers(0, size // 30)) if low else int(rng.integers(size // 8))
    )
    left = rng.integers(0, size // 8)
    left = left if rng.random() < 0.5 else size - side - 1 - left
    part = picture[top : top + side, left : left + side].astype("f4")
    part = cv2.resize(part, None, fx=(scale := rng.uniform(0.8, 2.5) * 256 / size), fy=scale)
    reach = [(SIDE - length + 1) // 2 + 1 for length in part.shape[:2]]
    while max(reach) > 0:
        step = [
            max(0, min(each, length - 1)) for each, length in zip(reach, part.shape, strict=False)
        ]
        part = cv2.copyMakeBorder(part, *(step[0],) * 2, *(step[1],) * 2, cv2.BORDER_REFLECT_101)
        reach = [(SIDE - length + 1) // 2 + 1 for length in part.shape[:2]]
    return part[:SIDE, :SIDE] * rng.uniform(0.7, 1.25, 3)


def pattern(rng):
    """Dots, stripes, checks, ribs or blots, shares `(256, 256)` in 0 to 1."""
    y, x = np.mgrid[:SIDE, :SIDE].astype("f4")
    turn, step = rng.uniform(0, np.pi), rng.uniform(5, 26)
    along = np.cos(turn) * x + np.sin(turn) * y
    across = np.cos(turn) * y - np.sin(turn) * x
    one, other = (np.cos(2 * np.pi * each / step) for each in (along, across))
    kinds = (
        one + other - rng.uniform(0.6, 1.4),
        one - rng.uniform(-0.5, 0.7),
        np.maximum(one, other) - 0.5,
    )
    kind = rng.integers(5)
    values = kinds[kind] if kind < 3 else noise(rng, rng.uniform(4, 16)) - rng.uniform(0, 0.8)
    return (rng.uniform(2, 6) * values).clip(0, 1) * rng.uniform(0.2, 1)
