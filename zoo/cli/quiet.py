"""Keras imported without the lines that TensorFlow writes to the terminal."""

import importlib
import os
import sys

from zoo.errors import ZooError
from zoo.presets import keras_settings


def import_keras():
    """Imports Keras and its backend with standard error put aside.

    TensorFlow's own switch, TF_CPP_MIN_LOG_LEVEL, comes too late for what it writes before its
    logging is set up. Errors are raised as ever; TF_CPP_MIN_LOG_LEVEL=0 shows every line.

    Raises:
        ZooError: of `zoo.presets.keras_settings.check`.
    """
    keras_settings.check()
    if os.environ.get("TF_CPP_MIN_LOG_LEVEL") == "0":
        importlib.import_module("keras")
        return
    sys.stderr.flush()
    terminal = os.dup(2)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    try:
        # The first tensor makes the backend look for devices, and say what it did not find.
        importlib.import_module("keras").ops.zeros(())
    except (ImportError, ValueError) as error:
        raise ZooError(f"Keras cannot be imported: {error}") from error
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)
        os.close(nothing)
