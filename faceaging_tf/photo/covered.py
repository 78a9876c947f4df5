"""What lies on a face: masks, hands and mugs before the mouth, dark glasses, hats.

Colour alone does not tell a beige mask from skin, nor a black hat from hair (see
`faceaging_tf.layers.BareSkin`). A mouth that is not where the mesh says does, and so do eyes that
are not, or lie in what is far darker than the cheeks; hats and hoods are told by
`faceaging_tf.photo.headwear`.
"""

import threading

import numpy as np

from faceaging_tf.geometry.exposure import in_common_light
from faceaging_tf.geometry.landmarks import (
    LEFT_BROW,
    LEFT_EYE,
    LIPS,
    OVAL,
    RIGHT_BROW,
    RIGHT_EYE,
)
from faceaging_tf.photo.colours import at, between, log_colour, patch, together
from faceaging_tf.photo.headwear import headwear
from faceaging_tf.photo.skin import SIDE, UNLIKE, blurred, hull, polygon
from faceaging_tf.resampling import by_matrices, resize_matrix
from faceaging_tf.runtime.landmarks import FaceLandmarks

# Smaller faces show too little.
LEAST_SIDE = 128
# Of the mesh, from which on its points are trusted.
SURE_MESH = 0.5
# Contrast of the mouth's line over that of the eyes, the latter within limits, up to which a mouth
# is not seen, and from which it is; redness of lips over what is around. Of 970 portraits with a
# free mouth none has less contrast than `MOUTH[1]`; masks have up to 0.5.
MOUTH, EYE_CONTRAST, RED_LIPS = (0.6, 0.9), (0.1, 0.25), (0.05, 0.08)
# Contrast of an eye from side to side, that of the other one, and up and down, likewise.
EYES, OTHER_EYE, EYES_ALONG = (0.02, 0.03), (0.06, 0.09), (0.03, 0.05)
NO_EYES = (0.01, 0.02)
# How far the skin under the eyes may be from the cheeks', squared, in units of `UNLIKE`.
UNDER_EYES = (6.0, 10.0)
# How much darker than the cheeks both may be, in the same units.
DARK_LENSES = (1.8, 2.4)
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
    colour = log_colour(by_matrices(face, resize_matrix(len(face), SIDE)))
    points = np.asarray(points, "float64")
    things = [
        (_mouth_unseen(colour, points), _before_mouth),
        (_eyes_unseen(colour, points), _before_eyes),
    ]
    found = [sure * where(colour, points) for sure, where in things if sure > 0]
    hat = headwear(colour, points)
    found += [] if hat is None else [hat]
    if not found:
        return None
    # An edge is half the thing's: it belongs to it whole.
    mask = np.clip(1.5 * blurred(np.max(found, axis=0), 1.0), 0, 1)
    return by_matrices(mask[..., None], resize_matrix(SIDE, len(face)))[..., 0].clip(0, 1)


def _mouth_unseen(colour, points):
    """How sure it is that there is no mouth where the mesh has it, 0 to 1."""
    ends, middle = points[[78, 308]], points[[13, 14]].mean(axis=0)
    along = np.linspace(0.2, 0.8, 13)[:, None]
    line = (1 - along) * ends[0] + along * ends[1]
    line += 4 * along * (1 - along) * (middle - ends.mean(axis=0))
    across = line[:, None] + np.linspace(-0.05, 0.05, 27)[None, :, None] * (0.0, 1.0)
    profile = at(colour[..., 0], across).mean(axis=0)
    ramp = np.interp(np.arange(27), (0, 26), (profile[:4].mean(), profile[-4:].mean()))
    contrast = np.ptp((profile - ramp)[4:-4])
    eyes = max(_eye_contrast(colour, points)[:, 0].max(), EYE_CONTRAST[0])
    unseen = 1 - between(contrast / min(eyes, EYE_CONTRAST[1]), *MOUTH)
    if not unseen:
        return 0.0
    lips = polygon(points[list(LIPS)])
    ring = polygon(points[list(LIPS)], 7) - polygon(points[list(LIPS)], 2)
    redder = _mean(colour[..., 1], lips) - _mean(colour[..., 1], ring)
    return unseen * (1 - between(redder, *RED_LIPS))


def _eyes_unseen(colour, points):
    """How sure it is that neither eye is seen, 0 to 1."""
    under = [
        (patch(colour, points, under) - patch(colour, points, cheek)) / UNLIKE
        for under, cheek in UNDER
    ]
    # Eyes may be seen through dark lenses.
    dark = between(min(-light for light, *_ in under), *DARK_LENSES)
    contrast = _eye_contrast(colour, points)
    aside, along = contrast[:, 0], contrast[:, 1].max()
    # A rim may lie where the mesh has one of them.
    unseen = (1 - between(aside.min(), *EYES)) * (1 - between(aside.max(), *OTHER_EYE))
    # Stripes that a lens mirrors lie across; so do the lashes of a closed eye, over skin.
    plain = max(
        1 - between(along, *EYES_ALONG),
        1 - between(aside.max(), *NO_EYES),
        between(min(float((each**2).sum()) for each in under), *UNDER_EYES),
    )
    return max(dark, unseen * plain)


def _eye_contrast(colour, points):
    """For both eyes the deviation of log luminance from side to side and up and down, `(2, 2)`."""
    contrast = []
    for first, second in EYE_CORNERS:
        along = np.linspace(0.2, 0.8, 25)[:, None]
        line = (1 - along) * points[first] + along * points[second]
        width = np.linalg.norm(points[first] - points[second])
        across = line[:, None] + width * np.linspace(-0.25, 0.25, 17)[None, :, None] * (0.0, 1.0)
        light = at(colour[..., 0], across)
        contrast.append([_unevenness(light[:, 5:-5].mean(axis=1)), _unevenness(light.mean(axis=0))])
    return np.array(contrast)


def _before_mouth(colour, points):
    lips = polygon(points[list(LIPS)], 4)
    # Under a mask the mesh takes a face for smaller than it is.
    place = points[list(LOWER)]
    place = polygon(points[4] + 1.1 * (place - points[4]), 9)
    return _thing(colour, place, lips, patch(colour, points, BETWEEN_BROWS))


def _before_eyes(colour, points):
    eyes = np.maximum(polygon(points[list(LEFT_EYE)], 2), polygon(points[list(RIGHT_EYE)], 2))
    place = hull(points[list(GLASSES)], 6)
    found = _thing(colour, place, eyes, patch(colour, points, AROUND_EYES))
    # A lens that mirrors ground below and sky above has skin's colour in part: it reaches as far
    # below the eyes as above them.
    middle = round(float(points[list(EYE_CORNERS[0] + EYE_CORNERS[1]), 1].mean()) * SIDE)
    rows = np.clip(2 * middle - 1 - np.arange(SIDE), 0, SIDE - 1)
    below = (np.arange(SIDE) >= middle)[:, None]
    return np.where(below, np.maximum(found, found[rows] * (place > 0)), found)


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
    return np.float32(together(rest, core))


def _unevenness(values):
    """The deviation from a line."""
    steps = np.arange(len(values))
    return float((values - np.polyval(np.polyfit(steps, values, 1), steps)).std())


def _mean(plane, weights):
    return float((plane * weights).sum() / max(weights.sum(), 1))
