"""The adversarial stage: its losses by hand, what it moves and what it leaves, and that it goes on."""

import numpy as np
import pytest
import tensorflow as tf
import tiny

from faceaging_tf import networks
from faceaging_tf.data import HeadBatches
from faceaging_tf.networks.head_generator import MAPS, edit_of
from faceaging_tf.training.stages.adversarial import HeadAdversary, parsed_heads, with_planes

DISCRIMINATOR = {"network": "head_discriminator", "skin": [4, 4], "head": [4, 4]}
NUMBER = 40


def generator(seed=0):
    """A tiny head generator whose maps do something."""
    built = networks.build(tiny.HEAD, image_size=tiny.SIZE)
    rng = np.random.default_rng(seed)
    for variable in built.trainable_variables:
        variable.assign_add(rng.normal(scale=0.02, size=variable.shape))
    return built


@pytest.fixture(scope="module")
def heads():
    faces = tiny.faces(NUMBER)
    rng = np.random.default_rng(1)
    known = {"person": rng.integers(0, 256, (NUMBER, 128, 128), dtype="uint8"), "age": np.linspace(20, 69, NUMBER)}
    return {"face": faces, **parsed_heads(generator(), faces), **known}


@pytest.fixture(scope="module")
def batch(heads):
    return HeadBatches(heads, np.array(["one"] * NUMBER), batch_size=4, seed=1)[0][0]


def adversary(**more):
    return HeadAdversary(generator(), DISCRIMINATOR, tiny.SIZE, tiny.AGE_NETWORK, **more)


def test_a_parsed_head_is_edited_as_the_generator_edits_it():
    built = generator()
    # Smooth pictures: what the parser says is kept in half precision, and noise would show it.
    place = np.linspace(0, 3, tiny.SIZE)
    smooth = 127.5 + 120 * np.sin(place[None, :, None, None] + place[None, None, :, None] + np.arange(9).reshape(3, 1, 1, 3))
    faces = smooth.astype("uint8")
    x, years, ages = faces / np.float32(127.5) - 1, np.array([[20.0], [-20.0], [5.0]]), np.full((3, 1), 45.0)
    maps = list(parsed_heads(built, faces).values())
    edited = edit_of(built)([x, *maps, years, ages, np.ones((3, 5))])
    whole = built([x, years, ages, np.ones((3, 5))])
    moved = HeadAdversary(built, None, tiny.SIZE, tiny.AGE_NETWORK).warp([edited["changed"], edited["flow"]])
    np.testing.assert_allclose(moved, whole, atol=0.005)


def test_the_losses_are_those_of_its_description(batch):
    model = adversary(r1=0.0)
    losses, (fakes, goal) = model.generator_losses(batch)
    x = tf.cast(batch["face"], tf.float32) / 127.5 - 1
    maps, ones = [tf.cast(batch[name], tf.float32) for name in MAPS], tf.ones((4, 5))
    age, years = tf.constant(batch["age"][:, None]), tf.constant(batch["years"][:, None])
    edited = model.edit([x, *maps, years, age, ones])
    back = model.edit([edited["changed"], *maps, -years, age + years, ones])["changed"]
    np.testing.assert_allclose(losses["cycle"], np.abs(back - x).mean(), rtol=1e-4)
    np.testing.assert_allclose(goal, age + years, rtol=1e-6)
    seen = np.asarray(model.age_regressor.age(fakes[..., :3]))
    np.testing.assert_allclose(losses["age"], np.abs(goal[:, 0] - seen).mean() / 10, rtol=1e-4)
    scores = np.asarray(model.discriminator([fakes, goal])).reshape(4, 2)
    np.testing.assert_allclose(losses["adversarial"], np.log1p(np.exp(-scores)).mean(), rtol=1e-4)


def test_the_penalty_is_that_of_a_real_heads_gradient_in_every_16th_step(batch):
    plain, penalised = adversary(r1=0.0), adversary(r1=3.0)
    penalised.discriminator.set_weights(plain.discriminator.get_weights())
    for model in (plain, penalised):
        model.compile()
    _, fakes = plain.generator_losses(batch)
    less, more = (float(model.discriminator_losses(batch, fakes)["discriminator"]) for model in (plain, penalised))
    real, age = plain._real(batch)
    with tf.GradientTape() as tape:
        tape.watch(real)
        total = tf.reduce_sum(plain.discriminator([real, age]))
    squares = np.square(tape.gradient(total, real)).sum(axis=(1, 2, 3))
    assert more - less == pytest.approx(16 * 3.0 / 2 * squares.mean(), rel=1e-3)
    penalised.optimizer.iterations.assign(5)
    assert float(penalised.discriminator_losses(batch, fakes)["discriminator"]) == pytest.approx(less, rel=1e-5)


def test_a_step_moves_tone_and_leaves_parser_exemplars_and_places(batch):
    model = adversary()
    model.compile()
    layers = {name: model.generator.get_layer(name) for name in ("face_parser", "relief", "tone")}
    before = {name: [np.array(weight) for weight in layer.get_weights()] for name, layer in layers.items()}
    names = [variable.name for variable in layers["relief"].weights]
    model.fit(tiny.Steps(lambda number, seed: batch, 2), verbose=0)
    same = {name: [np.array_equal(*pair) for pair in zip(before[name], layer.get_weights(), strict=True)] for name, layer in layers.items()}
    assert all(same["face_parser"]) and not any(same["tone"])
    assert {name for name, kept in zip(names, same["relief"], strict=True) if not kept} == {"coarse", "own"}


def test_the_averages_become_the_generators_weights(batch):
    model = adversary(momentum=0.5)
    model.compile()
    model.fit(tiny.Steps(lambda number, seed: batch, 2), verbose=0)
    average = np.array(model.average_edit.get_layer("tone").change)
    assert not np.array_equal(average, model.generator.get_layer("tone").change)
    np.testing.assert_array_equal(average, model.trained().get_layer("tone").change)


def test_skin_and_person_go_with_the_colours(batch):
    planes = np.asarray(with_planes(np.zeros((4, 128, 128, 3), "float32"), {**batch, "regions": np.zeros((4, 64, 64, 2))}))
    np.testing.assert_allclose(planes[..., 3], 0.5, atol=1e-5)
    np.testing.assert_allclose(planes[..., 4], batch["person"] / 255.0, atol=1e-5)


def test_its_discriminator_is_observed(batch):
    model = adversary()
    observation = model.observe(batch)["edit"]
    assert observation.adversarial == "logistic" and observation.outputs.shape == observation.faces.shape == (4, 32, 32, 3)
    assert observation.real_scores.shape == observation.fake_scores.shape == (4, 1, 1, 2)
