"""Faces aged like a relative: what is brought over, what is refused, and what is warned of."""

import logging

import numpy as np
import pytest
from drawn_heads import draw_head, shape, spot
from greying import Greying

from faceaging_tf.errors import NoFaceError, PhotoError
from faceaging_tf.photo.aging import age_photo
from faceaging_tf.photo.detection import Face
from faceaging_tf.photo.relative import SHARES, YOUNGER_SHARES, LikeRelative
from faceaging_tf.photo.strips import strip
from faceaging_tf.pictures.reading import Photo
from faceaging_tf.runtime.landmarks import five_of

POINTS = shape()
ABOVE = (draw_head(POINTS, hair=(0, 255, 0))[0] == (0, 255, 0)).all(axis=-1)
ME = draw_head(POINTS)[0]
GRAN = np.uint8(
    np.rint(draw_head(POINTS, hair=(150, 150, 152))[0] * (1 - 0.3 * spot(POINTS, 50, 0.012)))
)
CHEEK = tuple((POINTS[50, ::-1] * 256).astype(int))


def faces_of(*sizes):
    """A detector of faces of so many pixels, all of them where heads are drawn."""
    return lambda pixels: [
        Face(np.array([0.0, 0.0, size, size]), five_of(POINTS * 256 - 0.5), 1.0) for size in sizes
    ]


def mesh(face, place):
    """The mesh of heads that are drawn at `POINTS`; none in an even picture."""
    return POINTS * len(face) - 0.5, float(np.ptp(face) > 0)


def like(photos=(GRAN,), age=70.0, model=None, sizes=(200,), **settings):
    model = Greying(ABOVE) if model is None else model
    return LikeRelative(model, photos, age, faces_of(*sizes), **{"mesh": mesh, **settings})


def test_folds_and_grey_hair_are_the_relatives():
    aged = like().transform(ME[None], 30, 30)[0].astype(int)
    assert aged[CHEEK].mean() < ME[CHEEK].mean() - 20
    # Three quarters of the way, as far as the model greys; see `test_hair.py`.
    assert aged[ABOVE].mean() > ME[ABOVE].mean() + 20


def test_the_models_own_ageing_has_its_shares():
    model = Greying(ABOVE)
    like(model=model).transform(ME[None], 30, 30)
    assert model.asked[-1] == {**SHARES, "hair": 0.0}


def test_made_younger_more_of_it_is_the_models_own():
    model = Greying(ABOVE)
    like(photos=(ME,), age=25.0, model=model).transform(GRAN[None], -30, 65)
    assert model.asked[-1] == {**YOUNGER_SHARES, "hair": 0.0}


def test_strengths_weaken_what_is_the_relatives_too():
    model = Greying(ABOVE)
    none = {"wrinkles": 0.0, "hair": 0.0, "tone": 0.5}
    aged = like(model=model).transform(ME[None], 30, 30, strengths=none)[0]
    np.testing.assert_array_equal(aged, ME)
    assert model.asked[-1]["tone"] == 0.5 * SHARES["tone"]


def test_hair_that_is_not_seen_is_left_to_the_model():
    model = Greying(np.zeros((256, 256), bool))
    like(model=model).transform(ME[None], 30, 30)
    assert model.asked[-1]["hair"] == 1.0


def test_what_the_mask_leaves_out_stays():
    mask = np.zeros((256, 256), "float32")
    mask[:, :128] = 1

    class Masked(Greying):
        def transform(self, faces, years, ages=None, strengths=None, mask=None):
            return super().transform(faces, years, ages, strengths)

    aged = like(model=Masked(ABOVE)).transform(ME[None], 30, 30, mask)[0]
    assert (aged[:, :128] != ME[:, :128]).any()
    np.testing.assert_array_equal(aged[:, 128:], ME[:, 128:])


def test_more_years_are_more_of_the_relative():
    model = like()
    ten, thirty = (model.transform(ME[None], years, 30)[0].astype(int) for years in (10, 30))
    assert ME[CHEEK].mean() > ten[CHEEK].mean() > thirty[CHEEK].mean() + 5


def test_it_stands_where_a_model_does():
    aged = age_photo(ME, like(), 30, 30, faces_of(200))
    assert aged.pixels[CHEEK].mean() < ME[CHEEK].mean() - 15
    panels = strip(ME, like(), (0, 20, 40), 30, faces_of(200), height=64)
    assert panels.pixels.shape[1] >= 3 * 64


@pytest.mark.parametrize(
    "years, age, sentence",
    [
        (30, 68, "a face of 68 years older .* must be older by 5 years or more, and is 70"),
        (-20, 30, "a face of 30 years younger .* must be younger by 5 years or more, and is 70"),
    ],
)
def test_a_relative_of_the_wrong_age_is_refused(years, age, sentence):
    with pytest.raises(PhotoError, match=sentence):
        like().transform(ME[None], years, age)


def test_of_two_faces_one_of_the_relatives_age_is_aged_as_usual(caplog):
    with caplog.at_level(logging.WARNING):
        two = like().transform(np.stack([ME, ME]), 30, (30, 69))
    assert (two[0] != two[1]).any() and "as usual" in caplog.text
    np.testing.assert_array_equal(two[1], Greying(ABOVE).transform(ME[None], 30)[0])


def test_ages_that_are_not_given_are_estimated():
    assert like(age=None, model=Greying(ABOVE, age=63.0)).age == 63.0


def test_no_years_change_nothing():
    np.testing.assert_array_equal(like().transform(ME[None], 0, 30)[0], ME)


def test_models_without_parts_are_refused():
    model = Greying(ABOVE)
    model.parts = ("shape",)
    with pytest.raises(PhotoError, match="such as fagan or fagan_mobile; this one has none"):
        like(model=model)


@pytest.mark.parametrize(
    "settings, sentence",
    [
        ({"photos": ()}, "at least one is needed"),
        ({"sizes": ()}, "The relative's photo cannot lend its skin: No face was found"),
        ({"sizes": (60,)}, "60 pixels tall; .* below 80"),
        ({"photos": (np.full_like(ME, 128),)}, "must be seen from the front"),
        ({"model": Greying(np.ones((256, 256), bool))}, "skin cannot be followed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_photos_that_lend_nothing_are_refused(settings, sentence):
    with pytest.raises((NoFaceError, PhotoError), match=sentence):
        like(**settings)


@pytest.mark.parametrize(
    "settings, years, sentence",
    [
        ({"sizes": (120,)}, 0, "'gran.png' shows the relative's face 120 pixels tall"),
        ({"sizes": (200, 100)}, 0, "'gran.png' shows 2 faces; the largest is the relative"),
        ({"age": 40.0}, 10, "10 years away from a face of 30"),
        ({"mesh": lambda face, place: (_turned(face) * 256 - 0.5, 1.0)}, 30, "head is turned"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_matches_badly_is_said_once(settings, years, sentence, caplog):
    with caplog.at_level(logging.WARNING):
        model = like(**{"photos": [Photo(GRAN, path="gran.png")], **settings})
        for _ in range(2):
            model.transform(ME[None], years, 30)
    assert caplog.text.count(sentence) == 1


def _turned(face):
    """The mesh, its nose to one side where the hair is grey."""
    points = POINTS.copy()
    points[1, 0] += 0.15 * (face[ABOVE].mean() > 100)
    return points


def test_light_from_the_other_side_is_said(caplog):
    side = np.where(np.arange(256) < 128, 0.55, 1.0)[:, None]
    with caplog.at_level(logging.WARNING):
        like(photos=[np.uint8(GRAN * side)]).transform(ME[None], 30, 30)
    assert "differ in where the light comes from" in caplog.text


def test_a_mask_before_the_relatives_mouth_lends_nothing(caplog):
    masked = GRAN.copy()
    nose, chin = (int(POINTS[number, 1] * 256) for number in (4, 152))
    # Over the fold beside the mouth.
    masked[nose - 8 : chin, 70:186] = (120, 165, 205)
    aged = like(photos=(masked,)).transform(ME[None], 30, 30)[0].astype(int)
    assert "something that lies on the face" in caplog.text
    beside = slice(nose + 4, chin - 20), slice(90, 166)
    assert np.abs(aged - ME)[beside].mean() < 1.5
