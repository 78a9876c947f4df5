"""Putting the edits of faces onto a frame, at the frame's own pixels.

An edit lives in a face's aligned square: a change c to be added and a flow f by which the face is
moved. With T from the frame to the square,

    aged[p] = frame[p + T^-1 f(T p)] + c(T p),

so that what does not move keeps its grain, and only the change and the flow are resampled. Colours
are added at half the resolution, at which a video keeps them.
"""

import dataclasses

import numpy as np
from PIL import Image

from faceaging_tf.geometry.exposure import LUMINANCE

# What is sampled more coarsely than this is shrunk first, so that it does not alias.
COARSE = 1.15
# Rows of a region that are worked on at once: they stay in the processor's cache.
ROWS = 32


@dataclasses.dataclass(frozen=True, eq=False)
class PlacedEdit:
    """What is done to one face of a frame.

    Attributes:
        matrix: `(2, 3)` similarity from pixels of the frame, the centre of the first at (0, 0), to
            fractions of the square's side, its corner at (0, 0).
        mask: `(s, s)` float32 in 0 to 1, 0 at its border: how far this face reaches where squares
            of two faces overlap. The change and the flow have been weighted by it.
        light: `(s, s)` float32, what is added to the luminance, levels of 0..255; already moved by
            the flow.
        colour: `(2, c, c)` float32, likewise, to red and blue beyond the luminance.
        flow: `(2, f, f)` float32, x and y in fractions of the side, or None.
    """

    matrix: np.ndarray
    mask: np.ndarray
    light: np.ndarray
    colour: np.ndarray
    flow: np.ndarray | None = None


def place_edits(pixels, edits):
    """The frame with its faces edited.

    Args:
        pixels: `(H, W, 3)` uint8.
        edits: a list of `PlacedEdit`.

    Returns:
        `(H, W, 3)` uint8, a new array; outside the squares its pixels are the frame's.

    Example:
        >>> import numpy as np
        >>> from faceaging_tf.video.placing import PlacedEdit, place_edits
        >>> frame, square = np.full((60, 60, 3), 100, np.uint8), np.zeros((20, 20), np.float32)
        >>> square[2:-2, 2:-2] = 1
        >>> matrix = np.array([[1, 0, -15], [0, 1, -15]]) / 20
        >>> edit = PlacedEdit(matrix, square, 9 * square, np.zeros((2, 10, 10), np.float32))
        >>> aged = place_edits(frame, [edit])
        >>> int(aged[24, 24, 0]), int(aged[5, 5, 0])
        (109, 100)
    """
    regions = [_region(edit.matrix, pixels.shape) for edit in edits]
    result, added, total = pixels.copy(), None, None
    if len(edits) > 1:
        added, total = np.zeros(pixels.shape, np.float32), np.zeros(pixels.shape[:2], np.float32)
        for edit, region in zip(edits, regions, strict=True):
            total[region] += _sampled(edit.mask, edit.matrix, region, Image.Resampling.BILINEAR)
    for edit, (rows, columns) in zip(edits, regions, strict=True):
        for band, levels in _edited(pixels, edit, rows, columns):
            if added is None:
                result[band, columns] = _rounded(levels)
            else:
                share = np.maximum(total[band, columns], 1)[..., None]
                added[band, columns] += (levels - pixels[band, columns]) / share
    return result if added is None else _rounded(added + pixels)


def _edited(pixels, edit, rows, columns):
    """Rows and levels `(h, w, 3)` float32 of the parts of a region with one face edited."""
    light = _sampled(edit.light, edit.matrix, (rows, columns), Image.Resampling.BICUBIC)
    red, blue = (
        _sampled(plane, edit.matrix, (rows, columns), Image.Resampling.BICUBIC, 2)
        for plane in edit.colour
    )
    weights = LUMINANCE / LUMINANCE[1]
    colours = red, -weights[0] * red - weights[2] * blue, blue
    moves = None
    if edit.flow is not None:
        flow = [
            _sampled(plane, edit.matrix, (rows, columns), Image.Resampling.BILINEAR)
            for plane in edit.flow
        ]
        back = np.linalg.inv(edit.matrix[:, :2]).astype(np.float32)
        moves = [line[0] * flow[0] + line[1] * flow[1] for line in back]
    for start in range(0, len(light), ROWS):
        own = slice(start, min(start + ROWS, len(light)))
        band = slice(own.start + rows.start, own.stop + rows.start)
        if moves is None:
            levels = pixels[band, columns].astype(np.float32)
        else:
            levels = moved(pixels, *(move[own] for move in moves), band.start, columns.start)
        levels += light[own, :, None]
        for channel, plane in enumerate(colours):
            plane = plane[start // 2 : start // 2 + ROWS // 2].repeat(2, axis=0).repeat(2, axis=1)
            levels[..., channel] += plane[: levels.shape[0], : levels.shape[1]]
        yield band, levels


def moved(pixels, across, down, top=0, left=0):
    """A part of a picture with each pixel taken from elsewhere, linearly between four, edges
    repeated.

    Args:
        pixels: `(H, W, 3)`, 2 pixels or more each way.
        across, down: `(h, w)` float32, where it is taken from, in pixels from its own place.
        top, left: place of the part in the picture.

    Returns:
        `(h, w, 3)` float32.

    Example:
        >>> import numpy as np
        >>> from faceaging_tf.video.placing import moved
        >>> ramp = np.arange(4.0)[None, :, None] * np.ones((4, 1, 3))
        >>> moved(ramp, np.full((1, 2), 0.5), np.zeros((1, 2)), left=1)[0, :, 0].tolist()
        [1.5, 2.5]
    """
    height, width = pixels.shape[:2]
    flat, (rows, columns) = pixels.reshape(-1, 3), across.shape
    # Short of the last pixel, so that there is always a next one.
    x = np.clip(across + np.arange(left, left + columns, dtype=np.float32), 0, width - 1.001)
    y = np.clip(down + np.arange(top, top + rows, dtype=np.float32)[:, None], 0, height - 1.001)
    column, row = x.astype(np.intp), y.astype(np.intp)
    x, y = (
        (place - whole)[..., None].astype(np.float32) for place, whole in ((x, column), (y, row))
    )

    def line(place):
        first = flat.take(place, axis=0, mode="clip").astype(np.float32)
        second = flat.take(place + 1, axis=0, mode="clip") - first
        second *= x
        first += second
        return first

    place = row * width + column
    above, below = line(place), line(place + width)
    below -= above
    below *= y
    above += below
    return above


def _sampled(plane, matrix, region, kind, step=1):
    """A plane `(s, s)` of a square at a region's blocks of `step` x `step` pixels, `(h, w)`
    float32; 0 beyond the square.
    """
    rows, columns = region
    size = tuple(-(-max(part.stop - part.start, 0) // step) for part in (columns, rows))
    if 0 in size:
        return np.zeros(size[::-1], np.float32)
    image, coarse = (
        Image.fromarray(plane),
        len(plane) * step * np.sqrt(np.linalg.det(matrix[:, :2])),
    )
    if coarse > COARSE:
        side = max(round(len(plane) / coarse), 1)
        image = image.resize((side, side), Image.Resampling.BILINEAR)
    # Pillow counts from the corner of the first pixel, of the region and of the plane.
    matrix = matrix * image.width
    start = matrix @ (columns.start - 0.5, rows.start - 0.5, 1)
    turn = matrix[:, :2] * step
    coefficients = (*turn[0], start[0], *turn[1], start[1])
    return np.asarray(image.transform(size, Image.Transform.AFFINE, coefficients, kind))


def _region(matrix, shape):
    """The rows and columns of the frame that the square covers, as slices; from even ones on."""
    back = np.linalg.inv(matrix[:, :2])
    corners = (np.array([(0, 0), (1, 0), (0, 1), (1, 1)]) - matrix[:, 2]) @ back.T
    limits = (shape[1], shape[0])
    first = np.clip(np.floor(corners.min(axis=0)), 0, limits).astype(int) // 2 * 2
    last = np.clip(np.ceil(corners.max(axis=0)) + 1, 0, limits).astype(int)
    return slice(first[1], last[1]), slice(first[0], last[0])


def _rounded(levels):
    return np.clip(np.rint(levels, out=levels), 0, 255, out=levels).astype(np.uint8)
