"""Mean opinion scores and agreement, against hand computation and published figures."""

import math

import numpy as np
import pytest
from scipy import stats

from faceaging_tf.evaluate.survey.scores import agreement, mean_opinion_score


def test_a_small_table_by_hand():
    # Sums by rater of (stars - 3.5): a 0, b -1/2, c 1, d -1/2; their squares 3/2; v = 4/3 * 3/2 /
    # 36 = 1/18. Student's t with 3 degrees of freedom, 97.5 %: 3.182446.
    score = mean_opinion_score([3, 4, 3, 4, 4, 3], ["a", "a", "b", "c", "c", "d"])
    assert (score.mean, score.ratings, score.raters) == (3.5, 6, 4)
    assert score.low == pytest.approx(3.5 - 3.182446 / math.sqrt(18), abs=1e-6)
    assert score.high == pytest.approx(3.5 + 3.182446 / math.sqrt(18), abs=1e-6)


def test_with_one_rating_a_rater_it_is_the_interval_of_students_t():
    stars = [2, 4, 3, 3, 2, 4, 3]
    low, high = stats.t.interval(0.95, 6, np.mean(stars), stats.sem(stars))
    score = mean_opinion_score(stars, range(7))
    assert (score.low, score.high) == pytest.approx((low, high))


def test_raters_who_repeat_themselves_count_once():
    once = mean_opinion_score([2, 3, 4], ["a", "b", "c"])
    ten_times = mean_opinion_score(
        [2] * 10 + [3] * 10 + [4] * 10, ["a"] * 10 + ["b"] * 10 + ["c"] * 10
    )
    assert (ten_times.low, ten_times.high) == pytest.approx((once.low, once.high))


def test_the_interval_covers_the_truth_in_95_of_100_studies():
    random = np.random.default_rng(0)
    covered = 0
    for _ in range(400):
        # 30 raters with a leaning of their own rate 4 pairs each; the truth is 3.
        stars = np.clip(
            3 + 0.5 * random.standard_normal((30, 1)) + 0.5 * random.standard_normal((30, 4)), 1, 5
        )
        score = mean_opinion_score(stars.ravel(), np.repeat(np.arange(30), 4))
        covered += score.low <= 3 <= score.high
    # Three standard deviations of 400 throws are 3.3 %.
    assert 0.95 - 0.033 < covered / 400 < 0.95 + 0.033


def test_the_interval_stays_on_the_scale():
    score = mean_opinion_score([1, 5], ["a", "b"])
    assert (score.low, score.high) == (1, 5)


def test_one_rater_has_no_interval():
    score = mean_opinion_score([4, 5], ["a", "a"])
    assert (score.mean, score.low, score.high) == (4.5, None, None)


# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011): four observers, twelve units.
TABLE = {
    "A": [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    "B": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    "C": [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    "D": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
}


def test_alpha_is_that_of_krippendorffs_own_example():
    rows = [
        (stars, rater, unit)
        for rater, row in TABLE.items()
        for unit, stars in enumerate(row)
        if stars is not None
    ]
    assert agreement(*zip(*rows, strict=True)) == pytest.approx(0.815, abs=5e-4)


def test_raters_who_agree_have_an_alpha_of_one():
    assert agreement([1, 5, 1, 5], ["a", "a", "b", "b"], ["x", "y", "x", "y"]) == pytest.approx(1)


@pytest.mark.parametrize("pairs", [["x", "y", "z", "w"], ["x", "y", "x", "y"]])
def test_alpha_needs_pairs_rated_twice_and_more_than_one_answer(pairs):
    assert agreement([3, 3, 3, 3], ["a", "a", "b", "b"], pairs) is None
