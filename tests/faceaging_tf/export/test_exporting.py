"""Exported files do what the models do."""

import json
import os
import subprocess
import sys

import keras
import numpy as np
import onnx
import pytest
import tiny

from faceaging_tf.export import BOUNDS, Comparison, ExportError, export, exporting
from faceaging_tf.export.flatbuffer import operations_of
from faceaging_tf.export.parity import Parity, check
from faceaging_tf.export.runners import OnnxRunner, SavedModelRunner
from faceaging_tf.mobile import Ager
from faceaging_tf.models.faces import to_pixels

FACES = tiny.faces(4, seed=3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("exports")


@pytest.fixture(scope="module")
def litert(fagan, folder):
    """The FA-GAN in every precision, by its name."""
    options = {"comparison": Comparison(FACES), "about": {"entry": "mine", "licence": "free"}}
    return {
        one: export(fagan, folder / f"{one}.tflite", "litert", one, **options)
        for one in exporting.PRECISIONS["litert"]
    }


@pytest.fixture(scope="module")
def group_onnx(group_gan, folder):
    """The Group-GAN's `transform`."""
    return export(group_gan, folder / "group.onnx", "onnx", comparison=Comparison(FACES))


@pytest.fixture(scope="module")
def of_one_direction(group_gan, folder):
    """A SavedModel of one of the Group-GAN's directions, for three faces at a time."""
    return export(
        group_gan,
        folder / "three",
        "saved_model",
        batch=3,
        routes=group_gan.directions[:1],
        comparison=Comparison(FACES[:2]),
    )


@pytest.mark.parametrize("precision", exporting.PRECISIONS["litert"])
def test_every_precision_is_as_near_to_the_model_as_its_bound_says(litert, precision):
    parity = litert[precision].parity
    largest, mean, _, _ = BOUNDS[precision]
    assert (
        parity.cases == 12
        and parity.mean <= mean
        and (largest is None or parity.largest <= largest)
    )


def test_weights_are_stored_as_the_precision_says(litert):
    operations = {
        one: operations_of(exported.path.read_bytes()) for one, exported in litert.items()
    }
    assert "DEQUANTIZE" in operations["float16"] and "QUANTIZE" in operations["int8"]
    assert not {"QUANTIZE", "DEQUANTIZE"} & set(operations["float32"])


def test_all_operations_are_built_in(litert):
    operations = operations_of(litert["float32"].path.read_bytes())
    assert "CONV_2D" in operations and not [
        name for name in operations if name.startswith("Flex") or name in ("CUSTOM", "IF", "WHILE")
    ]


def test_weights_that_signatures_share_are_stored_once(fagan, litert):
    # Both directions try the face, with the age network, which estimates ages too.
    assert (
        litert["float32"].bytes
        < 4 * sum(int(np.prod(weight.shape)) for weight in fagan.weights) + 500_000
    )
    names = Ager(litert["float32"].path).file.signatures
    assert sorted(names) == ["aging", "estimate_age", "rejuvenation"]


def test_the_note_says_what_the_file_is(litert):
    contract = Ager(litert["float32"].path).contract
    assert (
        contract["entry"] == "mine"
        and contract["licence"] == "free"
        and contract["image_size"] == tiny.SIZE
        and contract["precision"] == "float32"
    )
    assert [route["direction"] for route in contract["routes"]] == [
        "aging",
        "rejuvenation",
    ] and len(contract["template"]) == 5
    assert contract["frame"] == "tight" and contract["template"][0] == [0.31, 0.31]


def test_a_model_exports_itself(fagan, folder):
    exported = fagan.export_to(
        folder / "itself.onnx", "onnx", signature="estimate_age", comparison=Comparison(FACES)
    )
    assert (
        exported.path.is_file()
        and exported.parity.estimated < 0.01
        and exported.signatures == ("estimate_age",)
    )


def test_what_is_exported_is_evaluated_in_the_direction_of_each_face(litert, fagan):
    from faceaging_tf.evaluate.exported import ExportedSubject

    subject = ExportedSubject(litert["float32"].path, ages=None)
    for years in (30.0, -20.0):
        ages = np.array([20.0, 35.0, 50.0, 65.0], "float32")
        np.testing.assert_allclose(
            subject.outputs(FACES, np.arange(4), years, ages).astype(int),
            fagan.transform(FACES, years, ages),
            atol=1,
        )


def test_onnx_takes_the_direction_of_years_and_age(group_gan, group_onnx):
    path = group_onnx.path
    run = OnnxRunner(path)
    scaled = FACES.astype("float32") / 127.5 - 1
    for place, (years, age) in enumerate([(40, 15), (-40, 70), (25, 30), (3, 25)]):
        column = lambda value: np.array([[value]], "float32")
        output = run(
            "transform",
            {"face": scaled[place : place + 1], "years": column(years), "age": column(age)},
        )["face"]
        np.testing.assert_allclose(
            to_pixels(output)[0],
            group_gan.transform(FACES[place : place + 1], years, age)[0],
            atol=1,
        )
    assert np.array_equal(output, scaled[3:4])
    onnx.checker.check_model(onnx.load(str(path)), full_check=True)


def test_one_direction_of_onnx(fagan, folder):
    options = {"signature": "aging", "as_bytes": True, "comparison": Comparison(FACES)}
    exported = export(fagan, folder / "older.onnx", "onnx", **options)
    assert exported.signatures == ("aging",) and [
        one.name for one in OnnxRunner(exported.path).session.get_inputs()
    ] == ["face", "years", "age"]
    outputs = ["aged_face", "changed", "flow"]
    assert noted(exported.path) == (["aging"], {"aging": outputs}, outputs)


def noted(path):
    """The directions and the outputs of signatures that an ONNX file's note names, and the outputs
    that it has.
    """
    model = onnx.load(str(path))
    note = json.loads({entry.key: entry.value for entry in model.metadata_props}["faceaging_tf"])
    named = {name: one["outputs"] for name, one in note["signatures"].items()}
    return note["directions"], named, [output.name for output in model.graph.output]


def test_a_file_with_some_routes_leaves_other_faces_as_they_are(group_gan, folder):
    path = export(
        group_gan,
        folder / "routes.tflite",
        "litert",
        routes=["0-20_to_20-50"],
        comparison=Comparison(FACES),
    ).path
    ager = Ager(path)
    assert ager.direction(20, 10) == "0-20_to_20-50" and ager.direction(-20, 60) is None
    np.testing.assert_array_equal(ager.age(FACES[0], -20, 60), FACES[0])
    np.testing.assert_allclose(
        ager.age(FACES[0], 20, 10), group_gan.transform(FACES[:1], 20, 10)[0], atol=1
    )


def test_a_face_whose_route_is_left_out_takes_no_later_one(fgan, folder):
    routes = [name for name in fgan.directions if name.startswith("fa_gan")]
    ager = Ager(
        export(
            fgan, folder / "fa.tflite", "litert", routes=routes, comparison=Comparison(FACES[:2])
        ).path
    )
    assert (
        fgan.directions[int(fgan.direction_of([30.0], [30.0])[0])].startswith("group_gan")
        and ager.direction(30, 30) is None
    )
    assert ager.direction(10, 30) == "fa_gan_aging"


def test_transform_is_compared_in_each_of_its_branches(group_onnx):
    # Six directions and none.
    assert group_onnx.parity.cases == 7


def test_the_note_of_an_onnx_file_names_its_outputs_and_directions(group_gan, group_onnx):
    directions, outputs, found = noted(group_onnx.path)
    assert directions == [*group_gan.directions] and outputs == {"transform": found}


def test_a_saved_model_holds_the_weights_of_its_routes_alone(group_gan, folder, of_one_direction):
    options = {"routes": group_gan.directions[:3], "comparison": Comparison(FACES[:1])}
    three = export(group_gan, folder / "routes", "saved_model", **options)
    size = lambda one: (
        (one.path / "1" / "variables" / "variables.data-00000-of-00001").stat().st_size
    )
    generator = next(iter(group_gan.generators.values()))
    two_more = 2 * 4 * sum(int(np.prod(weight.shape)) for weight in generator.weights)
    assert two_more <= size(three) - size(of_one_direction) < 1.5 * two_more


def test_a_saved_model_of_a_fixed_batch(of_one_direction):
    assert of_one_direction.parity.largest < 1e-4


def test_what_estimates_ages_badly_is_refused():
    with pytest.raises(
        ExportError, match="largest difference of the ages that it estimates, in years, is 40"
    ):
        check(Parity(0.0, 0.0, None, 40.0, 8), "float32", False)
    with pytest.raises(ExportError, match="compared with the model on no face"):
        check(Parity(0.0, 0.0, None, None, 0), "float32", False)


@pytest.mark.parametrize(
    "package, format, precision",
    [
        ("ai_edge_litert.schema_py_generated", "litert", "float32"),
        ("ai_edge_quantizer.quantizer", "litert", "int8"),
        ("onnx", "onnx", "float32"),
        ("tf2onnx", "onnx", "float32"),
    ],
)
def test_a_package_that_is_missing_is_a_sentence(
    fagan, tmp_path, monkeypatch, package, format, precision
):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(
        ExportError, match="is not installed; install it with pip install 'faceaging-tf"
    ):
        export(
            fagan,
            tmp_path / "file",
            format,
            precision,
            routes=["aging"],
            comparison=Comparison(FACES[:1]),
        )
    assert not list(tmp_path.iterdir())


def test_fgan_in_one_file(fgan, folder):
    ager = Ager(export(fgan, folder / "fgan.tflite", "litert", comparison=Comparison(FACES)).path)
    for years, age in ((10, 35), (30, 35), (-30, 60), (-5, 20), (30, 50)):
        np.testing.assert_allclose(
            ager.age(FACES[1], years, age), fgan.transform(FACES[1:2], years, age)[0], atol=1
        )


SERVED = """
import sys
import numpy as np, tensorflow as tf
model = tf.saved_model.load(sys.argv[1])
inputs = np.load(sys.argv[2])
outputs = model.signatures["serving_default"](**{name: tf.constant(inputs[name]) for name in inputs.files})
assert not [name for name in sys.modules if name.startswith(("faceaging_tf", "zoo"))]
np.save(sys.argv[3], outputs["face"].numpy())
"""


def test_a_saved_model_serves_any_number_of_faces_without_this_package(fagan, folder):
    exported = export(
        fagan,
        folder / "served",
        "saved_model",
        batch=None,
        as_bytes=True,
        comparison=Comparison(FACES),
    )
    years, ages = (
        np.array([[30], [-20], [0], [45]], "float32"),
        np.array([[30], [50], [20], [25]], "float32"),
    )
    np.savez(folder / "inputs.npz", face=FACES, years=years, age=ages)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run(
        [
            sys.executable,
            "-c",
            SERVED,
            str(exported.path / "1"),
            str(folder / "inputs.npz"),
            str(folder / "out.npy"),
        ],
        env=environment,
        cwd=folder,
        check=True,
    )
    np.testing.assert_allclose(
        np.load(folder / "out.npy").astype(int),
        fagan.transform(FACES, years[:, 0], ages[:, 0]),
        atol=1,
    )
    assert (
        json.loads((exported.path / "1" / "assets.extra" / "contract.json").read_text())[
            "image_size"
        ]
        == tiny.SIZE
    )
    assert {"transform", "aging", "rejuvenation", "estimate_age"} <= set(
        SavedModelRunner(exported.path / "1").model.signatures
    )


def test_a_half_precision_model_is_exported_in_float32(folder):
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    try:
        model = tiny.randomized(tiny.fagan(generator={**tiny.MOBILE, "blocks": 0})).for_release()
    finally:
        keras.mixed_precision.set_global_policy("float32")
    exported = export(
        model, folder / "half.tflite", "litert", routes=["aging"], comparison=Comparison(FACES[:1])
    )
    assert exported.parity.largest < 1e-4 and not [
        name for name in operations_of(exported.path.read_bytes()) if "Flex" in name
    ]


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"format": "coreml"}, "no format 'coreml'; there are saved_model, litert, onnx"),
        ({"format": "onnx", "precision": "int8"}, "onnx has no precision 'int8'; it has float32"),
        (
            {"format": "litert", "routes": ["sideways"]},
            "no route 'sideways'; it has aging, rejuvenation",
        ),
        (
            {"format": "onnx", "signature": "older"},
            "no signature 'older'; this model has transform, aging, rejuvenation, estimate_age",
        ),
        ({"format": "litert", "batch": 4}, "one face at a time, and batch was 4"),
        (
            {"format": "litert", "signature": "aging"},
            "litert files hold all signatures, and 'aging' alone was asked for",
        ),
    ],
)
def test_what_cannot_be_is_a_sentence(fagan, tmp_path, arguments, message):
    with pytest.raises(ExportError, match=message):
        export(fagan, tmp_path / "file", **arguments)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_too_far_from_the_model_is_not_written(fagan, tmp_path, monkeypatch):
    monkeypatch.setitem(BOUNDS, "float32", (1e-12, 1e-12, 1e-12, 1e-12))
    (tmp_path / "mine.tflite").write_bytes(b"earlier")
    with pytest.raises(
        ExportError, match="too far from the model: the largest difference of faces"
    ):
        export(
            fagan,
            tmp_path / "mine.tflite",
            "litert",
            routes=["aging"],
            comparison=Comparison(FACES[:1]),
        )
    assert [path.name for path in tmp_path.iterdir()] == ["mine.tflite"] and (
        tmp_path / "mine.tflite"
    ).read_bytes() == b"earlier"


def test_a_model_without_routes_is_refused(tmp_path):
    with pytest.raises(ExportError, match="Sequential has no routes"):
        export(keras.Sequential(), tmp_path / "file.tflite", "litert")


def test_a_folder_with_other_things_is_not_replaced(fagan, tmp_path):
    (tmp_path / "photo.jpg").write_bytes(b"mine")
    with pytest.raises(ExportError, match="holds other things than a SavedModel"):
        export(fagan, tmp_path, "saved_model", comparison=Comparison(FACES[:1]))


def test_a_file_without_a_manner_refuses_one(litert, fagan, folder):
    face = FACES[0]
    with pytest.raises(ValueError, match="future was 1; .* this model has one future alone, 0"):
        Ager(litert["float32"].path).age(face, 20, 40, future=1)
