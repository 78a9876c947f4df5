"""The command line: what it writes, and how it refuses."""

import errno
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from refusals import refusal

from faceaging_tf import __version__
from zoo import registry
from zoo.cli import age
from zoo.cli.main import COMMANDS, main


def test_ageing_writes_beside_the_photo_and_names_the_file(photo, tiny_preset, capsys):
    assert main(["age", str(photo), "--years", "30", "--entry", tiny_preset]) == 0
    written = photo.with_name("me-aged+30.jpg")
    assert Image.open(written).size == (512, 512)
    assert str(written) in capsys.readouterr().out


def test_the_background_is_the_photos_own(photo, tiny_preset):
    Image.open(photo).save(photo.with_suffix(".png"))
    main(["age", str(photo.with_suffix(".png")), "--years", "30", "--entry", tiny_preset])
    before, after = (
        np.asarray(Image.open(photo)),
        np.asarray(Image.open(photo.with_name("me-aged+30.png"))),
    )
    np.testing.assert_array_equal(after[300:], before[300:])


@pytest.mark.parametrize("years, name", [("-12.5", "me-aged-12.5.jpg"), ("0.5", "me-aged+0.5.jpg")])
def test_the_name_carries_the_years(photo, tiny_preset, years, name):
    assert main(["age", str(photo), "--years", years, "--entry", tiny_preset]) == 0
    assert photo.with_name(name).is_file()


def test_a_strip_has_a_panel_for_each_number_of_years(photo, tiny_preset):
    assert main(["age", str(photo), "--strip", "-20,0,40", "--entry", tiny_preset]) == 0
    three = Image.open(photo.with_name("me-strip.png")).width
    main(
        [
            "age",
            str(photo),
            "--strip",
            "0",
            "--entry",
            tiny_preset,
            "--out",
            str(photo.with_name("one.png")),
        ]
    )
    assert three >= 3 * Image.open(photo.with_name("one.png")).width


def test_an_existing_output_is_replaced(photo, tiny_preset):
    out = photo.with_name("out.png")
    out.write_bytes(b"old")
    assert (
        main(["age", str(photo), "--years", "30", "--entry", tiny_preset, "--out", str(out)]) == 0
    )
    assert Image.open(out).size == (512, 512)


def test_no_face_is_refused(landscape, tiny_preset, capsys):
    assert "No face" in refusal(capsys, ["age", landscape, "--years", "30", "--entry", tiny_preset])
    assert os.listdir(landscape.parent) == ["sea.png"]


def test_more_ages_than_faces_are_refused(photo, tiny_preset, capsys):
    message = refusal(
        capsys, ["age", photo, "--years", "30", "--ages", "33,12", "--entry", tiny_preset]
    )
    assert "2 ages were given for 1 face" in message


@pytest.mark.parametrize(
    "url",
    ["https://example.org/me.jpg", "https://example.org/me.JPG?large=1", "s3://photos/me.png"],
)
def test_the_address_of_a_photo_is_refused(url, capsys):
    assert f"'{url}' is an address, and photos are read from files. Download it first." in refusal(
        capsys, ["age", url, "--years", "30"]
    )


def test_a_folder_as_output_of_one_photo_is_refused(photo, capsys):
    (photo.parent / "there").mkdir()
    assert "there' is a directory; pass the path of a file in it." in refusal(
        capsys, ["age", photo, "--years", "30", "--out", photo.parent / "there"]
    )


def test_a_photo_on_its_side_comes_out_upright_in_its_own_format(photo, tiny_preset):
    tags = Image.Exif()
    tags[0x0112] = 6
    Image.fromarray(np.rot90(np.asarray(Image.open(photo)))).save(
        photo.with_name("phone.JPG"), exif=tags, quality=95
    )
    main(["age", str(photo.with_name("phone.JPG")), "--years", "30", "--entry", tiny_preset])
    with Image.open(photo.with_name("phone-aged+30.JPG")) as aged:
        assert aged.format == "JPEG" and aged.getexif()[0x0112] == 1
        assert np.abs(np.asarray(aged, int)[300:] - np.asarray(Image.open(photo))[300:]).mean() < 4


def test_it_is_quiet_and_says_a_name_that_the_terminal_has_no_letters_for(photo, tiny_preset):
    chinese = photo.rename(photo.with_name("面孔.jpg"))
    finished = run_program(
        *("age", str(chinese), "--years", "30", "--entry", tiny_preset),
        env={**os.environ, "PYTHONIOENCODING": "cp1252"},
    )
    assert finished.returncode == 0 and finished.stderr == ""
    assert (
        "\\u9762\\u5b54-aged+30.jpg" in finished.stdout
        and photo.with_name("面孔-aged+30.jpg").is_file()
    )


def test_a_missing_photo_is_refused(tmp_path, capsys):
    assert "nowhere.jpg" in refusal(capsys, ["age", tmp_path / "nowhere.jpg", "--years", "30"])


def test_a_text_called_jpg_is_refused(tmp_path, capsys):
    (tmp_path / "text.jpg").write_text("This is no photo.")
    assert "is not a photo" in refusal(capsys, ["age", tmp_path / "text.jpg", "--years", "30"])


def test_a_truncated_jpeg_is_refused(photo, capsys):
    photo.write_bytes(photo.read_bytes()[:9000])
    assert "cut off" in refusal(capsys, ["age", photo, "--years", "30"])
    assert os.listdir(photo.parent) == ["me.jpg"]


def test_a_folder_that_cannot_be_written_is_refused(photo, tmp_path, tiny_preset, capsys):
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o555)
    if os.access(folder, os.W_OK):
        # The superuser may write anywhere but here.
        folder = pathlib.Path("/proc")
    out = folder / "me.png"
    assert str(folder) in refusal(
        capsys, ["age", photo, "--years", "30", "--entry", tiny_preset, "--out", out]
    )


def test_a_folder_that_is_not_there_is_refused(photo, tmp_path, capsys):
    message = refusal(
        capsys, ["age", photo, "--years", "30", "--out", tmp_path / "nowhere" / "me.png"]
    )
    assert "There is no directory" in message


def test_the_photo_itself_is_never_overwritten(photo, capsys):
    content = photo.read_bytes()
    assert "never overwritten" in refusal(capsys, ["age", photo, "--years", "30", "--out", photo])
    assert photo.read_bytes() == content


def test_a_file_whose_name_begins_as_a_flag_is_a_file(photo, tiny_preset, monkeypatch, capsys):
    monkeypatch.chdir(photo.parent)
    photo.rename("-me.jpg")
    assert main(["age", "-me.jpg", "--years", "30", "--entry", str(tiny_preset)]) == 0
    assert os.path.isfile("-me-aged+30.jpg")
    capsys.readouterr()
    assert "./-gone.jpg" in refusal(capsys, ["age", "-gone.jpg", "--years", "30"])


def test_an_unknown_flag_is_refused_with_the_nearest(photo, capsys):
    assert "Did you mean: years" in refusal(capsys, ["age", photo, "--yeers", "30"])


def test_an_unknown_entry_is_refused_with_the_nearest(photo, capsys):
    assert "Did you mean 'fagan'" in refusal(
        capsys, ["age", photo, "--years", "30", "--entry", "fagn"]
    )


def test_an_unknown_command_is_refused_with_the_nearest(capsys):
    assert "Did you mean 'describe'" in refusal(capsys, ["descripe"])


@pytest.mark.parametrize("photos", [[], ["a.jpg", "b.jpg"]])
def test_one_photo_is_needed(capsys, photos):
    assert "one photo" in refusal(capsys, ["age", *photos, "--years", "30"])


def test_a_damaged_preset_is_refused(photo, tmp_path, capsys):
    (tmp_path / "preset").mkdir()
    (tmp_path / "preset" / "metadata.json").write_text("{")
    assert "not JSON" in refusal(
        capsys, ["age", photo, "--years", "30", "--entry", tmp_path / "preset"]
    )


def test_list_names_every_entry(capsys):
    assert main(["list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "entry",
        *registry.list(),
    ]


def test_describe_prints_the_figures_of_a_preset(tiny_preset, capsys):
    assert main(["describe", tiny_preset]) == 0
    assert "FA-GAN" in capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_with_examples(capsys, command):
    assert main([command, "--help"]) == 0
    text = capsys.readouterr().out
    assert (
        f"usage: faceaging {command}" in text
        and f"  faceaging {command}" in text.partition("examples:")[2]
    )


def test_the_overview_names_every_command(capsys):
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    assert all(f"\n  {command} " in text for command in COMMANDS)


def test_no_command_shows_the_overview_and_exits_with_2(capsys):
    assert main([]) == 2
    assert "usage: faceaging" in capsys.readouterr().err


def test_the_demo_writes_a_strip_and_names_the_stages(tiny_preset, tmp_path, capsys):
    out = tmp_path / "made" / "strip.png"
    assert main(["demo", "--entry", tiny_preset, "--out", str(out)]) == 0
    text = capsys.readouterr().out
    assert out.is_file() and str(out) in text
    assert all(
        stage in text
        for stage in ("age found", "load", "detect", "align", "transform", "composite")
    )


def run_program(*arguments, **options):
    command = [sys.executable, "-m", "zoo", *arguments]
    return subprocess.run(command, capture_output=True, text=True, **options)


def test_the_program_prints_its_version():
    assert run_program("--version").stdout == f"faceaging-tf {__version__}\n"


def test_the_program_exits_with_2_and_one_line():
    finished = run_program("age", "nowhere.jpg", "--years", "30")
    assert finished.returncode == 2 and finished.stdout == "" and finished.stderr.count("\n") == 1


def test_what_nobody_reads_any_more_is_no_error():
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "zoo", "age", "--help"]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


def test_without_standard_error_the_work_is_done(photo, tiny_preset):
    words = f"-m zoo age {photo} --years 30 --entry {tiny_preset}"
    done = subprocess.run(["bash", "-c", f"{sys.executable} {words} 2>&- <&-"], timeout=120)
    assert done.returncode == 0 and photo.with_name("me-aged+30.jpg").is_file()


def test_too_little_memory_is_a_sentence(capsys, monkeypatch):
    def run(values, positional):
        raise MemoryError

    monkeypatch.setattr(age, "run", run)
    assert main(["age", "me.jpg"]) == 2
    assert "There is not enough memory" in capsys.readouterr().err


@pytest.mark.parametrize(
    "code, name, sentence",
    [
        ("ENOSPC", None, "No space left on device; free some space"),
        ("EROFS", "there/.0a1b.2c.part", "there: Read-only file system; choose another place"),
    ],
)
def test_a_place_that_cannot_be_written_to_is_named_by_its_folder(
    capsys, monkeypatch, code, name, sentence
):
    number = getattr(errno, code)

    def run(values, positional):
        raise OSError(number, os.strerror(number), name)

    monkeypatch.setattr(age, "run", run)
    assert main(["age", "me.jpg"]) == 2
    assert capsys.readouterr().err.startswith(f"faceaging age: {sentence}")


@pytest.mark.parametrize("flag", ["--flagfile=me.jpg", "--undefok=years"])
def test_flags_of_absl_are_none_of_ours(flag, photo, capsys):
    assert f"There is no flag {flag}" in refusal(capsys, ["age", str(photo), flag])
