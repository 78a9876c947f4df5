"""Keras imported without the lines that TensorFlow writes to the terminal."""

import importlib

from zoo.errors import ZooError
from zoo.presets import keras_settings


def import_keras():
    """Imports Keras and its backend with standard error put aside. Errors are raised as ever.

    Raises:
        ZooError: of `zoo.presets.keras_settings.check`.
    """
    keras_settings.check()
    try:
        with keras_settings.quietly():
            # The first tensor makes the backend look for devices, and say what it did not find.
            importlib.import_module("keras").ops.zeros(())
    except (ImportError, ValueError) as error:
        raise ZooError(f"Keras cannot be imported: {error}") from error
