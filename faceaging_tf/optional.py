"""Packages that not every installation has."""

import dataclasses
import importlib
from typing import Any

from faceaging_tf.errors import (
    EvaluationError,
    ExportError,
    ParallelError,
    PrepareError,
    VideoError,
)


@dataclasses.dataclass(frozen=True)
class Extra:
    """An extra of this package, and what a user without it is told.

    Attributes:
        name: of the extra; None for what every installation should have.
        error: class of the error to raise.
        what: what needs it, the beginning of a sentence.
    """

    name: str | None
    error: type[Exception]
    what: str


EVALUATE = Extra("evaluate", EvaluationError, "Evaluating")
# It brings OpenCV, which finds a head's skin and hair.
HEADS = Extra("teacher", EvaluationError, "Measuring whole heads")
EXPORT = Extra("export", ExportError, "Exporting")
PREPARE = Extra("prepare", PrepareError, "Preparing faces")
MANY = Extra("prepare", ParallelError, "Working on many pictures")
RAY = Extra("ray", ParallelError, "Working on many pictures")
VIDEO = Extra("video", VideoError, "Reading and writing videos")


def needed(module: str, extra: Extra, what: str | None = None) -> Any:
    """A module of an extra, imported.

    Args:
        module: its name.
        extra: the `Extra` that brings it.
        what: what needs it, the beginning of a sentence; None for what the extra says.

    Raises:
        Exception: of the extra's class: the module is not installed, or cannot be imported.

    Example:
        >>> from faceaging_tf.optional import EXPORT, needed
        >>> needed("json", EXPORT).loads("1")
        1
    """
    what, package = what or extra.what, module.partition(".")[0]
    name = f"'faceaging-tf[{extra.name}]'" if extra.name else package.replace("_", "-")
    install = f"install it with pip install {name}"
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as missing:
        raise extra.error(
            f"{what} needs the package {(missing.name or module).partition('.')[0]}, which is not installed; {install}."
        ) from missing
    except ImportError as broken:
        raise extra.error(
            f"{what} needs {package}, which cannot be imported ({broken}); {install}."
        ) from broken
