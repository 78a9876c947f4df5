"""Tiny models to export, and what became of them."""

import pytest
import tiny

from faceaging_tf.models import FGAN


def moving(**more):
    return tiny.randomized(tiny.moving_fagan(**more), seed=1).for_release()


@pytest.fixture(scope="session")
def fagan():
    """A FA-GAN that moves faces, calibrated."""
    curve = {"ages": [20.0, 60.0], "years": [10.0, 30.0], "asked": [[12.0, 40.0], [15.0, 50.0]]}
    return moving(
        calibration={
            "aging": curve,
            "rejuvenation": {"ages": [40.0], "years": [10.0], "asked": [[12.0]]},
        }
    )


@pytest.fixture(scope="session")
def group_gan():
    """A Group-GAN of three groups."""
    return tiny.randomized(
        tiny.group_gan(
            generator=tiny.FEW_LAYERS["generator"], groups=[[0, 20], [20, 50], [50, 100]]
        )
    ).for_release()


@pytest.fixture(scope="session")
def fgan():
    """Both in one, neither of which moves faces."""
    return tiny.randomized(
        FGAN(
            tiny.SIZE,
            tiny.fagan(**tiny.FEW_SPECTRAL_LAYERS),
            tiny.group_gan(**tiny.FEW_LAYERS, groups=[[0, 40], [40, 100]]),
        )
    ).for_release()
