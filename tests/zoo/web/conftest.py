"""A tiny FA-GAN behind the page."""

import pytest
import tiny

import zoo
from faceaging_tf.photo import FaceDetector
from zoo import loading


@pytest.fixture(scope="module")
def preset(tmp_path_factory):
    """The folder of a tiny FA-GAN that changes what it sees, another way for younger than for
    older.
    """
    model = tiny.randomized(tiny.moving_fagan(), seed=1).for_release()
    return str(zoo.save(model, tmp_path_factory.mktemp("web") / "preset", entry="fagan"))


@pytest.fixture(scope="module")
def model(preset):
    return loading.load(preset)


@pytest.fixture(scope="module")
def detector():
    return FaceDetector()
