"""F-GAN: FA-GAN for few years, Group-GAN for many."""

import json

import keras
import numpy as np
import pytest
import tiny
from tiny import faces

from faceaging_tf.models import FGAN, GroupGAN

TWO = {"groups": [[20, 40], [40, 100]]}
FA = {"generator": tiny.MOBILE, "discriminator": tiny.SPECTRAL, "age_network": tiny.AGE_NETWORK}
GROUP = {
    "generator": tiny.RESNET,
    "discriminator": tiny.DISCRIMINATOR,
    "age_network": tiny.AGE_NETWORK,
    "pool_size": 4,
    **TWO,
}


@pytest.mark.parametrize("years, age, part", [
    (20, 35, "fa_gan"),
    (-20, 45, "fa_gan"),
    (20.5, 35, "group_gan"),
    (-20.5, 45, "group_gan"),
    (3, 39, "fa_gan"),
    (60, 15, "group_gan"),
])  # fmt: skip
def test_up_to_twenty_years_it_is_fa_gan_and_beyond_group_gan(fgan, years, age, part):
    np.testing.assert_array_equal(
        fgan.transform(faces(2), years, age), fgan.members[part].transform(faces(2), years, age)
    )


def test_where_group_gan_would_change_nothing_it_is_fa_gan(fgan):
    # From 62 to 87 years, both in 60+.
    np.testing.assert_array_equal(
        fgan.transform(faces(2), 25, 62), fgan.fa_gan.transform(faces(2), 25, 62)
    )
    assert not np.array_equal(fgan.transform(faces(2), 25, 62), faces(2))


def test_another_threshold_moves_the_border(fagan, group_gan):
    model = FGAN(tiny.SIZE, fagan, group_gan, threshold=30.0)
    np.testing.assert_array_equal(
        model.transform(faces(1), 29, 35), fagan.transform(faces(1), 29, 35)
    )


def test_ages_are_estimated_by_fa_gans_network(fgan):
    np.testing.assert_array_equal(fgan.estimate_ages(faces(2)), fgan.fa_gan.estimate_ages(faces(2)))


@pytest.fixture(scope="module")
def trained():
    """One of two groups, made of dicts, after a step."""
    model = FGAN(tiny.SIZE, {**FA, "weights": {"age": 0.5}}, GROUP)
    model.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))
    model.before = model.get_weights()
    groups = {name: faces(2, seed=number) for number, name in enumerate(model.group_gan.names)}
    model.logs = model.train_step({"fa_gan": tiny.age_shift_batch(), "group_gan": groups})
    return model


def test_fit_trains_both_parts(trained):
    moved = {
        id(variable)
        for variable, before in zip(trained.weights, trained.before, strict=True)
        if not np.array_equal(variable, before)
    }
    for name, network in (trained.generators | trained.discriminators).items():
        assert id(network.trainable_variables[0]) in moved, name


def test_each_parts_losses_go_by_its_name(trained):
    assert {
        "fa_gan_age",
        "fa_gan_discriminator",
        "group_gan_cycle",
        "group_gan_discriminator",
    } <= set(trained.logs)
    assert all(np.isfinite(float(value)) for value in trained.logs.values())


def test_the_weights_of_both_parts_hold_in_the_sum(trained):
    assert (
        float(trained.ramps["fa_gan_cycle"](0)) == 10.0
        and float(trained.ramps["fa_gan_age"](2000)) == 0.5
    )
    assert float(trained.ramps["group_gan_cycle"](0)) == 10.0


def test_its_configuration_holds_both_parts(trained):
    again = FGAN.from_config(json.loads(json.dumps(trained.get_config())))
    assert isinstance(again.group_gan, GroupGAN) and again.group_gan.names == ("20-40", "40+")
    assert again.get_config() == trained.get_config()


def test_an_age_network_of_its_own_stays_its_own():
    model = FGAN(
        tiny.SIZE,
        FA,
        {**GROUP, "discriminator": None},
        age_network={**tiny.AGE_NETWORK, "widths": [6]},
    )
    again = FGAN.from_config(json.loads(json.dumps(model.get_config())))
    assert again.get_config()["age_network"]["widths"] == [6] and model.fa_gan.get_config()[
        "age_network"
    ]["widths"] == [4]


def test_a_releases_parts_estimate_ages_as_they_did(trained):
    release = trained.for_release()
    for part, model in trained.members.items():
        np.testing.assert_array_equal(
            release.members[part].estimate_ages(faces(2)), model.estimate_ages(faces(2))
        )


def test_saved_and_loaded_it_ages_the_same(trained, tmp_path):
    release = trained.for_release()
    release.save(tmp_path / "fgan.keras")
    loaded = keras.saving.load_model(tmp_path / "fgan.keras")
    years, ages = [10, 30], [30, 35]
    np.testing.assert_array_equal(
        loaded.transform(faces(2), years, ages), release.transform(faces(2), years, ages)
    )


@pytest.mark.parametrize("other", [{"frame": "whole_head"}, {"image_size": 16}])
def test_parts_of_two_frames_or_sizes_are_refused(fagan, other):
    with pytest.raises(ValueError, match="it needs both of one frame and one size"):
        FGAN(tiny.SIZE, fagan, {**GROUP, "discriminator": None, **other})


def test_a_shared_generator_is_fused_like_two():
    model = FGAN(
        tiny.SIZE,
        {**FA, "generator": tiny.HEAD, "rejuvenation_generator": "shared"},
        GROUP,
    )
    assert {"fa_gan_aging"} == {name for name in model.generators if name.startswith("fa_gan")}
    model.compile(tiny.sgd(0.05), tiny.sgd(0.1))
    release = model.for_release()
    np.testing.assert_array_equal(
        release.transform(faces(1), -10, 30), model.fa_gan.transform(faces(1), -10, 30)
    )
    assert (
        FGAN.from_config(json.loads(json.dumps(release.get_config()))).get_config()
        == release.get_config()
    )
    with pytest.raises(ValueError, match="strengths names 'hair'"):
        release.transform(faces(1), 10, 30, strengths={"hair": 0.5})
    with pytest.raises(ValueError, match="this model has one future alone"):
        release.transform(faces(1), 10, 30, future=1)
