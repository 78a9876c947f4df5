"""Which pairs a rater sees: ten scored ones and three checks, every pair about equally often."""

import collections

import numpy as np
import pytest

from faceaging_tf.evaluate.survey import Pair, Study
from faceaging_tf.evaluate.survey.assignment import assign


@pytest.fixture(scope="module")
def study():
    """12 faces, 2 models, 4 numbers of years: 96 pairs."""
    pairs = [
        Pair(f"{model}{years}{face}", model, years, 30, f"face{face}", "before.png", "after.png")
        for face in range(12)
        for model in ("one", "two")
        for years in (10, 20, 30, 40)
    ]
    unchanged = [
        Pair(f"unchanged{face}", None, 10, 30, f"face{face}", "before.png", "again.png")
        for face in range(12)
    ]
    return Study("study", 0, ("one", "two"), tuple(pairs), tuple(unchanged))


@pytest.fixture(scope="module")
def raters(study):
    """The pages of 100 raters, one after the other."""
    ratings, all_pages = collections.Counter(), []
    for rater in range(100):
        pages = assign(study, ratings, np.random.default_rng([0, rater]))
        ratings.update(page.pair for page in pages if page.kind == "scored")
        all_pages.append(pages)
    return all_pages


def test_each_rater_gets_ten_scored_pairs_and_three_checks(raters):
    for pages in raters:
        kinds = collections.Counter(page.kind for page in pages)
        assert kinds == {"scored": 10, "repeated": 1, "unchanged": 1, "instruction": 1}
        assert len({page.pair for page in pages if page.kind == "scored"}) == 10


def test_the_repeated_pair_comes_back_after_four_others_or_more(raters):
    for pages in raters:
        repeated = next(page for page in pages if page.kind == "repeated")
        places = [
            place
            for place, page in enumerate(pages)
            if page.pair == repeated.pair and page.kind != "instruction"
        ]
        assert len(places) == 2 and places[1] - places[0] > 4


def test_every_pair_is_rated_equally_often_or_once_more(raters, study):
    times = collections.Counter(
        page.pair for pages in raters for page in pages if page.kind == "scored"
    )
    # 100 raters with 10 pairs each over 96 pairs: ten or eleven times each.
    assert set(times.values()) == {10, 11} and len(times) == len(study.pairs)


def test_the_first_rater_sees_ten_faces(raters):
    assert len({page.pair[-2:] for page in raters[0] if page.kind == "scored"}) == 10


def test_both_sides_are_as_likely(raters):
    left = np.mean([page.filtered_left for pages in raters for page in pages])
    # 1,300 throws of a coin: five standard deviations are 7 %.
    assert abs(left - 0.5) < 0.07


def test_the_order_differs_from_rater_to_rater(raters):
    assert len({tuple(page.kind for page in pages) for pages in raters}) > 20
