"""Facial contrast: features come nearer to the skin around them, or go farther, by the years."""

import numpy as np
import pytest
from plain_heads import FLOW, MAN, REGIONS, SIZE, WOMAN, column, nowhere, person, rng, still
from verbs import LayerVerbs

from faceaging_tf.layers.facial_contrast import FEATURES, PLACES_SIDE, FacialContrast

SKIN, LIPS, DARK = (0.7, 0.5, 0.4), (0.6, 0.3, 0.3), (0.4, 0.28, 0.22)
# Rows of the face in which each feature is drawn, across its middle.
ROWS = {"lips": slice(44, 50), "eyes": slice(24, 28), "brows": slice(12, 16)}
COLUMNS = slice(24, 40)


class TestFacialContrastVerbs(LayerVerbs):
    layer_class, always_float32 = FacialContrast, True

    def inputs(self):
        return [
            rng().uniform(size=(2, SIZE, SIZE, 3)).astype("float32"),
            rng().normal(scale=0.02, size=(2, FLOW, FLOW, 2)).astype("float32"),
            rng().normal(size=(2, 6)).astype("float32"),
            rng().uniform(size=(2, REGIONS, REGIONS, 1)).astype("float32"),
            *np.float32([[[30], [-20]], [[40], [60]], [[1], [0.5]], [[0.5], [1]]]),
        ]


def marked():
    """Skin with lips, eyes and brows, `(1, 64, 64, 3)`."""
    picture = np.tile(np.float32(SKIN), (1, SIZE, SIZE, 1))
    for name, rows in ROWS.items():
        picture[:, rows, COLUMNS] = LIPS if name == "lips" else DARK
    return picture


def bare():
    """Where skin is, `(1, 32, 32, 1)`: not on the features."""
    skin = np.ones((1, SIZE, SIZE, 1), "float32")
    for rows in ROWS.values():
        skin[:, rows, COLUMNS] = 0
    return skin[:, ::2, ::2]


def layer_of(men=-0.5, women=-0.5, late=0.0):
    layer = FacialContrast()
    places = np.zeros((PLACES_SIDE, PLACES_SIDE, len(FEATURES)))
    scale = PLACES_SIDE // SIZE
    for number, name in enumerate(FEATURES):
        rows, columns = (
            slice(each.start * scale, each.stop * scale) for each in (ROWS[name], COLUMNS)
        )
        places[rows, columns, number] = 1
    layer.places.assign(places)
    layer.change.assign(np.stack([np.full((2, 3), each) * [[1], [late]] for each in (men, women)]))
    return layer


def share(layer, years=40.0, age=30.0, sex=MAN, skin=None, face=None, wanted=None, **strength):
    """What is left of each feature's contrast with the skin, by name: of lips' redness, of the
    others' colour.
    """
    face = marked() if face is None else face
    values = [face, still(), person(sex), bare() if skin is None else skin]
    values += [column(years), column(age)]
    values += [column(strength.get(name, 1.0)) for name in ("tone", "hair")]
    change = np.array(layer(values + ([] if wanted is None else [column(wanted)])))
    found = {}
    for name, rows in ROWS.items():
        spot = (0, (rows.start + rows.stop) // 4, 16)
        before = np.log(face[:, ::2, ::2])[spot] - np.log(np.float32(SKIN))
        after = before + change[spot]
        if name == "lips":
            before, after = (each[:1] - each[1:2] for each in (before, after))
        found[name] = float(np.mean(after / before))
    return found


def test_made_older_all_features_come_nearer_to_the_skin():
    # 40 years of half of what is there at 18 per 50 years, of which some has gone at 30.
    expected = 1 - 0.4 / (1 - 0.5 * 12 / 50)
    assert share(layer_of()) == pytest.approx(dict.fromkeys(FEATURES, expected), abs=0.03)


def test_made_younger_they_stand_out_more_up_to_a_bound():
    assert min(share(layer_of(), years=-20.0, age=60.0).values()) > 1.1
    bound = FacialContrast.MOST
    strong = share(layer_of(-1.0), years=-50.0, age=70.0)
    assert strong == pytest.approx(dict.fromkeys(FEATURES, bound), abs=0.03)


def test_what_changes_late_changes_from_45_on():
    layer = layer_of(late=1.0)
    early, late = (share(layer, years=10.0, age=age)["eyes"] for age in (30.0, 55.0))
    assert late < early - 0.05


def test_men_and_women_change_by_their_own():
    layer = layer_of(men=0.0, women=-0.6)
    assert share(layer, sex=MAN)["lips"] == pytest.approx(1, abs=1e-3)
    assert share(layer, sex=WOMAN)["lips"] < 0.7


@pytest.mark.parametrize("years, age", [(0.0, 40.0), (8.0, 6.0)])
def test_no_years_and_growth_change_nothing(years, age):
    assert share(layer_of(), years, age) == pytest.approx(dict.fromkeys(FEATURES, 1), abs=1e-5)


def test_lips_and_eyes_go_by_the_strength_of_tone_and_brows_by_that_of_hair():
    toned, haired = share(layer_of(), hair=0.0), share(layer_of(), tone=0.0)
    assert toned["brows"] == 1 and max(toned["lips"], toned["eyes"]) < 0.7
    assert haired["brows"] < 0.7 and haired["lips"] == haired["eyes"] == 1


def test_brows_go_by_the_wish_whatever_the_years():
    layer = layer_of()
    assert share(layer, wanted=0.0)["brows"] == pytest.approx(1, abs=1e-5)
    assert share(layer, years=0.0, wanted=1.0)["brows"] == pytest.approx(
        1 - FacialContrast.GREY_BROWS, abs=0.03
    )
    assert share(layer, wanted=-1.0) == share(layer)


def test_without_skin_around_nothing_changes():
    assert share(layer_of(), skin=nowhere()) == dict.fromkeys(FEATURES, 1)


def test_skin_in_a_features_place_stays():
    face = np.tile(np.float32(SKIN), (1, SIZE, SIZE, 1))
    values = [face, still(), person(), bare(), *map(column, (40.0, 30.0, 1.0, 1.0))]
    np.testing.assert_allclose(layer_of()(values), 0, atol=1e-5)


def test_what_is_far_darker_than_the_skin_changes_by_no_more_than_a_part_of_it():
    face = marked()
    face[:, ROWS["eyes"], COLUMNS] = 0.021
    pupil = 1 - share(layer_of(), face=face)["eyes"]
    assert 0 < pupil < 0.6 * (1 - share(layer_of())["eyes"])


def test_a_dark_mouth_stays_and_teeth_change_less_than_lips():
    dark, teeth = marked(), marked()
    dark[:, ROWS["lips"], COLUMNS] = (0.05, 0.05, 0.05)
    teeth[:, ROWS["lips"], COLUMNS] = (0.85, 0.85, 0.8)
    assert share(layer_of(), face=dark)["lips"] == pytest.approx(1, abs=1e-5)
    assert share(layer_of())["lips"] + 0.1 < share(layer_of(), face=teeth)["lips"] < 0.95
