"""The age network: a distribution over 0 to 100 years."""

import numpy as np
import pytest

from faceaging_tf.networks import age_network


@pytest.fixture(scope="module", params=["residual", "plain"])
def network(request):
    return age_network(image_size=32, widths=(4, 8), blocks=(1, 2), kind=request.param)


def test_it_gives_a_distribution_over_101_ages(network):
    faces = np.random.default_rng(0).uniform(-1, 1, (3, 32, 32, 3))
    probabilities = np.asarray(network(faces))
    assert probabilities.shape == (3, 101) and probabilities.min() >= 0
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)


def test_another_kind_is_another_architecture():
    arguments = {"image_size": 32, "widths": (4, 8), "blocks": (1, 2)}
    assert (
        age_network(**arguments).count_params()
        != age_network(**arguments, kind="plain").count_params()
    )


@pytest.mark.parametrize("image_size", [128, 256])
def test_the_default_takes_a_face_of_its_size(image_size):
    model = age_network(image_size=image_size)
    assert model.input_shape == (None, image_size, image_size, 3) and model.output_shape == (
        None,
        101,
    )


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match='kind=\'vgg\'; it needs "residual" or "plain"'):
        age_network(kind="vgg")


def test_widths_and_blocks_of_different_lengths_are_refused():
    with pytest.raises(
        ValueError, match="3 widths and 2 blocks; it needs one number of blocks a width"
    ):
        age_network(widths=(4, 8, 16), blocks=(1, 1))
