"""From a corpus to each model's own batches."""

import numpy as np
import pytest
import tiny

from faceaging_tf.data import CorpusError, FaceCorpus
from faceaging_tf.models import FGAN, AgeRegressor
from faceaging_tf.training import batches_for


def corpus(low=0, high=85, width=0):
    """A face of every year; its first pixel tells its age."""
    ages = np.arange(low, high + 1, dtype="float32")
    faces = np.zeros((len(ages), tiny.SIZE, tiny.SIZE, 3), "uint8")
    faces[:, 0, 0, 0] = ages
    return FaceCorpus(faces, ages, ages + width)


def ages_of(faces):
    return faces[:, 0, 0, 0]


def test_between_includes_the_lower_end_alone():
    assert batches_for.faces_between(corpus(), 20, 40).age.tolist() == list(range(20, 40))


def test_ages_that_nobody_has_are_named():
    with pytest.raises(
        CorpusError,
        match="no face of 90 to 99 years, which training needs; its ages go from 0 to 85",
    ):
        batches_for.faces_between(corpus(), 90, 99)


def test_cyclegans_batches_are_of_its_two_domains():
    model = tiny.cyclegan(discriminator=None, younger=(20, 30), older=(50, 60))
    batch = batches_for.cyclegan_batches(model, corpus(), batch_size=100)[0][0]
    assert set(ages_of(batch["younger"])) == set(range(20, 30)) and set(
        ages_of(batch["older"])
    ) == set(range(50, 60))


@pytest.fixture(scope="module")
def group_gan():
    return tiny.group_gan(discriminator=None, groups=((0, 30), (30, 60), (60, 70)))


def test_group_gans_batches_are_of_its_groups_and_the_last_is_open(group_gan):
    batch = batches_for.group_gan_batches(group_gan, corpus(), batch_size=400)[0][0]
    assert {
        name: (ages_of(faces).min(), ages_of(faces).max()) for name, faces in batch.items()
    } == {
        "0-30": (0, 29),
        "30-60": (30, 59),
        "60+": (60, 85),
    }


@pytest.fixture(scope="module")
def fagan():
    return tiny.fagan(discriminator=None)


def test_fagans_batches_have_the_corpus_exact_ages(fagan):
    batch = batches_for.fa_gan_batches(fagan, corpus(), batch_size=32)[0][0]
    np.testing.assert_array_equal(batch["real_age"], ages_of(batch["real_face"]))


def test_where_ages_are_ranges_fagan_gets_estimates_held_to_the_range(fagan):
    faces = corpus(width=9)
    batch = batches_for.fa_gan_batches(fagan, faces, batch_size=32)[0][0]
    estimates = fagan.estimate_ages(faces.faces)
    lowest = ages_of(batch["real_face"])
    np.testing.assert_allclose(batch["real_age"], np.clip(estimates[lowest], lowest, lowest + 9.0))


def test_fagans_years_may_be_the_papers_list(fagan):
    batch = batches_for.fa_gan_batches(fagan, corpus(), years=(10, 20), batch_size=32)[0][0]
    assert set(batch["aging_years"].tolist()) == {10, 20}


def test_fgans_batches_are_both(fagan, group_gan):
    model = FGAN(tiny.SIZE, fagan, group_gan)
    batches = batches_for.f_gan_batches(
        model, corpus(), batch_size=3, steps=5, seed=2, first_step=4
    )
    batch = batches[1][0]
    assert (
        len(batches) == 5
        and batch["fa_gan"]["real_face"].shape[0] == 6
        and set(batch["group_gan"]) == set(group_gan.names)
    )
    again = batches_for.f_gan_batches(model, corpus(), batch_size=3, steps=5, seed=2)[5][0]
    np.testing.assert_array_equal(again["fa_gan"]["real_face"], batch["fa_gan"]["real_face"])
    np.testing.assert_array_equal(again["group_gan"]["60+"], batch["group_gan"]["60+"])


def test_the_age_networks_batches_are_labelled():
    faces, targets = batches_for.age_regressor_batches(
        AgeRegressor(tiny.SIZE, tiny.AGE_NETWORK), corpus(), batch_size=8
    )[0]
    np.testing.assert_array_equal(targets.argmax(axis=1), ages_of(faces))
