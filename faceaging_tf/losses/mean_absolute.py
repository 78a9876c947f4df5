"""The mean absolute difference of two pictures, which several losses are made of."""

from keras import ops

from faceaging_tf.typing import Tensor


def mean_absolute(first: Tensor, second: Tensor) -> Tensor:
    """`E|first - second|` of each picture: `(N, ...)` and `(N, ...)` to `(N,)`, float32."""
    difference = ops.abs(ops.cast(first, "float32") - ops.cast(second, "float32"))
    return ops.mean(ops.reshape(difference, (ops.shape(difference)[0], -1)), axis=-1)
