"""Ageing like a relative in one call: photos are read, and what is wrong with them is said before
a network is loaded.
"""

import numpy as np
import pytest
from greying import Greying
from PIL import Image
from skimage.data import astronaut

import zoo
from faceaging_tf.errors import FaceAgingError, PhotoError
from zoo import loading
from zoo.tasks.like import photos_of


@pytest.fixture
def no_loading(monkeypatch):
    monkeypatch.setattr(loading, "load", lambda entry: pytest.fail("a network was loaded"))


def test_the_photo_of_the_relative_is_not_overwritten(photo, no_loading):
    with pytest.raises(FaceAgingError, match="is the relative's photo, which is never overwritten"):
        zoo.age(astronaut(), 30, out=photo, like=[wrinkled(), photo])


def wrinkled():
    """The astronaut with stripes on a cheek: no older woman, but skin with another relief. All over
    the picture they would be cloth.
    """
    stripes = np.ones((512, 512, 1))
    stripes[105:145, 178:210] += 0.1 * np.sin(np.arange(105, 145) / 1.5)[:, None, None]
    return np.uint8(np.clip(astronaut() * stripes, 0, 255))


def test_one_photo_or_several_of_any_kind_are_read(photo):
    with Image.open(photo) as image:
        for like, count in ((str(photo), 1), (photo, 1), ([photo, image, astronaut()], 3)):
            assert [each.pixels.shape for each in photos_of(like)] == [(512, 512, 3)] * count


@pytest.mark.parametrize(
    "given, sentence",
    [
        ({"like": []}, "like was .*; it needs a photo of the relative"),
        ({"like": ""}, "like was ''; it needs a photo of the relative"),
        ({"like": "nobody.jpg"}, "nobody.jpg"),
        ({"like": astronaut(), "like_age": "old"}, "like_age was 'old'; it needs the relative's"),
        ({"like": astronaut(), "like_age": -3}, "like_age was -3; it needs the relative's"),
        ({"like": 5}, "like was 5; it needs a photo of the relative, or a list of them"),
        ({"like": [None]}, "like was None; it needs a photo of the relative, or a list of them"),
        ({"like": astronaut()}, "like is the very photo that is aged"),
        ({"like": [astronaut(), astronaut()], "like_age": 70}, "the very photo that is aged"),
        ({"like_age": 70}, "like_age is the relative's age; give their photo too"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_before_a_network_is_loaded(given, sentence, no_loading):
    with pytest.raises(FaceAgingError, match=sentence):
        zoo.age(astronaut(), 30, **given)


def test_a_face_gets_the_skin_of_the_photo():
    model = Greying(np.zeros((256, 256), bool), age=40.0)
    aged = zoo.age(astronaut(), 30, model, like=wrinkled(), like_age=70)
    change, stripes = (
        (pixels.astype(int) - astronaut()).mean(axis=-1) for pixels in (aged.pixels, wrinkled())
    )
    # Her cheek left in the picture, below the eye.
    cheek = slice(115, 135), slice(185, 203)
    assert np.corrcoef(change[cheek].ravel(), stripes[cheek].ravel())[0, 1] > 0.7
    assert (aged.pixels[400:] == astronaut()[400:]).all()


def test_strengths_of_other_parts_are_refused():
    with pytest.raises(FaceAgingError, match="strengths names 'nose'"):
        zoo.age(
            astronaut(),
            30,
            Greying(np.zeros((256, 256), bool)),
            strengths={"nose": 1},
            like=wrinkled(),
        )


def test_a_relative_of_the_same_age_is_refused():
    model = Greying(np.zeros((256, 256), bool), age=40.0)
    with pytest.raises(PhotoError, match="must be older by 5 years or more, and is 40"):
        zoo.age(astronaut(), 30, model, like=wrinkled())
