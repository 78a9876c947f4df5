"""`faceaging prepare`: a table of one's own, and a corpus of nobody."""

import pytest
from PIL import Image
from refusals import refusal
from skimage.data import astronaut

from zoo.cli.main import main


@pytest.fixture
def labelled(tmp_path):
    """A folder with a photo and a table of its own."""
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.fromarray(astronaut()).save(folder / "a.jpg")
    (folder / "labels.csv").write_text("path,years\na.jpg,38\n")
    return folder


@pytest.mark.parametrize("columns", ["file=path,age=years", "file = path, age = years"])
def test_a_table_may_be_named_by_its_whole_path(labelled, tmp_path, columns, capsys):
    table = ["--table", str(labelled / "labels.csv"), "--columns", columns]
    assert main(["prepare", str(labelled), "--out", str(tmp_path / "corpus"), *table]) == 0
    assert "1 of 1 files are in the corpus: 1 " in capsys.readouterr().out


@pytest.mark.parametrize("columns", ["file=path,file=years", "file=,age=years", "path"])
def test_columns_that_make_no_sense_are_refused(labelled, tmp_path, columns, capsys):
    table = ["--table", "labels.csv", "--columns", columns]
    said = refusal(capsys, ["prepare", labelled, "--out", tmp_path / "corpus", *table])
    assert "it needs pairs such as file=path,age=years, each name once" in said


def test_an_empty_corpus_is_no_success(tmp_path, capsys):
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "35_1_2_20170109142408075.jpg.chip.jpg").write_bytes(b"Dear diary")
    assert main(["prepare", str(folder), "--out", str(tmp_path / "corpus")]) == 2
    said = capsys.readouterr()
    assert "0 of 1 files are in the corpus.\n" in said.out and "The corpus is empty" in said.err
