"""Batches: what is in them, and that they depend on the seed and the step alone."""

import numpy as np
import pytest

from faceaging_tf.data import (
    AgeShiftBatches,
    CorpusError,
    DomainBatches,
    FaceCorpus,
    GroupBatches,
    LabelledBatches,
)
from faceaging_tf.data.batches import Batches, EvenAges, age_distribution


def corpus(number=200, low=0.0, high=80.0):
    """Faces whose every pixel is the face's number, of ages from low to high."""
    faces = np.broadcast_to(
        np.arange(number, dtype="uint8")[:, None, None, None], (number, 4, 4, 3)
    ).copy()
    ages = np.linspace(low, high, number).astype("float32")
    return FaceCorpus(faces, ages, ages)


KINDS = {
    "labelled": lambda **options: LabelledBatches(corpus(), **options),
    "domains": lambda **options: DomainBatches(corpus(low=20, high=39), corpus(low=60), **options),
    "groups": lambda **options: GroupBatches(
        {"0-20": corpus(high=19), "20+": corpus(low=20)}, **options
    ),
    "age shift": lambda **options: AgeShiftBatches(corpus(), **options),
    "age shift by list": lambda **options: AgeShiftBatches(
        corpus(), years=(0, 10, 20, 30, 40), **options
    ),
}


def leaves(batch):
    return list(batch[0].values()) if isinstance(batch[0], dict) else list(batch)


def same(first, second):
    return all(np.array_equal(a, b) for a, b in zip(leaves(first), leaves(second), strict=True))


@pytest.fixture(params=KINDS)
def kind(request):
    return KINDS[request.param]


def test_a_batch_depends_on_the_seed_and_the_step_alone(kind):
    batches, others = kind(seed=3), kind(seed=3)
    # Asked for in another order.
    backwards = {step: others[step] for step in (5, 2, 0)}
    assert all(same(batches[step], backwards[step]) for step in (0, 2, 5))
    assert not same(batches[0], batches[1]) and not same(batches[0], kind(seed=4)[0])


def test_a_run_that_goes_on_sees_what_comes_next(kind):
    assert same(kind(first_step=7)[0], kind()[7])


def test_the_next_epoch_goes_on_where_the_last_one_ended(kind):
    batches = kind(steps=4)
    batches.on_epoch_end()
    assert len(batches) == 4 and same(batches[0], kind()[4])


def test_resident_faces_are_the_same_faces(kind):
    assert same(kind(resident=True)[3], kind()[3])


def test_faces_stay_uint8(kind):
    faces = [leaf for leaf in leaves(kind()[0]) if leaf.ndim == 4]
    assert faces and all(leaf.dtype == np.uint8 and leaf.shape[1:] == (4, 4, 3) for leaf in faces)


@pytest.mark.parametrize("options", [{"batch_size": 0}, {"steps": 0}])
def test_sizes_below_one_are_refused(kind, options):
    with pytest.raises(
        ValueError, match="Batches got batch_size=.* and steps=.*; both must be at least 1"
    ):
        kind(**options)


def test_the_base_draws_nothing():
    with pytest.raises(NotImplementedError):
        Batches()[0]


def test_even_ages_come_evenly():
    # 1000 faces of 20 to 25 years, 100 of 30 to 35.
    age = np.repeat([22.0, 33.0], [1000, 100])
    rows = EvenAges(age)(np.random.default_rng(0), 10_000)
    assert abs((age[rows] == 33).mean() - 0.5) < 0.02


def test_within_a_bin_every_face_comes_alike():
    age = np.repeat([22.0, 33.0], [1000, 100])
    times = np.bincount(EvenAges(age)(np.random.default_rng(0), 20_000), minlength=1100)[1000:]
    # 100 each, with a standard deviation of 10.
    assert times.min() > 60 and times.max() < 140


def test_rare_ages_come_in_proportion_to_what_there_is():
    age = np.repeat([22.0, 33.0, 71.0], [1000, 80, 4])
    rows = EvenAges(age, rarest=40)(np.random.default_rng(0), 50_000)
    assert (age[rows] == 71).mean() == pytest.approx(4 / 84, abs=0.004)


def test_an_exact_age_becomes_a_gaussian():
    years = np.arange(101)
    expected = np.exp(-0.5 * ((years - 30) / 2.5) ** 2)
    np.testing.assert_allclose(
        age_distribution(np.array([30.0]), np.array([30.0]))[0],
        expected / expected.sum(),
        atol=1e-7,
    )


def test_a_range_is_even_within_and_falls_off_outside():
    distribution = age_distribution(np.array([20.0]), np.array([29.0]), spread=2.0)[0]
    assert len(set(distribution[20:30].tolist())) == 1
    np.testing.assert_allclose(
        distribution[[17, 32]] / distribution[25], np.exp(-0.5 * 1.5**2), rtol=1e-5
    )
    assert distribution.sum() == pytest.approx(1) and distribution.dtype == np.float32


def test_an_age_beyond_the_last_one_still_sums_to_one():
    assert age_distribution(np.array([70.0]), np.array([116.0])).sum() == pytest.approx(1)


def test_labels_are_of_the_faces():
    batches = LabelledBatches(corpus(), batch_size=16)
    faces, targets = batches[0]
    expected = age_distribution(*2 * [corpus().age[faces[:, 0, 0, 0]]])
    np.testing.assert_array_equal(targets, expected)


@pytest.mark.parametrize(
    "flatten, share", [(0.0, 100 / 1100), (1.0, 0.5), (0.5, 1 / (1 + 10**0.5))]
)
def test_flatten_goes_from_as_they_come_to_evenly(flatten, share):
    age = np.repeat([22.0, 33.0], [1000, 100]).astype("float32")
    faces = np.zeros((1100, 1, 1, 3), "uint8")
    faces[1000:] = 1
    batches = LabelledBatches(FaceCorpus(faces, age, age), flatten=flatten, batch_size=5000)
    assert batches[0][0][:, 0, 0, 0].mean() == pytest.approx(share, abs=0.025)


def test_domains_are_drawn_from_their_own_corpora():
    batch = DomainBatches(corpus(10), corpus(100).take(np.arange(50, 100)), batch_size=64)[0][0]
    assert (
        batch["younger"].max() < 10
        and batch["older"].min() >= 50
        and len(batch["younger"]) == len(batch["older"]) == 64
    )


def test_groups_are_drawn_from_their_own_corpora():
    batch = GroupBatches(
        {"a": corpus(10), "b": corpus(100).take(np.arange(50, 100))}, batch_size=64
    )[0][0]
    assert batch["a"].max() < 10 and batch["b"].min() >= 50


def shifts(batches, steps=40):
    """All of several batches end to end, by name."""
    drawn = [batches[step][0] for step in range(steps)]
    return {name: np.concatenate([batch[name] for batch in drawn]) for name in drawn[0]}


@pytest.fixture(scope="module")
def shifted():
    return shifts(AgeShiftBatches(corpus(), targets=(8.0, 78.0), most=45.0, batch_size=16))


def test_ages_are_those_of_the_faces(shifted):
    for part in ("aging", "rejuvenation", "real"):
        np.testing.assert_array_equal(
            shifted[f"{part}_age"], corpus().age[shifted[f"{part}_face"][:, 0, 0, 0]]
        )


def test_as_many_faces_go_each_way_and_twice_as_many_are_real():
    batch = AgeShiftBatches(corpus(), batch_size=16)[0][0]
    assert {name: len(values) for name, values in batch.items() if name.endswith("face")} == {
        "aging_face": 16,
        "rejuvenation_face": 16,
        "real_face": 32,
    }


def test_years_have_their_sign_and_stay_below_the_most(shifted):
    assert shifted["aging_years"].min() >= 0 and shifted["rejuvenation_years"].max() <= 0
    assert (
        40 < shifted["aging_years"].max() <= 45 and -45 <= shifted["rejuvenation_years"].min() < -40
    )


def test_targets_stay_in_their_range(shifted):
    older, younger = (
        shifted[f"{way}_age"] + shifted[f"{way}_years"] for way in ("aging", "rejuvenation")
    )
    assert older.max() <= 78.001 and younger.min() >= 7.999


def test_who_is_near_the_end_is_not_sent_beyond_it(shifted):
    assert shifted["aging_age"].max() < 73 and shifted["rejuvenation_age"].min() > 13


def test_the_papers_years_are_taken_from_its_list():
    drawn = shifts(AgeShiftBatches(corpus(), years=(0, 10, 20, 30, 40)))
    assert set(drawn["aging_years"].tolist()) == {0, 10, 20, 30, 40}
    assert set(drawn["rejuvenation_years"].tolist()) == {0, -10, -20, -30, -40}


def test_years_and_ages_are_float32(shifted):
    assert {values.dtype for values in shifted.values() if values.ndim == 1} == {
        np.dtype("float32")
    }


@pytest.mark.parametrize("low, high", [(0, 10), (75, 90)])
def test_a_corpus_without_faces_to_send_one_way_is_refused(low, high):
    with pytest.raises(
        CorpusError,
        match="it needs faces to age and faces to make younger, some below 73 years and some above 13",
    ):
        AgeShiftBatches(corpus(low=low, high=high))
