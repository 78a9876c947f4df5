"""Flags made from the fields of an options' class."""

import dataclasses

import pytest
from absl import flags

from zoo.cli.arguments import Flag, define, given_options


@dataclasses.dataclass(frozen=True)
class Options:
    """One field of each kind."""

    steps: int | None = None
    share: float = 0.5
    name: str = "mine"
    kind: str = "plain"
    kept: bool = False
    unnamed: int = 3


FIELDS = {
    "steps": Flag("Steps.", 1, 10),
    "share": Flag("A share.", 0, 1),
    "name": Flag("A name."),
    "kind": Flag("A kind.", choices=("plain", "other")),
    "kept": Flag("Whether."),
}


def given(*arguments):
    values = flags.FlagValues()
    define(FIELDS, values, Options)
    values(["program", *arguments])
    return given_options(FIELDS, values)


def test_without_flags_the_fields_have_their_defaults():
    assert Options(**given()) == Options()


def test_flags_are_of_the_kinds_of_their_fields():
    found = given("--steps=2", "--share=0.25", "--name=x", "--kind=other", "--kept")
    assert found == {"steps": 2, "share": 0.25, "name": "x", "kind": "other", "kept": True}


@pytest.mark.parametrize("wrong", ["--steps=0", "--steps=1.5", "--share=2", "--kind=odd"])
def test_what_does_not_fit_is_refused(wrong):
    with pytest.raises(flags.IllegalFlagValueError):
        given(wrong)


def test_a_field_that_is_not_named_has_no_flag():
    with pytest.raises(flags.UnrecognizedFlagError):
        given("--unnamed=4")
