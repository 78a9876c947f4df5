"""An ageing model out to a file, checked before it has its final name."""

import dataclasses
import pathlib
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np

from faceaging_tf.errors import ExportError
from faceaging_tf.export import litert, runners
from faceaging_tf.export.contract import as_text, contract_of
from faceaging_tf.export.onnx_file import onnx_bytes, renamed
from faceaging_tf.export.parity import Comparison, Parity, check, parity_of
from faceaging_tf.export.signatures import TRANSFORM, signatures_of
from faceaging_tf.export.tracing import traced, write_saved_model
from faceaging_tf.export.web import write_site
from faceaging_tf.files import folder_written_whole, written_whole
from faceaging_tf.mobile.litert_file import LiteRTFile, sealed
from faceaging_tf.models import AgingModel
from faceaging_tf.models.faces import checked_faces, resized, to_pixels, to_range
from faceaging_tf.typing import PathLike

SAVED_MODEL, LITERT, ONNX, WEB = FORMATS = ("saved_model", "litert", "onnx", "web")
PRECISIONS = {
    SAVED_MODEL: ("float32",),
    LITERT: litert.PRECISIONS,
    ONNX: ("float32",),
    WEB: litert.PRECISIONS,
}
SUFFIXES = {SAVED_MODEL: "", LITERT: ".tflite", ONNX: ".onnx", WEB: "_page"}
# Formats that are folders, what they are called, and a file by which one is known.
FOLDERS = {
    SAVED_MODEL: ("a SavedModel", "1/saved_model.pb"),
    WEB: ("a page of a model", "files/model.js"),
}
CONTRACT_FILE = "contract.json"
VERSION = "1"
# What TensorFlow keeps beside a SavedModel and does not read.
EXTRA = "assets.extra"


@dataclasses.dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        path: the file, or the folder: of a SavedModel (its version is the folder `1` in it, as
            TensorFlow Serving wants it), or of a page (its `index.html` is opened).
        bytes: its size, all files together.
        parity: how far it is from the model, a `Parity`.
        signatures: names of what it does.
    """

    path: pathlib.Path
    bytes: int
    parity: Parity
    signatures: tuple[str, ...]


def export(
    model: AgingModel,
    path: PathLike,
    format: str,
    precision: str = "float32",
    *,
    routes: Sequence[str] | None = None,
    signature: str = TRANSFORM,
    as_bytes: bool = False,
    batch: int | None = 1,
    comparison: Comparison = Comparison(),
    about: Mapping[str, Any] | None = None,
) -> Exported:
    """Writes a model to a file that needs neither this package nor Keras to be run.

    The file is compared with the model, for every signature, and only then gets its name; what is
    at `path` stays until then.

    Args:
        model: a built ageing model, for use (`for_release`).
        path: where it is written; a folder for "saved_model" and "web".
        format: "saved_model", "litert", "onnx" or "web": a static page with a LiteRT file in it.
        precision: "float32"; for "litert" and "web" also "float16", "dynamic_int8" and "int8".
        routes: the directions that go into it, all when None.
        signature: what an ONNX file does, one thing a file.
        as_bytes: whether faces are uint8 of 0 to 255 in it, or float32 of -1 to 1.
        batch: faces at a time of a SavedModel, None for any number; other formats take one.
        comparison: a `Comparison`: the faces on which the file is compared with the model, and
            "int8" is calibrated.
        about: what the file's note says of entry, title, licence and source.

    Returns:
        An `Exported`.

    Raises:
        ExportError: an unknown format or precision, a route or signature that the model does not
            have, an operation that the format lacks, a file that is too far from the model, a place
            that cannot be written to, or for "web" no npm.

    Example:
        >>> import zoo
        >>> from faceaging_tf.export import export
        >>> model = zoo.load("fagan_mobile")
        >>> export(model, "fagan.tflite", "litert", "float16").bytes < 7e6  # doctest: +SKIP
        True
    """
    _check(format, precision, signature, as_bytes, batch)
    if keras.backend.backend() != "tensorflow":
        raise ExportError(
            f"Exports are traced by TensorFlow, and KERAS_BACKEND is {keras.backend.backend()}; run this with KERAS_BACKEND=tensorflow."
        )
    if getattr(model, "routes", ()):
        model = _in_float32(model)
    signatures = signatures_of(model, routes, as_bytes)
    if format == ONNX and signature not in signatures:
        raise ExportError(
            f"There is no signature {signature!r}; this model has {', '.join(signatures)}."
        )
    faces, ages = _faces(model, comparison.faces, comparison.ages)
    kept = {SAVED_MODEL: signatures, ONNX: {signature: signatures.get(signature)}}.get(
        format
    ) or litert.litert_signatures(signatures)
    called = {name: renamed(one) for name, one in kept.items()} if format == ONNX else kept
    directions = tuple(signatures) if TRANSFORM in kept else tuple(kept)
    note = as_text(contract_of(model, called, directions, as_bytes, precision, about))
    path = pathlib.Path(path).absolute()
    _check_place(path, format)
    runner: Callable[..., Any]
    with tempfile.TemporaryDirectory() as folder:
        # Made and compared elsewhere: what fails leaves nothing where it was to be.
        made = pathlib.Path(folder) / "made"
        if format in (LITERT, WEB):
            calibration = (
                litert.calibration_of(kept, faces, ages, as_bytes)
                if precision == litert.INT8
                else None
            )
            content = litert.litert_bytes(model, kept, as_bytes, note, precision, calibration)
            runner = LiteRTFile(content)
            write_site(made, content, note) if format == WEB else made.write_bytes(sealed(content))
        elif format == ONNX:
            made.write_bytes(
                onnx_bytes(model, signatures, signature, model.image_size, as_bytes, note)
            )
            runner = runners.OnnxRunner(made)
        else:
            version = made / VERSION
            write_saved_model(
                traced(signatures, model.image_size, as_bytes, batch), version, model.variables
            )
            (version / EXTRA).mkdir(exist_ok=True)
            (version / EXTRA / CONTRACT_FILE).write_text(note, encoding="utf-8")
            runner = runners.SavedModelRunner(version)
        parity = parity_of(
            model,
            kept,
            tuple(signatures),
            _batched(runner, batch),
            faces,
            ages,
            as_bytes,
            comparison.judge,
        )
        check(parity, precision, as_bytes)
        _put(made, path)
    size = sum(file.stat().st_size for file in (path, *path.rglob("*")) if file.is_file())
    return Exported(path, size, parity, tuple(kept))


def _check(format, precision, signature, as_bytes, batch):
    if format not in FORMATS:
        raise ExportError(f"There is no format {format!r}; there are {', '.join(FORMATS)}.")
    if precision not in PRECISIONS[format]:
        raise ExportError(
            f"{format} has no precision {precision!r}; it has {', '.join(PRECISIONS[format])}."
        )
    if as_bytes and format == WEB:
        raise ExportError(
            "The page gives its model faces of -1 to 1, and uint8 was asked for; leave it out."
        )
    if signature != TRANSFORM and format != ONNX:
        raise ExportError(
            f"{format} files hold all signatures, and {signature!r} alone was asked for; leave it out, or choose directions by routes."
        )
    if batch != 1 and format != SAVED_MODEL:
        raise ExportError(
            f"{format} files take one face at a time, and batch was {batch}; saved_model takes any number."
        )


def _in_float32(model):
    """The model, or a copy of it that computes in float32."""
    networks = [*model.generators.values(), model.age_regressor.network]
    layers = [layer for network in networks for layer in network.layers]
    if all(layer.compute_dtype == "float32" for layer in layers):
        return model
    policy = keras.mixed_precision.global_policy()
    keras.mixed_precision.set_global_policy("float32")
    try:
        copy = type(model).from_config(model.get_config())
    finally:
        keras.mixed_precision.set_global_policy(policy)
    copy.set_weights(model.get_weights())
    return copy


def _faces(model, faces, ages):
    """Faces of the model's size and their ages; drawn ones where none are given."""
    size = model.image_size
    if faces is None:
        from faceaging_tf.data.drawn_faces import draw_face

        ages = np.array([8.0, 24.0, 36.0, 48.0, 60.0, 72.0, 30.0, 16.0], "float32")
        return np.stack(
            [draw_face(person, int(age), size) for person, age in enumerate(ages)]
        ), ages
    faces = checked_faces(faces, "export")
    small = to_pixels(resized(to_range(faces), size)) if faces.shape[1] != size else faces
    return small, model.estimate_ages(small) if ages is None else np.asarray(ages, "float32")


def _batched(runner, batch):
    """A runner of single faces for a file that takes a fixed number of them."""
    if batch in (1, None):
        return runner

    def run(signature, inputs):
        # Other faces before it: a file that took the first for all would show.
        filled = lambda value: np.concatenate(
            [*[np.full_like(value, value.flat[0])] * (batch - 1), value]
        )
        outputs = runner(signature, {name: filled(value) for name, value in inputs.items()})
        return {name: value[-1:] for name, value in outputs.items()}

    return run


def _check_place(path, format):
    """Refuses a path where something of another kind is."""
    called, known_by = FOLDERS.get(format, (None, None))
    if path.exists() and path.is_dir() != (format in FOLDERS):
        raise ExportError(
            f"{path} is a {'folder' if path.is_dir() else 'file'}; choose another path for the export."
        )
    if path.is_dir() and any(path.iterdir()) and not (path / known_by).exists():
        raise ExportError(
            f"{path} holds other things than {called}; choose another folder for the export."
        )


def _put(made, path):
    """Copies what is finished beside its place and renames it there, or leaves what was there."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if made.is_dir():
            with folder_written_whole(path) as working:
                shutil.copytree(made, working, dirs_exist_ok=True)
        else:
            with written_whole(path) as working:
                shutil.copyfile(made, working)
    except OSError as error:
        # `shutil.copytree` lists a reason for each file.
        listed = isinstance(error, shutil.Error)
        reason = error.strerror or (error.args[0][0][2].split(": ")[0] if listed else str(error))
        raise ExportError(
            f"{path} could not be written ({reason}); free some space, or choose another place."
        ) from error
