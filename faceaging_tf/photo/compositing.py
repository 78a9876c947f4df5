"""Putting an aged face back: the change alone is added to the photo.

What a model changed, `aged crop - crop`, is brought back onto the photo at the
photo's own resolution and added to its pixels through a mask:

    photo[p] + mask(T p) * change(T p),        T: photo -> aligned square

Pores, hair, grain and background are then the photo's own however small the
model works, and a pixel outside the masks is not touched at all.
"""

import functools
import math

import numpy as np

from faceaging_tf.geometry.warping import each_channel, warped
from faceaging_tf.resampling import blur_matrix, by_matrices


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
    placed = [_place_mask(mask, matrix, pixels.shape) for matrix in matrices]
    inside = np.zeros(pixels.shape[:2], dtype=bool)
    for region, weights in placed:
        inside[region] |= weights > 0
    shares = _shares(placed)
    result = pixels.copy()
    for change, matrix, (region, _), share in zip(changes, matrices, placed, shares, strict=True):
        if share.size and change.any():
            each_channel(functools.partial(_add, result[region], change, matrix, region, share))
    return result, inside


def _shares(placed):
    """The weights of each mask on the photo, where their sum exceeds 1 divided by it."""
    if len(placed) == 1:
        return [placed[0][1]]
    total = np.zeros(
        np.max([[rows.stop, columns.stop] for (rows, columns), _ in placed], axis=0), np.float32
    )
    for region, weights in placed:
        total[region] += weights
    return [
        np.divide(weights, np.maximum(total[region], 1), out=weights) for region, weights in placed
    ]


def _add(pixels, change, matrix, region, share, channel):
    """Adds one channel's share of a change to a region's pixels."""
    change = _smoothed(change[..., channel : channel + 1], matrix)
    added = _warp_to_region(change[..., 0], matrix, region, order=3)
    added *= share
    added += pixels[..., channel]
    pixels[..., channel] = np.clip(np.rint(added, out=added), 0, 255, out=added)


def _place_mask(mask, matrix, shape):
    """The mask on the photo: the region it reaches, as two slices, and its weights there."""
    region = _region(matrix, mask.shape[0], shape)
    # Bilinear: between zeros it stays at zero, between ones at one, exactly.
    return region, _warp_to_region(mask, matrix, region, order=1, mode="constant")


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


def _warp_to_region(values, matrix, region, order, mode="edge"):
    rows, columns = region
    shape = (rows.stop - rows.start, columns.stop - columns.start)
    if 0 in shape:
        return np.zeros(shape, dtype=np.float32)
    start = matrix @ (columns.start, rows.start, 1)
    to_square = np.column_stack([matrix[:, :2], start])
    return warped(values, to_square, shape, order, mode)


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
