"""Pictures looked up along flows, against scipy's interpolation."""

import numpy as np
import pytest
from scipy.ndimage import map_coordinates
from verbs import LayerVerbs

from faceaging_tf.layers import SampleAlongFlow, resize_by_matrices, sampled


def rng():
    return np.random.default_rng(0)


def looked_up(image, columns, rows):
    """scipy's `(h, w, C)` of an image `(H, W, C)`."""
    return np.stack(
        [
            map_coordinates(plane, [rows, columns], order=1, mode="nearest")
            for plane in np.moveaxis(image, -1, 0)
        ],
        axis=-1,
    )


def along(image, flow):
    """The same along a flow `(h, w, 2)`: by hand, the pixel i of n lies at (i + 1/2) / n."""
    rows, columns = np.mgrid[: flow.shape[0], : flow.shape[1]]
    x, y = (
        (columns + 0.5) / flow.shape[1] + flow[..., 0],
        (rows + 0.5) / flow.shape[0] + flow[..., 1],
    )
    return looked_up(image, x * image.shape[1] - 0.5, y * image.shape[0] - 0.5)


class TestVerbs(LayerVerbs):
    layer_class, always_float32 = SampleAlongFlow, True

    def inputs(self):
        return [
            rng().normal(size=(2, 8, 6, 3)).astype("float32"),
            rng().uniform(-0.2, 0.2, (2, 4, 5, 2)).astype("float32"),
        ]


def test_positions_between_pixels_and_beyond_the_edges_are_scipys():
    images = rng().normal(size=(3, 7, 9, 2)).astype("float32")
    columns, rows = (rng().uniform(-2, size + 2, (3, 4, 5)).astype("float32") for size in (9, 7))
    expected = [looked_up(*each) for each in zip(images, columns, rows, strict=True)]
    np.testing.assert_allclose(sampled(images, columns, rows), expected, atol=1e-5)


def test_at_pixels_it_gives_the_pixels():
    image = rng().normal(size=(1, 4, 5, 1)).astype("float32")
    columns, rows = np.meshgrid(np.arange(5.0), np.arange(4.0))
    np.testing.assert_array_equal(
        sampled(image, columns[None].astype("float32"), rows[None].astype("float32")), image
    )


@pytest.mark.parametrize("size", [(4, 5), (7, 9), (15, 11)])
def test_each_image_follows_its_own_flow_at_the_flows_size(size):
    images, flows = (
        rng().normal(size=(3, 7, 9, 2)).astype("float32"),
        rng().uniform(-0.4, 0.4, (3, *size, 2)).astype("float32"),
    )
    np.testing.assert_allclose(
        SampleAlongFlow()([images, flows]),
        [along(*each) for each in zip(images, flows, strict=True)],
        atol=1e-5,
    )


@pytest.mark.parametrize("kernel", ["linear", "cubic"])
def test_a_flow_is_brought_to_a_size_first(kernel):
    images, flows = (
        rng().normal(size=(2, 12, 12, 3)).astype("float32"),
        rng().uniform(-0.2, 0.2, (2, 4, 4, 2)).astype("float32"),
    )
    np.testing.assert_allclose(
        SampleAlongFlow()([images, flows], size=12, kernel=kernel),
        SampleAlongFlow()([images, resize_by_matrices(flows, 12, kernel)]),
        atol=1e-5,
    )


def test_one_image_serves_all_flows():
    image, flows = (
        rng().normal(size=(1, 7, 9, 2)).astype("float32"),
        rng().uniform(-0.4, 0.4, (3, 4, 5, 2)).astype("float32"),
    )
    np.testing.assert_allclose(
        SampleAlongFlow()([image, flows]), [along(image[0], flow) for flow in flows], atol=1e-5
    )


def test_a_quarter_to_the_right_of_four_pixels_is_the_next_pixel():
    row = np.arange(4.0, dtype="float32").reshape(1, 1, 4, 1)
    right = np.broadcast_to(np.float32([0.25, 0]), (1, 1, 4, 2))
    assert np.ravel(SampleAlongFlow()([row, right])).tolist() == [1, 2, 3, 3]


def test_the_gradient_by_a_flow_is_the_slope_of_the_image():
    tf = pytest.importorskip("tensorflow")
    # Of eight pixels each is three more than the one before: 24 per side.
    ramp = tf.constant(3 * np.arange(8.0).reshape(1, 1, 8, 1), "float32")
    flow = tf.Variable(np.full((1, 1, 4, 2), (0.03, 0), "float32"))
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(SampleAlongFlow()([ramp, flow]))
    np.testing.assert_allclose(tape.gradient(total, flow)[..., 0], 24, rtol=1e-5)


def test_the_gradient_by_an_image_is_the_share_of_each_pixel():
    tf = pytest.importorskip("tensorflow")
    image = tf.Variable(np.zeros((1, 1, 4, 1), "float32"))
    with tf.GradientTape() as tape:
        value = tf.reduce_sum(sampled(image, np.float32([[[1.25]]]), np.float32([[[0]]])))
    np.testing.assert_allclose(np.ravel(tape.gradient(value, image)), [0, 0.75, 0.25, 0])
