"""How light colours are, against Pillow's grey."""

import numpy as np
from PIL import Image

from faceaging_tf.geometry import exposure
from faceaging_tf.layers.luminance import LUMINANCE, log_luminance, luminance


def test_luminance_is_pillows_grey():
    colours = np.random.default_rng(0).integers(0, 256, (1, 5, 7, 3), dtype="uint8")
    grey = np.asarray(Image.fromarray(colours[0]).convert("L"), "float32")
    np.testing.assert_allclose(
        np.array(luminance(colours.astype("float32")))[0, ..., 0], grey, atol=1
    )


def test_the_logarithm_of_grey_is_that_of_its_level():
    np.testing.assert_allclose(
        np.ravel(log_luminance(np.full((1, 1, 1, 3), 0.5, "float32"))), np.log(0.5), rtol=1e-6
    )


def test_black_has_a_finite_logarithm():
    assert np.isfinite(log_luminance(np.zeros((1, 1, 1, 3), "float32"))).all()


def test_numpy_weighs_colours_as_keras_does():
    np.testing.assert_array_equal(exposure.LUMINANCE, np.array(LUMINANCE, "float32"))
