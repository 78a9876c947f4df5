"""What lies on a face: masks, hands and mugs before the mouth, dark glasses, hats.

Colour alone does not tell a beige mask from skin, nor a black hat from hair (see
`faceaging_tf.layers.BareSkin`). A mouth that is not where the mesh says does, and so do eyes that
are not, and an edge across the forehead as smooth as no hairline.
"""

import dataclasses
import threading

import numpy as np

from faceaging_tf.geometry.exposure import LUMINANCE, in_common_light
from faceaging_tf.geometry.fetching import fetched
from faceaging_tf.geometry.landmarks import (
    CHIN,
    LEFT_BROW,
    LEFT_EYE,
    LIPS,
    OVAL,
    RIGHT_BROW,
    RIGHT_EYE,
)
from faceaging_tf.photo.skin import SIDE, UNLIKE, blurred, hull, polygon
from faceaging_tf.resampling import by_matrices, resize_matrix
from faceaging_tf.runtime.landmarks import FaceLandmarks

# Smaller faces show too little.
LEAST_SIDE = 128
# Of the mesh, from which on its points are trusted.
SURE_MESH = 0.5
# Of full scale, added before the logarithm: the colour of what is nearly black is noise.
DARK = 0.06
# Contrast of the mouth's line over that of the eyes, the latter within limits, up to which a mouth
# is not seen, and from which it is; redness of lips over what is around. Of 970 portraits with a
# free mouth none has less contrast than `MOUTH[1]`; masks have up to 0.5.
MOUTH, EYE_CONTRAST, RED_LIPS = (0.6, 0.9), (0.1, 0.25), (0.05, 0.08)
# Contrast of an eye from side to side, that of the other one, and up and down, likewise.
EYES, OTHER_EYE, EYES_ALONG = (0.02, 0.03), (0.06, 0.09), (0.03, 0.05)
NO_EYES = (0.01, 0.02)
# How far the skin under the eyes may be from the cheeks', squared, in units of `UNLIKE`.
UNDER_EYES = (6.0, 10.0)
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
# Points of the mesh: between the brows; the cheeks, the tip of the nose and the forehead; skin
# under the eyes, and the cheek below it.
BETWEEN_BROWS, AROUND_EYES = (9, 8, 168), (205, 425, 4, 151)
UNDER = (((119, 120, 100), (50, 205)), ((348, 349, 329), (280, 425)))
EYE_CORNERS = ((33, 133), (263, 362))
# Outlines of what a mask may cover, from the bridge of the nose down, and large dark glasses.
LOWER = (127, 117, 6, 346, 356, *OVAL[7:30])
GLASSES = (*LEFT_BROW, *RIGHT_BROW, 127, 356, 50, 280, 195)


_kept = threading.local()


def covered_faces(faces, template, frame, mesh=None):
    """`covered` of each of some aligned faces, a list; None too where the mesh sees no face, and
    for faces of fewer than 128 pixels a side.

    Args:
        faces: `(N, S, S, 3)` uint8, RGB.
        template: `(5, 2)`, where their landmarks lie, fractions of the side.
        frame: of the faces, "tight" or "whole_head".
        mesh: what finds the 468 points of a face, None for a `FaceLandmarks` that is kept.
    """
    size = faces.shape[1]
    if size < LEAST_SIDE:
        return [None] * len(faces)
    mesh, found = mesh or _mesh(), []
    for face in in_common_light(faces, frame):
        points, score = mesh(face, template * size - 0.5)
        found.append(covered(face, (points + 0.5) / size) if score > SURE_MESH else None)
    return found


def _mesh():
    """A `FaceLandmarks` that this thread keeps: its network is of one caller at a time."""
    if not hasattr(_kept, "mesh"):
        _kept.mesh = FaceLandmarks()
    return _kept.mesh


def covered(face, points):
    """Where things lie on an aligned face.

    Args:
        face: `(S, S, 3)` uint8, RGB.
        points: `(468, 2)` of the mesh, fractions of the side.

    Returns:
        `(S, S)` float32 in 0 to 1; None where nothing does.
    """
    colour = _colour(by_matrices(face, resize_matrix(len(face), SIDE)))
    points = np.asarray(points, "float64")
    things = [
        (_mouth_unseen(colour, points), _before_mouth),
        (_eyes_unseen(colour, points), _before_eyes),
    ]
    edge = max(
        (edge for above in ABOVE for edge in _edges(colour, points, above)),
        key=lambda edge: edge.sure,
    )
    things.append((edge.sure, lambda colour, points: _hat(colour, points, edge)))
    found = [sure * where(colour, points) for sure, where in things if sure > 0]
    if not found:
        return None
    # An edge is half the thing's: it belongs to it whole.
    mask = np.clip(1.5 * blurred(np.max(found, axis=0), 1.0), 0, 1)
    return by_matrices(mask[..., None], resize_matrix(SIDE, len(face)))[..., 0].clip(0, 1)


def _colour(small):
    """Log luminance, log of red over green and of green over blue, `(256, 256, 3)`."""
    smooth = blurred(small, 0.7) / 255
    red, green, blue = np.moveaxis(np.log(np.maximum(smooth, 0) + DARK), -1, 0)
    light = np.log(np.maximum(smooth @ LUMINANCE, 0) + DARK)
    return np.stack([light, red - green, green - blue], axis=-1).astype("float32")


def _mouth_unseen(colour, points):
    """How sure it is that there is no mouth where the mesh has it, 0 to 1."""
    ends, middle = points[[78, 308]], points[[13, 14]].mean(axis=0)
    along = np.linspace(0.2, 0.8, 13)[:, None]
    line = (1 - along) * ends[0] + along * ends[1]
    line += 4 * along * (1 - along) * (middle - ends.mean(axis=0))
    across = line[:, None] + np.linspace(-0.05, 0.05, 27)[None, :, None] * (0.0, 1.0)
    profile = _at(colour[..., 0], across).mean(axis=0)
    ramp = np.interp(np.arange(27), (0, 26), (profile[:4].mean(), profile[-4:].mean()))
    contrast = np.ptp((profile - ramp)[4:-4])
    eyes = max(_eye_contrast(colour, points)[:, 0].max(), EYE_CONTRAST[0])
    unseen = 1 - _between(contrast / min(eyes, EYE_CONTRAST[1]), *MOUTH)
    if not unseen:
        return 0.0
    lips = polygon(points[list(LIPS)])
    ring = polygon(points[list(LIPS)], 7) - polygon(points[list(LIPS)], 2)
    redder = _mean(colour[..., 1], lips) - _mean(colour[..., 1], ring)
    return unseen * (1 - _between(redder, *RED_LIPS))


def _eyes_unseen(colour, points):
    """How sure it is that neither eye is seen, 0 to 1."""
    contrast = _eye_contrast(colour, points)
    aside, along = contrast[:, 0], contrast[:, 1].max()
    # A rim may lie where the mesh has one of them.
    unseen = (1 - _between(aside.min(), *EYES)) * (1 - _between(aside.max(), *OTHER_EYE))
    if not unseen:
        return 0.0
    unlike = min(
        float(
            (((_patch(colour, points, under) - _patch(colour, points, cheek)) / UNLIKE) ** 2).sum()
        )
        for under, cheek in UNDER
    )
    # Stripes that a lens mirrors lie across; so do the lashes of a closed eye, over skin.
    plain = max(
        1 - _between(along, *EYES_ALONG),
        1 - _between(aside.max(), *NO_EYES),
        _between(unlike, *UNDER_EYES),
    )
    return unseen * plain


def _eye_contrast(colour, points):
    """For both eyes the deviation of log luminance from side to side and up and down, `(2, 2)`."""
    contrast = []
    for first, second in EYE_CORNERS:
        along = np.linspace(0.2, 0.8, 25)[:, None]
        line = (1 - along) * points[first] + along * points[second]
        width = np.linalg.norm(points[first] - points[second])
        across = line[:, None] + width * np.linspace(-0.25, 0.25, 17)[None, :, None] * (0.0, 1.0)
        light = _at(colour[..., 0], across)
        contrast.append([_unevenness(light[:, 5:-5].mean(axis=1)), _unevenness(light.mean(axis=0))])
    return np.array(contrast)


def _before_mouth(colour, points):
    lips = polygon(points[list(LIPS)], 4)
    # Under a mask the mesh takes a face for smaller than it is.
    place = points[list(LOWER)]
    place = polygon(points[4] + 1.1 * (place - points[4]), 9)
    return _thing(colour, place, lips, _patch(colour, points, BETWEEN_BROWS))


def _before_eyes(colour, points):
    eyes = np.maximum(polygon(points[list(LEFT_EYE)], 2), polygon(points[list(RIGHT_EYE)], 2))
    place = hull(points[list(GLASSES)], 6)
    return _thing(colour, place, eyes, _patch(colour, points, AROUND_EYES))


def _thing(colour, place, core, skin):
    """What of a place does not plainly look like skin, and hangs together with a core,
    `(256, 256)`.
    """
    from scipy import ndimage

    smooth = blurred(colour, 1.5)
    unlike = lambda middle: (((smooth - middle) / UNLIKE) ** 2).sum(axis=-1)
    # Of what is in its place, the half that is least like skin.
    core = core > 0
    core &= unlike(skin) >= np.median(unlike(skin)[core])
    thing = np.median(colour[core], axis=0)
    bare = (unlike(skin) + 1.0 < unlike(thing)) & ~core
    bare = ndimage.binary_opening(bare, iterations=3)
    rest = ndimage.binary_fill_holes((place > 0) & ~bare)
    return np.float32(_together(rest, core))


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
    """An edge across the forehead: how sure it is a hat's, 0 to 1; the strips that it lies in; and
    its curve, a polynomial from aside of the middle to above the brows.
    """

    sure: float
    across: _Across
    curve: np.ndarray

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
    brows = points[[105, 334]].mean(axis=0)
    up = points[10] - points[CHIN]
    up = up / np.linalg.norm(up)
    right = np.array([-up[1], up[0]])
    width = np.linalg.norm(points[454] - points[234])
    aside, heights = np.linspace(-ASIDE, ASIDE, 49), np.linspace(*heights, 150)
    places = brows + width * (aside[:, None, None] * right + heights[None, :, None] * up)
    strips = np.stack([_at(colour[..., number], places) for number in range(3)], axis=-1)
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
        at = np.argmax(steps * near, axis=1)
        away = heights[at] - np.polyval(curve, aside)
        curve = _fitted(aside, heights[at], 4, 1 / (1 + (away / 0.006) ** 2))
    away = np.abs(heights[at] - np.polyval(curve, aside)) * width * SIDE
    height = np.median(heights[at])
    sure = (
        (1 - _between(np.sqrt((away**2).mean()), *EDGE))
        * (1 - _between((away > 1).mean(), *JAGGED))
        * (1 - _between(height, *HEIGHT))
        * float(height > LOWEST)
    )
    if sure:
        above = np.array([_strip(strips[n], k + 6, k + 30) for n, k in enumerate(at)])
        below = np.array([_strip(strips[n], k - 14, k - 5) for n, k in enumerate(at)])
        jump = np.percentile(np.sqrt((((above - below) / UNLIKE) ** 2).sum(axis=-1)), 20)
        sure *= (
            _between(jump, *JUMP)
            * (1 - _between(above[:, 0].std(), *UNEVEN))
            * (1 - _between(-_fitted(aside, heights[at], 2)[0], *ARCH))
        )
    return _Edge(_between(sure, *SURE_HAT), across, curve)


def _fitted(x, y, degree, weights=1.0):
    """As `np.polyfit`, without its search for the rank, which strips have."""
    powers = np.vander(x, degree + 1) * np.reshape(weights, (-1, 1))
    orthogonal, triangle = np.linalg.qr(powers)
    return np.linalg.solve(triangle, orthogonal.T @ (y * weights))


def _hat(colour, points, edge):
    """The hat over an edge, `(256, 256)`: over the forehead all, beside it what has its colour."""
    aside, above = edge.places()
    band = (np.abs(aside) < ASIDE) & (above > 0.02) & (above < 0.2)
    if not band.any():
        return np.zeros(band.shape, "float32")
    middle = np.median(colour[band], axis=0)
    spread = np.abs(colour[band] - middle).mean(axis=0)
    smooth = blurred(colour, 1.5)
    away = (((smooth - middle) / (1.2 * UNLIKE + 1.5 * spread)) ** 2).sum(axis=-1)
    from_skin = (((smooth - _patch(colour, points, AROUND_EYES[:3])) / UNLIKE) ** 2).sum(axis=-1)
    beside = np.abs(aside) >= ASIDE
    # Down to the ears, and over a brim to the eyes.
    alike = (away < np.minimum(from_skin, 4)) & (above > np.where(beside, -0.35, -0.25))
    over = (above > -1.5 / (edge.across.width * SIDE)) & ~beside
    return np.float32(_together(over | alike, band))


def _together(mask, core):
    """The parts of a mask that share pixels with a core, bool."""
    from scipy import ndimage

    labels, _ = ndimage.label(mask | core)
    kept = np.unique(labels[core])
    return np.isin(labels, kept[kept > 0]) & (mask | core)


def _patch(colour, points, numbers):
    """The median colour of five pixels square around some points, `(3,)`."""
    x, y = (points[list(numbers)] * SIDE).astype(int).clip(2, SIDE - 3).T[..., None, None]
    around = np.arange(-2, 3)
    return np.median(colour[y + around[:, None], x + around].reshape(-1, 3), axis=0)


def _at(plane, places):
    """A plane `(256, 256)` at places `(..., 2)`, fractions of the side."""
    return fetched(plane[..., None], *np.moveaxis(places * SIDE - 0.5, -1, 0))[..., 0]


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


def _unevenness(values):
    """The deviation from a line."""
    steps = np.arange(len(values))
    return float((values - np.polyval(np.polyfit(steps, values, 1), steps)).std())


def _mean(plane, weights):
    return float((plane * weights).sum() / max(weights.sum(), 1))


def _between(value, low, high):
    """0 up to `low`, 1 from `high`, linear between."""
    return float(np.clip((value - low) / (high - low), 0, 1))
