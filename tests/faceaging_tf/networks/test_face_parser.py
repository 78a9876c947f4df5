"""The face parser: what it gives, and what it is not built for."""

import numpy as np
import pytest

from faceaging_tf import networks
from faceaging_tf.networks.face_parser import TRAITS

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
