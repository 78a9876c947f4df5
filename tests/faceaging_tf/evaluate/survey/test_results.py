"""The results of a small study, against a table computed by hand."""

import csv
import json

import pytest
from PIL import Image

from faceaging_tf.evaluate.survey import Pair, Study, SurveyError
from faceaging_tf.evaluate.survey.results import as_text, compute_results, write_results
from faceaging_tf.evaluate.survey.store import Answer

# Stars of three raters for two models at two numbers of years.
STARS = {
    ("one", 10): (4, 5, 3),
    ("one", 20): (3, 3, 3),
    ("two", 10): (2, 1, 3),
    ("two", 20): (1, 2, 2),
}
# Means by hand: 12/3, 9/3, 6/3, 5/3; over both years 21/6 and 11/6.
MEANS = {
    ("one", 10): 4,
    ("one", 20): 3,
    ("two", 10): 2,
    ("two", 20): 5 / 3,
    ("one", None): 3.5,
    ("two", None): 11 / 6,
}


@pytest.fixture
def study():
    pairs = [
        Pair(f"{model}{years}", model, years, 30.0, "face", "before.png", "after.png")
        for model, years in STARS
    ]
    return Study(
        "study",
        0,
        ("one", "two"),
        tuple(pairs),
        (Pair("same", None, 10, 30.0, "face", "before.png", "again.png"),),
    )


def answers_of(rater, stars, again, unchanged, instruction=2):
    rows = [
        ("scored", f"{model}{years}", value)
        for (model, years), value in zip(STARS, stars, strict=True)
    ]
    rows += [
        ("repeated", "one10", again),
        ("unchanged", "same", unchanged),
        ("instruction", "one20", instruction),
    ]
    return [
        Answer(rater, position, kind, pair, value, 5.0)
        for position, (kind, pair, value) in enumerate(rows)
    ]


@pytest.fixture
def answers():
    """Three raters who looked, and a fourth who gave five stars where two were asked for."""
    columns = list(zip(*STARS.values(), strict=True))
    honest = [(1, columns[0], 4, 1), (2, columns[1], 4, 2), (3, columns[2], 3, 1)]
    return [answer for row in honest for answer in answers_of(*row)] + answers_of(
        4, (5, 5, 5, 5), 5, 5, instruction=5
    )


def test_means_are_those_of_the_table(study, answers):
    scores = compute_results(study, answers).scores
    assert {key: score.mean for key, score in scores.items()} == pytest.approx(MEANS)


def test_models_come_in_the_studys_order_all_years_first(study, answers):
    keys = list(compute_results(study, answers).scores)
    assert keys == [
        ("one", None),
        ("one", 10),
        ("one", 20),
        ("two", None),
        ("two", 10),
        ("two", 20),
    ]


def test_the_interval_of_a_cell_by_hand(study, answers):
    # 4, 5, 3: standard deviation 1, t with 2 degrees of freedom 4.302653; 4 + 4.302653 / sqrt(3) is
    # beyond the scale.
    score = compute_results(study, answers).scores["one", 10]
    assert score.low == pytest.approx(4 - 4.302653 / 3**0.5, abs=1e-6) and score.high == 5


def test_the_careless_are_left_out_unless_asked(study, answers):
    results = compute_results(study, answers)
    assert results.raters == 4 and results.left_out == (4,) and results.signs[0].rater == 4
    everyone = compute_results(study, answers, keep_careless=True)
    assert everyone.left_out == () and everyone.scores["one", 10].mean == 17 / 4
    assert [sign.rater for sign in everyone.signs] == [4]


def test_checks_do_not_enter_the_scores(study, answers):
    results = compute_results(study, answers)
    assert sum(results.scores[model, None].ratings for model in ("one", "two")) == 12
    assert results.unchanged.mean == pytest.approx(4 / 3)
    assert results.same_again == (0, -1, 0)


def test_nobody_left_is_refused(study, answers):
    with pytest.raises(SurveyError, match="--keep_careless"):
        compute_results(study, answers[-7:])


def test_the_files_hold_the_same_figures(study, answers, tmp_path):
    results = compute_results(study, answers)
    write_results(results, study, answers, tmp_path)
    rows = json.loads((tmp_path / "results.json").read_text())["scores"]
    assert {(row["model"], row["years"]): row["mean"] for row in rows} == pytest.approx(MEANS)
    with (tmp_path / "results.csv").open(newline="") as stream:
        table = {(row["model"], row["years"]): float(row["mean"]) for row in csv.DictReader(stream)}
    assert table["two", "20"] == pytest.approx(5 / 3) and table["one", "all"] == 3.5
    with (tmp_path / "answers.csv").open(newline="") as stream:
        given = [
            row
            for row in csv.DictReader(stream)
            if row["kind"] == "scored" and row["counted"] == "1"
        ]
    assert sum(int(row["stars"]) for row in given if row["model"] == "one") == 21
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "answers.csv",
        "results.csv",
        "results.json",
        "scores.png",
        "scores.svg",
    ]


def test_the_published_lines_stand_beside_ours(study, answers, tmp_path):
    write_results(compute_results(study, answers), study, answers, tmp_path)
    published = json.loads((tmp_path / "results.json").read_text())["published"]["scores"]
    assert list(published) == ["CAAE", "CDL", "RFA", "F-GAN"] and published["F-GAN"] == {
        "10": 3.09,
        "20": 3.23,
        "40": 3.23,
    }
    assert Image.open(tmp_path / "scores.png").width > 1000


def test_the_same_answers_give_the_same_files(study, answers, tmp_path):
    for name in ("first", "second"):
        write_results(compute_results(study, answers), study, answers, tmp_path / name)
    for path in (tmp_path / "first").iterdir():
        assert path.read_bytes() == (tmp_path / "second" / path.name).read_bytes()


def test_the_table_of_the_terminal(study, answers):
    lines = as_text(compute_results(study, answers)).splitlines()
    assert lines[2].split() == ["one", "+10", "4.00", "1.52", "to", "5.00", "3", "3"]
    assert "4 raters, 0 of them to the end, 1 left out as careless" in lines[9]
    assert (
        lines[-1]
        == "Rater 4, left out: gave 5 where 2 stars were asked for; gave 5 to an unchanged picture."
    )
