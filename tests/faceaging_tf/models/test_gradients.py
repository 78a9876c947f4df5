"""The gradient at an input."""

import numpy as np
import tensorflow as tf

from faceaging_tf.models.gradients import input_gradient


def test_it_is_the_gradient():
    x = np.array([[1.0, -2.0], [3.0, 0.5]], "float32")
    np.testing.assert_allclose(
        input_gradient(lambda x: tf.reduce_sum(x**3), tf.constant(x)), 3 * x**2, rtol=1e-6
    )


def test_nothing_flows_through_it():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(input_gradient(lambda x: tf.reduce_sum(x**3), x * 1.0))
    assert tape.gradient(total, x) is None
