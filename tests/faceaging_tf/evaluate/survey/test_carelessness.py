"""Who did not look: one strong sign or two weak ones."""

import pytest

from faceaging_tf.evaluate.survey.carelessness import signs_of
from faceaging_tf.evaluate.survey.store import Answer

HONEST = (3, 4, 2, 3, 5, 4, 3, 2, 4, 3)


def rater(scored=HONEST, again=4, unchanged=1, instruction=2, seconds=6.0):
    """The answers of one rater; the second scored pair is the one that comes back."""
    stars = [("scored", f"pair{number}", value) for number, value in enumerate(scored)]
    stars += [
        ("instruction", "pair90", instruction),
        ("unchanged", "same", unchanged),
        ("repeated", "pair1", again),
    ]
    return [
        Answer(1, position, kind, pair, value, seconds)
        for position, (kind, pair, value) in enumerate(stars)
    ]


def test_nothing_speaks_against_an_honest_rater():
    signs = signs_of(1, rater())
    assert not signs.careless and signs.strong == signs.weak == []


@pytest.mark.parametrize(
    "change, words",
    [({"instruction": 4}, "gave 4 where 2 stars"), ({"seconds": 0.9}, "within 0.9 seconds")],
)
def test_one_strong_sign_is_enough(change, words):
    signs = signs_of(1, rater(**change))
    assert signs.careless and len(signs.strong) == 1 and words in signs.strong[0]


@pytest.mark.parametrize(
    "change, words",
    [
        ({"again": 1}, "the same pair 4 and then 1"),
        ({"unchanged": 4}, "gave 4 to an unchanged picture"),
        ({"scored": (4,) * 10}, "gave 4 to every scored pair"),
    ],
)
def test_one_weak_sign_is_listed_and_the_rater_counted(change, words):
    signs = signs_of(1, rater(**change))
    assert not signs.careless and len(signs.weak) == 1 and words in signs.weak[0]


def test_two_weak_signs_are_enough():
    assert signs_of(1, rater(scored=(5,) * 10, again=5, unchanged=5)).careless


@pytest.mark.parametrize("change", [{"again": 2}, {"again": 5}, {"unchanged": 3}, {"seconds": 1.5}])
def test_what_an_honest_rater_does_is_no_sign(change):
    assert signs_of(1, rater(**change)).weak == signs_of(1, rater(**change)).strong == []


def test_little_is_said_of_who_left_after_three_answers():
    signs = signs_of(1, rater(scored=(3, 3, 3), seconds=0.5)[:3])
    assert not signs.careless and signs.weak == []


def test_one_slow_answer_does_not_hide_who_clicks_through():
    answers = rater(seconds=0.5)
    slow = Answer(1, 0, "scored", "pair0", 3, 86400.0)
    assert signs_of(1, [slow, *answers[1:]]).careless
