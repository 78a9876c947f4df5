"""What drawn faces are painted on: a canvas with soft edges, a relief of skin, and smooth noise.

Lengths are fractions of the picture's side. The canvas has twice the picture's pixels, and a
margin, so that the finished face can be turned a little and averaged down. Sums of Gaussians over
all points are matrix products, since a Gaussian along the axes is one of u times one of v: fifty of
them cost little more than one.
"""

import functools
from types import SimpleNamespace

import numpy as np
from PIL import Image

CENTRE = 0.5
MARGIN = 0.04
OVERSAMPLING = 2
HALF_TURN = 720


def ramp(value, start, end):
    """0 before `start`, 1 after `end` (which may be the smaller), a smooth step between."""
    share = min(max((value - start) / (end - start), 0.0), 1.0)
    return share * share * (3 - 2 * share)


@functools.lru_cache(maxsize=8)
def _grid(size):
    # Depends on the size alone, and the arc tangents would take a tenth of a face's time.
    side = OVERSAMPLING * size
    margin = int(np.ceil(MARGIN * side))
    axis = ((np.arange(-margin, side + margin) + 0.5) / side).astype(np.float32)
    x, y = axis[None, :] - CENTRE, axis[:, None] - CENTRE
    radius = np.hypot(x, y)
    turn = np.rint((np.arctan2(x, -y) / np.pi + 1) * HALF_TURN).astype(np.int32)
    for array in (axis, radius, turn):
        array.setflags(write=False)
    return SimpleNamespace(side=side, margin=margin, axis=axis, radius=radius, turn=turn)


@functools.lru_cache(maxsize=32)
def _spline(size, knots):
    """Weights (P, knots) of a cubic B-spline over the canvas."""
    axis = _grid(size).axis
    place = (axis - axis[0]) / (axis[-1] - axis[0]) * (knots - 3) + 1
    away = np.abs(place[:, None] - np.arange(knots)[None, :])
    near, far = 2 / 3 - away**2 + away**3 / 2, np.clip(2 - away, 0, None) ** 3 / 6
    return np.where(away < 1, near, far).astype(np.float32)


class Canvas:
    """A float picture that is painted layer upon layer.

    Attributes:
        image: `(3, P, P)` float32, 0..255.
        axis: `(P,)` float32, the coordinate of each row and column; -0.04..1.04.
        radius: `(P, P)` float32, the distance from the middle.
        turn: `(P, P)` int32, the direction from the middle: 0 and 1440 are down, 720 is up, 1080 is
            right.
    """

    def __init__(self, size, colour):
        self.size = size
        self._grid = _grid(size)
        self.axis, self.radius, self.turn = self._grid.axis, self._grid.radius, self._grid.turn
        points = len(self.axis)
        self.image = np.empty((3, points, points), np.float32)
        self.image[:] = colour[:, None, None]

    def window(self, left=-1.0, right=2.0, top=-1.0, bottom=2.0):
        """A box as (rows, columns), and the coordinates u `(1, W)` and v `(H, 1)` in it."""
        columns = slice(*np.searchsorted(self.axis, (left, right)))
        rows = slice(*np.searchsorted(self.axis, (top, bottom)))
        return (rows, columns), self.axis[None, columns], self.axis[rows, None]

    def inside(self, distance, soft=0.0):
        """How much, 0..1, of a point is covered that lies `distance` inside an edge, which is
        `soft` wide.
        """
        width = max(soft, 1.5 / self._grid.side)
        return np.clip(distance * (1.0 / width) + 0.5, 0, 1)

    def around(self, table):
        """A table over the direction (see `round_table`) at every point."""
        return np.take(table, self.turn)

    def noise(self, values):
        """A smooth field `(P, P)` through a coarse grid of random values."""
        rows, columns = values.shape
        return _spline(self.size, rows) @ values @ _spline(self.size, columns).T

    def spots(self, spots):
        """The sum of Gaussian spots, rows of (u, v, width, height, amount), at every point:
        `(P, P)`.
        """
        rows, columns, _, _ = _gaussians(self.axis, spots)
        return rows.T @ columns

    def paint(self, box, coverage, colour):
        """Lays a colour, `(3,)` or `(3, H, W)`, over a box of the canvas."""
        part = self.image[(slice(None), *box)]
        part += coverage * ((colour[:, None, None] if colour.ndim == 1 else colour) - part)

    def shade(self, box, factor):
        """Multiplies a box of the canvas by a factor."""
        self.image[(slice(None), *box)] *= factor

    def picture(self, shift=(0.0, 0.0), angle=0.0, zoom=1.0):
        """The picture `(size, size, 3)` uint8, turned about the middle (radians), enlarged and
        shifted (fractions).
        """
        side, margin = self._grid.side, self._grid.margin
        pixels = np.clip(self.image, 0, 255).astype(np.uint8).transpose(1, 2, 0)
        if not any(shift) and not angle and zoom == 1:
            canvas = Image.fromarray(np.ascontiguousarray(pixels[margin:-margin, margin:-margin]))
        else:
            cosine, sine = float(np.cos(angle)) / zoom, float(np.sin(angle)) / zoom
            x, y = -side * (0.5 + shift[0]), -side * (0.5 + shift[1])
            middle = side / 2 + margin
            backward = (
                cosine,
                sine,
                cosine * x + sine * y + middle,
                -sine,
                cosine,
                -sine * x + cosine * y + middle,
            )
            canvas = Image.fromarray(np.ascontiguousarray(pixels))
            canvas = canvas.transform(
                (side, side), Image.Transform.AFFINE, backward, Image.Resampling.BILINEAR
            )
        return np.asarray(canvas.reduce(OVERSAMPLING))


class Relief:
    """Slopes of the skin toward the right and downward, and the darkness that gathers in its
    grooves: `(P, P)` each.
    """

    def __init__(self, canvas):
        self._canvas = canvas
        self.across, self.down, self.shadow = (
            np.zeros(canvas.radius.shape, np.float32) for _ in range(3)
        )

    def bump(self, spots):
        """Raises Gaussian bumps, rows of (u, v, width, height, amount)."""
        rows, columns, down, across = _gaussians(self._canvas.axis, spots)
        self.across += rows.T @ (columns * across)
        self.down += (rows * down).T @ columns

    def groove(self, u, v, reach, width, depth, tilt=0.0, bend=0.0, upright=False):
        """Carves a groove that tapers off `reach` to either side of (u, v).

        It runs along `v + tilt * s + bend * s^2` for s in -1..1; an upright one along
        `u + tilt * s + bend * s^2`.
        """
        if depth <= 0:
            return
        along, beside = (v, u) if upright else (u, v)
        low = beside - 3.2 * width - abs(tilt) + min(bend, 0)
        high = beside + 3.2 * width + abs(tilt) + max(bend, 0)
        ends, sides = (along - reach, along + reach), (low, high)
        box, across, down = (
            self._canvas.window(*sides, *ends) if upright else self._canvas.window(*ends, *sides)
        )
        run, over = (down, across) if upright else (across, down)
        run = (run - along) * (1 / reach)
        offset = (over - (beside + tilt * run + bend * run * run)) * (1 / width)
        carved = np.exp(-0.5 * offset * offset) * (depth * (1 - run * run))
        slope = carved * offset * (-1 / width)
        crosswise, lengthwise = (self.across, self.down) if upright else (self.down, self.across)
        crosswise[box] += slope
        lengthwise[box] += slope * ((tilt + 2 * bend * run) * (-1 / reach))
        self.shadow[box] += carved * (0.16 / width)


def both_sides(*spots):
    """Each spot (distance from the middle, v, width, height, amount), once on the left and once on
    the right.
    """
    return [(CENTRE + side * away, *rest) for away, *rest in spots for side in (-1, 1)]


def round_table(degrees, radii):
    """A smooth closed line, alike on both sides: radii at angles from 0 (up) to 180 (down) as a
    table `(1441,)`.
    """
    half = np.interp(np.linspace(0, 180, HALF_TURN + 1), degrees, radii)
    table = np.concatenate([half[::-1], half[1:]])
    reach = HALF_TURN // 20
    kernel = np.hanning(2 * reach + 3)[1:-1]
    wrapped = np.concatenate([table[-reach - 1 : -1], table, table[1 : reach + 1]])
    return np.convolve(wrapped, kernel / kernel.sum(), "valid").astype(np.float32)


def _gaussians(axis, spots):
    spots = np.asarray(spots, np.float32)
    across = (axis - spots[:, 0:1]) / spots[:, 2:3]
    down = (axis - spots[:, 1:2]) / spots[:, 3:4]
    columns = np.exp(-0.5 * across * across)
    rows = np.exp(-0.5 * down * down) * spots[:, 4:5]
    return rows, columns, down / spots[:, 3:4], across / spots[:, 2:3]


def rgb(*channels):
    """A colour, `(3,)` float32, 0 to 255."""
    return np.array(channels, np.float32)


def bell(offset, width):
    """1 where an offset is 0, falling off over a width."""
    return np.exp(-((offset * (1 / width)) ** 2))


def tinted(colour, light):
    """A colour under a plane of light, `(3, H, W)`."""
    return colour[:, None, None] * light
