"""Squares of a photo as small networks look at them: sampled quickly, by area and bilinearly."""

import numpy as np
from PIL import Image


def looked_at(pixels, to_square, side):
    """The square that a similarity maps onto `(side, side)`.

    `faceaging_tf.geometry.align.cut_square` does the same more carefully, for pictures that are
    kept, in twenty times the time. Beyond the photo's edge lies its mirror image.

    Args:
        pixels: `(H, W, 3)` uint8, the photo.
        to_square: `(2, 3)` similarity from the photo's pixels to the square's.
        side: of the square, in pixels.

    Returns:
        `(side, side, 3)` uint8.

    Raises:
        ValueError: the square lies outside the photo.
    """
    back = np.linalg.inv(to_square[:, :2])
    shift = -back @ to_square[:, 2]
    corners = np.array([(-1, -1), (side, -1), (-1, side), (side, side)]) @ back.T + shift
    shrink = max(1, int(np.sqrt(abs(np.linalg.det(back)))))
    limits = np.array([pixels.shape[1], pixels.shape[0]])
    first = np.floor(corners.min(axis=0)).astype(int) - 2 * shrink
    last = np.ceil(corners.max(axis=0)).astype(int) + 2 * shrink
    within = np.maximum(first, 0), np.minimum(last, limits)
    if (within[1] - within[0] < 1).any():
        raise ValueError(
            f"The square with corners {np.rint(corners).astype(int).tolist()} lies outside the "
            f"photo of {limits[0]}x{limits[1]} pixels."
        )
    window = pixels[within[0][1] : within[1][1], within[0][0] : within[1][0]]
    missing = np.stack([within[0] - first, last - within[1]])
    if missing.any():
        borders = (tuple(missing[:, 1]), tuple(missing[:, 0]), (0, 0))
        window = np.pad(window, borders, mode="symmetric")
    image = Image.fromarray(window)
    if shrink > 1:
        image = image.reduce(shrink)
    # Pillow counts from the corner of the first pixel.
    turn = back / shrink
    start = (shift - first + 0.5) / shrink - turn @ (0.5, 0.5)
    coefficients = (*turn[0], start[0], *turn[1], start[1])
    kind, filter = Image.Transform.AFFINE, Image.Resampling.BILINEAR
    return np.asarray(image.transform((side, side), kind, coefficients, filter))
