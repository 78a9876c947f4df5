"""Where the time of a LiteRT file goes."""

import dataclasses

import pytest
import tiny

from faceaging_tf.export import Comparison, ExportError, export, profile
from faceaging_tf.export.flatbuffer import opened, operation_name


@pytest.fixture(scope="module")
def content(fagan, tmp_path_factory):
    path = tmp_path_factory.mktemp("profile") / "tiny.tflite"
    export(fagan, path, "litert", comparison=Comparison(tiny.faces(1)))
    return path.read_bytes()


@pytest.fixture(scope="module")
def found(content):
    return profile.profile(content, "estimate_age", calls=3)


def test_every_operation_is_timed(content, found):
    model = opened(content)
    graph = model.subgraphs[
        next(
            one.subgraphIndex for one in model.signatureDefs if one.signatureKey == b"estimate_age"
        )
    ]
    names = [operation_name(model, one) for one in graph.operators]
    assert {one.name: one.count for one in found.operations} == {
        name: names.count(name) for name in names
    }
    assert all(one.ms > 0 for one in found.operations) and found.sum_ms == pytest.approx(
        sum(one.ms for one in found.operations)
    )
    assert [one.ms for one in found.operations] == sorted(
        (one.ms for one in found.operations), reverse=True
    )


@pytest.mark.slow
def test_unpacking_of_weights_is_part_of_no_call(fagan, tmp_path, found):
    export(fagan, tmp_path / "tiny.tflite", "litert", "float16", routes=("aging",))
    half = profile.profile((tmp_path / "tiny.tflite").read_bytes(), "estimate_age", calls=1)
    assert {one.name: one.count for one in half.operations} == {
        one.name: one.count for one in found.operations
    }


def test_convolutions_run_in_xnnpack(found):
    convolution = next(one for one in found.operations if one.name == "CONV_2D")
    assert convolution.delegated == convolution.count and found.partitions >= 1


def test_fetching_from_places_does_not(content):
    gather = next(
        one for one in profile.profile(content, "aging", calls=1).operations if one.name == "GATHER"
    )
    assert gather.delegated == 0


def test_the_table_names_shares(found):
    text = profile.table(found)
    assert text == profile.table(dataclasses.asdict(found)) and "CONV_2D" in text and "%" in text


def test_an_unknown_signature_is_a_sentence(content):
    with pytest.raises(ExportError, match="no signature 'older'; the file has .*estimate_age"):
        profile.profile(content, "older")
