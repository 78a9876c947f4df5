"""Resizing by two products of matrices: the same on every backend, differentiable, and made of operations that every mobile runtime has."""

import functools

import numpy as np
from keras import ops

KERNELS = {
    "linear": lambda x: np.maximum(1.0 - x, 0.0),
    # Keys (1981), a = -0.5.
    "cubic": lambda x: np.where(x < 1, (1.5 * x - 2.5) * x * x + 1, np.where(x < 2, ((-0.5 * x + 2.5) * x - 4) * x + 2, 0.0)),
}


@functools.cache
def resize_matrix(start, end, kernel="linear"):
    """The matrix `(end, start)` float32 that resizes a row of pixels, with half-pixel centres, smoothing before it shrinks, as `keras.ops.image.resize(antialias=True)`.

    Args:
        start: pixels before.
        end: pixels after.
        kernel: "linear" or "cubic".

    Example:
        >>> from faceaging_tf.layers.resizing import resize_matrix
        >>> resize_matrix(2, 4).tolist()
        [[1.0, 0.0], [0.75, 0.25], [0.25, 0.75], [0.0, 1.0]]
    """
    stretch = max(start / end, 1.0)
    centres = (np.arange(end) + 0.5) * start / end - 0.5
    matrix = KERNELS[kernel](np.abs(centres[:, None] - np.arange(start)) / stretch)
    return (matrix / matrix.sum(axis=1, keepdims=True)).astype("float32")


def resize_by_matrices(images, size, kernel="linear"):
    """Square images `(N, H, H, C)` as `(N, size, size, C)`, see `resize_matrix`; those of that size as they are."""
    start, channels = images.shape[1], images.shape[-1]
    if start == size:
        return images
    matrix = ops.convert_to_tensor(resize_matrix(start, size, kernel))
    rows = ops.matmul(matrix, ops.reshape(images, (-1, start, start * channels)))
    rows = ops.transpose(ops.reshape(rows, (-1, size, start, channels)), (0, 2, 1, 3))
    columns = ops.matmul(matrix, ops.reshape(rows, (-1, start, size * channels)))
    return ops.transpose(ops.reshape(columns, (-1, size, size, channels)), (0, 2, 1, 3))
