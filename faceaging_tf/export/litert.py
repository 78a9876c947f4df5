"""Exports to LiteRT (TFLite): one file with a signature for each direction, weights stored once."""

import contextlib
import io
import tempfile
import warnings

import numpy as np

from faceaging_tf.errors import ExportError
from faceaging_tf.export.flatbuffer import (
    SCHEMA,
    opened,
    operations_of,
    packed,
    with_note,
    without_names,
)
from faceaging_tf.export.signatures import AGE, FACE, TRANSFORM, YEARS
from faceaging_tf.export.tracing import traced, write_saved_model
from faceaging_tf.optional import EXPORT, needed

QUANTIZER = "ai_edge_quantizer.quantizer"
FLOAT32, FLOAT16, DYNAMIC_INT8, INT8 = PRECISIONS = ("float32", "float16", "dynamic_int8", "int8")
# In full precision in int8 files: what reads the face, and what writes the change.
SENSITIVE = ".*(stem_convolution|head_convolution|luminance_change|colour_change|flow_change).*"


def litert_signatures(signatures):
    """Those that a LiteRT file has: without `transform`, for a choice between subgraphs hides them
    from delegates and quantizers; whoever runs the file chooses by its note.
    """
    return {name: one for name, one in signatures.items() if name != TRANSFORM}


def litert_bytes(model, signatures, as_bytes, note, precision=FLOAT32, calibration=None):
    """A LiteRT model of signatures, with a note inside.

    Args:
        model: the ageing model.
        signatures: dict of its `Signature`s.
        as_bytes: whether faces are uint8.
        note: text, see `contract`.
        precision: one of `PRECISIONS`: float32; float16 weights; `dynamic_int8`, int8 weights,
            activations quantized on the fly; `int8`, convolutions wholly in int8.
        calibration: for `int8`: dict from a signature's name to a list of inputs by name, from
            which the ranges of activations are taken.

    Raises:
        ExportError: an operation that LiteRT does not have built in.
    """
    import tensorflow as tf
    from tensorflow.lite.python.convert import ConverterError

    # Tracing takes a minute: what is missing is told before.
    needed(SCHEMA, EXPORT, "A LiteRT file")
    if precision in (DYNAMIC_INT8, INT8):
        needed(QUANTIZER, EXPORT, f"{precision} precision")
    functions = traced(signatures, model.image_size, as_bytes)
    with tempfile.TemporaryDirectory() as folder:
        write_saved_model(functions, folder, model.variables)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=list(functions))
        # Without Flex operations, so that one that is not built in is an error.
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
        if precision == FLOAT16:
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.target_spec.supported_types = [tf.float16]
        try:
            content = converter.convert()
        except ConverterError as error:
            lines = [line.strip() for line in str(error).splitlines() if line.strip()]
            reason = (lines or [type(error).__name__])[0][:300]
            raise ExportError(
                f"LiteRT has no operation for a part of this model: {reason}"
            ) from error
    strange = [
        name for name in operations_of(content) if name.startswith("Flex") or not name.isupper()
    ]
    if strange:
        raise ExportError(
            f"The LiteRT file would need operations that are not built in: {', '.join(strange)}."
        )
    # Before quantizing, which moves the weights to where a rewritten file would not find them.
    content = with_note(content, note)
    if precision in (DYNAMIC_INT8, INT8):
        # By their names it is known which parts are sensitive.
        content = _quantized(content, precision, calibration)
    return without_names(content)


def calibration_of(signatures, faces, ages, as_bytes):
    """Inputs for `int8`: each face through each signature, at years from 10 to 45.

    Args:
        signatures: dict of `Signature`s.
        faces: `(N, S, S, 3)` uint8.
        ages: `(N,)` years.
        as_bytes: whether the file takes uint8.
    """
    prepared = faces if as_bytes else faces.astype("float32") / 127.5 - 1.0
    column = lambda value: np.array([[value]], "float32")
    given = lambda place, sign: {
        FACE: prepared[place][None],
        YEARS: column(sign * (10.0 + 35.0 * (place % 4) / 3)),
        AGE: column(ages[place]),
    }
    inputs = {}
    for name, signature in signatures.items():
        manner = {key: np.array([value], "float32") for key, value in signature.defaults.items()}
        sign = -1.0 if name.endswith("rejuvenation") else 1.0
        inputs[name] = [
            {key: {**given(place, sign), **manner}[key] for key in signature.inputs}
            for place in range(len(faces))
        ]
    return inputs


def _quantized(content, precision, calibration):
    from ai_edge_quantizer import quantizer
    from ai_edge_quantizer.recipe import AlgorithmName, TFLOperationName

    work = quantizer.Quantizer(bytearray(content))
    if precision == DYNAMIC_INT8:
        work.add_dynamic_config(".*", TFLOperationName.CONV_2D, 8)
    else:
        work.add_static_config(".*", TFLOperationName.CONV_2D, 8, 8)
    work.add_dynamic_config(".*", TFLOperationName.FULLY_CONNECTED, 8)
    work.update_quantization_recipe(
        SENSITIVE, TFLOperationName.CONV_2D, algorithm_key=AlgorithmName.NO_QUANTIZE
    )
    # It draws bars, and warns of what calibrating is.
    with contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ranges = None
        if precision == INT8:
            # One signature at a time: all of them together keep every tensor of every one, 24 GB
            # for fifteen.
            for name, inputs in calibration.items():
                ranges = work.calibrate(
                    {name: inputs}, previous_calibration_result=ranges, num_threads=2
                )
        quantized = work.quantize(
            ranges, enable_progress_bar=False, enable_progress_report=False
        ).quantized_model
        return packed(opened(bytes(quantized)))
