"""What can be wrong with what is to be evaluated."""

import importlib


class EvaluationError(ValueError):
    """Faces, pairs or a model file that cannot be evaluated; the message is one sentence for whoever gave them."""


def needed(module, what):
    """A module of the extra `evaluate`, imported.

    Args:
        module: its name.
        what: what needs it, the beginning of a sentence.

    Raises:
        EvaluationError: it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise EvaluationError(f"{what} needs {module.partition('.')[0]} ({error}); install it with pip install 'faceaging-tf[evaluate]'.") from error
