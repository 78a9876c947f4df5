"""What can be wrong with a preparation."""

import importlib


class PrepareError(ValueError):
    """Says what was given, what is needed and what to do."""


def needed(module):
    """A module of the extra `prepare`.

    Raises:
        PrepareError: it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise PrepareError(f"Preparing faces needs the package {error.name}, which is not installed; install it with pip install 'faceaging-tf[prepare]'.") from error
