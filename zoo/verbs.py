"""What the commands do, as functions of `zoo`: `train`, `prepare`, `evaluate` and `export` take the
fields of their options.

    zoo.train("cyclegan", ["corpora/utkface"], "runs/mine", minutes=120)
    zoo.export("fagan_mobile", precision="float16", out="fagan.tflite")
"""

import inspect
from collections.abc import Callable
from typing import ParamSpec, TypeVar

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
        return work(record(*args, **fields))

    summary, _, rest = inspect.cleandoc(work.__doc__ or "").partition("\n\n")
    attributes = inspect.cleandoc(record.__doc__ or "").partition("Attributes:\n")[2]
    _, returns, rest = rest.partition("Returns:\n")
    verb.__doc__ = f"{summary}\n\nArgs:\n{attributes}\n\n{returns}{rest.partition('Example:')[0]}"
    verb.__name__ = verb.__qualname__ = work.__name__
    said = inspect.signature(work).return_annotation
    verb.__signature__ = inspect.signature(record).replace(return_annotation=said)  # type: ignore[attr-defined]
    return verb


evaluate = _verb(_evaluate.Options, _evaluate.evaluate)
export = _verb(_export.Options, _export.export)
prepare = _verb(_prepare.Options, _prepare.prepare)
train = _verb(_train.Options, _train.train)
