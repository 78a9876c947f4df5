"""What the commands do, as functions of `zoo`: `train`, `prepare`, `evaluate` and `export` take the
fields of their options.

    zoo.train("cyclegan", ["corpora/utkface"], "runs/mine", minutes=120)
    zoo.export("fagan_mobile", precision="float16", out="fagan.tflite")
"""

import inspect
import os
from collections.abc import Callable
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
        options = record(*args, **fields)
        _check_names(options)
        return work(options)

    summary, _, rest = inspect.cleandoc(work.__doc__ or "").partition("\n\n")
    attributes = inspect.cleandoc(record.__doc__ or "").partition("Attributes:\n")[2]
    _, returns, rest = rest.partition("Returns:\n")
    verb.__doc__ = f"{summary}\n\nArgs:\n{attributes}\n\n{returns}{rest.partition('Example:')[0]}"
    verb.__name__ = verb.__qualname__ = work.__name__
    said = inspect.signature(work).return_annotation
    verb.__signature__ = inspect.signature(record).replace(return_annotation=said)  # type: ignore[attr-defined]
    return verb


def _check_names(options):
    """Refuse what is no name or path, or no list of them, where one is needed."""
    for name in _NAMES:
        value = getattr(options, name, "")
        if not isinstance(value, (str, os.PathLike)) and not (value is None and name == "out"):
            raise ZooError(f"{name} was {shown(value)}; it needs a name or a path.")
    for name in _LISTS:
        value = getattr(options, name, ["drawn"])
        if isinstance(value, str):
            continue  # The task says what a single one is to be.
        many = isinstance(value, (list, tuple))
        if not many or not all(isinstance(each, (str, os.PathLike)) for each in value):
            raise ZooError(f"{name} was {shown(value)}; it needs a list of names or paths.")
        if name == "corpora" and not value:
            raise ZooError('corpora was empty; it needs a corpus at least, or "drawn".')


# Fields of the records that hold a name or a path, and lists of them.
_NAMES, _LISTS = ("entry", "source", "out"), ("corpora", "subjects", "pairs", "corpus")

evaluate = _verb(_evaluate.Options, _evaluate.evaluate)
export = _verb(_export.Options, _export.export)
prepare = _verb(_prepare.Options, _prepare.prepare)
train = _verb(_train.Options, _train.train)
