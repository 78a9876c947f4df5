"""A share of the calls that are tried by seed."""

import importlib
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "tools"))
try_calls = importlib.import_module("try_calls")
sys.path.pop(0)


@pytest.fixture(autouse=True, scope="module")
def registered():
    """What the tool registers goes with its tests: others read the registry in this process."""
    yield
    if "tried" in try_calls.registry.list(role=None):
        try_calls.registry.unregister("tried")


@pytest.mark.parametrize("only", ["zoo.save", "zoo.Card", "transform", "survey build --"])
def test_calls_are_taken_or_refused_with_a_sentence(only):
    counts = try_calls.try_calls(seed=0, cases=20, only=only)
    assert counts.failures == [] and counts.refused > 5


def test_every_flag_of_every_command_is_tried():
    names = {name for name, _, _ in try_calls.command_cases()}
    assert {
        "train --seed='nonsense'",
        "train --precision='None'",
        "prepare --own_splits='perhaps'",
        "sweep --fps='0.999'",
    } <= names


@pytest.mark.parametrize(
    "text, fits",
    [
        ("It was 3; it needs 4 or more.", True),
        ("invalid literal for int() with base 10: 'x'", False),
        ("", False),
    ],
)
def test_what_a_sentence_is(text, fits):
    assert try_calls.is_sentence(text) == fits


def test_an_error_of_somebody_elses_line_is_not_deliberate():
    with pytest.raises(ValueError) as caught:
        int("x")
    assert not try_calls.is_deliberate(caught.value)
