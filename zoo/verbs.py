"""What the commands do, as functions of `zoo`: `train`, `prepare`, `evaluate` and `export` take the
fields of their options.

    zoo.train("cyclegan", ["corpora/utkface"], "runs/mine", minutes=120)
    zoo.export("fagan_mobile", precision="float16", out="fagan.tflite")
"""

import dataclasses
import inspect
import math
import numbers
import os
import types
import typing
from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar

from faceaging_tf.arguments import shown
from zoo.errors import ZooError
from zoo.tasks import evaluate as _evaluate
from zoo.tasks import export as _export
from zoo.tasks import prepare as _prepare
from zoo.tasks import train as _train

Fields = ParamSpec("Fields")
Options = TypeVar("Options")
Result = TypeVar("Result")


def _verb(
    record: Callable[Fields, Options], work: Callable[[Options], Result]
) -> Callable[Fields, Result]:
    """A function of a record's fields that does a task's work."""

    def verb(*args: Fields.args, **fields: Fields.kwargs) -> Result:
        return work(_checked(record(*args, **fields)))

    summary, _, rest = inspect.cleandoc(work.__doc__ or "").partition("\n\n")
    attributes = inspect.cleandoc(record.__doc__ or "").partition("Attributes:\n")[2]
    _, returns, rest = rest.partition("Returns:\n")
    verb.__doc__ = f"{summary}\n\nArgs:\n{attributes}\n\n{returns}{rest.partition('Example:')[0]}"
    verb.__name__ = verb.__qualname__ = work.__name__
    said = inspect.signature(work).return_annotation
    verb.__signature__ = inspect.signature(record).replace(return_annotation=said)  # type: ignore[attr-defined]
    return verb


def _checked(options):
    """The options, with text in the place of paths.

    Raises:
        ZooError: a field that is not of its kind, or no corpus.
    """
    given = {}
    for name, kind in typing.get_type_hints(type(options)).items():
        value = given[name] = _as_text(getattr(options, name))
        if not _fits(value, kind):
            needed = _words(kind)
            example = (
                f", such as {[value]!r}" if isinstance(value, str) and "list" in needed else ""
            )
            raise ZooError(f"{name} was {shown(value)}; it needs {needed}{example}.")
    if given.get("corpora") in ((), []):
        raise ZooError('corpora was empty; it needs a corpus at least, or "drawn".')
    return dataclasses.replace(options, **given)


def _as_text(value):
    if isinstance(value, (list, tuple)):
        return type(value)(_as_text(each) for each in value)
    return os.fspath(value) if isinstance(value, os.PathLike) else value


def _fits(value, kind):
    """Whether a value is of the kind that an annotation names."""
    of, parts = typing.get_origin(kind) or kind, typing.get_args(kind)
    if of is types.UnionType:
        return any(_fits(value, part) for part in parts)
    if of in (Sequence, tuple):
        many = isinstance(value, (list, tuple)) or getattr(value, "ndim", 0) == 1
        fixed = of is tuple and parts[-1] is not ...
        return (
            many
            and (not fixed or len(value) == len(parts))
            and all(_fits(each, parts[0]) for each in value)
        )
    if of in (int, float):
        number = isinstance(value, numbers.Integral if of is int else numbers.Real)
        return number and not isinstance(value, bool) and math.isfinite(value)
    return isinstance(value, of)


def _words(kind):
    """What an annotation asks for."""
    of, parts = typing.get_origin(kind) or kind, typing.get_args(kind)
    if of is types.UnionType:
        return " or ".join(map(_words, parts))
    if of in (Sequence, tuple):
        return f"a list of {'names or paths' if parts[0] is str else 'numbers'}"
    return _WORDS[of]


_WORDS = {
    str: "a name or a path", int: "a whole number", float: "a finite number", bool: "True or False",
    dict: "a dict", types.NoneType: "None",
}  # fmt: skip

evaluate = _verb(_evaluate.Options, _evaluate.evaluate)
export = _verb(_export.Options, _export.export)
prepare = _verb(_prepare.Options, _prepare.prepare)
train = _verb(_train.Options, _train.train)
