"""Files of a preset that were changed, or are not there."""

import json
import shutil

import pytest

import zoo
from zoo.presets import files as preset_files


@pytest.mark.parametrize("file", ["config.json", "model.weights.h5", "metadata.json"])
def test_a_missing_file_is_named(folder, file):
    (folder / file).unlink()
    with pytest.raises(zoo.ZooError, match=file):
        zoo.load(folder)


@pytest.mark.parametrize("file", ["config.json", "model.weights.h5"])
def test_a_changed_byte_is_noticed(folder, file):
    content = bytearray((folder / file).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / file).write_bytes(content)
    with pytest.raises(zoo.ZooError, match=f"{file} is damaged or was changed"):
        zoo.load(folder)


def test_a_changed_byte_of_the_metadata_is_noticed_wherever_it_is(folder):
    path = folder / "metadata.json"
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(zoo.ZooError):
            preset_files.metadata(folder)


def test_metadata_written_again_is_the_same(folder):
    whole = (folder / "metadata.json").read_bytes()
    preset_files.write_metadata(folder, preset_files.metadata(folder))
    assert (folder / "metadata.json").read_bytes() == whole


def test_metadata_that_is_not_json_is_refused(folder):
    (folder / "metadata.json").write_text("{")
    with pytest.raises(zoo.ZooError, match="is not JSON"):
        zoo.load(folder)


@pytest.mark.parametrize("facts", [3, None, True, {"sha256": "x"}, ["sha256", "bytes"]])
def test_metadata_whose_checksums_are_of_another_kind_is_refused(folder, facts):
    content = json.loads((folder / "metadata.json").read_text())
    content["files"]["config.json"] = facts
    preset_files.write_metadata(folder, content)
    with pytest.raises(zoo.ZooError, match="lacks files/config.json"):
        zoo.describe(folder)


@pytest.mark.parametrize("field", ["files", "input", "parameters"])
def test_metadata_that_lacks_a_field_is_refused(folder, field):
    content = json.loads((folder / "metadata.json").read_text())
    del content[field]
    (folder / "metadata.json").write_text(json.dumps(content))
    with pytest.raises(zoo.ZooError, match=f"lacks {field}"):
        zoo.describe(folder)


def test_a_later_format_is_refused(folder):
    content = json.loads((folder / "metadata.json").read_text())
    (folder / "metadata.json").write_text(json.dumps({**content, "format": 2}))
    with pytest.raises(zoo.ZooError, match="reads format 1"):
        zoo.load(folder)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(zoo.ZooError, match="There is no preset at"):
        zoo.load(tmp_path / "nowhere")


def test_the_folder_of_a_run_is_refused_with_the_preset_in_it(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "run" / "preset")
    with pytest.raises(zoo.ZooError, match=r"folder of a run; its preset is .*preset\.$"):
        zoo.load(tmp_path / "run")


def test_an_exported_file_is_refused_with_what_runs_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fagan.tflite").write_bytes(b"TFL3")
    with pytest.raises(zoo.ZooError, match=r"fagan\.tflite is a file.*faceaging_tf\.mobile\.Ager"):
        zoo.load("fagan.tflite")
