"""Runs that fail, are noticed, go back and recover."""

import json
import shutil

import keras
import numpy as np
import pytest
import tiny

from faceaging_tf import training
from faceaging_tf.data.drawn_faces import drawn_corpus
from faceaging_tf.training import Limits, batches_for, health
from faceaging_tf.training.adjustment import Adjustment
from faceaging_tf.training.stability import SEEDS_APART, StabilityGuard, probe_batch, remedied

STEPS = 20
EPOCHS = 14
AT_ONCE = Limits(warmup=0)


@pytest.fixture(scope="module")
def corpus():
    return drawn_corpus(people=30, faces_per_person=5, size=tiny.SIZE, oldest=85)


def cyclegan(corpus, discriminator_rate, rate=2e-3, steps=STEPS):
    """A compiled CycleGAN of the real classes, and batches of drawn faces."""
    keras.utils.set_random_seed(0)
    model = tiny.cyclegan(
        generator={**tiny.RESNET, "blocks": 0},
        discriminator={**tiny.DISCRIMINATOR, "filters": 8, "stages": 1},
    )
    model.compile(
        keras.optimizers.Adam(rate, beta_1=0.5),
        keras.optimizers.Adam(discriminator_rate, beta_1=0.5),
    )
    return model, batches_for.cyclegan_batches(model, corpus, batch_size=4, steps=steps)


def figures(model, batches):
    return {way: health.health(seen) for way, seen in model.observe(probe_batch(batches)).items()}


def log_of(folder):
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def rescued(corpus, tmp_path_factory):
    """A run with a discriminator's rate 500 times too high, guarded: model, batches, folder."""
    folder = tmp_path_factory.mktemp("rescued")
    model, batches = cyclegan(corpus, 1.0)
    training.train(model, batches, folder, EPOCHS, verbose=0, stability=AT_ONCE)
    return model, batches, folder


@pytest.mark.slow
def test_without_a_guard_the_run_collapses(corpus, tmp_path):
    """Outputs of different faces then differ by .06 of what the faces differ by; with a rate of
    2e-3 by .5.
    """
    model, batches = cyclegan(corpus, 1.0)
    training.train(model, batches, tmp_path, EPOCHS, verbose=0, stability=None)
    found = figures(model, batches)
    assert (
        health.COLLAPSED in health.signs(found, 0.0, AT_ONCE)
        and min(way.spread for way in found.values()) < 0.2
    )
    assert training.restarts_of(tmp_path) is None


def test_with_it_the_run_recovers_by_itself(rescued):
    model, batches, folder = rescued
    last = log_of(folder)[-1]
    assert health.signs(figures(model, batches), last["discriminator"], AT_ONCE) == {}
    assert last["spread"] > 0.25 and last["discriminator"] < 2.0


def test_what_was_seen_and_changed_is_written_down(rescued):
    restarts = training.restarts_of(rescued[2])
    assert 1 <= len(restarts) <= AT_ONCE.restarts
    assert (
        "diverges (the discriminators lose" in restarts[0]["seen"]
        and "discriminators' learning rate times 0.1" in restarts[0]["changed"]
    )
    assert [line["seed"] for line in restarts] == list(range(1, len(restarts) + 1))
    assert all(line["back_to_step"] < line["step"] for line in restarts)


def test_the_steps_go_on_counting(rescued):
    model, _, folder = rescued
    assert [line["step"] for line in log_of(folder)] == [
        STEPS * epoch for epoch in range(1, EPOCHS + 1)
    ]
    assert (
        int(model.optimizer.iterations)
        == int(model.generator_optimizer.iterations)
        == STEPS * EPOCHS
    )


def test_a_run_that_goes_on_has_the_rates_and_the_seed_it_had(rescued, corpus, tmp_path):
    model, batches, folder = rescued
    shutil.copytree(folder, tmp_path / "run")
    fresh, again = cyclegan(corpus, 1.0)
    training.train(fresh, again, tmp_path / "run", EPOCHS, verbose=0, stability=AT_ONCE)
    for name in ("generator_optimizer", "discriminator_optimizer"):
        assert float(getattr(fresh, name).learning_rate) == pytest.approx(
            float(getattr(model, name).learning_rate)
        )
    assert float(fresh.discriminator_optimizer.learning_rate) < 0.2
    assert again.seed == batches.seed == SEEDS_APART * len(training.restarts_of(folder))
    assert training.restarts_of(tmp_path / "run") == training.restarts_of(folder)


@pytest.mark.slow
def test_a_guard_that_sees_nothing_changes_nothing(corpus, tmp_path):
    weights = []
    for name, stability in (("guarded", AT_ONCE), ("alone", None)):
        model, batches = cyclegan(corpus, 2e-3, steps=4)
        training.train(model, batches, tmp_path / name, 2, verbose=0, stability=stability)
        weights.append(model.get_weights())
    assert training.restarts_of(tmp_path / "guarded") == []
    for guarded, alone in zip(*weights, strict=True):
        np.testing.assert_allclose(guarded, alone, rtol=1e-4, atol=1e-6)


class Spoils(keras.callbacks.Callback):
    """Makes a weight of the generators infinite at the beginning of given epochs."""

    def __init__(self, epochs):
        super().__init__()
        self.epochs = epochs

    def on_epoch_begin(self, epoch, logs=None):
        if epoch in self.epochs:
            weight = self.model.aging_generator.trainable_variables[0]
            weight.assign(weight * np.inf)


def test_weights_that_are_not_finite_are_noticed_at_once_and_gone_afterwards(corpus, tmp_path):
    model, batches = cyclegan(corpus, 2e-3)
    training.train(model, batches, tmp_path, 3, verbose=0, callbacks=[Spoils([1])])
    (line,) = training.restarts_of(tmp_path)
    assert "values that are not finite" in line["seen"] and (
        line["step"],
        line["back_to_step"],
    ) == (2 * STEPS, STEPS)
    assert all(np.isfinite(weight).all() for weight in model.get_weights())
    assert float(model.generator_optimizer.learning_rate) == pytest.approx(5e-4)


@pytest.mark.slow
def test_a_run_that_fails_too_often_ends_with_a_sentence(corpus, tmp_path):
    model, batches = cyclegan(corpus, 2e-3)
    with pytest.raises(
        training.StabilityError,
        match="At step 40 .* it had been restarted 1 times, which is the most",
    ):
        training.train(
            model,
            batches,
            tmp_path,
            3,
            verbose=0,
            callbacks=[Spoils([0, 1])],
            stability=Limits(restarts=1),
        )


def test_the_stronger_of_two_remedies_is_taken_and_remedies_add_up():
    once, changed = remedied(Adjustment(), [health.DIVERGED, health.COLLAPSED, health.INVERTED])
    assert once == Adjustment(0.5, 0.1, 2.0, 1)
    assert (
        changed
        == "new seed, discriminators' learning rate times 0.1, generators' learning rate times 0.5, weak L1 weight times 2"
    )
    assert remedied(once, [health.WON])[0] == Adjustment(0.5, 0.05, 2.0, 2)


def test_probes_are_the_same_faces_each_time_and_cost_the_run_no_batch(corpus):
    _, batches = cyclegan(corpus, 2e-3)
    first = batches[0][0]["younger"]
    probes, again = probe_batch(batches), probe_batch(batches)
    assert probes["younger"].shape == (8, tiny.SIZE, tiny.SIZE, 3)
    np.testing.assert_array_equal(probes["older"], again["older"])
    np.testing.assert_array_equal(batches[0][0]["younger"], first)


@pytest.mark.parametrize(
    "kind, epochs", [(health.COLLAPSED, 2), (health.WON, 5), (health.NOT_FINITE, 1)]
)
def test_a_sign_must_last(kind, epochs, corpus, tmp_path):
    _, batches = cyclegan(corpus, 2e-3)
    assert StabilityGuard(training.Checkpoint(tmp_path), batches)._patience(kind) == epochs
