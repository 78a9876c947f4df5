"""The gradient of a function at its input, on TensorFlow and on JAX."""

import keras
from keras import ops


def input_gradient(function, inputs):
    """The gradient of a scalar function at `inputs`, of their shape; no gradient flows through it.

    Args:
        function: from an array like `inputs` to a scalar.
        inputs: a float32 array.
    """
    inputs = ops.stop_gradient(inputs)
    if keras.backend.backend() == "jax":
        import jax

        return ops.stop_gradient(jax.grad(function)(inputs))
    import tensorflow as tf

    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(inputs)
        value = function(inputs)
    return ops.stop_gradient(tape.gradient(value, inputs))
