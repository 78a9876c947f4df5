"""The evaluation put to the test: ageing whose worth is known beforehand, on drawn people who are
known at every age.

One figure cannot tell what it is asked to tell, and is named so below: strangers' faces differ from
the inputs in ever other ways, so that diversity, which is an alarm for one change for all, takes
them for diverse.
"""

import functools
import json

import numpy as np
import pytest
from drawn_judges import SIZE, drawn_judges
from PIL import Image, ImageFilter

from faceaging_tf.data import FaceCorpus
from faceaging_tf.data.drawn_faces import draw_face, draw_faces
from faceaging_tf.evaluate import report, table
from faceaging_tf.evaluate.evaluation import evaluate
from faceaging_tf.evaluate.seen import Judges

PEOPLE = np.arange(60)
STRANGERS = PEOPLE + 1000
AGE = 30.0
YEARS = (10.0, 20.0, 30.0)
# Which of two figures is the better one: the larger, or the smaller.
LARGER = ("moved_far", "identity", "verified_1e-2", "diversity")
SMALLER = ("error", "kid", "outside_difference", "outside_colour_shift")


class Drawn:
    """An ageing of which it is known how good it is: `draw(faces, rows, years)`."""

    def __init__(self, name, draw):
        self.name = self.fingerprint = name
        self.draw = draw

    def inputs(self, corpus):
        return corpus

    def with_outputs(self, inputs, years):
        return np.arange(len(inputs))

    def outputs(self, faces, rows, years, ages):
        return self.draw(faces, rows, years)


@functools.cache
def drawn(person, age, pose=0):
    """A face, which several subjects show."""
    return draw_face(person, age, SIZE, pose)


def at_age(persons, rows, age):
    return np.stack([drawn(int(person), age) for person in persons[rows]])


def older(faces, rows, years):
    return at_age(PEOPLE, rows, AGE + years)


def blur(faces, radius=1.5):
    return np.stack(
        [
            np.asarray(Image.fromarray(face).filter(ImageFilter.GaussianBlur(radius)))
            for face in faces
        ]
    )


def blurred(faces, rows, years):
    return blur(older(faces, rows, years))


def photographed_again(faces, rows, years):
    # The real faces have poses of their own, and all inputs have one: a pose would tell outputs
    # from real faces.
    return np.stack([drawn(int(PEOPLE[row]), AGE + years, 1000 + int(row)) for row in rows])


def constant(faces, rows, years):
    pattern = np.random.default_rng(0).integers(-40, 40, (SIZE, SIZE, 1))
    return np.clip(faces + pattern, 0, 255).astype("uint8")


SUBJECTS = (
    Drawn("older", older),
    Drawn("blurred", blurred),
    Drawn("strangers", lambda faces, rows, years: at_age(STRANGERS, rows, AGE + years)),
    Drawn("shuffled", lambda faces, rows, years: at_age(np.roll(PEOPLE, 1), rows, AGE + years)),
    Drawn("identity", lambda faces, rows, years: faces),
    Drawn("photographed again", photographed_again),
    Drawn("photographed again and blurred", lambda *asked: blur(photographed_again(*asked))),
    Drawn("constant", constant),
)


def exact(faces, ages, persons):
    ages = np.asarray(ages, "float32")
    return FaceCorpus(
        faces,
        ages,
        ages.copy(),
        {"person": persons, "sex": np.where(persons % 2, "male", "female")},
    )


@pytest.fixture(scope="module")
def corpora():
    """Everyone at 30; and the same people in other photographs at 40, 50 and 60."""
    faces = exact(at_age(PEOPLE, PEOPLE, AGE), np.full(len(PEOPLE), AGE), PEOPLE)
    persons, ages = (
        np.repeat(PEOPLE, len(YEARS)),
        np.tile([AGE + years for years in YEARS], len(PEOPLE)),
    )
    return faces, exact(
        draw_faces(persons, ages.tolist(), SIZE, pose=list(range(1, len(persons) + 1))),
        ages,
        persons,
    )


@pytest.fixture(scope="module")
def evaluated(corpora, tmp_path_factory):
    """The results, and what was measured."""
    faces, reals = corpora
    return evaluate(
        SUBJECTS,
        faces,
        YEARS,
        Judges(*drawn_judges()),
        tmp_path_factory.mktemp("work"),
        reals,
        quiet=True,
    )


@pytest.fixture(scope="module")
def results(evaluated):
    """The results by subject."""
    return {subject["name"]: subject for subject in evaluated[0]["subjects"]}


def value(subject, figure, years="+20"):
    return subject["years"][years]["all"][figure]["value"]


@pytest.mark.parametrize("years", ["+10", "+20", "+30"])
@pytest.mark.parametrize(
    "figure, expected",
    [("years_moved", 0), ("identity", 1), ("outside_difference", 0), ("outside_colour_shift", 0)],
)
def test_the_identity_moves_nothing(results, figure, expected, years):
    assert value(results["identity"], figure, years) == pytest.approx(expected, abs=1e-6)


def test_the_identity_errs_by_all_that_was_asked(results):
    assert value(results["identity"], "error", "+30") == 30


@pytest.mark.parametrize("figure", LARGER + SMALLER)
def test_real_older_faces_score_better_than_their_blurred_copies(results, figure):
    real, copy = (value(results[name], figure) for name in ("older", "blurred"))
    assert real > copy if figure in LARGER else real < copy


# The real faces that KID compares with are other photographs of these people; of strangers of their
# age it could not tell them.
@pytest.mark.parametrize("figure", [name for name in LARGER + SMALLER if name != "diversity"])
def test_real_older_faces_score_better_than_strangers(results, figure):
    real, strange = (value(results[name], figure) for name in ("older", "strangers"))
    assert real > strange if figure in LARGER else real < strange


def test_diversity_cannot_tell_strangers(results):
    assert value(results["strangers"], "diversity") > value(results["older"], "diversity")


@pytest.mark.parametrize("other", ["blurred", "strangers"])
def test_real_older_faces_look_younger_for_a_longer_k_less_often(results, other):
    monotony = lambda name: results[name]["summary"]["all"]["monotony"]["value"]
    assert monotony("older") > monotony(other)


def test_a_constant_change_is_called_collapsed(results):
    assert (
        results["constant"]["collapsed"] == ["+10", "+20", "+30"]
        and value(results["constant"], "diversity") < 0.05
    )


@pytest.mark.parametrize("name", ["older", "blurred", "strangers", "identity"])
def test_nothing_else_is_called_collapsed(results, name):
    assert results[name]["collapsed"] == []


def test_shuffled_pairs_drop_identity_to_the_strangers_level(results):
    figure, strangers = (
        results["shuffled"]["years"]["+10"]["all"]["identity"],
        results["shuffled"]["strangers"]["mean_cosine"],
    )
    assert (
        figure["low"] <= strangers <= figure["high"]
        and value(results["older"], "identity", "+10") > 0.8
    )


@pytest.mark.parametrize("years", ["+10", "+20", "+30"])
def test_real_people_that_much_older_move_the_judge_as_far_whatever_is_measured(results, years):
    older, other = (results[name]["years"][years] for name in ("older", "constant"))
    assert older["years_of_reals"] == other["years_of_reals"]
    moved, people = older["all"]["years_moved"], older["years_of_reals"]
    assert max(moved["low"], people["low"]) < min(moved["high"], people["high"])


@pytest.mark.parametrize("years", ["+10", "+20", "+30"])
def test_kid_between_two_halves_of_the_real_faces_is_within_its_interval_of_0(results, years):
    figure = results["older"]["years"][years]["kid_of_halves"]
    assert figure["low"] <= 0 <= figure["high"]


def test_kid_of_blurred_copies_is_above_the_halves_interval(results):
    cell = results["blurred"]["years"]["+20"]
    assert cell["all"]["kid"]["low"] > cell["kid_of_halves"]["high"]


def test_the_same_seed_gives_the_same_bytes(corpora, tmp_path):
    faces, reals = (corpus.take(slice(None, 40)) for corpus in corpora)
    once = [
        json.dumps(
            evaluate(
                SUBJECTS[:1],
                faces,
                YEARS[:2],
                Judges(*drawn_judges()),
                tmp_path / name,
                reals,
                quiet=True,
            )[0]
        )
        for name in ("first", "second")
    ]
    assert once[0] == once[1]


def test_the_table_compares_all_and_names_the_collapsed_one(evaluated):
    text = table.text_of(evaluated[0], {"older": 12.34})
    assert (
        text.startswith("Comparison")
        and "COLLAPSED: at +10, +20, +30 years" in text
        and text.count("COLLAPSED") == 1
    )
    assert all(f"{subject.name}: 60 faces" in text for subject in SUBJECTS) and "12.3" in text


def test_the_report_compares_all_and_names_the_collapsed_one(evaluated):
    html = report.html_of(*evaluated, {})
    assert (
        html.count('<section class="subject"') == len(SUBJECTS)
        and html.count("all faces are changed alike") == 1
    )
    assert all(
        face["name"] in html
        for subject in evaluated[0]["subjects"]
        for face in subject["best"] + subject["worst"]
    )


def test_too_few_strangers_for_a_rate_are_one_note_for_all(evaluated):
    notes = [
        note
        for note in evaluated[0]["notes"]
        if "false-accept rate of 1e-3 needs 10,000 pairs" in note
    ]
    assert len(notes) == 1 and all(
        f"{subject.name} (1,770 pairs)" in notes[0] for subject in SUBJECTS
    )


def test_blurred_copies_are_told_from_real_faces_by_texture_and_real_older_photographs_are_not(
    results,
):
    again = "photographed again"
    told, real = (
        results[name]["years"]["+20"]["all"]["detected_by_texture"]
        for name in (f"{again} and blurred", again)
    )
    assert told["low"] > 0.9 and real["low"] <= 0.5 <= real["high"]


def test_the_floor_of_detection_is_one_half(results):
    floor = results["photographed again"]["years"]["+20"]["detected_by_texture_of_halves"]
    assert floor["low"] <= 0.5 <= floor["high"]
