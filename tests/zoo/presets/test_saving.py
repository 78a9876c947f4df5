"""Presets: what is saved comes back, and what is damaged is refused."""

import hashlib
import json
import shutil

import h5py
import keras
import numpy as np
import pytest
import tiny
from PIL import Image

import zoo
from faceaging_tf.models import AgeRegressor
from zoo.presets import files as preset_files


@pytest.fixture
def faces():
    return np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), dtype="uint8")


def test_a_loaded_model_computes_what_the_saved_one_does(model, folder, faces):
    np.testing.assert_array_equal(zoo.load(folder).estimate_ages(faces), model.estimate_ages(faces))


def test_a_path_in_a_string_is_loaded_too(folder):
    assert isinstance(zoo.load(str(folder)), AgeRegressor)


def test_config_is_the_registered_class_and_its_arguments(folder):
    content = json.loads((folder / "config.json").read_text())
    assert content["class"] == "faceaging_tf>AgeRegressor"
    network = tiny.age_regressor().get_config()["network"]
    assert network.items() <= content["config"]["network"].items()


def test_metadata_holds_the_checksums_of_the_files(folder):
    files = json.loads((folder / "metadata.json").read_text())["files"]
    for name in ("config.json", "model.weights.h5"):
        assert files[name]["sha256"] == hashlib.sha256((folder / name).read_bytes()).hexdigest()


def test_metadata_counts_the_parameters(model, folder):
    assert preset_files.metadata(folder)["parameters"] == sum(
        int(np.prod(weight.shape)) for weight in model.weights
    )


def test_metadata_carries_the_template_of_the_aligner(folder):
    from faceaging_tf.geometry import align

    np.testing.assert_allclose(preset_files.metadata(folder)["input"]["template"], align.TEMPLATE)
    assert preset_files.metadata(folder)["input"]["frame"] == "tight"


def test_metadata_and_card_of_a_model_of_whole_heads_say_so(tmp_path):
    from faceaging_tf.geometry.frames import WHOLE_HEAD

    saved = zoo.save(
        tiny.age_regressor(frame="whole_head"), tmp_path / "heads", entry="age_network"
    )
    contract = preset_files.metadata(saved)["input"]
    assert contract["frame"] == "whole_head" and zoo.load(saved).frame == "whole_head"
    np.testing.assert_allclose(contract["template"], WHOLE_HEAD.template(), atol=1e-6)
    assert (
        "that show the whole head" in (saved / "README.md").read_text()
        and "left eye (0.37, 0.45)" in (saved / "README.md").read_text()
    )


def test_the_card_is_made_from_the_metadata(folder):
    card = (folder / "README.md").read_text()
    assert (
        "Age network" in card
        and "| error, years | 41.5 |" in card
        and "make measure" in card
        and "Free." in card
    )


def test_the_card_of_a_preset_elsewhere_loads_its_folder_and_not_the_released_weights(folder):
    assert 'zoo.load("this folder")' in (folder / "README.md").read_text()


def test_a_card_that_is_there_is_kept(model, folder):
    (folder / "README.md").write_text("Written by hand.")
    zoo.save(model, folder, overwrite=True)
    assert (folder / "README.md").read_text() == "Written by hand."


def test_a_picture_of_samples_is_stored_and_the_card_shows_it(model, tmp_path):
    picture = np.full((20, 40, 3), (200, 100, 50), "uint8")
    folder = zoo.save(
        model, tmp_path / "shown", entry="age_network", card=zoo.Card(samples=picture)
    )
    stored = np.asarray(Image.open(folder / "samples.jpg"))
    assert stored.shape == (20, 40, 3) and abs(stored.astype(int) - picture).max() < 8
    assert "![Sample faces](samples.jpg)" in (folder / "README.md").read_text(encoding="utf-8")


def test_a_card_that_is_kept_keeps_its_picture(model, tmp_path):
    folder = zoo.save(
        model,
        tmp_path / "shown",
        entry="age_network",
        card=zoo.Card(samples=np.zeros((8, 8, 3), "uint8")),
    )
    zoo.save(model, folder, entry="age_network", overwrite=True)
    assert (folder / "samples.jpg").is_file()


def test_half_precision_stores_float16_and_loads_float32(model, tmp_path):
    folder = zoo.save(model, tmp_path / "half", half_precision=True)
    with h5py.File(folder / "model.weights.h5") as file:
        kinds = []
        file.visititems(
            lambda name, item: kinds.append(item.dtype) if isinstance(item, h5py.Dataset) else None
        )
    assert np.float16 in kinds and np.float32 not in kinds
    for loaded, saved in zip(zoo.load(folder).get_weights(), model.get_weights(), strict=True):
        assert loaded.dtype == np.float32
        np.testing.assert_array_equal(loaded, saved.astype("float16").astype("float32"))


def test_weights_that_are_saved_again_keep_their_bytes_and_others_do_not(tmp_path):
    model, folder = tiny.age_regressor(), tmp_path / "again"
    path = zoo.save(model, folder) / "model.weights.h5"
    # The same arrays in a file of other bytes, as at another time.
    content, other = path.read_bytes(), tmp_path / "other.h5"
    with h5py.File(path) as old, h5py.File(other, "w", libver="latest") as new:
        new.attrs.update(old.attrs)
        for name in old:
            old.copy(name, new)
    shutil.copyfile(other, path)
    assert path.read_bytes() != content
    zoo.save(model, folder, overwrite=True)
    assert path.read_bytes() == other.read_bytes()
    model.network.get_layer("logits").bias.assign(np.ones(101))
    zoo.save(model, folder, overwrite=True)
    assert path.read_bytes() != other.read_bytes()
    np.testing.assert_array_equal(zoo.load(folder).network.get_layer("logits").bias, np.ones(101))


def test_half_precision_keeps_what_float16_cannot_hold(tmp_path):
    model = tiny.age_regressor()
    model.network.get_layer("logits").bias.assign(np.full(101, 1e6, "float32"))
    loaded = zoo.load(zoo.save(model, tmp_path / "large", half_precision=True))
    np.testing.assert_array_equal(
        loaded.network.get_layer("logits").bias, np.full(101, 1e6, "float32")
    )


def test_the_optimizer_of_a_compiled_model_is_left_out(tmp_path):
    model = tiny.age_regressor()
    model.compile(optimizer="adam", loss="categorical_crossentropy")
    model.optimizer.build(model.trainable_variables)
    folder = zoo.save(model, tmp_path / "compiled")
    with h5py.File(folder / "model.weights.h5") as file:
        assert not [name for name in file if "optimizer" in name]


def test_of_several_entries_of_a_class_only_what_they_have_in_common_is_said(model, tmp_path):
    content = preset_files.metadata(zoo.save(model, tmp_path / "mine"))
    assert (
        content["entry"] is None
        and content["title"] == "AgeRegressor"
        and content["paper"].startswith("Rothe")
    )


def test_fresh_weights_on_request(model, folder):
    loaded = zoo.load(folder, weights=None)
    kernel = "stem_convolution"
    assert not np.array_equal(
        loaded.network.get_layer(kernel).kernel, model.network.get_layer(kernel).kernel
    )


def test_weights_of_a_file_fit_into_the_architecture_of_a_preset(model, folder, tmp_path, faces):
    model.save_weights(tmp_path / "mine.weights.h5")
    loaded = zoo.load(folder, weights=tmp_path / "mine.weights.h5")
    np.testing.assert_array_equal(loaded.estimate_ages(faces), model.estimate_ages(faces))


def test_saving_over_a_preset_needs_a_word(model, folder):
    with pytest.raises(zoo.ZooError, match="overwrite=True"):
        zoo.save(model, folder)


def test_saving_over_another_folder_is_refused(model, tmp_path):
    (tmp_path / "photo.jpg").write_bytes(b"")
    with pytest.raises(zoo.ZooError, match="no part of a preset .photo.jpg"):
        zoo.save(model, tmp_path, overwrite=True)
    assert (tmp_path / "photo.jpg").exists()


def test_saving_leaves_nothing_but_the_preset(folder):
    assert [path.name for path in folder.parent.iterdir()] == ["tiny"]
    assert {path.name for path in folder.iterdir()} == {
        "config.json",
        "model.weights.h5",
        "metadata.json",
        "README.md",
    }


def test_a_save_that_fails_leaves_nothing(tmp_path, monkeypatch):
    model = tiny.age_regressor()
    monkeypatch.setattr("zoo.presets.saving.sha256", lambda path: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        zoo.save(model, tmp_path / "broken")
    assert list(tmp_path.iterdir()) == []


def test_figures_that_json_does_not_hold_are_refused():
    with pytest.raises(zoo.ZooError, match="metrics was .*, which JSON does not hold"):
        zoo.Card(metrics={"unwritable": object()})


def test_words_that_are_no_card_are_refused(model, tmp_path):
    with pytest.raises(zoo.ZooError, match="card was .*Free.*it needs a zoo.Card"):
        zoo.save(model, tmp_path / "broken", card="Free.")


def test_a_class_that_is_not_registered_is_refused(tmp_path):
    class Unregistered(keras.Model):
        pass

    with pytest.raises(zoo.ZooError, match="register_keras_serializable"):
        zoo.save(Unregistered(), tmp_path / "unregistered")


def with_weights(folder, change):
    """Changes the weights, an open h5py.File, and the checksums with them."""
    with h5py.File(folder / "model.weights.h5", "a") as file:
        change(file)
    metadata = json.loads((folder / "metadata.json").read_text())
    metadata["files"]["model.weights.h5"]["sha256"] = preset_files.sha256(
        folder / "model.weights.h5"
    )
    preset_files.write_metadata(folder, metadata)
    return folder


def test_weights_that_lie_in_another_file_are_refused(folder, tmp_path):
    shutil.copy(folder / "model.weights.h5", tmp_path / "other.weights.h5")

    def lead_elsewhere(file):
        name = next(iter(file))
        del file[name]
        file[name] = h5py.ExternalLink(str(tmp_path / "other.weights.h5"), name)

    with pytest.raises(zoo.ZooError, match="leads to another place"):
        zoo.load(with_weights(folder, lead_elsewhere))


def test_weights_that_unpack_to_far_more_than_the_model_are_refused(folder):
    enlarge = lambda file: file.create_dataset("more", (2**30,), "f4", chunks=True, fillvalue=1)
    with pytest.raises(zoo.ZooError, match="far larger than the model's"):
        zoo.load(with_weights(folder, enlarge))


def test_a_file_of_weights_that_is_not_there_is_refused(folder, tmp_path):
    with pytest.raises(zoo.ZooError, match="There are no weights at"):
        zoo.load(folder, weights=tmp_path / "nowhere.weights.h5")


def test_describing_a_preset_shows_figures_and_terms(folder):
    text = zoo.describe(folder)
    assert "error, years: 41.5" in text and "Free." in text and "Nothing." in text


def test_describing_leaves_groups_of_people_to_the_card(model, tmp_path):
    metrics = {"faces.zip, +30": 4.0, "faces.zip, +30, decade 30": 5.0}
    text = zoo.describe(zoo.save(model, tmp_path / "tiny", card=zoo.Card(metrics=metrics)))
    assert "faces.zip, +30: 4" in text and ", decade" not in text and "figures by decade" in text
