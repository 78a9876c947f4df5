"""Resizing by two products of matrices: the same on every backend, differentiable, and made of
operations that every mobile runtime has.
"""

from collections.abc import Sequence

import numpy as np
from keras import ops

from faceaging_tf.resampling import resize_matrix, window_matrix
from faceaging_tf.typing import Tensor


def resize_by_matrices(images: Tensor, size: int, kernel: str = "linear") -> Tensor:
    """Square images `(N, H, H, C)` as `(N, size, size, C)`, see `resize_matrix`; those of that size
    as they are.
    """
    if images.shape[1] == size:
        return images
    matrix = resize_matrix(images.shape[1], size, kernel)
    return by_matrices(images, matrix, matrix)


def cut_window(
    images: Tensor, window: Sequence[float], size: int, kernel: str = "linear"
) -> Tensor:
    """A window of square images, resized; 0 where it reaches over their edges, see `window_matrix`.

    Args:
        images: `(N, H, H, C)` tensor.
        window: `(left, top, right, bottom)`, fractions of the side, as `Frame.window` gives.
        size: side in pixels that the window is resized to, smoothed where that shrinks it.
        kernel: "linear" or "cubic".

    Returns:
        `(N, size, size, C)` tensor.

    Example:
        >>> import numpy as np
        >>> from faceaging_tf.layers import cut_window
        >>> image = np.arange(16, dtype="float32").reshape(1, 4, 4, 1)
        >>> np.array(cut_window(image, (0.25, 0.5, 0.75, 1.0), 2))[0, :, :, 0].tolist()
        [[9.0, 10.0], [13.0, 14.0]]
    """
    left, top, right, bottom = window
    start = images.shape[1]
    return by_matrices(
        images,
        window_matrix(start, size, top, bottom, kernel),
        window_matrix(start, size, left, right, kernel),
    )


def by_matrices(images: Tensor, rows: np.ndarray, columns: np.ndarray) -> Tensor:
    """Images whose rows and columns are mixed by constant matrices, `rows @ plane @ columns.T` for
    each plane.

    LiteRT runs them without the memory that its resizing keeps at each place that it is called, ten
    times that of a large plane.

    Args:
        images: `(N, H, W, C)` tensor.
        rows: `(h, H)` float32 array.
        columns: `(w, W)` float32 array.

    Returns:
        `(N, h, w, C)` tensor.
    """
    height, width, channels = images.shape[1:]
    left, right = (ops.convert_to_tensor(matrix.T) for matrix in (columns, rows))
    if channels == 1:
        # By itself: LiteRT's converter makes something else of the transposed single plane.
        wide = ops.matmul(ops.reshape(images, (-1, height, width)), left)
        mixed = ops.transpose(ops.matmul(ops.transpose(wide, (0, 2, 1)), right), (0, 2, 1))
        return ops.reshape(mixed, (-1, len(rows), len(columns), 1))
    wide = ops.matmul(ops.transpose(images, (0, 3, 1, 2)), left)
    return ops.transpose(ops.matmul(ops.transpose(wide, (0, 1, 3, 2)), right), (0, 3, 2, 1))
