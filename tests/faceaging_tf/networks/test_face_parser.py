"""The face parser: what it gives, and what it is not built for."""

import numpy as np
import pytest

from faceaging_tf import networks
from faceaging_tf.networks.face_parser import TRAITS, face_parser, fold_normalizations

TINY = {"widths": (4, 4, 4, 4), "blocks": 1}


@pytest.fixture(scope="module")
def parser():
    return networks.face_parser(image_size=64, **TINY)


def test_flow_regions_and_traits_have_their_shapes(parser):
    told = parser(np.zeros((3, 64, 64, 3), "float32"))
    shapes = {name: tuple(each.shape) for name, each in told.items()}
    assert shapes == {"flow": (3, 16, 16, 2), "regions": (3, 32, 32, 2), "traits": (3, len(TRAITS))}


def test_what_it_says_differs_from_face_to_face(parser):
    noise = np.random.default_rng(0).uniform(-1, 1, (2, 64, 64, 3)).astype("float32")
    assert all(np.ptp(np.array(each), axis=0).max() > 0 for each in parser(noise).values())


@pytest.mark.parametrize("arguments", [{"image_size": 48}, {"image_size": 64, "widths": (4, 4, 4)}])
def test_other_sizes_and_widths_are_refused(arguments):
    with pytest.raises(ValueError, match="multiple of 32 and four widths"):
        networks.face_parser(**{**TINY, **arguments})


def test_its_specification_builds_it_again(parser):
    again = networks.build(networks.serialize(parser))
    assert [weight.shape for weight in again.weights] == [weight.shape for weight in parser.weights]


def test_folded_normalizations_say_the_same_and_are_the_identity():
    parser = face_parser(image_size=64, widths=(4, 4, 4, 4), blocks=1)
    random = np.random.default_rng(0)
    for weight in parser.weights:
        if "normalization" in weight.path:
            weight.assign(random.uniform(0.5, 1.5, weight.shape))
    faces = random.uniform(-1, 1, (2, 64, 64, 3)).astype("float32")
    before = parser(faces)
    fold_normalizations(parser)
    for name, value in parser(faces).items():
        np.testing.assert_allclose(value, before[name], rtol=1e-3, atol=1e-4)
    layer = parser.get_layer("stem_normalization")
    scale = np.array(layer.gamma).astype("float16") / np.sqrt(
        np.array(layer.moving_variance).astype("float16").astype("float32") + layer.epsilon
    )
    np.testing.assert_array_equal(scale, 1)
