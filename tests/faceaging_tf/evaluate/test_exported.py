"""Exported files as something to evaluate: in ONNX and in LiteRT, in bytes and in -1 to 1, with the
age and without.
"""

import sys

import numpy as np
import pytest
import tiny_onnx
from onnx import TensorProto, helper

from faceaging_tf.errors import EvaluationError
from faceaging_tf.evaluate.exported import ExportedSubject

FACES = np.random.default_rng(0).integers(0, 200, (3, 16, 16, 3), dtype="uint8")


def tflite(path, as_bytes, size=16):
    """Adds `years` levels of 0..255, as `tiny_onnx.brightener` does."""
    import tensorflow as tf

    kind = tf.uint8 if as_bytes else tf.float32

    @tf.function(
        input_signature=[
            tf.TensorSpec((1, size, size, 3), kind, "face"),
            tf.TensorSpec((1,), tf.float32, "years"),
        ]
    )
    def transform(face, years):
        if as_bytes:
            return {
                "face": tf.cast(
                    tf.clip_by_value(tf.cast(face, tf.float32) + years, 0.0, 255.0), tf.uint8
                )
            }
        return {"face": face + years / 127.5}

    module = tf.Module()
    module.transform = transform
    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [transform.get_concrete_function()], module
    )
    path.write_bytes(converter.convert())
    return str(path)


@pytest.mark.parametrize("as_bytes", [True, False])
@pytest.mark.parametrize("kind", ["onnx", "tflite"])
def test_faces_go_through_the_file(tmp_path, kind, as_bytes):
    make = tiny_onnx.brightener if kind == "onnx" else tflite
    subject = ExportedSubject(make(tmp_path / f"model.{kind}", as_bytes=as_bytes), ages=None)
    outputs = subject.outputs(FACES, np.arange(3), 20.0, np.array([30.0, 30, 30], "float32"))
    np.testing.assert_array_equal(outputs, FACES + 20)
    assert subject.name == f"model.{kind}"


def test_the_age_is_given_where_it_is_asked_for_and_estimated_where_it_is_not_known(tmp_path):
    subject = ExportedSubject(
        tiny_onnx.brightener(tmp_path / "model.onnx", with_age=True),
        ages=lambda faces: np.full(len(faces), 5.0),
    )
    outputs = subject.outputs(FACES, np.arange(3), 20.0, np.array([1.0, np.nan, 3.0], "float32"))
    np.testing.assert_array_equal(
        outputs, FACES + 20 + np.array([1, 5, 3], "uint8")[:, None, None, None]
    )


def test_larger_faces_get_the_change_back_at_their_own_size(tmp_path):
    faces = np.random.default_rng(0).integers(20, 200, (2, 48, 48, 3), dtype="uint8")
    subject = ExportedSubject(tiny_onnx.brightener(tmp_path / "model.onnx"), ages=None)
    np.testing.assert_array_equal(
        subject.outputs(faces, np.arange(2), 20.0, np.zeros(2, "float32")), faces + 20
    )


@pytest.mark.parametrize("name", ["model.onnx", "model.tflite"])
def test_a_broken_file_is_refused(tmp_path, name):
    (tmp_path / name).write_bytes(b"broken")
    with pytest.raises(EvaluationError, match="is no (ONNX|LiteRT) model that can be run"):
        ExportedSubject(tmp_path / name, ages=None)


def test_another_models_inputs_are_refused(tmp_path):
    with pytest.raises(EvaluationError, match="an exported model needs face and years"):
        ExportedSubject(tiny_onnx.recogniser(tmp_path / "model.onnx"), ages=None)


def other_model(path, shape, nodes, output):
    inputs = [("face", TensorProto.FLOAT, shape), ("years", TensorProto.FLOAT, (1,))]
    return tiny_onnx.save(path, nodes, inputs, [("aged", TensorProto.FLOAT, output)], {})


@pytest.mark.parametrize("shape", [(1, 3, 16, 16), (1, 16, 8, 3), (2, 16, 16, 3), (4,)])
def test_a_face_of_another_shape_is_refused(tmp_path, shape):
    path = other_model(
        tmp_path / "model.onnx",
        shape,
        [helper.make_node("Add", ["face", "years"], ["aged"])],
        shape,
    )
    with pytest.raises(EvaluationError, match=r"an exported model takes \(1, S, S, 3\)"):
        ExportedSubject(path, ages=None)


def test_a_first_output_that_is_no_face_is_refused(tmp_path):
    nodes = [
        helper.make_node("Add", ["face", "years"], ["sum"]),
        helper.make_node("ReduceMean", ["sum"], ["aged"], keepdims=0),
    ]
    subject = ExportedSubject(
        other_model(tmp_path / "model.onnx", (1, 16, 16, 3), nodes, ()), ages=None
    )
    with pytest.raises(EvaluationError, match="its first output has to be the face"):
        subject.outputs(FACES, np.arange(3), 20.0, np.full(3, 30, "float32"))


@pytest.mark.parametrize(
    "name, module", [("model.onnx", "onnxruntime"), ("model.tflite", "ai_edge_litert.interpreter")]
)
def test_without_the_runtime_a_sentence_says_what_to_install(tmp_path, monkeypatch, name, module):
    (tmp_path / name).write_bytes(b"any")
    # Python's own way to say that a module is not there.
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(
        EvaluationError,
        match=r"needs the package (onnxruntime|ai_edge_litert), .*pip install 'faceaging-tf\[evaluate\]'",
    ):
        ExportedSubject(tmp_path / name, ages=None)
