"""Resizing by two products of matrices: the same on every backend, differentiable, and made of
operations that every mobile runtime has.
"""

from collections.abc import Sequence

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
    return _by_two_products(images, matrix, matrix)


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
    return _by_two_products(
        images,
        window_matrix(start, size, top, bottom, kernel),
        window_matrix(start, size, left, right, kernel),
    )


def _by_two_products(images, rows, columns):
    """Images `(N, H, W, C)` with one matrix `(h, H)` applied to their rows' place and another
    `(w, W)` to their columns': `(N, h, w, C)`.
    """
    (height, start_height), (width, start_width), channels = (
        rows.shape,
        columns.shape,
        images.shape[-1],
    )
    resized = ops.matmul(
        ops.convert_to_tensor(rows), ops.reshape(images, (-1, start_height, start_width * channels))
    )
    resized = ops.transpose(ops.reshape(resized, (-1, height, start_width, channels)), (0, 2, 1, 3))
    resized = ops.matmul(
        ops.convert_to_tensor(columns), ops.reshape(resized, (-1, start_width, height * channels))
    )
    return ops.transpose(ops.reshape(resized, (-1, width, height, channels)), (0, 2, 1, 3))
