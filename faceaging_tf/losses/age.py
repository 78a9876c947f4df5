"""The age loss: a face asked to be k years older looks k years older."""

import keras
from keras import ops


def age_shift(age_before, age_after, years):
    """`|age(G(x, k)) - age(x) - k|`, in years (Palsson et al., CVPRW 2018).

    Args:
        age_before: `(N,)`, years, of the input.
        age_after: `(N,)`, years, of the output, differentiable.
        years: `(N,)`, k, negative for younger.

    Returns:
        `(N,)` float32.
    """
    before, after, k = (ops.cast(value, "float32") for value in (age_before, age_after, years))
    return ops.abs(after - before - k)


@keras.saving.register_keras_serializable(package="faceaging_tf")
class AgeLoss(keras.losses.Loss):
    """`age_shift` as a `keras.losses.Loss`: `y_true` the age asked for (before plus k), `y_pred` the age after; `(N,)` each."""

    def call(self, y_true, y_pred):
        return age_shift(y_true, y_pred, ops.zeros_like(y_true))
