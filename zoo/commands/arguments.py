"""What the commands read from the command line: numbers of years, lists of them, and what stands there without a flag."""

import math

from absl import flags

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
            raise ValueError(f"it needs a number of years from {self.lowest} to {self.highest}, such as {self.example}.")
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
        return [self.years.parse(part) for part in (argument if isinstance(argument, list) else argument.split(","))]

    def flag_type(self):
        """How the flag's type is called."""
        return "list of years"


class YearsListSerializer(flags.ArgumentSerializer):
    """Back to the text of the command line."""

    def serialize(self, value):
        """The numbers with commas between them."""
        return ",".join(f"{years:g}" for years in value)


def define_years(name, default, help_text, values, parser):
    """A flag that takes a number of years."""
    flags.DEFINE(parser, name, default, help_text, flag_values=values)


def define_years_list(name, default, help_text, values, parser):
    """A flag that takes numbers of years, with commas between them."""
    flags.DEFINE(YearsList(parser), name, default, help_text, flag_values=values, serializer=YearsListSerializer())


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
