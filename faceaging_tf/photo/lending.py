"""Skin lent: relief and tint of other people's skin brought onto a head, band by band.

With `L` the log luminance of skin, `b_i` its bands and `W` the piecewise linear warp between two
meshes, `dL = s * sum_i (lent_i * b_i(W L_other) - given_i * b_i(L))` is added, softly limited,
where both heads show skin. Means and broad light are in no band: complexion and light stay the
head's own.
"""

import dataclasses

import numpy as np

from faceaging_tf.geometry.exposure import LUMINANCE
from faceaging_tf.geometry.flow import flow_between
from faceaging_tf.geometry.landmarks import LEFT_EYE, RIGHT_EYE
from faceaging_tf.photo.skin import SIDE, SIGMAS, bands_of, blurred, polygon
from faceaging_tf.resampling import by_matrices, resize_matrix

# Of several pictures the sharpest lends these finest bands; the others are averaged.
FINE = 3
# How much less relief is kept around the eyes, where it would be another gaze.
AROUND_EYES = 0.65
# Spots and flushes are of this breadth, in 1/256 of the side, and change log colour by so much at
# most; broader differences are those of cameras and lamps.
TINT_BAND, TINT_SHARE, TINT_LIMIT = (1.0, 6.0), 0.8, 0.06
# Mean log of red and blue over luminance of what is grey but for its coding.
COLOURLESS = 0.02
# How much relief finer than the head's own sharpness may be weakened.
LEAST_SHARP = 0.25


@dataclasses.dataclass(frozen=True)
class Terms:
    """How skin is lent.

    Attributes:
        lent: how much of each of the other's bands comes, finest first.
        given: how much of each of the own ones goes.
        brighter, darker: how far log luminance may change, limits of a soft clipping.
    """

    lent: tuple[float, ...]
    given: tuple[float, ...]
    brighter: float
    darker: float


# Coarse bands are much of a face's likeness and little of its age.
OLDER = Terms((1.0, 1.0, 1.2, 1.0, 0.5, 0.2), (0.1, 0.1, 0.1, 0.0, 0.0, 0.0), 0.14, 0.45)
YOUNGER = Terms((0.4, 0.4, 0.4, 0.2, 0.1, 0.0), (0.5, 0.5, 0.7, 0.6, 0.3, 0.0), 0.15, 0.45)


def with_skin_of(face, own, others, amount, terms):
    """A head with the skin of others, by its own light and in its own complexion.

    Args:
        face: `(S, S, 3)` uint8, RGB.
        own: its `Skin`.
        others: one `Skin` or more, of one other person.
        amount: how much of it, 1 for all.
        terms: `OLDER` or `YOUNGER`.

    Returns:
        `(S, S, 3)` uint8.
    """
    bands, tint, mask = _lent(own, others)
    mask = own.mask * mask * (1 - AROUND_EYES * _eyes(own))
    weights = np.float32(terms.lent), np.float32(terms.given)
    change = sum(
        lent * theirs - given * ours
        for lent, given, theirs, ours in zip(*weights, bands, bands_of(own.light), strict=True)
    )
    change = mask * _limited(amount * change, terms.brighter, terms.darker)
    # A photo without colour stays without.
    share = TINT_SHARE * float(np.abs(own.tint).mean() > COLOURLESS)
    red, blue = np.moveaxis(_limited(amount * share * tint, TINT_LIMIT, TINT_LIMIT), -1, 0)
    # The tint changes no luminance.
    green = -(LUMINANCE[0] * red + LUMINANCE[2] * blue) / LUMINANCE[1]
    change = change[..., None] + mask[..., None] * np.stack([red, green, blue], axis=-1)
    return np.clip(np.rint(face * np.exp(change)), 0, 255).astype("uint8")


def _lent(own, others):
    """Bands `(6, S, S)`, tint `(S, S, 2)` and mask `(S, S)` of others in the own mesh."""
    size = len(own.light)
    sharpness = np.stack([other.sharpness for other in others])
    # The sharpest picture all but alone, where it shows skin.
    lead = (sharpness[:, 1] / sharpness[:, 1].max()) ** 8
    bands, tint, most = np.zeros((len(SIGMAS), size, size), "float32"), 0.0, 0.0
    fine, coarse = 1e-4, 1e-4
    for other, share in zip(others, lead, strict=True):
        at = _places(other.points, own.points, size)
        mask = np.clip(_sampled(other.mask, at, 1), 0, 1)
        here = bands_of(_sampled(other.light, at, 3))
        here[:FINE] *= share
        bands += mask * here
        colour = np.stack([_sampled(plane, at, 1) for plane in np.moveaxis(other.tint, -1, 0)], -1)
        tint = tint + mask[..., None] * (
            blurred(colour, TINT_BAND[0]) - blurred(colour, TINT_BAND[1])
        )
        fine, coarse, most = fine + share * mask, coarse + mask, np.maximum(most, mask)
    bands[:FINE] /= fine
    bands[FINE:] /= coarse
    # Relief finer than the head's own sharpness looks pasted.
    first, second = np.clip(
        own.sharpness / np.maximum((lead @ sharpness) / lead.sum(), 1e-3), LEAST_SHARP, 1.0
    )
    bands[:FINE] *= np.float32([first, second, second**0.5])[:, None, None]
    return bands, tint / coarse[..., None], most


def _places(source, target, size):
    """Rows and columns, fractions of the side, at which each pixel of a head of the mesh `target`
    lies in one of the mesh `source`.
    """
    flow = by_matrices(flow_between(source, target, SIDE // 2), resize_matrix(SIDE // 2, size))
    axis = (np.arange(size, dtype="float32") + 0.5) / size
    return axis[:, None] + flow[..., 1], axis[None, :] + flow[..., 0]


def _sampled(plane, at, order):
    """A plane `(H, H)` at places, `(S, S)` float32, without aliasing where it is larger."""
    from scipy.ndimage import map_coordinates

    size = len(at[0])
    if len(plane) > size:
        plane = by_matrices(plane[..., None], resize_matrix(len(plane), size))[..., 0]
    pixels = [position * len(plane) - 0.5 for position in at]
    return map_coordinates(plane, pixels, order=order, mode="nearest", output="float32")


def _eyes(skin):
    """Both eyes with what is around them, `(S, S)` in 0 to 1."""
    both = sum(polygon(skin.points[list(outline)], 4) for outline in (LEFT_EYE, RIGHT_EYE))
    matrix = resize_matrix(SIDE, len(skin.light))
    return by_matrices(blurred(both, 2.0)[..., None], matrix)[..., 0].clip(0, 1)


def _limited(change, up, down):
    """A change softly held between `-down` and `up`."""
    return np.where(change > 0, up * np.tanh(change / up), down * np.tanh(change / down))
