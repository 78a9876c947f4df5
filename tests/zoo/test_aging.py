"""A whole photo aged in one call: what it takes, and what it refuses before a network is loaded."""

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

import zoo
from zoo import loading


@pytest.fixture
def no_loading(monkeypatch):
    monkeypatch.setattr(loading, "load", lambda entry: pytest.fail("a network was loaded"))


def test_a_pil_image_is_aged_as_its_file_is(photo, tiny_fagan, tmp_path):
    with Image.open(photo) as image:
        aged = zoo.age(image, 30, entry=tiny_fagan, out=tmp_path / "aged.png")
    np.testing.assert_array_equal(aged.pixels, zoo.age(photo, 30, entry=tiny_fagan).pixels)
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "aged.png")), aged.pixels)


def test_an_opened_photo_is_not_overwritten_either(photo, no_loading):
    with Image.open(photo) as image, pytest.raises(zoo.ZooError, match="never overwritten"):
        zoo.age(image, 30, out=photo)


@pytest.mark.parametrize(
    "given, sentence",
    [
        ({"photo": astronaut() / 255}, "must be a Photo, a PIL image or"),
        ({"photo": None}, "must be a Photo, a PIL image or"),
        ({"out": 5}, "out was 5; it needs the path of a file to write"),
        ({"out": "."}, "is a directory"),
        ({"years": "many"}, "years must be a number or one number a face; got 'many'"),
        ({"years": float("nan")}, "years must be a finite number"),
        ({"ages": [[30]]}, "ages must be a finite number"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_before_a_network_is_loaded(given, sentence, no_loading):
    with pytest.raises(ValueError, match=sentence):
        zoo.age(**{"photo": astronaut(), "years": 30, **given})
