"""A LiteRT file that this project exported: its note, and its signatures as functions."""

import functools
import hashlib
import json
import pathlib
import struct
import threading

import numpy as np

from faceaging_tf.errors import MobileError
from faceaging_tf.optional import Extra, needed

NOTE = "faceaging_tf"
FORMAT = 1
# Behind the model, where no runtime looks: the sha256 of all before it.
SEAL = b"\nfaceaging_tf sha256 "
RUNNING = Extra(None, MobileError, "Running an exported file")


class LiteRTFile:
    """An exported file.

    What a network needs beside its weights is given back after the first call of a signature, for
    what comes next in a process that ages one photo, and kept from the second on. Threads that call
    it wait for one another.

    Args:
        path: its path, or its bytes. Of a path the checksum at its end is compared, because an
            interpreter may end the process on damaged bytes, or run them to another face.
        threads: of the interpreter.

    Attributes:
        contract: what the file says of itself, a dict.

    Raises:
        MobileError: no such file, a broken one, or one that this project did not export.
    """

    def __init__(self, path, threads=2):
        litert = needed("ai_edge_litert.interpreter", RUNNING)
        self.path = "these bytes" if isinstance(path, bytes) else str(path)
        content = path if isinstance(path, bytes) else _read(path)
        try:
            self.contract = json.loads(note_of(content) or "null")
            self._opened = functools.partial(
                litert.Interpreter, model_content=content, num_threads=threads
            )
            self._interpreter = self._opened()
            self.signatures = tuple(self._interpreter.get_signature_list())
        except (ValueError, TypeError, LookupError, RuntimeError, struct.error) as error:
            # What flatbuffers, JSON and the interpreter make of what is no model.
            raise MobileError(
                f"{self.path} is no LiteRT model that can be run ({type(error).__name__}); export it again with `faceaging export`."
            ) from error
        if not isinstance(self.contract, dict) or "format" not in self.contract:
            raise MobileError(
                f"{self.path} has no note of this project; export it with `faceaging export ENTRY --format litert`."
            )
        if self.contract["format"] != FORMAT:
            raise MobileError(
                f"{self.path} has a note of format {self.contract['format']}, and this version reads {FORMAT}; export the model again with this version."
            )
        self._runners, self._called = {}, set()
        # An interpreter has one set of tensors for all who call it.
        self._lock = threading.Lock()

    @property
    def at_hand(self):
        """Whether the interpreter is kept for the next call."""
        return self._interpreter is not None

    def __call__(self, signature, inputs):
        """The outputs of a signature, arrays by name; inputs that have a default in the contract
        may be left out.
        """
        if signature not in self.contract["signatures"]:
            raise MobileError(
                f"{self.path} has no signature {signature!r}; it has {', '.join(self.contract['signatures'])}."
            )
        wanted = self.contract["signatures"][signature]["inputs"]
        known = {
            name: np.array([value], "float32")
            for name, value in self.contract.get("defaults", {}).items()
        }
        given = {**known, **inputs}
        with self._lock:
            return self._run(signature, {name: given[name] for name in wanted})

    def _run(self, signature, inputs):
        if self._interpreter is None:
            self._interpreter = self._opened()
        if signature not in self._runners:
            self._runners[signature] = self._interpreter.get_signature_runner(signature)
        outputs = {
            name: np.array(value) for name, value in self._runners[signature](**inputs).items()
        }
        if signature not in self._called:
            self._called.add(signature)
            self._runners, self._interpreter = {}, None
        return outputs


def note_of(content, name=NOTE):
    """The text under a name among a LiteRT model's metadata; None where there is none.

    Args:
        content: bytes of a model.
        name: of the metadata.
    """
    from ai_edge_litert import schema_py_generated as schema

    model = schema.Model.GetRootAs(content, 0)
    for place in range(model.MetadataLength()):
        entry = model.Metadata(place)
        if entry.Name() == name.encode("utf-8"):
            buffer = model.Buffers(entry.Buffer())
            # Some writers put what is large behind the model, and leave a place and a size.
            behind = content[buffer.Offset() : buffer.Offset() + buffer.Size()]
            return (bytes(buffer.DataAsNumpy()) if buffer.DataLength() else behind).decode("utf-8")
    return None


def sealed(content):
    """The bytes of a model with their checksum behind them."""
    return content + SEAL + hashlib.sha256(content).hexdigest().encode()


def _unsealed(content, path):
    """The bytes of a model without the checksum behind them, which is right."""
    model, seal, checksum = content.rpartition(SEAL)
    if seal and hashlib.sha256(model).hexdigest().encode() == checksum:
        return model
    if NOTE.encode() in content:
        raise MobileError(
            f"{path} is damaged or was changed: it does not have the checksum that it should end with; copy it again, or export it again with `faceaging export`."
        )
    raise MobileError(
        f"{path} is no LiteRT model of this project, or a damaged one; export one with `faceaging export ENTRY --format litert`."
    )


def _read(path):
    path = pathlib.Path(path)
    if not path.is_file():
        raise MobileError(
            f"There is no file {path}; export one with `faceaging export ENTRY --format litert --out {path}`."
        )
    return _unsealed(path.read_bytes(), path)
