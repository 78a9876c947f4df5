"""What a caller passed, checked: each check gives the value back or says what was needed."""

import math
import numbers
import os

# Nobody ages by more years, in either direction.
MOST_YEARS = 100
# Nor is older.
OLDEST = 120
YEARS_NEEDED = f"a number of years from {-MOST_YEARS} to {MOST_YEARS}, such as 30 or -12.5"


def path_of(value, name, error=ValueError):
    """A path, a string or an `os.PathLike`, as a string.

    Args:
        value: what was passed.
        name: what the caller knows it by.
        error: class of the error to raise.

    Raises:
        error: it is neither.

    Example:
        >>> import pathlib
        >>> from faceaging_tf.arguments import path_of
        >>> path_of(pathlib.Path("faces"), "path")
        'faces'
    """
    path = os.fspath(value) if isinstance(value, (str, os.PathLike)) else None
    if not isinstance(path, str) or "\0" in path:
        raise error(f"{name} was {shown(value)}; it needs a path, a str or a pathlib.Path.")
    return path


def whole(value, name, low, high=None, error=ValueError):
    """A whole number of `low` or more (and `high` or less), as an int; arguments of `path_of`."""
    fits = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if not fits or value < low or (high is not None and value > high):
        limits = f"{low:,} or more" if high is None else f"from {low:,} to {high:,}"
        raise error(f"{name} was {shown(value)}; it needs a whole number, {limits}.")
    return int(value)


def within(options, limits, error=ValueError):
    """Refuses options that are no whole number within their limits; None is as good as one.

    Args:
        options: a record.
        limits: a dict from a field's name to its `(lowest, highest)`, the latter None for any.
        error: class of the error to raise.

    Raises:
        error: one is not.
    """
    for name, (low, high) in limits.items():
        if getattr(options, name) is not None:
            whole(getattr(options, name), name, low, high, error)


def sensible_years(value, name, error=ValueError):
    """Numbers of years that somebody may age by, one or several, as they are; arguments of
    `path_of`.

    Example:
        >>> from faceaging_tf.arguments import sensible_years
        >>> sensible_years(30, "years")
        30
    """
    try:
        several = isinstance(value, (list, tuple)) or getattr(value, "ndim", 0)
        every = [float(one) for one in (value if several else [value])]
    except (OverflowError, TypeError, ValueError):
        every = [math.nan]
    if not all(abs(one) <= MOST_YEARS for one in every):
        raise error(f"{name} was {shown(value)}; it needs {YEARS_NEEDED}.")
    return value


def known_names(given, known, caller):
    """Refuses arguments that a function does not have, by the name that it is called by.

    Args:
        given: names, or a dict by name.
        known: names that it has.
        caller: how the function is called.

    Raises:
        TypeError: it does not have one of them.
    """
    for name in given:
        if name not in known:
            raise TypeError(
                f"{caller} takes no argument {name!r}; besides those in its signature it takes {', '.join(known)}."
            )


def truth(value, name, error=ValueError):
    """True or False; arguments of `path_of`."""
    if type(value).__name__ not in ("bool", "bool_"):
        raise error(f"{name} was {shown(value)}; it needs to be True or False.")
    return bool(value)


def one_of(value, name, choices, error=ValueError):
    """One of some words; arguments of `path_of`."""
    if not isinstance(value, str) or value not in choices:
        raise error(f"{name} was {shown(value)}; it needs one of {', '.join(map(repr, choices))}.")
    return value


def of_kind(value, name, kind, what, error=ValueError):
    """An instance of a class, or of one of several, called `what`; arguments of `path_of`."""
    if not isinstance(value, kind):
        raise error(f"{name} was {shown(value)}; it needs {what}.")
    return value


def callable_or_none(value, name, error=ValueError):
    """A function, or whatever can be called, or None; arguments of `path_of`."""
    if value is not None and not callable(value):
        raise error(f"{name} was {shown(value)}; it needs something that can be called, or None.")
    return value


def shown(value):
    """A value as a sentence shows it: short ones as they are, of others the kind."""
    text = repr(value)
    return text if len(text) <= 60 and "\n" not in text else f"a {type(value).__name__}"
