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


class YearsList(flags.ArgumentParser):
    """Numbers of years with commas between them.

    Args:
        years: the parser of one of them.
    """

    def __init__(self, years):
        self.years = years

    def parse(self, argument):
        """The numbers, a list of floats."""
        return [
            self.years.parse(part)
            for part in (argument.split(",") if isinstance(argument, str) else argument)
        ]


class YearsListSerializer(flags.ArgumentSerializer):
    """Back to the text of the command line."""

    def serialize(self, value):
        """The numbers with commas between them."""
        return ",".join(f"{years:g}" for years in value)


class Strengths(flags.ArgumentParser):
    """Parts of ageing with a strength each, such as `hair=0,wrinkles=0.8`."""

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


class Hair(flags.ArgumentParser):
    """What becomes of the hair: a word, or the share of full greying."""

    def parse(self, argument):
        """The word as it is, or the number as a float."""
        share = hair_share(argument)
        return argument if argument in HAIR else share


@dataclasses.dataclass(frozen=True)
class Flag:
    """A flag of a command.

    Attributes:
        text: what `--help` says of it.
        lowest: smallest number, or None.
        highest: largest number, or None.
        choices: all values that it may have; empty for any.
        kind: `str`, `bool`, `int`, `float`, `list` for texts with commas between them, `tuple` for
            a text that may be repeated, or a parser; None for that of a field, or else `str`.
        default: its value where it is not given; a field has its own.
    """

    text: str
    lowest: float | None = None
    highest: float | None = None
    choices: tuple[str, ...] = ()
    kind: Any = None
    default: Any = None


def define(named: Mapping[str, Flag], values: flags.FlagValues, options: Any = None) -> None:
    """Defines flags.

    Args:
        named: dict from the name of a flag to a `Flag`.
        values: the `FlagValues` that get them.
        options: a dataclass whose fields some of them are for, which have their defaults, and their
            kinds where a flag has none.
    """
    kinds = typing.get_type_hints(options) if options else {}
    for name, flag in named.items():
        hint = kinds.get(name, str)
        # `int | None` is a number that may be left out.
        kind = flag.kind or (typing.get_args(hint) or (hint,))[0]
        default = getattr(options, name, flag.default)
        more: dict[str, Any] = {"flag_values": values}
        if kind in (int, float):
            more |= {"lower_bound": flag.lowest, "upper_bound": flag.highest}
        if flag.choices:
            flags.DEFINE_enum(name, default, list(flag.choices), flag.text, **more)
        elif isinstance(kind, flags.ArgumentParser):
            serializer = YearsListSerializer() if isinstance(kind, YearsList) else None
            flags.DEFINE(kind, name, default, flag.text, serializer=serializer, **more)
        else:
            _DEFINE[kind](name, default, flag.text, **more)


_DEFINE: dict[type, Any] = {
    str: flags.DEFINE_string,
    bool: flags.DEFINE_boolean,
    int: flags.DEFINE_integer,
    float: flags.DEFINE_float,
    list: flags.DEFINE_list,
    tuple: flags.DEFINE_multi_string,
}


def given_options(fields: Iterable[str], values: flags.FlagValues) -> dict[str, Any]:
    """What the flags of fields were given: dict from a name to the value, lists as tuples."""
    given = {name: values[name].value for name in fields}
    return {name: tuple(one) if isinstance(one, list) else one for name, one in given.items()}


# Flags that several commands have.
YEARS = Years(-100, 100, "30 or -12.5")
AGES = {
    "ages": Flag(
        "The true age of each face, the largest first, or one for all; else estimated.",
        kind=YearsList(Years(0, 120, "33")),
    )
}
STRENGTHS = "How strong each part of ageing is, 0 to 2, such as hair=0,wrinkles=0.8; the others have 1. Parts: wrinkles, tone, shape, hair."
HAIRS = "Hair: auto (greys by the years), keep (stays), grey (whatever the years), or the share of full greying, 0 to 1."
MANNER = {
    "strengths": Flag(STRENGTHS, kind=Strengths()),
    "future": Flag("Which of several futures, 0 to 3.", 0, kind=int, default=0),
    "hair": Flag(HAIRS, kind=Hair(), default="auto"),
}


def entry_flag(more: str = "") -> Flag:
    """The flag `--entry`."""
    text = f"The model: an entry of `faceaging list`, or the folder of a preset.{more}"
    return Flag(text, default="fagan")


def address_flags(page: str, port: int) -> dict[str, Flag]:
    """The flags `--host` and `--port` of what serves a page; `page` begins what is said of them."""
    host = f"{page}: address to listen at; 0.0.0.0 for all networks."
    free = f"{page}: 0 for any free one."
    return {
        "host": Flag(host, default="127.0.0.1"),
        "port": Flag(free, 0, 65535, kind=int, default=port),
    }


def workers_flags(ray: str, of_what: str = "") -> dict[str, Flag]:
    """The flags `--workers` and `--ray`, the latter with its own text."""
    text = f"{of_what}{'p' if of_what else 'P'}rocesses; with --ray, tasks at a time."
    return {
        "workers": Flag(text, 1, 1024, kind=int, default=1),
        "ray": Flag(f"{of_what}{ray}"),
    }


def given_ages(values: flags.FlagValues) -> float | list[float] | None:
    """What `--ages` was given: a number for all faces, a list of one for each, or None."""
    return values.ages[0] if values.ages and len(values.ages) == 1 else values.ages


def given_manner(values):
    """What the flags of `MANNER` say, as a `faceaging_tf.typing.Manner`."""
    return {"strengths": values.strengths, "future": values.future, "hair": values.hair}


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
