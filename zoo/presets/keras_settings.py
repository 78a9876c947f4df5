"""What a user's settings of Keras ask for that this package does not have, told at the door."""

import contextlib
import importlib.util
import json
import os
import sys
from pathlib import Path

from zoo.errors import ZooError

# The backends of Keras, each of which is a package.
BACKENDS = ("tensorflow", "jax", "torch", "openvino")
LEGACY = "TF_USE_LEGACY_KERAS"


def check():
    """Finds out whether Keras, as the user has set it, can be imported and used here, without
    importing it.

    Raises:
        ZooError: a backend that there is not or that is not installed, pictures with channels
            first, another float than float32, or Keras 2 in the place of Keras 3.
    """
    file, settings = _settings()
    if "keras" in sys.modules:
        from keras import config

        data_format, floatx, place = config.image_data_format(), config.floatx(), "by keras.config"
    else:
        data_format = settings.get("image_data_format", "channels_last")
        floatx = settings.get("floatx", "float32")
        place = f"in {file}"
        by_variable = os.environ.get("KERAS_BACKEND")
        backend = by_variable or settings.get("backend", "tensorflow")
        source = "KERAS_BACKEND" if by_variable else str(file)
        if backend not in BACKENDS:
            raise ZooError(
                f"{source} asks for Keras' backend {backend!r}, which there is not; set KERAS_BACKEND=tensorflow, or jax."
            )
        if importlib.util.find_spec(backend) is None:
            raise ZooError(
                f"{source} asks for Keras' backend {backend!r}, which is not installed; "
                f"install the package {backend}, or set KERAS_BACKEND=tensorflow."
            )
    if data_format != "channels_last":
        raise ZooError(
            f"Keras is set to {data_format!r} {place}, and the networks here have their channels last; "
            'set "image_data_format" to "channels_last" there.'
        )
    if floatx != "float32":
        raise ZooError(
            f"Keras is set to {floatx!r} {place}, and the networks here need float32 beside whatever policy they compute in; "
            'set "floatx" to "float32" there.'
        )
    if (
        os.environ.get(LEGACY) in ("1", "true", "True")
        and importlib.util.find_spec("tf_keras") is None
    ):
        raise ZooError(
            f"{LEGACY}=1 puts Keras 2 (the package tf_keras, which is not installed) in the place of Keras 3; unset {LEGACY}."
        )


def _settings():
    """Keras' own file of settings, and what it holds; nothing where Keras would not
    read it either.
    """
    home = os.path.expanduser("~")
    default = os.path.join(home if os.access(home, os.W_OK) else "/tmp", ".keras")
    file = Path(os.environ.get("KERAS_HOME", default)).expanduser() / "keras.json"
    try:
        settings = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return file, {}
    return file, settings if isinstance(settings, dict) else {}


@contextlib.contextmanager
def quietly():
    """Puts standard error aside, for Keras' import: TensorFlow's own switch, TF_CPP_MIN_LOG_LEVEL,
    comes too late for what it writes before its logging is set up. At 0 it shows every line.
    """
    if os.environ.get("TF_CPP_MIN_LOG_LEVEL") == "0":
        yield
        return
    if sys.stderr is not None:
        sys.stderr.flush()
    terminal = os.dup(2)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    try:
        yield
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)
        os.close(nothing)
