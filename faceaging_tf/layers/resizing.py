"""Resizing by two products of matrices: the same on every backend, differentiable, and made of operations that every mobile runtime has."""

from keras import ops

from faceaging_tf.resampling import resize_matrix


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
