"""The small residual U-Net: its size, and that it changes what it says it changes."""

import keras
import numpy as np
import pytest

from faceaging_tf.networks import mobile_generator
from faceaging_tf.networks.mobile_generator import FaceChange

TINY = {"widths": (4, 4, 4, 4), "blocks": 1, "vector": 4}


def face(size=32):
    return np.random.default_rng(0).uniform(-1, 1, (2, size, size, 3)).astype("float32")


def column(*values):
    return np.array(values, "float32")[:, None]


@pytest.mark.parametrize("conditioned", [True, False])
def test_it_has_at_most_a_million_parameters(conditioned):
    assert 500_000 < mobile_generator(conditioned=conditioned).count_params() <= 1_000_000


@pytest.mark.parametrize("image_size", [128, 256])
@pytest.mark.parametrize("conditioned", [True, False])
def test_a_face_comes_out_at_its_own_size(image_size, conditioned):
    model = mobile_generator(image_size=image_size, conditioned=conditioned, **TINY)
    x = face(image_size)
    inputs = [x, column(10, 20), column(30, 40)] if conditioned else x
    assert model.output_shape[1:] == model(inputs).shape[1:] == (image_size, image_size, 3)


def test_it_begins_near_the_identity():
    model = mobile_generator(image_size=32, **TINY)
    assert np.abs(np.asarray(model([face(), column(10, 20), column(30, 40)])) - face()).max() < 0.2


def test_with_silent_last_layers_it_is_the_identity():
    model = mobile_generator(image_size=32, **TINY)
    for name in ("colour_change", "luminance_change"):
        layer = model.get_layer(name)
        layer.set_weights([np.zeros_like(weight) for weight in layer.get_weights()])
    np.testing.assert_array_equal(model([face(), column(10, 20), column(30, 40)]), face())


def test_it_depends_on_years_and_age_once_trained():
    model = mobile_generator(image_size=32, **TINY)
    rng = np.random.default_rng(1)
    model.set_weights(
        [weight + rng.normal(scale=0.1, size=weight.shape) for weight in model.get_weights()]
    )
    outputs = [
        np.asarray(model([face(), column(*years), column(*ages)]))
        for years, ages in (((9, 9), (20, 20)), ((40, 40), (20, 20)), ((9, 9), (60, 60)))
    ]
    assert not np.allclose(outputs[0], outputs[1]) and not np.allclose(outputs[0], outputs[2])


def test_luminance_is_added_to_all_channels_alike():
    luminance = np.random.default_rng(1).normal(size=(2, 32, 32, 1)).astype("float32")
    output = FaceChange()([face(), luminance, np.zeros((2, 4, 4, 3), "float32")])
    np.testing.assert_allclose(output, face() + luminance, atol=1e-6)


def test_a_change_of_colour_has_no_luminance():
    colour = np.random.default_rng(1).normal(size=(2, 4, 4, 3)).astype("float32")
    change = (
        np.asarray(FaceChange()([face(), np.zeros((2, 32, 32, 1), "float32"), colour])) - face()
    )
    np.testing.assert_allclose(change @ np.array([0.299, 0.587, 0.114]), 0, atol=1e-5)
    assert np.abs(change).max() > 0.1


def test_a_flat_change_of_colour_stays_flat():
    colour = np.broadcast_to(np.array([0.3, -0.1, 0.2], "float32"), (2, 4, 4, 3)).copy()
    change = (
        np.asarray(FaceChange()([face(), np.zeros((2, 32, 32, 1), "float32"), colour])) - face()
    )
    expected = np.array([0.3, -0.1, 0.2]) - (0.299 * 0.3 - 0.587 * 0.1 + 0.114 * 0.2)
    np.testing.assert_allclose(change, np.broadcast_to(expected, change.shape), atol=1e-6)


def test_its_last_layers_stay_in_float32():
    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        model = mobile_generator(image_size=32, **TINY)
    finally:
        keras.mixed_precision.set_global_policy("float32")
    assert model.get_layer("up0_convolution").compute_dtype == "float16"
    assert model.get_layer("luminance_change").compute_dtype == model.output.dtype == "float32"


@pytest.mark.parametrize("arguments", [{"image_size": 100}, {"widths": (8, 8, 8)}])
def test_a_size_or_widths_that_do_not_fit_are_refused(arguments):
    with pytest.raises(ValueError, match="it needs a multiple of 8 and four widths"):
        mobile_generator(**arguments)
