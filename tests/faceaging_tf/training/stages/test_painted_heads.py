"""What a rate far too high does to a head generator, and that a run of the adversarial stage
notices, goes back and ends healthy.
"""

import json

import keras
import numpy as np
import pytest
import tiny

from faceaging_tf import networks, training
from faceaging_tf.data import HeadBatches
from faceaging_tf.networks.head_generator import translation_of
from faceaging_tf.training import health
from faceaging_tf.training.stages.adversarial import (
    DISCRIMINATOR_RATE,
    RATE,
    HeadAdversary,
    parsed_heads,
)
from faceaging_tf.training.stages.map_optimizer import MapOptimizer

NUMBER, STEPS, EPOCHS = 40, 10, 7
TOO_HIGH = 300.0
GROUPS = ((20, 40), (60, 100))
LIMITS = training.Limits(warmup=1)


def heads_of(generator):
    """Plain heads before plain backgrounds, the skin an ellipse; what a parser would say of them is
    written down.
    """
    axis = (np.arange(tiny.SIZE) + 0.5) / tiny.SIZE
    x, y = np.meshgrid(axis, axis)
    skin = ((x - 0.5) / 0.25) ** 2 + ((y - 0.55) / 0.35) ** 2 < 1
    rng = np.random.default_rng(0)
    tint = lambda low, high: rng.uniform(low, high, (NUMBER, 1, 1, 3))
    faces = np.where(
        skin[None, :, :, None],
        tint(0.6, 1.0) * np.array([200, 160, 140]),
        tint(40, 200),
    )
    faces = (faces + rng.normal(scale=4, size=faces.shape)).clip(0, 255).astype("uint8")
    maps = parsed_heads(generator, faces)
    side = maps["regions"].shape[1]
    inside = skin[:: tiny.SIZE // side, :: tiny.SIZE // side]
    maps = {name: np.zeros_like(values) for name, values in maps.items()}
    maps["regions"] -= np.float16(6)
    maps["regions"][:, inside, 0] = 6
    return {"face": faces, **maps, "age": np.linspace(20, 85, NUMBER)}


def run(folder, factor, groups=None, epochs=EPOCHS):
    """The log of a run of the stage at so many times its rate."""
    keras.utils.set_random_seed(0)
    generator = networks.build(tiny.HEAD, image_size=tiny.SIZE)
    if groups is not None:
        generator = translation_of(generator, 40, 30)
    heads = heads_of(generator)
    batches, held_out = (
        HeadBatches(
            heads, np.array(["one"] * NUMBER), 1, groups, batch_size=4, steps=STEPS, seed=seed
        )
        for seed in (0, 1)
    )
    model = HeadAdversary(
        generator,
        {"network": "head_discriminator", "hidden": 4},
        tiny.SIZE,
        tiny.AGE_NETWORK,
        remembered=64,
        weights=None if groups is None else {"age": 0.0},
    )
    model.compile(
        MapOptimizer(factor * RATE, begin=STEPS),
        keras.optimizers.Adam(DISCRIMINATOR_RATE, beta_1=0.5, beta_2=0.99),
    )
    training.train(model, batches, folder, epochs, verbose=0, stability=LIMITS, held_out=held_out)
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def assert_noticed(folder, log):
    restarts = training.restarts_of(folder)
    assert health.PAINTED in restarts[0]["seen"]
    assert "generators' learning rate times 0.1" in restarts[0]["changed"]
    assert len(restarts) <= LIMITS.restarts
    assert max(line["colour"] for line in log) > LIMITS.most_colour
    # What is measured of whole pictures shows nothing, then as now.
    assert min(line["spread"] for line in log) > LIMITS.least_spread


@pytest.mark.slow
def test_a_rate_far_too_high_is_noticed_by_the_colours_it_paints_and_the_run_ends_healthy(tmp_path):
    log = run(tmp_path, TOO_HIGH)
    assert_noticed(tmp_path, log)
    assert log[-1]["colour"] < LIMITS.most_colour


@pytest.mark.slow
def test_it_is_noticed_in_a_translation_between_groups(tmp_path):
    # A tenth of that rate is still thirty times too high: colours stay near the limit.
    assert_noticed(tmp_path, run(tmp_path, TOO_HIGH, GROUPS))


@pytest.mark.slow
@pytest.mark.parametrize("groups", [None, GROUPS])
def test_at_its_own_rate_it_paints_nothing(tmp_path, groups):
    log = run(tmp_path, 1.0, groups)
    assert training.restarts_of(tmp_path) == []
    assert max(line["colour"] for line in log) < LIMITS.most_colour / 2
