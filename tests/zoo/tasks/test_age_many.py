"""`faceaging age` of many photos, and of many faces: what it says."""

import numpy as np
import pytest
from PIL import Image
from refusals import refusal
from skimage.data import astronaut

from faceaging_tf.photo.many import Aged
from zoo.cli.main import main
from zoo.tasks import age_many


@pytest.fixture
def group(tmp_path):
    """A folder with one photo of a large face and two that are too small."""
    pixels = np.full((300, 460, 3), 128, np.uint8)
    pixels[:, :260] = astronaut()[:300, 90:350]
    small = np.asarray(
        Image.fromarray(astronaut()[:260, 120:320]).resize((60, 78), Image.Resampling.LANCZOS)
    )
    for left in (270, 370):
        pixels[100:178, left : left + 60] = small
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.fromarray(pixels).save(folder / "group.png")
    return folder


def test_faces_that_are_too_small_are_said_with_their_number(
    group, tiny_preset, capsys, monkeypatch
):
    arguments = ["--years", "30", "--entry", tiny_preset]
    assert (
        main(["age", str(group / "group.png"), *arguments, "--out", str(group.parent / "aged.png")])
        == 0
    )
    assert "2 faces left alone: smaller than 40 pixels." in capsys.readouterr().out
    monkeypatch.setattr(
        age_many, "age_many", lambda *_, **__: Aged("aged", photos=3, aged=3, too_small=5)
    )
    assert main(["age", str(group), *arguments, "--out", "aged"]) == 0
    assert "5 faces left alone: smaller than 40 pixels." in capsys.readouterr().out


def test_a_place_that_holds_other_things_is_refused(group, tiny_preset, tmp_path, capsys):
    arguments = ["age", group, "--years", "30", "--entry", tiny_preset, "--out"]
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("letter")
    assert "holds other things already" in refusal(capsys, [*arguments, tmp_path / "full"])
    assert "is a file; give a folder" in refusal(
        capsys, [*arguments, tmp_path / "full" / "letter.txt"]
    )
    assert "lies in the folder that is read" in refusal(capsys, [*arguments, group])


def test_a_process_keeps_what_ages_in_one_manner():
    grey, kept = (age_many.MakeTools("fagan", {"hair": hair}) for hair in ("grey", "keep"))
    assert {grey: 1, kept: 2}[age_many.MakeTools("fagan", {"hair": "grey"})] == 1


def test_a_folder_is_aged_in_another_process(group, tmp_path):
    arguments = ["--years", "30", "--entry", "fagan_mobile", "--out", str(tmp_path / "aged")]
    assert main(["age", str(group), *arguments]) == 0
    assert (tmp_path / "aged" / "group.png").is_file()


def test_a_process_among_others_keeps_to_one_core():
    assert age_many.MakeTools("fagan")()[1].threads == 1
