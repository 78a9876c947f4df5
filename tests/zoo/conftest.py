"""What the tests of the zoo share: tiny FA-GANs as presets, and a photo."""

import keras
import pytest
import tiny
from PIL import Image
from skimage.data import astronaut

import zoo
from faceaging_tf.models import FAGAN
from zoo import registry

TINY = {
    "image_size": 32,
    "generator": {"network": "mobile_generator", "widths": [4, 4, 4, 4], "blocks": 1},
    "discriminator": {"network": "patch_discriminator", "filters": 4, "stages": 2},
    "age_network": {"network": "age_network", "widths": [4, 8], "blocks": [1, 1]},
}


@pytest.fixture(scope="session")
def tiny_fagan():
    """A released FA-GAN of the real class, 32 pixels and a few thousand weights."""
    keras.utils.set_random_seed(0)
    model = FAGAN(**TINY)
    return model.for_release()


@pytest.fixture(scope="session")
def tiny_preset(tiny_fagan, tmp_path_factory):
    """The folder of its preset, as a string."""
    return str(zoo.save(tiny_fagan, tmp_path_factory.mktemp("tiny") / "preset", entry="fagan"))


@pytest.fixture(scope="session")
def whole_preset(tmp_path_factory):
    """The folder of a preset of whole heads whose parts of ageing have strengths, as a string."""
    keras.utils.set_random_seed(0)
    model = tiny.randomized(tiny.whole_fagan(discriminator=None), seed=1)
    return str(zoo.save(model, tmp_path_factory.mktemp("whole") / "preset", entry="fagan"))


@pytest.fixture
def unreleased(tmp_path):
    """An entry without weights, whatever the zoo has released."""
    entry = zoo.Entry(
        name="unreleased", title="U", builder="faceaging_tf.models:FAGAN", task="T.", paper="P.", architecture=TINY,
        paper_architecture={**TINY, "image_size": 64}, preset=tmp_path / "preset",
    )  # fmt: skip
    zoo.register(entry)
    yield entry
    registry.unregister("unreleased")


@pytest.fixture
def photo(tmp_path):
    """The path of a photo with one face, in a folder of its own."""
    path = tmp_path / "me.jpg"
    Image.fromarray(astronaut()).save(path)
    return path


@pytest.fixture
def landscape(tmp_path):
    """The path of a photo without a face."""
    path = tmp_path / "sea.png"
    Image.new("RGB", (200, 150), (40, 90, 160)).save(path)
    return path
