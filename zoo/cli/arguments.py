"""What the commands read from the command line: numbers of years, lists of them, strengths, and
what stands there without a flag.
"""

import dataclasses
import math
import typing
from collections.abc import Iterable, Mapping
from typing import Any

from absl import flags

from faceaging_tf.manner import HAIR, hair_share
from zoo.errors import ZooError


class Years(flags.ArgumentParser):
    """A number of years within limits.

    Args:
        lowest: smallest number of years.
        highest: largest number of years.
        example: numbers to show to whoever gave another.
    """

    syntactic_help = "a number of years"

    def __init__(self, lowest, highest, example):
        self.lowest, self.highest, self.example = lowest, highest, example

    def parse(self, argument):
        """The number, a float."""
        try:
            years = float(argument)
        except (TypeError, ValueError):
            years = math.nan
        if not self.lowest <= years <= self.highest:
            raise ValueError(
                f"it needs a number of years from {self.lowest} to {self.highest}, such as {self.example}."
            )
        return years

    def flag_type(self):
        """How the flag's type is called."""
        return "years"


class YearsList(flags.ArgumentParser):
    """Numbers of years with commas between them.

    Args:
        years: the parser of one of them.
    """

    syntactic_help = "numbers of years, with commas between them"

    def __init__(self, years):
        self.years = years

    def parse(self, argument):
        """The numbers, a list of floats."""
        return [
            self.years.parse(part)
            for part in (argument if isinstance(argument, list) else argument.split(","))
        ]

    def flag_type(self):
        """How the flag's type is called."""
        return "list of years"


class YearsListSerializer(flags.ArgumentSerializer):
    """Back to the text of the command line."""

    def serialize(self, value):
        """The numbers with commas between them."""
        return ",".join(f"{years:g}" for years in value)


class Strengths(flags.ArgumentParser):
    """Parts of ageing with a strength each, such as `hair=0,wrinkles=0.8`."""

    syntactic_help = "parts of ageing with a factor from 0 to 2 each, such as hair=0,wrinkles=0.8"
    MOST = 2.0

    def parse(self, argument):
        """The strengths, a dict from a part's name to a float; whether the model has such a part is
        known once it is loaded.
        """
        if isinstance(argument, dict):
            return argument
        found = {}
        for pair in argument.split(","):
            part, is_one, number = (text.strip() for text in pair.partition("="))
            try:
                strength = float(number)
            except ValueError:
                strength = math.nan
            if not part or not is_one or not 0 <= strength <= self.MOST:
                raise ValueError(
                    f"{pair.strip()!r} is none; it needs parts of ageing with a number from 0 to {self.MOST:g} each, such as hair=0,wrinkles=0.8."
                )
            if part in found:
                raise ValueError(
                    f"it names {part!r} twice; it needs each part once, such as hair=0,wrinkles=0.8."
                )
            found[part] = strength
        return found

    def flag_type(self):
        """How the flag's type is called."""
        return "strengths"


class StrengthsSerializer(flags.ArgumentSerializer):
    """Back to the text of the command line."""

    def serialize(self, value):
        """The parts and their strengths, with commas between them."""
        return ",".join(f"{part}={strength:g}" for part, strength in value.items())


@dataclasses.dataclass(frozen=True)
class Flag:
    """A flag for a field of an options' class, which has its default and its type.

    Attributes:
        text: what `--help` says of it.
        lowest: smallest number, or None.
        highest: largest number, or None.
        choices: all values that it may have; empty for any.
    """

    text: str
    lowest: float | None = None
    highest: float | None = None
    choices: tuple[str, ...] = ()


def define_options(options: type, fields: Mapping[str, Flag], values: flags.FlagValues) -> None:
    """Flags for the fields of a dataclass.

    Args:
        options: the class.
        fields: dict from the name of a field to a `Flag`.
        values: the `FlagValues` that get them.
    """
    kinds = typing.get_type_hints(options)
    defaults: dict[str, Any] = {field.name: field.default for field in dataclasses.fields(options)}
    for name, flag in fields.items():
        # `int | None` is a number that may be left out.
        kind, *_ = typing.get_args(kinds[name]) or (kinds[name],)
        given: tuple[str, Any, str] = (name, defaults[name], flag.text)
        if flag.choices:
            flags.DEFINE_enum(
                name, defaults[name], list(flag.choices), flag.text, flag_values=values
            )
        elif kind is bool:
            flags.DEFINE_boolean(*given, flag_values=values)
        elif kind is str:
            flags.DEFINE_string(*given, flag_values=values)
        else:
            define: Any = flags.DEFINE_integer if kind is int else flags.DEFINE_float
            define(
                *given,
                lower_bound=flag.lowest,
                upper_bound=flag.highest,
                flag_values=values,
            )


def given_options(fields: Iterable[str], values: flags.FlagValues) -> dict[str, Any]:
    """What the flags of `define_options` were given: dict from the field's name to the value."""
    return {name: values[name].value for name in fields}


def define_entry(values: flags.FlagValues, more: str = "") -> None:
    """The flag `--entry`."""
    flags.DEFINE_string(
        "entry",
        "fagan",
        f"The model: an entry of `faceaging list`, or the folder of a preset.{more}",
        flag_values=values,
    )


def define_ages(values: flags.FlagValues) -> None:
    """The flag `--ages`."""
    define_years_list(
        "ages",
        None,
        "The true age of each face, the largest first, or one for all; else estimated.",
        values,
        Years(0, 120, "33"),
    )


def given_ages(values: flags.FlagValues) -> float | list[float] | None:
    """What `--ages` was given: a number for all faces, a list of one for each, or None."""
    return values.ages[0] if values.ages and len(values.ages) == 1 else values.ages


def define_workers(values: flags.FlagValues, ray: str, of_what: str = "") -> None:
    """The flags `--workers` and `--ray`, the latter with its own text."""
    flags.DEFINE_integer(
        "workers",
        1,
        f"{of_what}{'p' if of_what else 'P'}rocesses; with --ray, tasks at a time.",
        lower_bound=1,
        upper_bound=1024,
        flag_values=values,
    )
    flags.DEFINE_string("ray", None, f"{of_what}{ray}", flag_values=values)


def define_strengths(values):
    """The flag `--strengths`."""
    text = "How strong each part of ageing is, 0 to 2, such as hair=0,wrinkles=0.8; the others have 1. Parts: wrinkles, tone, shape, hair."
    flags.DEFINE(
        Strengths(), "strengths", None, text, flag_values=values, serializer=StrengthsSerializer()
    )


class Hair(flags.ArgumentParser):
    """What becomes of the hair: a word, or the share of full greying."""

    syntactic_help = "auto, keep, grey, or a number from 0 to 1"

    def parse(self, argument):
        """The word as it is, or the number as a float."""
        share = hair_share(argument)
        return argument if argument in HAIR else share

    def flag_type(self):
        """How the flag's type is called."""
        return "hair"


def define_manner(values):
    """The flags `--strengths`, `--future` and `--hair`."""
    define_strengths(values)
    text = "Which of several futures, 0 to 3."
    flags.DEFINE_integer("future", 0, text, lower_bound=0, flag_values=values)
    text = "Hair: auto (greys by the years), keep (stays), grey (whatever the years), or the share of full greying, 0 to 1."
    flags.DEFINE(
        Hair(), "hair", "auto", text, flag_values=values, serializer=flags.ArgumentSerializer()
    )


def given_manner(values):
    """What the flags of `define_manner` say, as a `faceaging_tf.typing.Manner`."""
    return {"strengths": values.strengths, "future": values.future, "hair": values.hair}


def define_years(name, default, help_text, values, parser):
    """A flag that takes a number of years."""
    flags.DEFINE(parser, name, default, help_text, flag_values=values)


def define_years_list(name, default, help_text, values, parser):
    """A flag that takes numbers of years, with commas between them."""
    flags.DEFINE(
        YearsList(parser),
        name,
        default,
        help_text,
        flag_values=values,
        serializer=YearsListSerializer(),
    )


def only_argument(positional, what, example):
    """The one argument that stands without a flag.

    Raises:
        ZooError: there is none, or there are several.
    """
    if len(positional) != 1:
        given = "none" if not positional else f"{len(positional)} ({' '.join(positional)})"
        raise ZooError(f"It needs one {what}, and was given {given}; for example: {example}")
    return positional[0]


def no_argument(positional):
    """Refuses what stands on the command line without a flag.

    Raises:
        ZooError: there is something.
    """
    if positional:
        raise ZooError(f"It takes no argument, and was given {' '.join(positional)!r}.")
