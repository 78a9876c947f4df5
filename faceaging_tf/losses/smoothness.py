"""Smoothness: the anisotropic total variation of a change."""

import keras
from keras import ops


def smoothness(change):
    """`E|change[i+1, j] - change[i, j]| + E|change[i, j+1] - change[i, j]|` of each picture (Rudin et al. 1992).

    Args:
        change: `(N, H, W, C)`.

    Returns:
        `(N,)` float32.
    """
    change = ops.cast(change, "float32")
    down = ops.abs(change[:, 1:] - change[:, :-1])
    right = ops.abs(change[:, :, 1:] - change[:, :, :-1])
    return ops.mean(down, axis=(1, 2, 3)) + ops.mean(right, axis=(1, 2, 3))


@keras.saving.register_keras_serializable(package="faceaging_tf")
class SmoothnessLoss(keras.losses.Loss):
    """`smoothness` of `y_pred - y_true` as a `keras.losses.Loss`."""

    def call(self, y_true, y_pred):
        return smoothness(y_pred - y_true)
