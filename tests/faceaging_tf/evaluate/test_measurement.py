"""What is measured once is not measured again; who is asked for which years."""

import numpy as np
import pytest
from drawn_judges import SIZE, drawn_judges

from faceaging_tf.data.drawn_faces import drawn_corpus
from faceaging_tf.errors import EvaluationError
from faceaging_tf.evaluate.figures import figures_of
from faceaging_tf.evaluate.groups import AskedAges
from faceaging_tf.evaluate.measurement import known_ages, measure, remove_work
from faceaging_tf.evaluate.seen import Judges
from faceaging_tf.evaluate.subjects import ModelSubject


class Brighter:
    """A model of the contract that every entry keeps; it counts the faces that it is given."""

    def __init__(self, fails_at=None):
        self.faces, self.ages, self.fails_at = 0, [], fails_at

    def estimate_ages(self, faces):
        return np.full(len(faces), 44.0, "float32")

    def transform(self, faces, years, ages):
        if years == self.fails_at:
            raise KeyboardInterrupt
        self.faces += len(faces)
        self.ages += list(ages)
        return np.clip(faces + years, 0, 255).astype("uint8")


@pytest.fixture(scope="module")
def corpus():
    return drawn_corpus(people=4, faces_per_person=3, size=SIZE)


def run(model, corpus, work, years=(10.0, 20.0), fingerprint="one"):
    return measure(
        [ModelSubject("brighter", model, fingerprint)],
        corpus,
        years,
        Judges(*drawn_judges()),
        work,
        quiet=True,
    )[0]


def test_an_interrupted_run_goes_on(corpus, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run(Brighter(fails_at=20.0), corpus, tmp_path / "work")
    again = Brighter()
    resumed = run(again, corpus, tmp_path / "work")
    whole = Brighter()
    expected = run(whole, corpus, tmp_path / "other")
    assert again.faces < whole.faces
    assert figures_of(resumed) == figures_of(expected)


@pytest.mark.parametrize("change", [{"fingerprint": "two"}, {"years": (11.0, 20.0)}])
def test_what_has_changed_is_measured_again(corpus, tmp_path, change):
    run(Brighter(), corpus, tmp_path)
    again = Brighter()
    run(again, corpus, tmp_path, **change)
    assert again.faces > 0


def test_damaged_work_is_done_again(corpus, tmp_path):
    expected = figures_of(run(Brighter(), corpus, tmp_path))
    for path in tmp_path.glob("*.npz"):
        path.write_bytes(path.read_bytes()[:100])
    assert figures_of(run(Brighter(), corpus, tmp_path)) == expected


def test_only_the_work_itself_is_removed(corpus, tmp_path):
    for folder in ("shared", "own"):
        run(Brighter(), corpus, tmp_path / folder)
    (tmp_path / "shared" / "mine.npz").write_bytes(b"mine")
    for folder in ("shared", "own"):
        remove_work(tmp_path / folder)
    assert [path.name for path in (tmp_path / "shared").iterdir()] == ["mine.npz"] and not (
        tmp_path / "own"
    ).exists()


def test_no_face_is_asked_for_an_age_below_0_or_above_100(corpus, tmp_path):
    measurement = run(Brighter(), corpus, tmp_path, years=(-50.0, 50.0))
    for years, cell in measurement.cells.items():
        assert (
            sorted(cell.rows)
            == np.flatnonzero((corpus.age + years >= 0) & (corpus.age + years <= 100)).tolist()
        )


def test_the_model_is_told_exact_ages_and_estimates_others(corpus, tmp_path):
    from dataclasses import replace

    ranges = replace(
        corpus,
        age_max=np.where(np.arange(len(corpus)) % 2, corpus.age_max, corpus.age_max + 9).astype(
            "float32"
        ),
    )
    assert np.isnan(known_ages(ranges)).tolist() == [row % 2 == 0 for row in range(len(corpus))]
    model = Brighter()
    run(model, ranges, tmp_path, years=(0.5,))
    assert model.ages == [44.0 if row % 2 == 0 else corpus.age[row] for row in range(len(corpus))]


def test_of_those_who_are_not_asked_only_the_age_is_kept(corpus, tmp_path):
    model, judges = Brighter(), Judges(*drawn_judges())
    asked = AskedAges(older=(0, 30))
    found = measure(
        [ModelSubject("brighter", model, "one")],
        corpus,
        (10.0, -5.0),
        judges,
        tmp_path,
        quiet=True,
        asked=asked,
    )[0]
    young, everyone = np.flatnonzero(corpus.age < 30), np.flatnonzero(corpus.age >= 5)
    rows, ages = found.others[10.0]
    assert (
        found.cells[10.0].rows.tolist() == young.tolist()
        and sorted([*rows, *young]) == np.flatnonzero(corpus.age <= 90).tolist()
    )
    np.testing.assert_allclose(
        ages,
        judges.age.estimate_ages(np.clip(corpus.faces[rows] + 10.0, 0, 255).astype("uint8")),
        rtol=1e-5,
    )
    assert -5.0 not in found.others and found.cells[-5.0].rows.tolist() == everyone.tolist()
    # Monotony is everyone's who was asked for anything.
    assert figures_of(found)["summary"]["all"]["monotony"]["faces"] == len(
        set(everyone) | set(rows) | set(young)
    )


def test_one_face_is_refused(corpus, tmp_path):
    with pytest.raises(EvaluationError, match="would be evaluated on 1 face; give two or more"):
        run(Brighter(), corpus.take([0]), tmp_path)


def test_years_that_nobody_can_be_asked_for_are_refused(corpus, tmp_path):
    with pytest.raises(EvaluationError, match=r"has no face to be measured at \+200 years"):
        run(Brighter(), corpus, tmp_path, years=(200.0,))
