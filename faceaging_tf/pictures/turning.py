"""Pixels turned upright as their EXIF orientation says."""

import numpy as np


def turn_upright(pixels, orientation):
    """Turn stored pixels as their EXIF orientation says (EXIF 2.32, tag 0x0112).

    Args:
        pixels: `(H, W, ...)` array.
        orientation: 1 to 8.

    Returns:
        The upright array, contiguous.
    """
    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    # After the swap, what is left is a flip of rows, of columns, or both.
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)
