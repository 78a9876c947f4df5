"""An exported file, as something to evaluate."""

import pathlib

import numpy as np

from faceaging_tf.errors import EvaluationError
from faceaging_tf.evaluate.identity_judge import onnx_session, run_onnx
from faceaging_tf.evaluate.subjects import ModelSubject
from faceaging_tf.files import sha256
from faceaging_tf.mobile import Ager, MobileError
from faceaging_tf.mobile.litert_file import NOTE
from faceaging_tf.models.faces import changed_at_size, to_pixels, to_range
from faceaging_tf.optional import EVALUATE, needed


class ExportedSubject(ModelSubject):
    """A `.onnx` or `.tflite` file with the inputs `face` and `years`, and `age` where it needs the
    age; the first output is the face.

    `face` is `(N, S, S, 3)` RGB, uint8 of 0..255 or float32 of -1 to 1, and so is the output.

    Args:
        path: the file.
        ages: a function from faces to ages, for a file that needs the age of faces whose age is not
            known.

    Attributes:
        frame: of its faces, "tight" or "whole_head"; None for a file that does not say.

    Raises:
        EvaluationError: no such file, a broken one, or one with other inputs; later, one whose
            first output is no face.
    """

    def __init__(self, path, ages):
        self.path = pathlib.Path(path)
        self.ager = _ager(path)
        self.frame = None if self.ager is None else self.ager.frame
        if self.ager is not None:
            super().__init__(self.path.name, self, sha256(path))
            self.estimate_ages, self.image_size = ages, self.ager.image_size
            return
        self.runner = _OnnxRunner(path) if self.path.suffix == ".onnx" else _LiteRTRunner(path)
        missing = {"face", "years"} - set(self.runner.inputs)
        if missing:
            raise EvaluationError(
                f"{path} has the inputs {', '.join(self.runner.inputs)}; an exported model needs face and years, and age where it uses the age."
            )
        shape = self.runner.inputs["face"][0]
        if len(shape) != 4 or shape[0] not in (1, None) or shape[1] != shape[2] or shape[3] != 3:
            raise EvaluationError(
                f"{path} takes a face of the shape {_text(shape)}; an exported model takes (1, S, S, 3), channels last."
            )
        super().__init__(self.path.name, self, sha256(path))
        self.estimate_ages = ages
        self.image_size = shape[1]

    def transform(self, faces, years, ages):
        """Ages faces one by one, at the file's own size; the change is brought back to theirs, as
        `AgingModel.transform` does.
        """
        if self.ager is not None:
            return np.stack(
                [self.ager.age(face, years, age) for face, age in zip(faces, ages, strict=True)]
            )
        aged = lambda small: np.stack(
            [self._aged(face, years, age) for face, age in zip(small, ages, strict=True)]
        )
        return changed_at_size(faces, self.image_size or faces.shape[1], aged)

    def _aged(self, face, years, age):
        as_bytes = self.runner.inputs["face"][1] == "uint8"
        given = {"face": to_pixels(face) if as_bytes else face, "years": years, "age": age}
        output = self.runner(
            {
                name: _shaped(given[name], self.runner.inputs[name])
                for name in self.runner.inputs
                if name in given
            }
        )
        if output.size != face.size:
            raise EvaluationError(
                f"{self.path} makes {_text(output.shape)} of a face of {_text(face.shape)}; its first output has to be the face."
            )
        output = output.reshape(face.shape)
        return to_range(output) if output.dtype == np.uint8 else output.astype("float32")


def _ager(path):
    """The `Ager` of a file that this project exported with several directions, None of another."""
    path = pathlib.Path(path)
    if path.suffix != ".tflite" or not path.is_file():
        return None
    needed("ai_edge_litert.interpreter", EVALUATE, path)
    try:
        return Ager(path)
    except MobileError as error:
        # Of this project, and not as it was written: nothing that another runner should try.
        if NOTE.encode() in path.read_bytes():
            raise EvaluationError(str(error)) from error
        return None


class _OnnxRunner:
    """A function from named inputs to the first output, by onnxruntime."""

    def __init__(self, path):
        self.path = path
        self.session = onnx_session(path, "an exported model")
        kind = {"tensor(uint8)": "uint8"}
        fixed = lambda shape: [size if isinstance(size, int) else None for size in shape]
        self.inputs = {
            one.name: (fixed(one.shape), kind.get(one.type, "float32"))
            for one in self.session.get_inputs()
        }

    def __call__(self, inputs):
        return run_onnx(self.session, inputs, self.path)[0]


class _LiteRTRunner:
    """The same by LiteRT: the signature `transform`, or else the first."""

    def __init__(self, path):
        self.path = path
        if not pathlib.Path(path).is_file():
            raise EvaluationError(f"There is no file {path}; give the path of an exported model.")
        interpreter = needed("ai_edge_litert.interpreter", EVALUATE, path)
        try:
            self.interpreter = interpreter.Interpreter(str(path))
            signatures = self.interpreter.get_signature_list()
        except (ValueError, RuntimeError) as error:
            raise EvaluationError(
                f"{path} is no LiteRT model that can be run ({str(error).strip().splitlines()[0]})."
            ) from error
        if not signatures:
            raise EvaluationError(
                f"{path} has no signature that names its inputs; export it with face and years, and age where it uses the age."
            )
        signature = "transform" if "transform" in signatures else next(iter(signatures))
        self.runner = self.interpreter.get_signature_runner(signature)
        details = self.runner.get_input_details()
        sizes = lambda shape: [size if size > 0 else None for size in shape]
        self.inputs = {
            name: (sizes(detail["shape_signature"].tolist()), np.dtype(detail["dtype"]).name)
            for name, detail in details.items()
        }

    def __call__(self, inputs):
        try:
            return next(iter(self.runner(**inputs).values()))
        except (ValueError, RuntimeError) as error:
            raise EvaluationError(
                f"{self.path} cannot be run ({str(error).strip().splitlines()[0]}); export it again."
            ) from error


def _shaped(value, kind):
    """One face, or one number, in the shape and type that a file wants it."""
    shape, name = kind
    value = np.asarray(value)
    if value.ndim == 3:
        return value[None]
    return np.full([size or 1 for size in shape], value, name)


def _text(shape):
    return f"({', '.join('?' if size is None else str(size) for size in shape)})"
