"""What an entry says is what its preset is: the registry is walked."""

import json

import pytest
from papers_losses import with_tiny_networks

import zoo
from faceaging_tf.models import AdversarialModel
from zoo import registry
from zoo.presets import building, sharing

# Chosen or measured for one run of training, not of the architecture.
OF_A_RUN = ("seed", "calibration")
# What the papers weigh; a loss of weight 0 is not there.
PAPERS_WEIGHTS = {
    "fagan": {"adversarial": 1.0, "age": 1.0, "cycle": 10.0},
    "cyclegan": {"adversarial": 1.0, "cycle": 10.0},
    "groupgan": {"adversarial": 1.0, "cycle": 10.0, "weak_l1": 0.5},
}
PAPERS_WEIGHTS["fgan"] = {
    f"{part}_{name}": weight
    for part, entry in (("fa_gan", "fagan"), ("group_gan", "groupgan"))
    for name, weight in PAPERS_WEIGHTS[entry].items()
}
OF_THE_PAPER = [name for name in zoo.list(None) if registry.find(name).paper_architecture]


@pytest.fixture(scope="module", params=zoo.list(None))
def entry(request):
    found = registry.find(request.param)
    if not found.released:
        pytest.skip(f"No weights are released for {found.name}.")
    return found


@pytest.fixture(scope="module")
def fresh(entry):
    """The entry's model with fresh weights, as it would be released."""
    model = zoo.load(entry.name, weights=None)
    return model.for_release() if isinstance(model, AdversarialModel) else model


def architecture(config):
    """A configuration as JSON has it, without what belongs to a run."""
    if isinstance(config, dict):
        return {name: architecture(part) for name, part in config.items() if name not in OF_A_RUN}
    return [architecture(part) for part in config] if isinstance(config, (list, tuple)) else config


def test_the_architecture_is_that_of_the_presets_configuration(entry, fresh):
    released = building.load(entry.preset, weights=False)
    assert json.dumps(architecture(fresh.get_config()), sort_keys=True) == json.dumps(
        architecture(released.get_config()), sort_keys=True
    )


def test_a_fresh_model_takes_the_presets_weights(entry, fresh):
    sharing.load(fresh, entry.preset)
    released = zoo.load(entry.name)
    assert len(fresh.weights) == len(released.weights)
    for mine, other in zip(fresh.weights, released.weights, strict=True):
        assert mine.path.split("/")[1:] == other.path.split("/")[1:]
        assert (mine.numpy() == other.numpy()).all(), other.path


def test_every_entry_of_a_paper_is_looked_at():
    assert set(OF_THE_PAPER) == set(PAPERS_WEIGHTS)


@pytest.mark.parametrize("name", OF_THE_PAPER)
def test_the_papers_architecture_has_the_papers_losses_and_no_other(name):
    entry = registry.find(name)
    model = entry.model_class()(**with_tiny_networks(entry.paper_architecture))
    model.compile()
    weights = {loss: (ramp.start, ramp.end) for loss, ramp in model.ramps.items()}
    assert {loss: ends for loss, ends in weights.items() if ends != (0, 0)} == {
        loss: (weight, weight) for loss, weight in PAPERS_WEIGHTS[name].items()
    }


@pytest.mark.parametrize("name", OF_THE_PAPER)
def test_the_papers_architecture_has_none_of_our_additions(name):
    entry = registry.find(name)
    model = entry.model_class()(**with_tiny_networks(entry.paper_architecture))
    for part in getattr(model, "members", {name: model}).values():
        config = part.get_config()
        assert config.get("calibration") is None
        assert config["frame"] == "tight"
        assert config.get("adversarial", "least_squares") == "least_squares"


@pytest.mark.parametrize("name", ["fagan_mobile", "age_network", "age_judge"])
def test_an_entry_that_is_of_no_paper_says_so(name):
    with pytest.raises(zoo.ZooError, match=f"'{name}' has no paper architecture"):
        zoo.load(name, weights=None, architecture="paper")
