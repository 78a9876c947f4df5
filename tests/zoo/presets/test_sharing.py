"""Presets that share weights: what is loaded, what is refused, and that a user's own needs no
other.
"""

import json
import shutil

import h5py
import keras
import numpy as np
import pytest
import tiny

import zoo
from faceaging_tf.models import FGAN, AgeRegressor
from zoo import loading, registry
from zoo.presets import sharing

CLASSES = {
    "tiny-age": "AgeRegressor",
    "tiny-fagan": "FAGAN",
    "tiny-groupgan": "GroupGAN",
    "tiny-fgan": "FGAN",
}
GROUPS = ((0, 50), (50, 100))
AGE = {"age_regressor": "tiny-age"}
PARTS = {"fa_gan": "tiny-fagan", "group_gan": "tiny-groupgan"}


def register_all(root):
    for name, kind in CLASSES.items():
        role = registry.ESTIMATING if kind == "AgeRegressor" else registry.AGING
        zoo.register(
            zoo.Entry(
                name=name,
                title=name,
                builder=f"faceaging_tf.models:{kind}",
                task="T.",
                paper="P.",
                preset=root / name,
                role=role,
            )
        )


def unregister_all():
    for name in set(CLASSES) & set(registry.list(role=None)):
        registry.unregister(name)


def age_network(seed):
    keras.utils.set_random_seed(seed)
    return tiny.randomized(AgeRegressor(tiny.SIZE, tiny.AGE_NETWORK), seed)


def with_age_network(model):
    """The model's release, away from where it began, with the age network of the entry."""
    release = tiny.randomized(model.for_release(), seed=1)
    release.age_regressor.network.set_weights(zoo.load("tiny-age").network.get_weights())
    return release


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """The models of four entries of the zoo, the later made of the earlier, and the folder of their
    presets.
    """
    root = tmp_path_factory.mktemp("shared")
    register_all(root)
    try:
        made = {"tiny-age": age_network(0)}
        zoo.save(made["tiny-age"], root / "tiny-age")
        made["tiny-fagan"] = with_age_network(tiny.fagan())
        zoo.save(made["tiny-fagan"], root / "tiny-fagan", shared=AGE)
        made["tiny-groupgan"] = with_age_network(tiny.group_gan(groups=GROUPS))
        zoo.save(made["tiny-groupgan"], root / "tiny-groupgan", shared=AGE)
        made["tiny-fgan"] = FGAN(
            tiny.SIZE, zoo.load("tiny-fagan"), zoo.load("tiny-groupgan"), threshold=20
        )
        zoo.save(made["tiny-fgan"], root / "tiny-fgan", shared=PARTS)
    finally:
        unregister_all()
    return root, made


@pytest.fixture
def root(models, tmp_path):
    """The folder of the four presets, a copy to damage, its entries registered."""
    folder = shutil.copytree(models[0], tmp_path / "entries")
    register_all(folder)
    yield folder
    unregister_all()


def outputs(model, years=30):
    return model.transform(tiny.faces(3), years, ages=40)


@pytest.mark.parametrize("name", ["tiny-fagan", "tiny-groupgan", "tiny-fgan"])
def test_a_loaded_model_computes_what_the_saved_one_does(models, root, name):
    loaded, saved = zoo.load(name), models[1][name]
    np.testing.assert_array_equal(outputs(loaded), outputs(saved))
    np.testing.assert_array_equal(
        loaded.estimate_ages(tiny.faces(3)), models[1]["tiny-age"].estimate_ages(tiny.faces(3))
    )
    assert not np.array_equal(outputs(loaded), tiny.faces(3))


@pytest.mark.parametrize("name", ["tiny-fagan", "tiny-groupgan"])
def test_the_shared_part_is_not_stored(models, root, name):
    stored = []
    with h5py.File(root / name / "model.weights.h5") as file:
        file.visititems(
            lambda _, item: (
                stored.append(item.size)
                if isinstance(item, h5py.Dataset) and item.dtype.kind == "f"
                else None
            )
        )
    count = lambda model: sum(int(np.prod(weight.shape)) for weight in model.weights)
    assert sum(stored) == count(models[1][name]) - count(models[1]["tiny-age"])


def test_a_composition_stores_no_weights(root):
    assert {path.name for path in (root / "tiny-fgan").iterdir()} == {
        "config.json",
        "metadata.json",
        "README.md",
    }


def test_a_composition_does_what_its_parts_do(models, root):
    composition = zoo.load("tiny-fgan")
    for years, part in ((20, "tiny-fagan"), (-20, "tiny-fagan"), (21, "tiny-groupgan")):
        np.testing.assert_array_equal(outputs(composition, years), outputs(models[1][part], years))


def test_what_is_shared_is_loaded_at_another_size_too(root):
    model = zoo.load("tiny-fgan", image_size=64)
    np.testing.assert_array_equal(
        model.estimate_ages(tiny.faces(2, 64)),
        zoo.load("tiny-age", image_size=64).estimate_ages(tiny.faces(2, 64)),
    )


def test_half_precision_is_shared_by_what_is_stored(root, tmp_path):
    model = with_age_network(tiny.fagan())
    alone = zoo.save(model, tmp_path / "alone", half_precision=True)
    zoo.save(zoo.load("tiny-age"), root / "tiny-age", half_precision=True, overwrite=True)
    zoo.save(model, root / "tiny-fagan", half_precision=True, overwrite=True, shared=AGE)
    for shared, own in zip(
        zoo.load("tiny-fagan").get_weights(), zoo.load(alone).get_weights(), strict=True
    ):
        np.testing.assert_array_equal(shared, own)


@pytest.mark.parametrize("name", ["tiny-fagan", "tiny-fgan"])
def test_a_users_copy_needs_no_other_preset(root, tmp_path, name):
    model = zoo.load(name)
    folder = zoo.save(model, tmp_path / "mine")
    unregister_all()
    shutil.rmtree(root)
    np.testing.assert_array_equal(outputs(zoo.load(folder)), outputs(model))
    assert "shared" not in json.loads((folder / "config.json").read_text())


def test_other_weights_cannot_be_shared(root, tmp_path):
    model = zoo.load("tiny-fagan")
    model.age_regressor.network.set_weights(age_network(7).network.get_weights())
    with pytest.raises(
        zoo.ZooError,
        match="age_regressor of this FAGAN has other weights than are released for 'tiny-age'",
    ):
        zoo.save(model, tmp_path / "other", shared=AGE)
    assert not (tmp_path / "other").exists()


def test_a_part_of_another_class_cannot_be_shared(root, tmp_path):
    with pytest.raises(zoo.ZooError, match="has other weights than are released for 'tiny-fagan'"):
        zoo.save(zoo.load("tiny-fagan"), tmp_path / "other", shared={"age_regressor": "tiny-fagan"})


def test_only_parts_of_the_model_can_be_shared(root, tmp_path):
    with pytest.raises(zoo.ZooError, match="'age_network', which is no part of a FAGAN"):
        zoo.save(zoo.load("tiny-fagan"), tmp_path / "other", shared={"age_network": "tiny-age"})


@pytest.mark.parametrize("name", ["tiny-fagan", "tiny-fgan"])
def test_newer_weights_of_the_other_entry_are_refused(root, name):
    zoo.save(age_network(7), root / "tiny-age", entry="tiny-age", overwrite=True)
    with pytest.raises(
        zoo.ZooError,
        match="takes its age_regressor from the released weights of 'tiny-age' and expects those with the sha256",
    ):
        zoo.load(name)


def test_newer_weights_below_a_part_are_noticed_by_what_is_made_of_it(root):
    """Its own file stays as it was when FA-GAN is released again with a newer age network."""
    model = zoo.load("tiny-fagan")
    newer = age_network(7)
    zoo.save(newer, root / "tiny-age", entry="tiny-age", overwrite=True)
    model.age_regressor.network.set_weights(newer.network.get_weights())
    zoo.save(model, root / "tiny-fagan", overwrite=True, shared=AGE)
    with pytest.raises(
        zoo.ZooError, match="takes its fa_gan from the released weights of 'tiny-fagan' and expects"
    ):
        zoo.load("tiny-fgan")


def test_an_entry_that_is_not_there_is_named(root):
    registry.unregister("tiny-age")
    with pytest.raises(
        zoo.ZooError,
        match="tiny-fagan takes its age_regressor from the weights of 'tiny-age', which is no entry of this zoo",
    ):
        zoo.load(root / "tiny-fagan")


def test_an_entry_whose_weights_are_not_there_is_named_before_keras_is_needed(root):
    shutil.rmtree(root / "tiny-age")
    with pytest.raises(
        zoo.ZooError,
        match="'tiny-age', for which no weights are released here; install faceaging-tf with all its presets",
    ):
        loading.check_name("tiny-fgan")


def test_a_damaged_file_of_the_other_preset_is_refused(root):
    content = bytearray((root / "tiny-age" / "model.weights.h5").read_bytes())
    content[len(content) // 2] ^= 1
    (root / "tiny-age" / "model.weights.h5").write_bytes(content)
    with pytest.raises(zoo.ZooError, match="tiny-age/model.weights.h5 is damaged or was changed"):
        zoo.load("tiny-fgan")


def test_the_architecture_alone_needs_no_other_preset(root):
    shutil.rmtree(root / "tiny-age")
    assert zoo.load(root / "tiny-fagan", weights=None).image_size == tiny.SIZE


@pytest.mark.parametrize(
    "shared",
    [["age_regressor"], {"age_regressor": "tiny-age"}, {"age_regressor": {"entry": "tiny-age"}}],
)
def test_sharing_in_another_form_is_refused(root, shared):
    path = root / "tiny-fagan" / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "shared": shared}))
    with pytest.raises(
        zoo.ZooError, match='needs "shared" to give "entry" and "sha256" for each part'
    ):
        zoo.describe("tiny-fagan")


def test_describing_says_what_is_shared(root):
    assert "Shared: age_regressor has the weights of tiny-age" in zoo.describe("tiny-fagan")
    text = zoo.describe("tiny-fgan")
    assert (
        "Shared: fa_gan has the weights of tiny-fagan; group_gan has the weights of tiny-groupgan"
        in text
        and "none of them stored here" in text
    )
    assert (
        "age_regressor has the weights of tiny-age."
        in (root / "tiny-fagan" / "README.md").read_text()
    )


def test_every_released_preset_is_whole_with_what_it_shares():
    for name in registry.list(role=None):
        if registry.find(name).released:
            sharing.check(registry.find(name).preset)


def test_a_part_of_another_entry_is_shared_alone(root, tmp_path):
    heads = tiny.randomized(tiny.whole_fagan(discriminator=None), seed=2)
    zoo.save(heads, root / "tiny-fagan", overwrite=True)
    model = tiny.cyclegan(generator=tiny.HEAD, discriminator=None, frame="whole_head")
    model.aging_base.set_weights(heads.aging_generator.get_weights())
    source = {"aging_base": "tiny-fagan.aging_generator"}
    folder = zoo.save(model, tmp_path / "translations", shared=source)
    assert sharing.said(folder) == source
    with h5py.File(folder / "model.weights.h5") as file:
        assert "aging_base" not in file and "aging_generator" in file
    for ours, theirs in zip(zoo.load(folder).get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    model.aging_base.weights[0].assign(model.aging_base.weights[0] + 1)
    with pytest.raises(zoo.ZooError, match="has other weights than are released for"):
        zoo.save(model, tmp_path / "other", shared=source)
