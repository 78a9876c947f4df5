"""Hats, scarves and hoods: whether an aligned head wears one, and where it is.

Two looks are taken. An edge across the forehead that is as smooth as no hairline is a hat's. Where
an edge is ragged, or lies beside the face, a linear function of colours and gradients about the
head decides, fitted by `tools/fit_headwear.py`.
"""

import dataclasses
import functools
import pathlib

import numpy as np

from faceaging_tf.geometry.landmarks import CHIN
from faceaging_tf.photo.colours import at, between, patch, together
from faceaging_tf.photo.skin import SIDE, UNLIKE, blurred

# Of an edge across the forehead, in pixels of 256: how far it is from smooth, and the share of it
# that is more than a pixel off; how high over the brows it is, in widths of the face; how unlike
# both sides are; how uneven what is above is, of log luminance.
EDGE, JAGGED, HEIGHT, JUMP, UNEVEN = (0.45, 0.6), (0.1, 0.2), (0.25, 0.31), (0.5, 0.8), (0.12, 0.2)
LOWEST = -0.02
# The product of what these say, up to which it is no hat, and from which it is.
SURE_HAT = (0.4, 0.8)
# How far it is arched, in the second power of what is aside: hairlines are, from temple to temple.
ARCH = (0.7, 0.9)
# Where the edge is looked for, in widths of the face: aside of the middle, and above the
# brows; a hat may hide the brows, whose own edges would else be in the way.
ASIDE, ABOVE = 0.36, ((0.02, 0.62), (-0.06, 0.62))
# What `headwear_scores` say, from which on it may be headwear, and is; likewise a scarf or a hood.
SURE_LOOKS, HOOD = (2.2, 3.0), (0.0, 1.0)
# Down to where it lies beside the face, from the edge's ends, in widths of the face: to the ears,
# and a hood to the shoulders; and over a brim to the eyes.
BESIDE, HOOD_BESIDE, BRIM = -0.35, -2.0, -0.25
# Below it, edges are not looked for. Of tight faces, which end at the forehead, nothing is known.
UNLIKELY, UNKNOWN = -4.0, 0.0
# How much of the square about a head must lie within the picture.
WITHIN = 0.55
# Of the square about a head that is looked at: pixels a side, cells a side, and half its side in
# widths of the face.
PIXELS, CELLS, REACH = 64, 8, 1.0
# Points of the mesh whose skin is the measure of colour: cheeks and the tip of the nose.
SKIN = (205, 425, 4)


def headwear(colour, points):
    """Where headwear lies on an aligned head, `(256, 256)` in 0 to 1; None where none does.

    Args:
        colour: of `log_colour`.
        points: `(468, 2)` of the mesh, fractions of the side.
    """
    places = _places(points)
    there = (np.abs(places - 0.5).max(axis=-1) <= 0.5).mean() >= WITHIN
    looks, hood = headwear_scores(colour, points) if there else (UNKNOWN, 0.0)
    if looks < UNLIKELY:
        return None
    edges = [edge for above in ABOVE for edge in _edges(colour, points, above)]
    smooth = max(edges, key=lambda edge: edge.sure)
    looks, hood = between(looks, *SURE_LOOKS), between(hood, *HOOD)
    if looks > smooth.sure:
        lowest = BESIDE + hood * (HOOD_BESIDE - BESIDE)
        return looks * _hat(colour, points, max(edges, key=_Edge.clearness), lowest)
    return smooth.sure * _hat(colour, points, smooth, BESIDE) if smooth.sure else None


def headwear_scores(colour, points):
    """How much a head looks like one with headwear, and that like a scarf or a hood: two numbers,
    above 0 where it does, logarithms of odds.
    """
    weights = _weights()
    features = headwear_features(colour, points).ravel()
    return weights[:, 0] + weights[:, 1:] @ features


@functools.cache
def _weights():
    return np.load(pathlib.Path(__file__).with_name("headwear.npy")).astype("float32")


def headwear_features(colour, points):
    """What is looked at of a head, `(8, 8, 14)`: in each cell of a square about the brows the
    means of log luminance and of both colours, against the skin's, and of the gradient; their
    deviations; the share of four directions of the gradient; how unlike skin it is; and the size of
    both colours' means.
    """
    places = _places(points)
    looked = np.stack([at(colour[..., number], places) for number in range(3)], axis=-1)
    looked = looked - patch(colour, points, SKIN)
    down, across = np.gradient(looked[..., 0])
    slope = np.minimum(np.hypot(across, down), 0.5)
    angle = np.arctan2(down, across) % np.pi
    quarter = np.pi / 4
    turned = (angle[..., None] - quarter * np.arange(4) + 2 * quarter) % np.pi - 2 * quarter
    directions = slope[..., None] * np.maximum(0, 1 - np.abs(turned) / quarter)
    unlike = np.sqrt(((looked / UNLIKE) ** 2).sum(axis=-1)).clip(0, 6)
    colours = looked.clip((-2, -1, -1), (2, 1, 1))
    means = _cells(np.dstack([colours, np.sqrt(slope)]))
    deviations = np.sqrt(np.maximum(_cells(colours**2) - means[..., :3] ** 2, 0))
    directions = _cells(directions)
    return np.concatenate(
        [
            *(means, deviations),
            directions / (directions.sum(axis=-1, keepdims=True) + 0.01),
            *(_cells(unlike[..., None]), np.abs(means[..., 1:3])),
        ],
        axis=-1,
    )


def _places(points):
    """Where the pixels that are looked at lie, `(64, 64, 2)`, fractions of the side."""
    brows, right, up, width = upright(points)
    grid = ((np.arange(PIXELS) + 0.5) / PIXELS * 2 - 1) * REACH * width
    return brows + grid[None, :, None] * right - grid[:, None, None] * up


def _cells(planes):
    """Means of cells, `(8, 8, C)`."""
    side = PIXELS // CELLS
    return planes.reshape(CELLS, side, CELLS, side, -1).mean(axis=(1, 3))


def upright(points):
    """The middle of the brows, what is to the right and what is up on a head `(2,)`, and the width
    of the face, fractions of the side.
    """
    up = points[10] - points[CHIN]
    up = up / np.linalg.norm(up)
    width = np.linalg.norm(points[454] - points[234])
    return points[[105, 334]].mean(axis=0), np.array([-up[1], up[0]]), up, width


@dataclasses.dataclass(frozen=True, eq=False)
class _Across:
    """Where strips across the forehead lie: aside of the middle `(n,)` and above the brows `(m,)`,
    in widths of the face; the brows' middle, what is to the right and what is up `(2,)`, and the
    width, fractions of the side.
    """

    aside: np.ndarray
    heights: np.ndarray
    brows: np.ndarray
    right: np.ndarray
    up: np.ndarray
    width: float


@dataclasses.dataclass(frozen=True, eq=False)
class _Edge:
    """An edge across the forehead: how sure it is a hat's by how smooth it is, 0 to 1; the strips
    that it lies in; its curve, a polynomial from aside of the middle to above the brows; how far it
    is from the curve, in pixels of 256; and the colours `(n, 3)` above and below.
    """

    sure: float
    across: _Across
    curve: np.ndarray
    away: float
    above: np.ndarray
    below: np.ndarray

    def jump(self):
        """How unlike both sides are."""
        steps = (((self.above - self.below) / UNLIKE) ** 2).sum(axis=-1)
        return float(np.percentile(np.sqrt(steps), 20))

    def clearness(self):
        """How large a step it is, and how near to a curve."""
        return self.jump() / (1 + self.away)

    def places(self):
        """Where each pixel lies, in widths of the face: aside of the middle and above the edge,
        `(256, 256)` each.
        """
        rows, columns = (np.mgrid[:SIDE, :SIDE] + 0.5) / SIDE
        from_brows = np.stack([columns, rows], axis=-1) - self.across.brows
        aside = from_brows @ self.across.right / self.across.width
        higher = from_brows @ self.across.up / self.across.width
        return aside, higher - np.polyval(self.curve, np.clip(aside, -ASIDE, ASIDE))


def _edges(colour, points, heights):
    """What may be the edge of a hat between two heights above the brows: along the lowest large
    steps, the largest, and the highest. A fringe under a hat, and a brim, have edges too.

    A brim or a band is smooth where hairlines and fringes are ragged: along it, the place of the
    largest step is within half a pixel of a curve of the fourth degree.
    """
    brows, right, up, width = upright(points)
    aside, heights = np.linspace(-ASIDE, ASIDE, 49), np.linspace(*heights, 150)
    places = brows + width * (aside[:, None, None] * right + heights[None, :, None] * up)
    strips = np.stack([at(colour[..., number], places) for number in range(3)], axis=-1)
    steps = _steps(strips, 1.2) / UNLIKE
    steps = np.sqrt((steps**2).sum(axis=-1))
    steps[:, :4], steps[:, -8:] = 0, 0
    peaks = (steps >= np.roll(steps, 1, axis=1)) & (steps >= np.roll(steps, -1, axis=1))
    peaks &= steps >= 0.5 * steps.max(axis=1, keepdims=True)
    lowest, highest = peaks.argmax(axis=1), len(heights) - 1 - peaks[:, ::-1].argmax(axis=1)
    return [
        _along(found, steps, strips, _Across(aside, heights, brows, right, up, width))
        for found in (lowest, steps.argmax(axis=1), highest)
    ]


def _along(found, steps, strips, across):
    """The `_Edge` along places that were found in strips across the forehead."""
    aside, heights, width = across.aside, across.heights, across.width
    found = heights[found]
    curve, weights = np.zeros(3), np.ones(len(aside))
    for _ in range(12):
        curve = _fitted(aside, found, 2, np.sqrt(weights) + 1e-6)
        away = np.abs(found - np.polyval(curve, aside))
        weights = (1 + (away / max(1.5 * np.median(away), 0.004)) ** 2) ** -2
    for _ in range(4):
        near = np.abs(heights - np.polyval(curve, aside)[:, None]) < 0.03
        rows = np.argmax(steps * near, axis=1)
        away = heights[rows] - np.polyval(curve, aside)
        curve = _fitted(aside, heights[rows], 4, 1 / (1 + (away / 0.006) ** 2))
    found = heights[rows]
    away = np.abs(found - np.polyval(curve, aside)) * width * SIDE
    height, off = np.median(found), float(np.sqrt((away**2).mean()))
    above = np.array([_strip(strips[n], k + 6, k + 30) for n, k in enumerate(rows)])
    below = np.array([_strip(strips[n], k - 14, k - 5) for n, k in enumerate(rows)])
    edge = _Edge(0.0, across, curve, off, above, below)
    sure = (
        (1 - between(off, *EDGE))
        * (1 - between((away > 1).mean(), *JAGGED))
        * (1 - between(height, *HEIGHT))
        * float(height > LOWEST)
    )
    if sure:
        sure *= (
            between(edge.jump(), *JUMP)
            * (1 - between(above[:, 0].std(), *UNEVEN))
            * (1 - between(-_fitted(aside, found, 2)[0], *ARCH))
        )
    return dataclasses.replace(edge, sure=between(sure, *SURE_HAT))


def _fitted(x, y, degree, weights=1.0):
    """As `np.polyfit`, without its search for the rank, which strips have."""
    powers = np.vander(x, degree + 1) * np.reshape(weights, (-1, 1))
    orthogonal, triangle = np.linalg.qr(powers)
    return np.linalg.solve(triangle, orthogonal.T @ (y * weights))


def _hat(colour, points, edge, lowest):
    """The hat over an edge, `(256, 256)`: over the forehead all, beside it what has its colour."""
    aside, above = edge.places()
    over = np.abs(aside) < ASIDE
    bands = [over & (above > low) & (above < high) for low, high in ((0.02, 0.2), (0.2, 0.45))]
    if not bands[0].any():
        return np.zeros(over.shape, "float32")
    smooth = blurred(colour, 1.5)
    away = np.min([_unlike(smooth, colour[band]) for band in bands if band.any()], axis=0)
    from_skin = (((smooth - patch(colour, points, SKIN)) / UNLIKE) ** 2).sum(axis=-1)
    # A shaded forehead is between the skin's colour and the hat's.
    alike = away < np.minimum(np.where(over, 0.5, 1.0) * from_skin, 4)
    alike &= above > np.where(over, BRIM, lowest)
    over &= above > -1.5 / (edge.across.width * SIDE)
    return np.float32(together(over | alike, bands[0]))


def _unlike(colour, some):
    """How far colours `(256, 256, 3)` are from some `(n, 3)`, squared, by how these spread."""
    middle = np.median(some, axis=0)
    spread = np.abs(some - middle).mean(axis=0)
    return (((colour - middle) / (1.2 * UNLIKE + 1.5 * spread)) ** 2).sum(axis=-1)


def _steps(strips, sigma):
    """The slope along the second axis of what is blurred along it, edges mirrored."""
    reach = int(4 * sigma + 0.5)
    offsets = np.arange(-reach, reach + 1)
    weights = np.exp(-0.5 * (offsets / sigma) ** 2)
    weights *= offsets / sigma**2 / weights.sum()
    padded = np.pad(strips, ((0, 0), (reach, reach), (0, 0)), mode="symmetric")
    return sum(
        weight * padded[:, place : place + strips.shape[1]] for place, weight in enumerate(weights)
    )


def _strip(values, start, end):
    return values[max(min(start, len(values) - 2), 0) : max(end, 1)].mean(axis=0)
