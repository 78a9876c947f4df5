"""A run's restarts, from its folder to the preset's metadata and card."""

import json

import pytest

import zoo
from faceaging_tf.training import restarts_of

LINE = {
    "step": 500,
    "seen": "mode collapse (aging: outputs alike)",
    "back_to_step": 300,
    "changed": "new seed",
}


@pytest.fixture
def saved(tiny_fagan, tmp_path):
    """Saves a preset with given restarts; its metadata's `restarts` and its card."""

    def save(restarts):
        folder = zoo.save(tiny_fagan, tmp_path / "preset", card=zoo.Card(restarts=restarts))
        return json.loads((folder / "metadata.json").read_text())["restarts"], (
            folder / "README.md"
        ).read_text()

    return save


def test_restarts_are_in_the_metadata_and_the_card(saved, tmp_path):
    (tmp_path / "restarts.jsonl").write_text(json.dumps(LINE) + "\n")
    metadata, card = saved(restarts_of(tmp_path))
    assert metadata == [LINE]
    assert (
        "guard: 1.\n\n- at step 500: mode collapse (aging: outputs alike); back to the weights of step 300, new seed\n"
        in card
    )


def test_none_is_said(saved):
    metadata, card = saved([])
    assert metadata == [] and "Restarts of the training: none" in card


def test_nothing_is_said_of_a_run_that_no_guard_watched(saved, tmp_path):
    metadata, card = saved(restarts_of(tmp_path))
    assert metadata is None and "Restarts" not in card
