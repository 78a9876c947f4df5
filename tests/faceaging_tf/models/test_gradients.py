"""The gradient at an input."""

import numpy as np
import tensorflow as tf

from faceaging_tf.models.gradients import input_gradient, squared_gradient


def test_it_is_the_gradient():
    x = np.array([[1.0, -2.0], [3.0, 0.5]], "float32")
    np.testing.assert_allclose(input_gradient(lambda x: tf.reduce_sum(x**3), tf.constant(x)), 3 * x**2, rtol=1e-6)


def test_nothing_flows_through_it():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(input_gradient(lambda x: tf.reduce_sum(x**3), x * 1.0))
    assert tape.gradient(total, x) is None


def test_the_squared_gradient_is_of_each_picture_and_can_be_trained():
    weight = tf.Variable(2.0)
    x = np.array([[1.0, -2.0], [3.0, 0.5]], "float32").reshape(2, 1, 2, 1)
    with tf.GradientTape() as tape:
        squares = squared_gradient(lambda pictures: weight * pictures**3, tf.constant(x))
        total = tf.reduce_sum(squares)
    expected = (2.0 * 3 * x**2) ** 2
    np.testing.assert_allclose(squares, expected.sum(axis=(1, 2, 3)), rtol=1e-6)
    # (3 w x^2)^2 grows by 18 w x^4 with w.
    np.testing.assert_allclose(tape.gradient(total, weight), (18 * 2.0 * x**4).sum(), rtol=1e-6)
