"""Packages that not every installation has."""

import importlib


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
        raise error(f"{what} needs the package {missing.name.partition('.')[0]}, which is not installed; {_install(module, extra)}.") from missing
    except ImportError as broken:
        raise error(f"{what} needs {module.partition('.')[0]}, which cannot be imported ({broken}); {_install(module, extra)}.") from broken


def _install(module, extra):
    name = f"'faceaging-tf[{extra}]'" if extra else module.partition(".")[0].replace("_", "-")
    return f"install it with pip install {name}"
