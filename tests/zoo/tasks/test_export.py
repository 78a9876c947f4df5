"""Exporting from the command line."""

import json
import shutil

import numpy as np
import pytest

from faceaging_tf.mobile import Ager
from zoo.cli.main import main
from zoo.tasks import export


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    import keras

    import zoo
    from faceaging_tf.models import AgeRegressor

    keras.utils.set_random_seed(0)
    model = AgeRegressor(32, {"network": "age_network", "widths": [4, 8], "blocks": [1, 1]})
    return str(zoo.save(model, tmp_path_factory.mktemp("judge") / "preset", entry="age_judge"))


def refusal(capsys, *arguments):
    assert main(["export", *map(str, arguments)]) == 2
    error = capsys.readouterr().err.strip()
    assert "\n" not in error and "Traceback" not in error
    return error


def test_a_preset_is_exported_and_compared(tiny_preset, tiny_fagan, judge, tmp_path, capsys):
    assert (
        main(["export", tiny_preset, "--judge", judge, "--out", str(tmp_path / "mine.tflite")]) == 0
    )
    text = capsys.readouterr().out
    assert (
        "mine.tflite: 0." in text
        and "aging, rejuvenation, estimate_age" in text
        and "judged ages by" in text
    )
    face = np.random.default_rng(0).integers(0, 256, (1, 32, 32, 3), dtype="uint8")
    ager = Ager(tmp_path / "mine.tflite")
    np.testing.assert_allclose(
        ager.age(face[0], 30, 40).astype(int), tiny_fagan.transform(face, 30, 40)[0], atol=1
    )
    assert ager.contract["entry"] == "fagan" and set(ager.contract["source_sha256"]) == {
        "config.json",
        "model.weights.h5",
    }


def test_without_a_name_it_is_called_after_the_preset(tiny_preset):
    half = export.Options(tiny_preset, precision="float16")
    assert export.default_name(half, ".tflite") == "preset_float16.tflite"
    assert export.default_name(export.Options("fagan"), ".onnx") == "fagan.onnx"


def test_int8_is_calibrated_on_ones_own_faces(tiny_preset, judge, tmp_path):
    from PIL import Image

    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number in range(3):
        Image.fromarray(
            np.random.default_rng(number).integers(0, 256, (32, 32, 3), dtype="uint8")
        ).save(corpus / f"{number}.png")
    (corpus / "faces.csv").write_text(
        "file,age\n" + "".join(f"{number}.png,{20 + number}\n" for number in range(3))
    )
    out = tmp_path / "mine.tflite"
    assert (
        main(
            [
                "export",
                tiny_preset,
                "--judge",
                judge,
                "--precision",
                "int8",
                "--faces",
                str(corpus),
                "--route",
                "aging",
                "--out",
                str(out),
            ]
        )
        == 0
    )
    assert json.loads(json.dumps(Ager(out).contract))["precision"] == "int8"


def test_bad_input_is_a_sentence(tiny_preset, unreleased, tmp_path, capsys):
    assert "no entry 'fagn' in the zoo" in refusal(capsys, "fagn")
    assert "'age_judge' only estimates ages" in refusal(capsys, "age_judge")
    assert "No weights are released for 'unreleased'" in refusal(capsys, "unreleased")
    assert "precision" in refusal(capsys, tiny_preset, "--precision", "int4")
    assert "There is no corpus at 'nowhere'" in refusal(capsys, tiny_preset, "--faces", "nowhere")
    damaged = shutil.copytree(tiny_preset, tmp_path / "damaged")
    (damaged / "model.weights.h5").write_bytes(b"damaged")
    assert "model.weights.h5" in refusal(capsys, damaged)


def test_options_that_do_not_go_together_are_refused_at_once(tiny_preset, capsys):
    assert "onnx has no precision 'int8'" in refusal(
        capsys, tiny_preset, "--format", "onnx", "--precision", "int8"
    )
    assert "--batch was 4; saved_model takes any number" in refusal(
        capsys, tiny_preset, "--batch", "4"
    )
    assert "--signature was 'aging'" in refusal(capsys, tiny_preset, "--signature", "aging")


def test_presets_of_one_name_are_told_apart(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name / "preset").mkdir(parents=True)
    folders = [str(tmp_path / name / "preset") for name in ("a", "b")]
    assert list(export.labels([*folders, "fagan"]).values()) == ["a_preset", "b_preset", "fagan"]


@pytest.mark.slow
def test_a_bench_times_files_and_the_model_itself(tiny_preset, tmp_path, capsys):
    assert (
        main(
            [
                "bench",
                tiny_preset,
                "--formats",
                "onnx",
                "--threads",
                "1",
                "--calls",
                "2",
                "--out",
                str(tmp_path / "bench"),
            ]
        )
        == 0
    )
    text = capsys.readouterr().out
    assert all(form in text for form in ("onnx float32", "keras"))


def test_a_bench_of_nothing_is_a_sentence(capsys):
    for arguments, message in (
        (["bench"], "bench needs entries"),
        (["bench", "fagan", "--threads", "0"], "one number of threads or more"),
        (["bench", "fagan", "--formats", "coreml"], "no format 'coreml'"),
    ):
        assert main(arguments) == 2 and message in capsys.readouterr().err


def test_what_the_model_lacks_is_a_sentence_and_nothing_is_written(
    tiny_preset, judge, tmp_path, capsys
):
    assert "no route 'sideways'" in refusal(
        capsys,
        tiny_preset,
        "--judge",
        judge,
        "--route",
        "sideways",
        "--out",
        tmp_path / "out.tflite",
    )
    assert not (tmp_path / "out.tflite").exists()


def test_a_disk_that_is_full_is_a_sentence_and_nothing_is_left(
    tiny_preset, judge, tmp_path, capsys, monkeypatch
):
    def full(source, target):
        open(target, "wb").write(b"half")
        raise OSError(28, "No space left on device", str(target))

    monkeypatch.setattr(shutil, "copyfile", full)
    assert "out.tflite could not be written (No space left on device); free some space" in refusal(
        capsys, tiny_preset, "--judge", judge, "--route", "aging", "--out", tmp_path / "out.tflite"
    )
    assert not list(tmp_path.iterdir())
