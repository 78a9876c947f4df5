"""A picture moved by a flow, against scipy's interpolation."""

import keras
import numpy as np
import pytest
from keras import ops
from scipy.ndimage import map_coordinates
from verbs import LayerVerbs

from faceaging_tf.layers import FaceWarp


def rng():
    return np.random.default_rng(0)


class TestVerbs(LayerVerbs):
    layer_class, always_float32 = FaceWarp, True

    def inputs(self):
        return [
            rng().normal(size=(2, 8, 8, 3)).astype("float32"),
            rng().uniform(-0.2, 0.2, (2, 4, 4, 2)).astype("float32"),
        ]


def test_no_flow_leaves_every_pixel_as_it_is():
    x = rng().normal(size=(2, 6, 5, 3)).astype("float32")
    np.testing.assert_array_equal(FaceWarp()([x, np.zeros((2, 6, 5, 2))]), x)


def test_a_whole_pixel_to_the_left_and_edges_repeated():
    x = np.arange(4.0, dtype="float32").reshape(1, 1, 4, 1)
    left = np.broadcast_to(np.float32([-0.25, 0]), (1, 1, 4, 2))
    assert np.ravel(FaceWarp()([x, left])).tolist() == [0, 0, 1, 2]


def test_between_pixels_it_is_linear_as_scipy_is():
    x, flow = (
        rng().normal(size=(3, 7, 9, 2)).astype("float32"),
        rng().uniform(-0.4, 0.4, (3, 7, 9, 2)).astype("float32"),
    )
    moved = np.array(FaceWarp()([x, flow]))
    rows, columns = np.mgrid[:7, :9]
    for number in range(3):
        where = [rows + 7 * flow[number, ..., 1], columns + 9 * flow[number, ..., 0]]
        for channel in range(2):
            expected = map_coordinates(x[number, ..., channel], where, order=1, mode="nearest")
            np.testing.assert_allclose(moved[number, ..., channel], expected, atol=1e-5)


def test_a_small_flow_is_brought_to_the_size_of_the_picture():
    x = rng().normal(size=(1, 8, 8, 1)).astype("float32")
    everywhere = np.full((1, 2, 2, 2), 0.125, "float32")
    np.testing.assert_allclose(FaceWarp()([x, everywhere])[:, :7, :7], x[:, 1:, 1:], atol=1e-6)


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow",
    reason="gradients are taken with TensorFlow here; the JAX tests train a model that moves faces",
)
def test_its_gradients_are_those_of_finite_differences():
    import tensorflow as tf

    x, flow = (
        tf.constant(rng().normal(size=(1, 5, 5, 1)), "float32"),
        tf.constant(rng().uniform(0.02, 0.15, (1, 5, 5, 2)), "float32"),
    )
    total = lambda x, flow: ops.sum(
        FaceWarp()([x, flow]) * ops.reshape(ops.arange(25.0), (1, 5, 5, 1))
    )
    with tf.GradientTape() as tape:
        tape.watch([x, flow])
        value = total(x, flow)
    by_x, by_flow = (gradient.numpy() for gradient in tape.gradient(value, [x, flow]))
    for place in ((0, 1, 2, 0), (0, 3, 3, 0)):
        step = np.zeros_like(x.numpy())
        step[place] = 1e-2
        assert by_x[place] == pytest.approx(
            float(total(x + step, flow) - total(x - step, flow)) / 2e-2, rel=1e-2, abs=1e-2
        )
    for place in ((0, 1, 2, 0), (0, 2, 1, 1)):
        step = np.zeros_like(flow.numpy())
        step[place] = 1e-3
        assert by_flow[place] == pytest.approx(
            float(total(x, flow + step) - total(x, flow - step)) / 2e-3, rel=2e-2, abs=5e-2
        )
