"""Tiny models of all four classes, built once; no test may train or change them."""

import numpy as np
import pytest
import tiny

from faceaging_tf.models import FGAN


def moved(model, seed):
    """The model with generators and averages away from where they began, and from each other."""
    tiny.randomized(model, seed)
    rng = np.random.default_rng(seed + 1)
    for average in model.averages.values():
        average.set_weights(
            [weight + rng.normal(scale=0.05, size=weight.shape) for weight in average.get_weights()]
        )
    return model


@pytest.fixture(scope="session")
def cyclegan():
    return moved(tiny.cyclegan(), 0)


@pytest.fixture(scope="session")
def fagan():
    return moved(tiny.fagan(), 1)


@pytest.fixture(scope="session")
def group_gan():
    return moved(tiny.group_gan(), 2)


@pytest.fixture(scope="session")
def fgan(fagan, group_gan):
    return FGAN(tiny.SIZE, fagan, group_gan)


@pytest.fixture(params=["cyclegan", "group_gan", "fagan", "fgan"])
def model(request):
    """Each of the four in turn."""
    return request.getfixturevalue(request.param)
