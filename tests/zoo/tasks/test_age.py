"""A whole photo aged in one call: what it takes, and what it refuses before a network is loaded."""

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

import zoo
from faceaging_tf.errors import PhotoError
from faceaging_tf.geometry.align import align_face
from faceaging_tf.geometry.frames import WHOLE_HEAD
from zoo import loading

LANDMARKS = np.array([(204.0, 101), (245, 102), (225, 126), (203, 140), (244, 141)])


@pytest.fixture(scope="module")
def released():
    return zoo.load("fagan_mobile")


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
        ({"out": 5}, "out was 5; it needs a path"),
        ({"out": "."}, "is a directory"),
        ({"out": "o.png", "futures": 10**9}, "futures was 1000000000; it needs .* from 1 to 100"),
        ({"years": "many"}, "years must be a number or one number a face; got 'many'"),
        ({"years": float("nan")}, "years must be a finite number"),
        ({"years": 1e9}, "years was 1000000000.0; it needs a number of years from -100 to 100"),
        ({"years": [20, -101]}, r"years was \[20, -101\]; it needs a number of years from"),
        ({"hair": "grey", "entry": "groupgan"}, "this model does not know what to do with hair"),
        ({"futures": 2, "entry": "fgan"}, "futures was 2, and 'fgan' has one alone"),
        ({"ages": [[30]]}, "ages must be a finite number"),
        ({"ages": 2014}, "ages must be from 0 to 120; got 2014"),
        ({"ages": [30, -5]}, r"ages must be from 0 to 120; got \[30, -5\]"),
        ({"entry": "e" * 300}, "no entry"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_before_a_network_is_loaded(given, sentence, no_loading):
    with pytest.raises(ValueError, match=sentence):
        zoo.age(**{"photo": astronaut(), "years": 30, **given})


@pytest.mark.parametrize(
    "verb, places",
    [("age", ("me.jpg", 30)), ("age_video", ("me.mp4", 30)), ("sweep", ("me.jpg", 0, 9, "a.gif"))],
)
def test_an_argument_that_there_is_not_is_named_with_the_function_that_was_called(verb, places):
    with pytest.raises(TypeError, match=f"zoo.{verb} takes no argument 'foo'; .* strengths"):
        getattr(zoo, verb)(*places, foo=1)


@pytest.mark.parametrize("span", [(5, 5), (0, 1e9), (-101, 5), ("a", 5)], ids=str)
def test_a_sweep_needs_two_numbers_of_years(span, no_loading):
    with pytest.raises(zoo.ZooError, match="nothing between them|it needs a number of years"):
        zoo.sweep(astronaut(), *span, "sweep.gif")


def head(pixels, released):
    return align_face(pixels, LANDMARKS, released.image_size, WHOLE_HEAD.template())[None]


@pytest.mark.parametrize("light", [0.5, 0.25])
def test_the_age_seen_and_the_change_hardly_depend_on_the_light(light, released):
    good = head(astronaut(), released)
    dim = np.rint(good * light).astype("uint8")
    assert abs(released.estimate_ages(dim)[0] - released.estimate_ages(good)[0]) < 3
    changes = [
        (released.transform(faces, 30, 35).astype(float) - faces) / scale
        for faces, scale in ((good, 1), (dim, light))
    ]
    assert np.corrcoef(*(change.ravel() for change in changes))[0, 1] > 0.9
    assert np.std(changes[1]) == pytest.approx(np.std(changes[0]), rel=0.2)


@pytest.mark.parametrize("colour", [(150, 190, 215), (225, 225, 228), (25, 25, 28)])
def test_nothing_is_painted_onto_a_mask(colour, released):
    masked = astronaut()
    masked[118:165, 190:258] = colour
    faces = head(masked, released)
    change = np.abs(
        released.transform(faces, 40, 35, strengths={"shape": 0, "hair": 0}).astype(float) - faces
    )
    inside = (
        align_face(
            np.pad(np.full((39, 60, 3), 255, "uint8"), ((122, 351), (194, 258), (0, 0))),
            LANDMARKS,
            released.image_size,
            WHOLE_HEAD.template(),
        )
        == 255
    )
    assert change[0][inside].mean() < 0.5 < change[0][60:110, 90:160].mean()


@pytest.mark.parametrize(
    "thing, colour",
    [("mask", (232, 170, 172)), ("mask", (212, 180, 150)), ("hat", (24, 23, 25))],
    ids=str,
)
def test_nothing_is_painted_onto_what_has_the_colour_of_skin_or_hair(thing, colour):
    photo, inside = astronaut(), np.zeros((512, 512), bool)
    rows, columns = {"mask": ((118, 172), (188, 260)), "hat": ((0, 84), (160, 290))}[thing]
    inside[slice(*rows), slice(*columns)] = True
    weave = np.random.default_rng(0).uniform(0.98, 1.02, (512, 512, 1))
    photo[inside] = (np.array(colour) * weave)[inside]
    aged = zoo.age(photo, 30, "fagan_mobile", ages=35, strengths={"shape": 0}).pixels
    change = np.abs(aged.astype(float) - photo).max(axis=-1)
    assert change[inside].mean() < 0.5 < change[90:110, 200:250].mean()


def test_a_document_is_called_no_video(tmp_path, no_loading):
    Image.fromarray(astronaut()).save(tmp_path / "me.pdf")
    with pytest.raises(PhotoError, match=r"me.pdf' is a document\."):
        zoo.age(tmp_path / "me.pdf", 30)
    Image.fromarray(astronaut()).save(tmp_path / "me.ico")
    with pytest.raises(PhotoError, match="not a photo of a kind this reads"):
        zoo.age(tmp_path / "me.ico", 30)
