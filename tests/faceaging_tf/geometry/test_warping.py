"""A picture sampled along a matrix, against scikit-image's own call and its fallback."""

import numpy as np
import pytest
from skimage.transform import warp

from faceaging_tf.geometry import warping
from faceaging_tf.geometry.warping import warped

TURN = np.array([[0.8, 0.1, -5.0], [-0.1, 0.8, 4.0]])


@pytest.mark.parametrize("order, mode", [(1, "constant"), (3, "edge"), (3, "symmetric")])
@pytest.mark.parametrize("private", [True, False], ids=["compiled loop", "public call"])
def test_a_warp_is_scikit_images(order, mode, private, monkeypatch):
    if not private:
        monkeypatch.setattr(warping, "compiled", None)
    values = np.random.default_rng(0).normal(size=(40, 30)).astype("float32")
    found = warped(values, TURN, (50, 45), order, mode)
    expected = warp(
        values.astype("float64"),
        np.vstack([TURN, (0, 0, 1)]),
        output_shape=(50, 45),
        order=order,
        mode=mode,
    )
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-4)
