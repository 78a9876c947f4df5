"""What can be wrong with an export."""

import importlib


class ExportError(ValueError):
    """Something that was asked for cannot be exported, or what was exported is not what the model does; the message is for the user."""


def needed(module, what):
    """The module, for something that not every installation has.

    Args:
        module: its name.
        what: what it is needed for.

    Raises:
        ExportError: it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise ExportError(f"{what} needs the package {error.name}, which is not installed; install it with pip install 'faceaging-tf[export]'.") from error
