"""Configs that build nothing, or not what they say."""

import hashlib
import json

import pytest

import zoo
from zoo.presets import files as preset_files


def test_overrides_replace_arguments(folder):
    assert zoo.load(folder, robustness=0.25).robustness == 0.25


def test_an_unknown_override_is_answered_with_the_nearest(folder):
    with pytest.raises(zoo.ZooError, match="no argument 'robustnes'. Did you mean 'robustness'"):
        zoo.load(folder, robustnes=0.25)


@pytest.mark.filterwarnings("ignore:Skipping nested container")
def test_weights_that_do_not_fit_an_override_are_refused(folder):
    with pytest.raises(zoo.ZooError, match="do not fit this AgeRegressor"):
        zoo.load(folder, network={"network": "age_network", "widths": [4, 12], "blocks": [1, 1]})


def test_a_config_with_an_argument_of_a_later_version_is_refused(folder):
    content = json.loads((folder / "config.json").read_text())
    content["config"]["depth"] = 3
    with pytest.raises(zoo.ZooError, match="AgeRegressor has no argument 'depth'"):
        zoo.load(with_config(folder, json.dumps(content)))


def with_config(folder, content):
    """Replaces `config.json`, and the checksums with it."""
    (folder / "config.json").write_text(content)
    metadata = json.loads((folder / "metadata.json").read_text())
    metadata["files"]["config.json"]["sha256"] = hashlib.sha256(content.encode()).hexdigest()
    preset_files.write_metadata(folder, metadata)
    return folder


def test_an_unknown_class_is_answered_with_the_known_ones(folder):
    with pytest.raises(zoo.ZooError, match="faceaging_tf>AgeRegressr.*Did you mean 'AgeRegressor'"):
        zoo.load(with_config(folder, '{"class": "faceaging_tf>AgeRegressr", "config": {}}'))


def test_a_config_without_a_class_is_refused(folder):
    with pytest.raises(zoo.ZooError, match='needs "class"'):
        zoo.load(with_config(folder, "{}"))


def test_a_config_that_is_a_list_is_refused(folder):
    with pytest.raises(zoo.ZooError, match="JSON list where an object is needed"):
        zoo.load(with_config(folder, "[]"))


@pytest.mark.parametrize(
    "network",
    [
        {"network": "age_network", "widths": "wide"},
        {"network": "age_network", "widths": [10**9], "blocks": [1]},
        {"class_name": "Lambda", "module": "keras.layers", "config": {"function": "os.system"}},
    ],
)
def test_a_config_that_builds_nothing_is_refused(folder, network):
    content = json.dumps({"class": "faceaging_tf>AgeRegressor", "config": {"network": network}})
    with pytest.raises(zoo.ZooError, match="copy the preset again|cannot be built with its conf"):
        zoo.load(with_config(folder, content))
