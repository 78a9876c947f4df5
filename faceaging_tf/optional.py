"""Packages that not every installation has."""

import importlib

from faceaging_tf.errors import EvaluationError, ExportError, ParallelError, PrepareError

# What brings OpenCV, which finds a head's skin and hair.
HEADS_EXTRA = "teacher"


def needed(module, what, extra, error):
    """A module of an extra, imported.

    Args:
        module: its name.
        what: what needs it, the beginning of a sentence.
        extra: of this package, that brings it; None for what every installation should have.
        error: class of the error to raise.

    Raises:
        error: it is not installed, or cannot be imported.

    Example:
        >>> from faceaging_tf.optional import needed
        >>> needed("json", "Reading", "all", ValueError).loads("1")
        1
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as missing:
        raise error(
            f"{what} needs the package {missing.name.partition('.')[0]}, which is not installed; {_install(module, extra)}."
        ) from missing
    except ImportError as broken:
        raise error(
            f"{what} needs {module.partition('.')[0]}, which cannot be imported ({broken}); {_install(module, extra)}."
        ) from broken


def needed_to_evaluate(module, what, extra="evaluate"):
    """A module of the extra `evaluate` or another; raises EvaluationError."""
    return needed(module, what, extra, EvaluationError)


def needed_to_export(module, what):
    """A module of the extra `export`; raises ExportError."""
    return needed(module, what, "export", ExportError)


def needed_to_prepare(module):
    """A module of the extra `prepare`; raises PrepareError."""
    return needed(module, "Preparing faces", "prepare", PrepareError)


def needed_for_many(module, extra="prepare"):
    """A module that working on many pictures needs; raises ParallelError."""
    return needed(module, "Working on many pictures", extra, ParallelError)


def _install(module, extra):
    name = f"'faceaging-tf[{extra}]'" if extra else module.partition(".")[0].replace("_", "-")
    return f"install it with pip install {name}"
