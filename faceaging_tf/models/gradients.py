"""The gradient of a function at its input, on TensorFlow and on JAX."""

import keras
from keras import ops


def input_gradient(function, inputs):
    """The gradient of a scalar function at `inputs`, of their shape; no gradient flows through it.

    Args:
        function: from an array like `inputs` to a scalar.
        inputs: a float32 array.
    """
    return ops.stop_gradient(_gradient(function, ops.stop_gradient(inputs)))


def squared_gradient(function, inputs):
    """`|d f(x) / d x|^2` of each picture, `(N,)` float32, which gradients flow through.

    Args:
        function: from pictures `(N, H, W, C)` to values `(N, ...)`, each of its own picture alone.
        inputs: the pictures, float32.

    Example:
        >>> import numpy as np
        >>> from keras import ops
        >>> pictures = ops.convert_to_tensor(np.array([[1.0, 2.0], [3.0, 0.0]], "float32").reshape(2, 1, 2, 1))
        >>> [float(value) for value in squared_gradient(lambda x: x * x, pictures)]
        [20.0, 36.0]
    """
    gradient = _gradient(lambda pictures: ops.sum(function(pictures)), inputs)
    return ops.sum(ops.square(ops.cast(gradient, "float32")), axis=(1, 2, 3))


def _gradient(function, inputs):
    """The gradient of a scalar function, which gradients flow through."""
    if keras.backend.backend() == "jax":
        import jax

        return jax.grad(function)(inputs)
    import tensorflow as tf

    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(inputs)
        value = function(inputs)
    return tape.gradient(value, inputs)
