"""Putting an aged face back: the change alone is added to the photo.

What a model changed, `aged crop - crop`, is brought back onto the photo at the
photo's own resolution and added to its pixels through a mask:

    photo[p] + mask(T p) * change(T p),        T: photo -> aligned square

Pores, hair, grain and background are then the photo's own however small the
model works, and a pixel outside the masks is not touched at all.
"""

import dataclasses
import functools
import math

import numpy as np

from faceaging_tf.geometry.warping import side_by_side, warped
from faceaging_tf.resampling import blur_matrix, by_matrices

# Side in pixels of what is added to at once.
TILE = 128
# A change of fewer levels, sampled between its pixels, is below a half, and rounds to nothing.
LEAST = 0.25


def composite(
    pixels: np.ndarray, change: np.ndarray, matrix: np.ndarray, mask: np.ndarray
) -> np.ndarray:
    """Add one face's change to a photo.

    Args:
        pixels: `(H, W, 3)` uint8, the photo.
        change: `(S, S, 3)` float, aged square minus square, in levels of 0..255.
        matrix: `(2, 3)` similarity from the photo's pixels to the square's.
        mask: `(S, S)` float in 0 to 1, 0 at its border.

    Returns:
        `(H, W, 3)` uint8, a new array.

    Raises:
        ValueError: shapes or types other than these.

    Example:
        >>> import numpy as np
        >>> from faceaging_tf.photo.compositing import composite
        >>> from faceaging_tf.resampling import feathered_mask
        >>> photo = np.full((300, 300, 3), 100, np.uint8)
        >>> darker = np.full((128, 128, 3), -20.0)
        >>> matrix = np.array([[1.0, 0.0, -50.0], [0.0, 1.0, -50.0]])
        >>> aged = composite(photo, darker, matrix, feathered_mask(128))
        >>> aged[114, 114].tolist(), aged[10, 10].tolist()
        ([80, 80, 80], [100, 100, 100])
    """
    return composite_faces(pixels, [change], [matrix], mask)[0]


def composite_faces(pixels, changes, matrices, mask):
    """Add several faces' changes to a photo.

    Where masks overlap, each change takes its share (the masks are divided by
    their sum where that exceeds 1), so that two faces cheek to cheek are not
    changed twice between them.

    Args:
        pixels: `(H, W, 3)` uint8, the photo.
        changes: N arrays `(S, S, 3)`, as in `composite`.
        matrices: N matrices `(2, 3)`.
        mask: `(S, S)`, the same for all.

    Returns:
        The new pixels, `(H, W, 3)` uint8, and a boolean map `(H, W)`, true where
        a mask reaches; outside it the pixels are those of the photo.

    Raises:
        ValueError: shapes or types other than these, or other numbers of changes
            and matrices.
    """
    pixels = np.asarray(pixels)
    mask = np.asarray(mask, dtype=np.float32)
    changes = [np.asarray(change, dtype=np.float32) for change in changes]
    _check(pixels, changes, matrices, mask)
    faces = [_Face(matrix, _region(matrix, len(mask), pixels.shape), mask) for matrix in matrices]
    inside = np.zeros(pixels.shape[:2], dtype=bool)
    result = pixels.copy()
    for face, change in zip(faces, changes, strict=True):
        others = [other for other in faces if other is not face]
        smooth = _smoothed(change, face.matrix)
        planes = [np.ascontiguousarray(smooth[..., channel]) for channel in range(3)]
        add = functools.partial(_add_to_rows, result, inside, planes, face, others)
        side_by_side(add, _tiles(face.region[0]))
    return result, inside


@dataclasses.dataclass(frozen=True, eq=False)
class _Face:
    """Where a face's square lies on the photo.

    Attributes:
        matrix: `(2, 3)`, from the photo's pixels to the square's.
        region: rows and columns of the photo that the square covers, slices.
        mask: `(S, S)` float32 in 0 to 1.
    """

    matrix: np.ndarray
    region: tuple[slice, slice]
    mask: np.ndarray

    def under(self, rows, columns):
        """The part of the square that a tile of the photo is sampled from, as slices, and whether
        the whole tile lies in the square.
        """
        corners = [(x, y, 1) for x in _ends(columns) for y in _ends(rows)] @ self.matrix.T
        # Cubic sampling reaches two pixels further.
        low, high = np.floor(corners.min(axis=0)) - 2, np.ceil(corners.max(axis=0)) + 3
        (left, top), (right, bottom) = (
            np.clip(ends, 0, len(self.mask)).astype(int) for ends in (low, high)
        )
        whole = bool((low >= 0).all() and (high <= len(self.mask)).all())
        return (slice(top, bottom), slice(left, right)), whole

    def weights(self, rows, columns):
        """The mask on a tile of the photo, float32; None where it does not reach it."""
        part, whole = self.under(rows, columns)
        under = self.mask[part]
        if not under.any():
            return None
        if whole and under.min() == 1:
            return np.ones((rows.stop - rows.start, columns.stop - columns.start), np.float32)
        # Linear: between zeros it stays at zero, between ones at one, exactly.
        return self.sampled(self.mask, rows, columns, order=1, mode="constant")

    def sampled(self, values, rows, columns, order, mode="edge", limits=None):
        """What a square of values has on a tile of the photo, float32; see `warped`."""
        start = self.matrix @ (columns.start, rows.start, 1)
        to_square = np.column_stack([self.matrix[:, :2], start])
        shape = (rows.stop - rows.start, columns.stop - columns.start)
        return warped(values, to_square, shape, order, mode, limits)


def _add_to_rows(result, inside, planes, face, others, rows):
    """Adds a face's change to some rows of the photo, tile by tile: what is done to a tile stays in
    the processor's cache, and most of the background is not touched.
    """
    limits = [(plane.min(), plane.max()) for plane in planes]
    for columns in _tiles(face.region[1]):
        weights = face.weights(rows, columns)
        if weights is None:
            continue
        tile = rows, columns
        inside[tile] |= weights > 0
        part, _ = face.under(*tile)
        if max(np.abs(plane[part]).max(initial=0) for plane in planes) < LEAST:
            continue
        share = weights / _total(weights, others, tile)
        for channel, (plane, ends) in enumerate(zip(planes, limits, strict=True)):
            added = face.sampled(plane, *tile, order=3, limits=ends)
            added *= share
            added += result[tile][..., channel]
            result[tile][..., channel] = np.clip(np.rint(added, out=added), 0, 255, out=added)


def _total(weights, others, tile):
    """What the masks of all faces have together on a tile, 1 at least."""
    total = weights
    for other in others:
        if all(
            one.start < end.stop and end.start < one.stop
            for one, end in zip(tile, other.region, strict=True)
        ):
            theirs = other.weights(*tile)
            total = total if theirs is None else total + theirs
    return np.maximum(total, 1)


def _tiles(line):
    """A slice in slices of `TILE` pixels at most."""
    return [
        slice(start, min(start + TILE, line.stop)) for start in range(line.start, line.stop, TILE)
    ]


def _ends(line):
    return line.start, line.stop - 1


def _smoothed(change, matrix):
    """The change without what would be stairs on a large face, or aliasing on a small one."""
    photo_pixels_a_pixel = 1 / _scale(matrix)
    if photo_pixels_a_pixel < 1:
        blur = (1 / photo_pixels_a_pixel - 1) / 2
    else:
        # A slanted edge drawn from one pixel to the next shows its steps when it
        # is enlarged, even bicubically. At this blur the line of an antialiased
        # edge stays within half a pixel of the photo at eight times the size, and
        # a wrinkle of two pixels keeps 83 % of its depth; at the same size there
        # is nothing to hide.
        blur = 0.6 * min(photo_pixels_a_pixel - 1, 1)
    return by_matrices(change, blur_matrix(len(change), blur)) if blur > 0 else change


def _region(matrix, size, shape):
    """The rows and columns of the photo that the square covers, as slices."""
    to_photo = np.linalg.inv(np.vstack([matrix, (0, 0, 1)]))
    corners = (
        np.array([(0, 0, 1), (size - 1, 0, 1), (0, size - 1, 1), (size - 1, size - 1, 1)])
        @ to_photo.T
    )
    limits = (shape[1], shape[0])
    first = np.clip(np.floor(corners.min(axis=0)[:2]), 0, limits).astype(int)
    last = np.clip(np.ceil(corners.max(axis=0)[:2]) + 1, 0, limits).astype(int)
    return slice(first[1], last[1]), slice(first[0], last[0])


def _scale(matrix):
    return math.sqrt(abs(np.linalg.det(np.asarray(matrix)[:, :2])))


def _check(pixels, changes, matrices, mask):
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8:
        raise ValueError(
            f"A photo must be (height, width, 3) uint8; got shape {pixels.shape} of {pixels.dtype}."
        )
    if mask.ndim != 2 or mask.shape[0] != mask.shape[1]:
        raise ValueError(f"The mask must be square; got shape {mask.shape}.")
    if len(changes) != len(matrices):
        raise ValueError(
            f"Each change needs its matrix; got {len(changes)} changes and {len(matrices)} matrices."
        )
    for change, matrix in zip(changes, matrices, strict=True):
        if change.shape != (*mask.shape, 3):
            raise ValueError(
                f"The change must have the mask's size and 3 channels, {(*mask.shape, 3)}; got {change.shape}."
            )
        if np.shape(matrix) != (2, 3) or _scale(matrix) == 0:
            raise ValueError(
                f"The matrix must be an invertible (2, 3) similarity; got {np.asarray(matrix).tolist()}."
            )
