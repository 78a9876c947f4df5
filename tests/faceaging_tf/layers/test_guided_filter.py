"""The guided filter: against its definition by windows, and what it is for."""

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter
from scipy.ndimage import uniform_filter

from faceaging_tf.layers.guided_filter import box, guided

SIDE = 24
# Off the border, where windows of windows are whole.
INSIDE = (slice(2, -2), slice(2, -2))


def random(*shape, seed=0):
    return np.random.default_rng(seed).uniform(size=shape).astype("float32")


def test_a_box_is_the_mean_of_a_square():
    planes = random(1, SIDE, SIDE, 2)
    inside = (slice(None), slice(2, -2), slice(2, -2))
    np.testing.assert_allclose(
        np.array(box(planes, 2))[inside], uniform_filter(planes, (0, 5, 5, 0))[inside], rtol=1e-5
    )


def test_at_the_border_a_box_is_the_mean_of_what_lies_inside():
    planes = random(1, SIDE, SIDE, 1)
    assert float(np.array(box(planes, 2))[0, 0, 0, 0]) == pytest.approx(
        planes[0, :3, :3, 0].mean(), rel=1e-5
    )
    np.testing.assert_allclose(box(np.full((1, SIDE, SIDE, 1), 0.7, "float32"), 3), 0.7, rtol=1e-5)


def by_windows(mask, images, smoothness):
    """The filter by its definition, in float64: windows of three pixels a side, off the border."""
    slopes, offsets = np.zeros((SIDE, SIDE, 3)), np.zeros((SIDE, SIDE))
    for row in range(SIDE):
        for column in range(SIDE):
            window = (0, slice(max(row - 1, 0), row + 2), slice(max(column - 1, 0), column + 2))
            colours, values = (
                images[window].reshape(-1, 3).astype("float64"),
                mask[window].ravel().astype("float64"),
            )
            covariance = np.cov(colours.T, bias=True) + smoothness * np.eye(3)
            slopes[row, column] = np.linalg.solve(
                covariance,
                ((colours - colours.mean(0)) * (values - values.mean())[:, None]).mean(0),
            )
            offsets[row, column] = values.mean() - slopes[row, column] @ colours.mean(0)
    slopes, offsets = uniform_filter(slopes, (3, 3, 0)), uniform_filter(offsets, 3)
    return np.clip((slopes * images[0]).sum(-1) + offsets, 0, 1)[INSIDE]


def test_in_each_window_the_mask_is_fitted_by_least_squares_to_the_colours():
    mask, images = random(1, SIDE, SIDE, 1), random(1, SIDE, SIDE, 3, seed=1)
    found = np.array(guided(mask, images, 1, 0.01))[0, ..., 0]
    np.testing.assert_allclose(found[INSIDE], by_windows(mask, images, 0.01), atol=1e-5)


def test_colours_that_go_together_cost_no_precision():
    mask, light = random(1, SIDE, SIDE, 1), random(1, SIDE, SIDE, 1, seed=1)
    # Strands of one colour, with little noise.
    images = light * np.float32([0.9, 0.8, 0.7]) + 0.01 * random(1, SIDE, SIDE, 3, seed=2)
    found = np.array(guided(mask, images, 1, 3e-4))[0, ..., 0]
    np.testing.assert_allclose(found[INSIDE], by_windows(mask, images, 3e-4), atol=1e-5)


def test_a_blurred_mask_follows_the_pictures_edge_at_the_pictures_size():
    columns = np.arange(4 * SIDE)
    images = np.broadcast_to(
        np.where(columns < 50, 0.1, 0.8).astype("float32")[:, None], (1, 4 * SIDE, 4 * SIDE, 3)
    )
    mask = np.broadcast_to(
        np.clip((16 - np.arange(SIDE)) / 8, 0, 1).astype("float32")[:, None], (1, SIDE, SIDE, 1)
    )
    found = np.array(guided(mask, images))[0, 48, :, 0]
    assert found[49] - found[50] > 0.4 > 4 * abs(found[48] - found[49])


def test_where_colours_are_all_alike_the_mask_is_only_blurred():
    mask = np.zeros((1, SIDE, SIDE, 1), "float32")
    mask[:, :, : SIDE // 2] = 1
    found = np.array(guided(mask, np.full((1, SIDE, SIDE, 3), 0.3, "float32"), 2))
    np.testing.assert_allclose(found, np.array(box(box(mask, 2), 2)), atol=1e-4)


def test_weights_of_half_precision_leave_means_as_they_are():
    tf = pytest.importorskip("tensorflow")
    planes = np.random.default_rng(3).uniform(size=(1, 16, 16, 1)).astype("float32")
    mean = tf.function(lambda x: box(x, 3)).get_concrete_function(tf.TensorSpec(planes.shape))
    converter = tf.lite.TFLiteConverter.from_concrete_functions([mean])
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    interpreter = Interpreter(model_content=converter.convert())
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], planes)
    interpreter.invoke()
    found = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    np.testing.assert_allclose(found, box(planes, 3), rtol=1e-5)
