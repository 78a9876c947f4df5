"""Resizing and masks in NumPy alone, for whatever runs without Keras."""

import functools

import numpy as np

# Within this part of the square a face that moves is moved whole: half moved, it would be seen
# twice. A jaw that grows does so near the square's edge.
MOVING_CORE = 0.85
# A whole head's square ends in background, or in hair that goes on beyond it: there the change of
# hair should reach as far as it can.
WHOLE_HEAD_CORE = 0.94
# Larger faces are moved at this size, and what is finer in them stays where it was.
LARGEST_SQUARE = 1024
# Rows of a matrix that are multiplied at once, and how many products of numbers that takes at most:
# OpenBLAS shares more out among threads, which then wait for each other longer than they work.
_BLOCK, _PRODUCTS = 16, 2**18
KERNELS = {
    "linear": lambda x: np.maximum(1.0 - x, 0.0),
    # Keys (1981), a = -0.5.
    "cubic": lambda x: np.where(
        x < 1, (1.5 * x - 2.5) * x * x + 1, np.where(x < 2, ((-0.5 * x + 2.5) * x - 4) * x + 2, 0.0)
    ),
}


@functools.lru_cache(maxsize=32)
def resize_matrix(start, end, kernel="linear"):
    """The matrix `(end, start)` float32 that resizes a row of pixels, with half-pixel centres,
    smoothing before it shrinks, as `keras.ops.image.resize(antialias=True)`.

    Args:
        start: pixels before.
        end: pixels after.
        kernel: "linear" or "cubic".

    Example:
        >>> from faceaging_tf.resampling import resize_matrix
        >>> resize_matrix(2, 4).tolist()
        [[1.0, 0.0], [0.75, 0.25], [0.25, 0.75], [0.0, 1.0]]
    """
    return window_matrix(start, end, 0.0, 1.0, kernel)


@functools.lru_cache(maxsize=64)
def window_matrix(start, end, low, high, kernel="linear"):
    """The matrix `(end, start)` float32 that cuts a window out of a row of pixels and resizes it,
    as `resize_matrix` does with the whole row.

    Beyond the row there is nothing: places of a window that reaches over its ends are 0. Cut out of
    a change by the window that a larger row is of it, the change is put at its place in the larger
    row.

    Args:
        start: pixels of the row.
        end: pixels of the window after resizing.
        low, high: where the window begins and ends, fractions of the row.
        kernel: "linear" or "cubic".

    Raises:
        ValueError: a window that ends before it begins.

    Example:
        >>> from faceaging_tf.resampling import window_matrix
        >>> window_matrix(4, 2, 0.25, 0.75).tolist(), window_matrix(2, 4, -0.5, 1.5).tolist()
        ([[0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]], [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0,
        0.0]])
    """
    if not low < high:
        raise ValueError(f"The window was {low} to {high}; it must end after it begins.")
    places = low + (np.arange(end) + 0.5) * (high - low) / end
    stretch = max((high - low) * start / end, 1.0)
    matrix = KERNELS[kernel](np.abs((places * start - 0.5)[:, None] - np.arange(start)) / stretch)
    inside = (places > 0) & (places < 1)
    matrix[~inside] = 0.0
    matrix[inside] /= matrix[inside].sum(axis=1, keepdims=True)
    return _kept(matrix.astype("float32"))


@functools.lru_cache(maxsize=32)
def blur_matrix(size, sigma):
    """The matrix `(size, size)` float32 that blurs a row of pixels with a Gaussian,
    edges repeated.
    """
    reach = max(int(4.0 * sigma + 0.5), 1)
    offsets = np.arange(-reach, reach + 1)
    weights = np.exp(-0.5 * (offsets / sigma) ** 2)
    rows = np.arange(size)[:, None]
    matrix = np.zeros((size, size))
    np.add.at(matrix, (rows, np.clip(rows + offsets, 0, size - 1)), weights / weights.sum())
    return _kept(matrix.astype("float32"))


@functools.lru_cache(maxsize=32)
def enlarging_matrix(start, end):
    """The matrix `(end, start)` float32 that enlarges a change bicubically, after a blur that hides
    the stairs of its slanted edges.
    """
    blur = blur_matrix(start, 0.6 * min(end / start - 1, 1))
    return _kept(_by_matrix(resize_matrix(start, end, "cubic"), blur))


def by_matrices(image, rows, columns=None):
    """An image with a matrix applied to its columns and one to its rows.

    Args:
        image: `(H, W, C)`.
        rows: `(h, H)` float32, such as `resize_matrix` and `blur_matrix` give.
        columns: `(w, W)`; as `rows` when None.

    Returns:
        `(h, w, C)` float32.

    Example:
        >>> import numpy as np
        >>> from faceaging_tf.resampling import by_matrices, resize_matrix
        >>> by_matrices(np.ones((4, 4, 3)), resize_matrix(4, 8)).shape
        (8, 8, 3)
    """
    columns = rows if columns is None else columns
    height, width, channels = image.shape
    image = np.ascontiguousarray(image, "float32")
    down = _by_matrix(rows, image.reshape(height, -1)).reshape(len(rows), width, channels)
    across = _by_matrix(columns, _turned(down).reshape(width, -1))
    return _turned(across.reshape(len(columns), len(rows), channels))


def _turned(image):
    """An image `(H, W, C)` with rows for columns, contiguous: whoever adds another to it would else
    go through both in steps of a pixel.
    """
    height, width, channels = image.shape
    # Whole pixels are copied, not numbers.
    pixels = image.reshape(height, -1).view(np.dtype((np.void, 4 * channels)))
    return np.ascontiguousarray(pixels.T).view("float32").reshape(width, height, channels)


def _by_matrix(matrix, values):
    """`matrix @ values`, where what is not 0 in the matrix lies in a band: a pixel is made of its
    neighbours alone.
    """
    result = np.empty((len(matrix), values.shape[1]), "float32")
    for top in range(0, len(matrix), _BLOCK):
        block = matrix[top : top + _BLOCK]
        used = np.flatnonzero(block.any(axis=0))
        first, last = (used[0], used[-1] + 1) if len(used) else (0, 0)
        block = block[:, first:last]
        width = max(_PRODUCTS // max(block.size, 1), 1)
        for left in range(0, values.shape[1], width):
            part = slice(left, left + width)
            np.matmul(block, values[first:last, part], out=result[top : top + _BLOCK, part])
    return result


def _kept(matrix):
    """The matrix, which whoever gets it from the cache may not write to."""
    matrix.setflags(write=False)
    return matrix


def moving_core(frame):
    """The part of a frame's square, "tight" or "whole_head", within which a face that moves is
    moved whole.
    """
    return WHOLE_HEAD_CORE if frame == "whole_head" else MOVING_CORE


@functools.lru_cache(maxsize=4)
def feathered_mask(size: int, core: float = 0.7) -> np.ndarray:
    """How much of the change each pixel of the aligned square takes.

    Level sets are rounded squares, `r = (|x|^4 + |y|^4)^(1/4)` with x and y from
    -1 to 1 between the outermost pixels: 1 up to `r = core`, 0 from `r = 1`, a
    quintic step between, whose slope and curvature vanish at both ends, so that
    neither end shows as a line.

    Args:
        size: side of the aligned square in pixels, 2 or more.
        core: where the mask begins to fall, 0 to 1 (excluded).

    Returns:
        `(size, size)` float32 in 0 to 1; the outermost pixels are 0. It is kept, and not to be
        written to.

    Raises:
        ValueError: a size below 2, or a core outside 0 to 1.

    Example:
        >>> from faceaging_tf.resampling import feathered_mask
        >>> mask = feathered_mask(128)
        >>> float(mask[64, 64]), float(mask[0].max())
        (1.0, 0.0)
    """
    if size < 2:
        raise ValueError(f"The mask's side was {size} pixels; it must be 2 or more.")
    if not 0 <= core < 1:
        raise ValueError(f"core must lie in 0 to 1 (excluded); got {core}.")
    axis = np.linspace(-1, 1, size) ** 4
    radius = np.sqrt(np.sqrt(axis[:, None] + axis[None, :]))
    step = np.clip((1 - radius) / (1 - core), 0, 1)
    return _kept((step**3 * (step * (6 * step - 15) + 10)).astype(np.float32))
