"""Batches of heads: partners of one source and one age, and nothing that tells real from made."""

import numpy as np
import pytest

from faceaging_tf.data import HeadBatches

NUMBER, SIZE = 160, 16


@pytest.fixture(scope="module")
def heads():
    rng = np.random.default_rng(0)
    face = rng.integers(0, 256, (NUMBER, SIZE, SIZE, 3), dtype="uint8")
    # The first pixel of the middle column says which row it is, mirrored or not.
    face[:, 0, SIZE // 2 - 1 : SIZE // 2 + 1] = np.arange(NUMBER)[:, None, None]
    return {
        "face": face,
        "flow": rng.normal(size=(NUMBER, 4, 4, 2)).astype("float16"),
        "regions": rng.normal(size=(NUMBER, 8, 8, 2)).astype("float16"),
        "traits": rng.normal(size=(NUMBER, 6)).astype("float16"),
        "age": np.linspace(20, 79, NUMBER),
    }


@pytest.fixture(scope="module")
def source():
    return np.array(["studio", "street"])[np.arange(NUMBER) % 2]


@pytest.fixture(scope="module")
def batch(heads, source):
    return HeadBatches(heads, source, batch_size=64, seed=3)[0][0]


def rows_of(faces):
    return faces[:, 0, SIZE // 2, 0].astype(int)


def test_a_made_head_and_its_partner_are_of_one_source(batch, source):
    assert (source[rows_of(batch["face"])] == source[rows_of(batch["real_face"])]).all()


def test_a_partner_has_the_age_asked_for(batch):
    goal = batch["age"] + batch["years"]
    # Within its bin of five years, or that of the oldest or youngest.
    assert np.abs(goal - batch["real_age"]).max() < 5.1 and np.abs(batch["years"]).max() < 50


def test_heads_are_made_older_alone(batch):
    assert batch["years"].min() >= 1


def test_ages_are_those_of_the_heads(batch, heads):
    np.testing.assert_allclose(batch["age"], heads["age"][rows_of(batch["face"])], rtol=1e-6)
    np.testing.assert_allclose(
        batch["real_age"], heads["age"][rows_of(batch["real_face"])], rtol=1e-6
    )


def test_mirrored_heads_have_mirrored_maps(batch, heads):
    rows = rows_of(batch["face"])
    mirrored = np.array(
        [
            not np.array_equal(face, heads["face"][row])
            for face, row in zip(batch["face"], rows, strict=True)
        ]
    )
    assert 10 < mirrored.sum() < 54
    np.testing.assert_array_equal(
        batch["face"][mirrored], heads["face"][rows[mirrored]][:, :, ::-1]
    )
    np.testing.assert_array_equal(
        batch["flow"][mirrored],
        heads["flow"][rows[mirrored]][:, :, ::-1] * np.array((-1, 1), "float16"),
    )
    np.testing.assert_array_equal(
        batch["traits"][mirrored, -1], -heads["traits"][rows[mirrored], -1]
    )
    np.testing.assert_array_equal(batch["traits"][:, :-1], heads["traits"][rows, :-1])


def test_the_same_seed_and_step_give_the_same_batch(heads, source, batch):
    again = HeadBatches(heads, source, batch_size=64, seed=3)[0][0]
    assert all(np.array_equal(batch[name], again[name]) for name in batch)


def test_the_corpus_is_left_as_it_was(heads, source):
    before = {name: values.copy() for name, values in heads.items()}
    HeadBatches(heads, source, batch_size=8)[0]
    assert all(np.array_equal(before[name], heads[name]) for name in heads)


def test_heads_of_one_age_are_refused(heads, source):
    with pytest.raises(ValueError, match="at least two ages, 4 of each"):
        HeadBatches({**heads, "age": np.full(NUMBER, 30.0)}, source)


def test_groups_are_paired_whatever_the_years_between(heads, source):
    batch = HeadBatches(heads, source, batch_size=64, groups=((60, 100), (20, 40)))[0][0]
    assert (
        batch["age"].min() >= 60 and 20 <= batch["real_age"].min() <= batch["real_age"].max() < 40
    )
    np.testing.assert_allclose(batch["age"] + batch["years"], batch["real_age"], atol=1e-4)
    assert (source[rows_of(batch["face"])] == source[rows_of(batch["real_face"])]).all()


def test_groups_that_no_source_has_are_refused(heads, source):
    with pytest.raises(ValueError, match="no source with heads of both"):
        HeadBatches(heads, source, groups=((0, 10), (20, 40)))
