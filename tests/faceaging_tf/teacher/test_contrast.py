"""Facial contrast of drawn heads: how they were drawn is what is measured."""

import numpy as np
import pytest
from drawn_heads import HAIR, SKIN, draw_head, heads_of, shape

from faceaging_tf.data.corpus import CorpusError
from faceaging_tf.layers.facial_contrast import FEATURES
from faceaging_tf.teacher.contrast import (
    BROWS_SHARE,
    contrast_change,
    feature_contrast,
    feature_places,
)
from faceaging_tf.teacher.mean_face import MEAN_SHAPE

LIPS_COLOUR = (170, 80, 80)
LIPS, EYES, BROWS = (FEATURES.index(name) for name in ("lips", "eyes", "brows"))


def faded(picture, share):
    """A drawn head whose brows and lips have gone a share of the way to the skin's colour, as
    logarithms.
    """
    skin, picture = np.log(np.float32(SKIN)), picture.copy()
    for colour in (HAIR, LIPS_COLOUR):
        where = (picture == colour).all(axis=-1)
        # Hair has the brows' colour and lies above them.
        where[: int(0.3 * len(where))] &= colour != HAIR
        log = np.log(np.float32(colour))
        picture[where] = np.exp(log + share * (skin - log)).round().astype(np.uint8)
    return picture


def test_the_contrast_is_that_of_the_colours():
    landmarks = shape(seed=3)
    picture, _ = draw_head(landmarks)
    found = feature_contrast(picture, landmarks.astype("float64"))
    log = {name: np.log(each) for name, each in (("skin", SKIN), ("lips", LIPS_COLOUR))}
    redness = lambda colour: colour[0] - colour[1]
    assert found[LIPS] == pytest.approx(redness(log["lips"]) - redness(log["skin"]), abs=0.08)
    # White eyes are lighter than skin, brows of the hair's colour darker.
    assert found[EYES] < -0.1 and found[BROWS] > 0.8


def test_a_head_of_one_colour_has_none():
    plain = np.full((256, 256, 3), 128, np.uint8)
    np.testing.assert_allclose(feature_contrast(plain, MEAN_SHAPE), 0, atol=1e-5)


def test_it_finds_by_how_much_features_fade_with_age():
    ages = np.linspace(20, 84, 24)
    people, shapes, masks, sexes = [], [], [], []
    for sex, lost in (("male", 0.5), ("female", 0.25)):
        for number, age in enumerate(ages):
            landmarks = shape(seed=number)
            picture, mask = draw_head(landmarks)
            people.append(faded(picture, lost * (age - 18) / 50))
            shapes.append(landmarks)
            masks.append(mask)
            sexes.append(sex)
    heads = heads_of(
        people, shapes, masks, [*ages, *ages], sex=sexes, source=["drawn"] * len(people)
    )
    men, women = contrast_change(heads)
    assert men.shape == (2, len(FEATURES))
    for found, lost in ((men, 0.5), (women, 0.25)):
        assert found[0, LIPS] == pytest.approx(-lost, abs=0.1)
        assert found[0, BROWS] == pytest.approx(-BROWS_SHARE * lost, abs=0.1)
        assert np.abs(found[1]).max() < 0.2


def test_too_few_heads_of_a_sex_are_refused():
    landmarks = shape()
    picture, mask = draw_head(landmarks)
    heads = heads_of([picture], [landmarks], [mask], [40], sex=["male"], source=["drawn"])
    with pytest.raises(CorpusError, match="too few male faces"):
        contrast_change(heads)


def test_features_lie_in_their_places():
    places = feature_places(MEAN_SHAPE)
    for number, landmark in ((LIPS, 17), (EYES, 159), (BROWS, 105)):
        column, row = (MEAN_SHAPE[landmark] * len(places)).astype(int)
        here = places[row, column]
        assert here.argmax() == number and here[number] > 0.4
        assert places[int(0.95 * len(places)), column].max() == 0
