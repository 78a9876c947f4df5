"""The adversarial stage: its losses by hand, what it moves and what it leaves, and that
it goes on.
"""

import numpy as np
import pytest
import tensorflow as tf
import tiny

from faceaging_tf import networks
from faceaging_tf.data import HeadBatches
from faceaging_tf.layers.ageing_years import MOST_OLDER, MOST_YOUNGER
from faceaging_tf.networks.head_generator import MAPS, edit_of
from faceaging_tf.training.stages.adversarial import HeadAdversary, parsed_heads, with_planes

DISCRIMINATOR = {"network": "head_discriminator", "hidden": 4}
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
    return {"face": faces, **parsed_heads(generator(), faces), "age": np.linspace(20, 69, NUMBER)}


@pytest.fixture(scope="module")
def batch(heads):
    return HeadBatches(heads, np.array(["one"] * NUMBER), batch_size=4, seed=1)[0][0]


def adversary(**more):
    return HeadAdversary(
        generator(), DISCRIMINATOR, tiny.SIZE, tiny.AGE_NETWORK, **{"remembered": 8, **more}
    )


def test_a_parsed_head_is_edited_as_the_generator_edits_it():
    built = generator()
    # Smooth pictures: what the parser says is kept in half precision, and noise would show it.
    place = np.linspace(0, 3, tiny.SIZE)
    smooth = 127.5 + 120 * np.sin(
        place[None, :, None, None] + place[None, None, :, None] + np.arange(9).reshape(3, 1, 1, 3)
    )
    faces = smooth.astype("uint8")
    x, years, ages = (
        faces / np.float32(127.5) - 1,
        np.array([[20.0], [-20.0], [5.0]]),
        np.full((3, 1), 45.0),
    )
    maps = list(parsed_heads(built, faces).values())
    told = [years, ages, np.ones((3, 5)), np.zeros((3, 1)), -np.ones((3, 1))]
    edited = edit_of(built)([x, *maps, *told])
    whole = built([x, *told])
    moved = HeadAdversary(built, None, tiny.SIZE, tiny.AGE_NETWORK).warp(
        [edited["changed"], edited["flow"]]
    )
    np.testing.assert_allclose(moved, whole, atol=0.005)


def test_the_losses_are_those_of_its_description(batch):
    model = adversary()
    rng = np.random.default_rng(0)
    for variable in model.discriminator.trainable_variables:
        variable.assign(rng.normal(scale=0.05, size=variable.shape))
    losses, (made, goal, _) = model.generator_losses(batch)
    x = tf.cast(batch["face"], tf.float32) / 127.5 - 1
    maps = [tf.cast(batch[name], tf.float32) for name in MAPS]
    age, years = (tf.constant(batch[name][:, None]) for name in ("age", "years"))
    # As many years more as calibration may ask.
    asked = tf.where(years > 0, MOST_OLDER, MOST_YOUNGER) * years
    told = [tf.ones((4, 5)), tf.zeros((4, 1)), -tf.ones((4, 1))]
    edited = model.edit([x, *maps, asked, age, *told])
    fakes = model.warp([with_planes(edited["changed"], batch["regions"]), edited["flow"]])
    np.testing.assert_allclose(goal, age + years, rtol=1e-6)
    seen = np.asarray(model.age_regressor.age(fakes[..., :3]))
    np.testing.assert_allclose(losses["age"], np.abs(goal[:, 0] - seen).mean() / 10, rtol=1e-4)
    np.testing.assert_allclose(made, model.statistics(fakes), rtol=1e-3, atol=1e-3)
    scores = np.asarray(model.discriminator([made, goal])).ravel()
    np.testing.assert_allclose(losses["adversarial"], np.log1p(np.exp(-scores)).mean(), rtol=1e-4)


def test_a_real_head_is_moved_as_a_made_one_of_the_batch(batch):
    model = adversary()
    flow = np.random.default_rng(0).normal(scale=0.02, size=(4, 8, 8, 2)).astype("float32")
    found, age = model._real(batch, flow)
    x = tf.cast(batch["real_face"], tf.float32) / 127.5 - 1
    np.testing.assert_allclose(
        found,
        model.statistics(model.warp([with_planes(x, batch["real_regions"]), flow[::-1]])),
        rtol=1e-4,
        atol=1e-4,
    )
    np.testing.assert_array_equal(np.ravel(age), batch["real_age"])


def test_the_discriminator_is_shown_what_it_remembers(batch):
    """Three steps of four heads, eight of which are kept: rows by hand, their standard by hand, and
    the loss of what is drawn.
    """
    model = adversary()
    model.compile()
    rng, rows = np.random.default_rng(0), {}
    count = model.memory["made"].shape[1]
    for step in range(3):
        model.optimizer.iterations.assign(step)
        made, goal = (
            rng.normal(size=(4, count)).astype("float32"),
            np.full((4, 1), 20.0 + step, "float32"),
        )
        flow = np.zeros((4, 8, 8, 2), "float32")
        rows[step] = made, np.asarray(model._real(batch, flow)[0])
        loss = float(model.discriminator_losses(batch, (made, goal, flow))["discriminator"])
    # The third step's heads lie over the first one's.
    for number, name in enumerate(("made", "real")):
        np.testing.assert_allclose(
            model.memory[name],
            np.concatenate([rows[2][number], rows[1][number]]),
            rtol=1e-5,
            atol=1e-5,
        )
    np.testing.assert_array_equal(np.ravel(model.memory["made_age"]), [22.0] * 4 + [21.0] * 4)
    made, real = (
        np.asarray(model.memory[name])[(8 * drawn).astype(int)]
        for name, drawn in zip(("made", "real"), batch["drawn"], strict=False)
    )
    ages = [
        np.asarray(model.memory[f"{name}_age"])[(8 * drawn).astype(int)]
        for name, drawn in zip(("made", "real"), batch["drawn"], strict=False)
    ]
    scores = [
        np.ravel(model.discriminator([values, age]))
        for values, age in zip((made, real), ages, strict=False)
    ]
    expected = (
        np.log1p(np.exp(scores[0])).mean()
        + np.log1p(np.exp(-scores[1])).mean()
        + float(sum(model.discriminator.losses))
    )
    assert loss == pytest.approx(expected, rel=1e-4)


@pytest.fixture(scope="module")
def trained(batch):
    """The model after two steps, and the weights of layers before them."""
    model = adversary(momentum=0.5)
    model.compile()
    before = {
        name: [np.array(weight) for weight in model.generator.get_layer(name).get_weights()]
        for name in ("face_parser", "relief", "tone")
    }
    model.fit(tiny.Steps(lambda number, seed: batch, 2), verbose=0)
    return model, before


def test_a_step_moves_tone_and_leaves_parser_exemplars_and_places(trained):
    model, before = trained
    layers = {name: model.generator.get_layer(name) for name in before}
    names = [variable.name for variable in layers["relief"].weights]
    same = {
        name: [
            np.array_equal(*pair) for pair in zip(before[name], layer.get_weights(), strict=True)
        ]
        for name, layer in layers.items()
    }
    assert all(same["face_parser"]) and not any(same["tone"])
    assert {name for name, kept in zip(names, same["relief"], strict=True) if not kept} == {
        "coarse",
        "own",
    }


def test_the_averages_become_the_generators_weights(trained):
    model, _ = trained
    average = np.array(model.average_edit.get_layer("tone").change)
    assert not np.array_equal(average, model.generator.get_layer("tone").change)
    np.testing.assert_array_equal(average, model.trained().get_layer("tone").change)


def test_skin_and_hair_go_with_the_colours():
    regions = np.zeros((1, 64, 64, 2), "float32")
    regions[..., 1] = np.log(3.0)
    planes = np.asarray(with_planes(np.zeros((1, 128, 128, 3), "float32"), regions))
    np.testing.assert_allclose(planes[..., 3], 0.5, atol=1e-5)
    np.testing.assert_allclose(planes[..., 4], 0.75, atol=1e-5)


def test_its_discriminator_is_observed(batch):
    model = adversary()
    observation = model.observe(batch)["edit"]
    assert (
        observation.adversarial.name == "logistic"
        and observation.outputs.shape == observation.faces.shape == (4, 32, 32, 3)
    )
    assert observation.real_scores.shape == observation.fake_scores.shape == (4, 1, 1, 1)


def test_all_of_it_is_built():
    """On JAX, `fit` calls a model that has a layer that is not, and this one cannot be called."""
    assert [layer.name for layer in adversary()._flatten_layers() if not layer.built] == []
