"""The insides of LiteRT files."""

import numpy as np
import pytest
import tiny
from ai_edge_litert import schema_py_generated as schema

from faceaging_tf.export import Comparison, export
from faceaging_tf.export.flatbuffer import (
    opened,
    operations_of,
    packed,
    with_note,
    without_output,
)
from faceaging_tf.mobile import Ager
from faceaging_tf.mobile.litert_file import SEAL, note_of


@pytest.fixture(scope="module", params=["float32", "int8"])
def content(request, fagan, tmp_path_factory):
    path = tmp_path_factory.mktemp("flatbuffer") / "tiny.tflite"
    export(fagan, path, "litert", request.param, comparison=Comparison(tiny.faces(1)))
    # Without the checksum behind the model.
    return path.read_bytes().rpartition(SEAL)[0]


def test_constants_begin_at_multiples_of_16_bytes(content):
    model = schema.Model.GetRootAs(content, 0)
    buffers = [model.Buffers(place) for place in range(model.BuffersLength())]
    places = [
        buffer._tab.Vector(buffer._tab.Offset(4)) for buffer in buffers if buffer.DataLength()
    ]
    assert len(places) > 20 and not any(place % 16 for place in places)


def test_packing_changes_nothing(content):
    again = packed(opened(content))
    assert len(again) == len(content)
    face = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype="uint8")
    np.testing.assert_array_equal(Ager(again).age(face, 30, 40), Ager(content).age(face, 30, 40))


def test_equal_scales_are_stored_once(content):
    model = schema.Model.GetRootAs(content, 0)
    places = {}
    for graph in (model.Subgraphs(place) for place in range(model.SubgraphsLength())):
        for tensor in (graph.Tensors(place) for place in range(graph.TensorsLength())):
            parameters = tensor.Quantization()
            if parameters is not None and parameters.ScaleLength() > 1:
                places.setdefault(parameters.ScaleAsNumpy().tobytes(), set()).add(
                    parameters._tab.Vector(parameters._tab.Offset(8))
                )
    assert all(len(found) == 1 for found in places.values())


def test_only_inputs_and_outputs_have_names(content):
    model = opened(content)
    for graph in model.subgraphs:
        named = {place for place, tensor in enumerate(graph.tensors) if tensor.name}
        assert named == {*graph.inputs, *graph.outputs}


def test_a_note_takes_the_place_of_an_earlier_one(content):
    assert (
        note_of(with_note(with_note(content, "first", "mine"), "second", "mine"), "mine")
        == "second"
    )


@pytest.fixture(scope="module")
def moving(tmp_path_factory):
    """A file of heads, which moves them."""
    model = tiny.randomized(tiny.whole_fagan(discriminator=None), seed=1)
    path = tmp_path_factory.mktemp("moving") / "tiny.tflite"
    size = model.image_size
    faces = np.random.default_rng(1).integers(0, 256, (1, size, size, 3), dtype="uint8")
    export(model, path, "litert", comparison=Comparison(faces))
    return path.read_bytes().rpartition(SEAL)[0]


def test_without_an_output_the_others_are_the_same_and_less_is_computed(moving):
    whole, less = Ager(moving), Ager(without_output(moving, "face"))
    face = np.random.default_rng(2).integers(0, 256, 2 * [whole.image_size] + [3], dtype="uint8")
    for direction in ("aging", "rejuvenation"):
        assert "face" not in less.contract["signatures"][direction]["outputs"]
    for years in (30, -20):
        for found, expected in zip(
            less.edit(face, years, 40), whole.edit(face, years, 40), strict=True
        ):
            np.testing.assert_array_equal(found, expected)
        # Moved in NumPy, and rounded there.
        apart = less.age(face, years, 40).astype(int) - whole.age(face, years, 40)
        assert np.abs(apart).max() <= 1
    assert less.estimate_age(face) == whole.estimate_age(face)
    assert operations_of(without_output(moving, "face"))["GATHER"] < operations_of(moving)["GATHER"]


def test_an_output_that_stands_alone_stays(content):
    again = without_output(content, "age")
    assert operations_of(again) == operations_of(content)
