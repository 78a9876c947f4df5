"""CycleGAN: what its years mean, and what it is made of."""

import json

import keras
import numpy as np
import pytest
import tiny
from tiny import faces

from faceaging_tf import networks
from faceaging_tf.models import CycleGAN


def in_range(pictures):
    return pictures.astype("float32") / 127.5 - 1


@pytest.mark.parametrize("older, gap", [((60, 100), 40), ((60, 80), 40), ((40, 60), 20)])
def test_the_gap_is_between_the_domains_middles(older, gap):
    model = tiny.cyclegan(discriminator=None, older=older)
    assert model.gap == gap


@pytest.mark.parametrize(
    "years, share, direction",
    [
        (40, 1.0, "aging"),
        (10, 0.25, "aging"),
        (-20, 0.5, "rejuvenation"),
        (-90, 1.0, "rejuvenation"),
    ],
)
def test_years_scale_the_change(cyclegan, years, share, direction):
    x = in_range(faces(2))
    expected = x + share * (np.asarray(cyclegan.averages[direction](x)) - x)
    np.testing.assert_allclose(
        cyclegan.aged(x, np.full(2, years, "float32"), np.full(2, 30.0)), expected, atol=1e-5
    )


def test_translate_is_the_averaged_generator(cyclegan):
    x = in_range(faces(2))
    np.testing.assert_array_equal(
        cyclegan.translation(x, "aging")[0], cyclegan.average_aging_generator(x)
    )


def test_averages_begin_as_their_generators():
    model = tiny.cyclegan()
    for name, generator in model.generators.items():
        for average, weight in zip(
            model.averages[name].get_weights(), generator.get_weights(), strict=True
        ):
            np.testing.assert_array_equal(average, weight)


def test_a_discriminator_given_as_a_model_makes_two_of_their_own():
    given = networks.build(tiny.DISCRIMINATOR, image_size=32)
    model = tiny.cyclegan(discriminator=given)
    first, second = model.discriminators.values()
    assert first is given and not {id(w) for w in first.weights} & {id(w) for w in second.weights}


def test_it_defaults_to_the_papers_loss():
    assert tiny.cyclegan().weights_of_losses == {
        "adversarial": 1.0,
        "cycle": 10.0,
        "identity": 0.0,
        "weak_l1": 0.0,
    }


def test_a_weight_for_an_unknown_loss_is_refused():
    with pytest.raises(
        ValueError,
        match="CycleGAN got a weight for 'cylce'; its losses are adversarial, cycle, identity, weak_l1",
    ):
        tiny.cyclegan(weights={"cylce": 5.0})


def test_a_weight_of_0_for_a_loss_that_was_there_once_is_dropped():
    assert "prototype" not in tiny.cyclegan(weights={"prototype": 0.0}).weights_of_losses


def test_an_unknown_adversarial_loss_is_refused():
    with pytest.raises(ValueError, match="no adversarial loss 'wgan'"):
        tiny.cyclegan(adversarial="wgan")


def test_compiled_saved_and_loaded_it_is_the_same(tmp_path):
    model = tiny.cyclegan()
    model.compile(keras.optimizers.SGD(0.01), keras.optimizers.SGD(0.02))
    model.train_step(tiny.domain_batch())
    model.save(tmp_path / "cyclegan.keras")
    loaded = keras.saving.load_model(tmp_path / "cyclegan.keras")
    assert type(loaded) is CycleGAN and float(
        loaded.discriminator_optimizer.learning_rate
    ) == pytest.approx(0.02)
    expected, found = tiny.everything(model), tiny.everything(loaded)
    assert expected.keys() == found.keys()
    for name in expected:
        np.testing.assert_array_equal(found[name], expected[name], err_msg=name)


@pytest.fixture(scope="module")
def whole_heads():
    """Of translations between whole heads, after a step."""
    model = tiny.cyclegan(generator=tiny.HEAD, frame="whole_head")
    model.compile(tiny.sgd(0.05), tiny.sgd(0.1))
    model.before = {id(weight): np.array(weight) for weight in model.weights}
    model.train_step(tiny.domain_batch())
    return model


def test_of_a_head_generator_the_maps_of_either_direction_are_trained(whole_heads):
    moved = lambda weight: not np.array_equal(np.array(weight), whole_heads.before[id(weight)])
    assert not any(moved(weight) for weight in whole_heads.aging_base.weights)
    for generator in whole_heads.generators.values():
        assert moved(generator.get_layer("tone").change)


def test_translations_of_whole_heads_are_released_and_load(whole_heads, tmp_path):
    release = whole_heads.for_release()
    years, ages = [30, -30], [30, 70]
    wanted = whole_heads.transform(tiny.faces(2), years, ages)
    np.testing.assert_array_equal(release.transform(tiny.faces(2), years, ages), wanted)
    release.save_weights(tmp_path / "release.weights.h5")
    again = CycleGAN.from_config(json.loads(json.dumps(release.get_config())))
    again.load_weights(tmp_path / "release.weights.h5")
    np.testing.assert_array_equal(again.transform(tiny.faces(2), years, ages), wanted)
