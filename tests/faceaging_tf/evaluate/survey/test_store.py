"""The answers in SQLite."""

import collections
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from faceaging_tf.evaluate.survey import SurveyError, build_study, read_study
from faceaging_tf.evaluate.survey import store as store_module
from faceaging_tf.evaluate.survey.store import Store, read_answers


@pytest.fixture
def store(folder):
    return Store(folder, read_study(folder))


def rate_all(store, stars=2):
    token = store.start()
    while page := store.show(token):
        assert store.answer(token, page.position, stars)


def test_a_rater_goes_through_thirteen_pages_in_order(store):
    token = store.start()
    for position in range(13):
        page = store.show(token)
        assert (page.position, page.pages) == (position, 13)
        assert store.answer(token, position, 4)
    assert store.show(token) is None
    assert [answer.position for answer in read_answers(store.path.parent, store.study)] == list(
        range(13)
    )


def test_another_store_on_the_same_file_goes_on(store, folder):
    token = store.start()
    for position in range(5):
        store.answer(token, position, 2)
    assert Store(folder, store.study).open_page(token).position == 5


def test_a_second_answer_to_a_page_changes_nothing(store, folder):
    token = store.start()
    assert store.answer(token, 0, 5)
    assert not store.answer(token, 0, 1)
    assert [answer.stars for answer in read_answers(folder, store.study)] == [5]


def test_an_answer_to_a_later_page_is_not_kept(store):
    assert not store.answer(store.start(), 4, 5)


def test_stars_outside_the_scale_never_enter_the_file(store):
    with pytest.raises(sqlite3.IntegrityError):
        store.answer(store.start(), 0, 6)


def test_after_an_answer_that_was_not_kept_the_page_is_still_open(store):
    token = store.start()
    with pytest.raises(sqlite3.IntegrityError):
        store.answer(token, 0, 6)
    assert store.open_page(token).position == 0 and store.answer(token, 0, 5)


def test_a_token_is_known_or_not(store):
    assert store.knows(store.start()) and not store.knows("invented")


def test_pairs_are_rated_about_equally_often(store, folder):
    for _ in range(6):
        rate_all(store)
    times = collections.Counter(
        answer.pair for answer in read_answers(folder, store.study) if answer.kind == "scored"
    )
    # 60 ratings over 12 pairs.
    assert list(times.values()) == [5] * 12 and times == store.times_rated()


def test_open_pages_count_as_being_rated_until_their_rater_is_long_gone(store, monkeypatch):
    store.answer(store.start(), 0, 2)
    assert sum(store.times_rated().values()) == 10
    monkeypatch.setattr(store_module, "ABANDONED", 0)
    # The page that was answered counts for good, if it was a scored one: the first is, checks come
    # later.
    assert list(store.times_rated().values()) == [1]


def test_who_did_not_follow_the_instruction_keeps_no_pair_from_others(store):
    rate_all(store, stars=5)
    assert store.times_rated() == {}


def test_raters_at_the_same_time_lose_nothing(store, folder):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: rate_all(store, 1 + number % 5), range(8)))
    answers = read_answers(folder, store.study)
    assert len(answers) == 8 * 13
    assert all(
        len({answer.stars for answer in answers if answer.rater == rater}) == 1
        for rater in range(1, 9)
    )


def test_a_commit_waits_for_the_disk(store):
    with store._connection() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_nothing_but_the_token_and_a_time_is_known_of_a_rater(store):
    with store._connection() as connection:
        assert [row[1] for row in connection.execute("PRAGMA table_info(rater)")] == [
            "number",
            "token",
            "active",
        ]


def test_a_file_that_is_no_database_is_refused(folder):
    (folder / "answers.sqlite").write_text(
        "These are no answers, and this is more than a hundred bytes of text. " * 20
    )
    with pytest.raises(SurveyError, match="cannot be used as the file of answers"):
        Store(folder, read_study(folder))


def test_the_answers_to_another_study_are_refused(store, candidates, tmp_path):
    build_study(tmp_path / "other", candidates, seed=2)
    store.path.rename(tmp_path / "other" / "answers.sqlite")
    with pytest.raises(SurveyError, match="another study"):
        Store(tmp_path / "other", read_study(tmp_path / "other"))


def test_no_answers_are_refused(folder, store):
    store.start()
    with pytest.raises(SurveyError, match="Nobody has answered"):
        read_answers(folder, store.study)
