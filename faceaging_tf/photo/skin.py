"""The skin of an aligned head, by its mesh and its colour: where it is, and its light in bands."""

import dataclasses
import itertools

import numpy as np

from faceaging_tf.geometry.exposure import LUMINANCE
from faceaging_tf.geometry.landmarks import (
    CHEEKS,
    LEFT_BROW,
    LEFT_EYE,
    LEFT_EYE_CORNER,
    LIPS,
    NOSE_TIP,
    OVAL,
    RIGHT_BROW,
    RIGHT_EYE,
    RIGHT_EYE_CORNER,
    above_oval,
)
from faceaging_tf.photo.glasses import AROUND, wears_glasses
from faceaging_tf.resampling import blur_matrix, by_matrices, resize_matrix

# Side in pixels at which masks are made; distances and deviations are in pixels of it.
SIDE = 256
# Standard deviations of the Gaussians between which bands lie.
SIGMAS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
DARKEST = 0.02
# How far skin may be from the cheeks' colour: log luminance, red over green, green over blue.
UNLIKE = np.array([0.28, 0.09, 0.1], "float32")
# What on a forehead is lighter or darker than around by more, of log luminance, is hair.
STRANDS = (0.08, 0.2)
# The mean of what is finer than a pixel, of log luminance, from which on what is below the nose may
# be beard, and from which on it is; skin has up to .02, about folds .03.
BEARD = (0.03, 0.042)
# How much of the forehead above the mesh may be skin.
FOREHEAD = (0.12, 0.3)
# How much of a forehead is skin where no hair hangs into it.
FREE_FOREHEAD = 0.62
NOSTRILS = ((98, 97, 2, 141, 242, 99), (327, 326, 2, 370, 462, 328))
# What is no skin within the oval, and by how many pixels it is grown.
COVERED = (
    *((outline, 2) for outline in (LEFT_EYE, RIGHT_EYE, LIPS)),
    *((outline, 4) for outline in (LEFT_BROW, RIGHT_BROW)),
    *((outline, 1) for outline in NOSTRILS),
)


# How much lighter than its surroundings skin may be that shines, of log luminance; by which share
# it must be less red than they for that, and from which share on it surely shines;
# patches and surroundings, as deviations in pixels.
SHINE, PALE, PATCH, BROAD = 0.02, (0.02, 0.1), 2.5, 14.0


@dataclasses.dataclass(frozen=True, eq=False)
class Skin:
    """What is seen of a head's skin.

    Attributes:
        light: `(S, S)` float32, log luminance; where there is no skin, continued from it.
        tint: `(S, S, 2)` float32, log of red and of blue over luminance, likewise.
        mask: `(S, S)` float32 in 0 to 1, where skin is.
        points: `(468, 2)`, the mesh, fractions of the side.
        fringe: whether hair hides the forehead; the mask then ends at the brows.
        glasses: whether there seem to be glasses; the mask then leaves out what is around them.
        sharpness: of the picture, see `sharpness_of`.
    """

    light: np.ndarray
    tint: np.ndarray
    mask: np.ndarray
    points: np.ndarray
    fringe: bool
    glasses: bool
    sharpness: np.ndarray


def skin_of(face, points, hair=None):
    """The `Skin` of an aligned head.

    Args:
        face: `(S, S, 3)` uint8, RGB, S of 256 or more.
        points: `(468, 2)`, fractions of the side.
        hair: `(256, 256)` in 0 to 1, where hair is known to be; None where nothing is known of it.
    """
    size = len(face)
    small = by_matrices(face, resize_matrix(size, SIDE))
    mask, forehead = skin_mask(small, points, hair)
    if forehead < FREE_FOREHEAD:
        # Strands of the hair's edge would be taken for folds.
        brows = points[list(LEFT_BROW + RIGHT_BROW), 1].max() * SIDE
        mask = mask * np.clip((np.arange(SIDE)[:, None] - brows) / 8, 0, 1)
    fine = blurred(log_luminance(small), 0.7)
    glasses = wears_glasses(fine - blurred(fine, 3.0), points)
    if glasses:
        mask = mask * (1 - blurred(hull(points[list(AROUND)], 2), 2.0))
    mask = by_matrices(mask[..., None], resize_matrix(SIDE, size)).clip(0, 1)
    light = log_luminance(face)
    tint = np.log(np.maximum(np.float32(face[..., ::2]) / 255, DARKEST)) - light[..., None]
    planes = _continued(np.concatenate([light[..., None], tint], axis=-1), mask)
    return Skin(
        planes[..., 0],
        planes[..., 1:],
        mask[..., 0],
        points,
        forehead < FREE_FOREHEAD,
        glasses,
        sharpness_of(light),
    )


def dulled(skin):
    """A `Skin` without its shine, which would else be lent as white patches.

    Skin that shines is lighter than what is around it, and less red for its light: what is lighter
    by more than `SHINE` of log luminance goes, as far as its redness over blue falls short.
    """
    size = len(skin.light)
    planes = np.concatenate([skin.light[..., None], skin.tint], axis=-1)
    small, weight = (
        by_matrices(values, resize_matrix(size, SIDE))
        for values in (planes * skin.mask[..., None], skin.mask[..., None])
    )
    near = lambda values, sigma: blurred(values, sigma) / np.maximum(blurred(weight, sigma), 0.05)
    around, here = near(small, BROAD), near(small, PATCH)
    redness = lambda values: values[..., 1] - values[..., 2]
    lost = 1 - redness(here) / np.maximum(redness(around), 0.1)
    pale = np.clip((lost - PALE[0]) / (PALE[1] - PALE[0]), 0, 1)
    to_own = resize_matrix(SIDE, size)
    around = by_matrices(around, to_own)
    pale = by_matrices(blurred(pale, 1.0)[..., None], to_own).clip(0, 1) * skin.mask[..., None]
    # What is finer than a patch stays: it is relief.
    here = by_matrices(here[..., :1], to_own)[..., 0]
    over = np.maximum(here - around[..., 0] - SHINE, 0)
    share = pale * np.clip(over / SHINE, 0, 1)[..., None]
    return dataclasses.replace(
        skin,
        light=skin.light - pale[..., 0] * over,
        tint=skin.tint + share * (around[..., 1:] - skin.tint),
    )


def log_luminance(face):
    """`log max(Y, .02)`, `(S, S)` float32, of `(S, S, 3)` in levels of 0 to 255."""
    return np.log(np.maximum(np.float32(face) @ LUMINANCE / 255, DARKEST))


def skin_mask(face, points, hair=None):
    """Where a head shows skin: within the mesh's oval and a part of the forehead, in the cheeks'
    colour, without eyes, brows, lips and nostrils.

    Args:
        face: `(256, 256, 3)`, levels of 0 to 255.
        points: `(468, 2)`, fractions of the side.
        hair: as in `skin_of`.

    Returns:
        `(256, 256)` float32 in 0 to 1, and how much of the forehead is skin, 0 to 1.
    """
    from scipy import ndimage

    rows, columns = np.mgrid[:SIDE, :SIDE] / SIDE
    brows = points[list(LEFT_BROW + RIGHT_BROW)]
    inside = hull(np.concatenate([points[list(OVAL)], above_oval(points, *FOREHEAD)[2:-2]]))
    # Over the temples, beyond the brows, hangs hair of whatever colour.
    beside = (columns < brows[:, 0].min()) | (columns > brows[:, 0].max())
    eyes = points[[LEFT_EYE_CORNER, RIGHT_EYE_CORNER], 1].min()
    inside = inside * ~(beside & (rows < eyes))
    above = inside * (rows < brows[:, 1].min())
    colour = _light_and_colour(face)
    x, y = (points[list(CHEEKS)] * SIDE).astype(int).clip(2, SIDE - 3).T[..., None, None]
    around = np.arange(-2, 3)
    samples = colour[y + around[:, None], x + around].reshape(-1, 3)
    away = (colour - np.median(samples, axis=0)) / (UNLIKE + samples.std(axis=0))
    unlike = (away**2).sum(axis=-1)
    alike = np.exp(-0.5 * np.maximum(unlike - 5, 0) / 3)
    if hair is not None:
        alike = alike * (1 - ndimage.grey_dilation(hair, size=7))
    fine = colour[..., 0] - blurred(colour[..., 0], 4.0)
    strands = above * ((fine > STRANDS[0]) | (fine < -STRANDS[1]))
    alike = alike * ~ndimage.binary_dilation(strands, iterations=2)
    covered = np.maximum.reduce([polygon(points[list(part)], grow) for part, grow in COVERED])
    below = rows > points[NOSE_TIP, 1]
    alike = alike * (1 - below * _beard(log_luminance(face), 1 - covered))
    within = ndimage.binary_erosion(inside > 0, iterations=5)
    free = 1 - blurred(covered, 1.5)
    mask = free * blurred(within * ndimage.grey_erosion(alike, size=3), 2.0)
    whole = above * free * blurred(np.float32(within), 2.0)
    return mask, float((mask * above).sum() / max(whole.sum(), 1))


def polygon(points, grow=0):
    """A polygon `(n, 2)`, fractions of the side, grown by so many pixels: `(256, 256)` float32.

    By itself: what SciPy imports for it takes longer than ageing a small photo.
    """
    x, y = (points * SIDE - 0.5).T
    # What lies further out than it grows stays 0.
    (left, right), (top, bottom) = (
        np.clip((line.min() - grow - 1, line.max() + grow + 2), 0, SIDE).astype(int)
        for line in (x, y)
    )
    columns, rows = np.arange(left, right), np.arange(top, bottom)[:, None]
    mask = np.zeros((bottom - top, right - left), bool)
    # A pixel is inside if an odd number of edges lies to its right.
    for x0, y0, x1, y1 in zip(x, y, np.roll(x, -1), np.roll(y, -1), strict=True):
        if y0 != y1:
            between = (rows >= min(y0, y1)) & (rows < max(y0, y1))
            mask ^= between & (columns < x0 + (rows - y0) * (x1 - x0) / (y1 - y0))
    for _ in range(grow):
        grown = mask.copy()
        grown[1:] |= mask[:-1]
        grown[:-1] |= mask[1:]
        grown[:, 1:] |= mask[:, :-1]
        grown[:, :-1] |= mask[:, 1:]
        mask = grown
    whole = np.zeros((SIDE, SIDE), np.float32)
    whole[top:bottom, left:right] = mask
    return whole


def hull(points, grow=0):
    """The convex hull of points as a `polygon`."""
    from scipy.spatial import ConvexHull

    return polygon(points[ConvexHull(points).vertices], grow)


def blurred(plane, sigma):
    """A plane `(S, S)` or planes `(S, S, C)` blurred by a Gaussian of so many 1/256 of the side."""
    planes = by_matrices(np.atleast_3d(plane), blur_matrix(len(plane), sigma * len(plane) / SIDE))
    return planes.reshape(plane.shape)


def bands_of(light):
    """Differences of Gaussians of `SIGMAS`, finest first, `(6, S, S)` of `(S, S)`."""
    planes = [light, *(blurred(light, sigma) for sigma in SIGMAS)]
    return np.stack([finer - coarser for finer, coarser in itertools.pairwise(planes)])


def sharpness_of(light):
    """How sharp a head is, `(2,)`: the deviation of what is finer than half a pixel and than one
    over that of the whole, inside the face's square.

    Args:
        light: `(S, S)`, log luminance of a whole head.
    """
    rows, columns = (
        slice(int(low * len(light)), int(high * len(light)))
        for low, high in ((0.35, 0.88), (0.29, 0.71))
    )
    whole = max(light[rows, columns].std(), 0.03)
    return np.array(
        [(light - blurred(light, sigma))[rows, columns].std() / whole for sigma in SIGMAS[:2]]
    )


def _light_and_colour(face):
    """Log luminance, log of red over green and of green over blue, `(256, 256, 3)`."""
    red, green, blue = np.moveaxis(np.log(np.maximum(blurred(face, 1.0) / 255, DARKEST)), -1, 0)
    return np.stack([log_luminance(blurred(face, 1.0)), red - green, green - blue], axis=-1)


def _beard(light, free):
    """Where skin is as rough as a beard, `(256, 256)` in 0 to 1.

    Args:
        light: `(256, 256)`, log luminance.
        free: likewise, 0 where eyes, brows and lips are.
    """
    rough = blurred(np.abs(light - blurred(light, 1.0)) * free, 3.0)
    rough = rough / np.maximum(blurred(free, 3.0), 0.1)
    return np.clip((rough - BEARD[0]) / (BEARD[1] - BEARD[0]), 0, 1)


def _continued(planes, mask):
    """Planes `(S, S, C)` that where the mask `(S, S, 1)` is not sure go on smoothly as they are
    where it is: bands of skin then hold nothing of brows, hair and background.
    """
    mask = np.clip((mask - 0.5) / 0.4, 0, 1)
    small = resize_matrix(len(planes), SIDE)
    known, weight = by_matrices(planes * mask, small), by_matrices(mask, small)
    result = known.sum(axis=(0, 1)) / max(weight.sum(), 1e-3)
    for sigma in (24.0, 8.0, 3.0):
        near, sure = blurred(known, sigma), blurred(weight, sigma)
        share = np.clip(sure / 0.2, 0, 1)
        result = share * near / np.maximum(sure, 1e-3) + (1 - share) * result
    return mask * planes + (1 - mask) * by_matrices(result, resize_matrix(SIDE, len(planes)))
