"""The command line: what it writes, and how it refuses."""

import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from refusals import refusal
from skimage.data import astronaut

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


def test_given_ages_are_taken(photo, tiny_preset, capsys):
    main(["age", str(photo), "--years", "20", "--ages", "33", "--entry", tiny_preset])
    assert "33 +20 years (ages given)" in capsys.readouterr().out


def test_strengths_reach_the_model(photo, whole_preset):
    for name, strengths in (
        ("plain", []),
        ("none", ["--strengths", "wrinkles=0,tone=0,shape=0,hair=0,refinement=0"]),
    ):
        arguments = [
            "age",
            str(photo),
            "--years",
            "30",
            "--entry",
            whole_preset,
            "--out",
            str(photo.with_name(f"{name}.png")),
        ]
        assert main([*arguments, *strengths]) == 0
    changed = lambda name: np.abs(
        np.asarray(Image.open(photo.with_name(name)), int) - np.asarray(Image.open(photo))
    )
    assert changed("none.png").mean() < 0.1 * changed("plain.png").mean()


@pytest.mark.parametrize(
    "strengths",
    ["hair", "hair=", "=1", "hair=much", "hair=2.5", "hair=-1", "hair=nan", "hair=1;tone=1", ""],
)
def test_strengths_that_are_none_are_refused(photo, capsys, strengths):
    said = refusal(capsys, ["age", photo, "--years", "30", "--strengths", strengths])
    assert (
        "it needs parts of ageing with a number from 0 to 2 each, such as hair=0,wrinkles=0.8."
        in said
    )


def test_futures_come_as_a_strip_or_each_by_itself(photo, whole_preset, capsys):
    arguments = ["age", str(photo), "--years", "30", "--entry", whole_preset, "--futures", "3"]
    assert main(arguments) == 0
    strip, one = Image.open(photo.with_name("me-futures+30.png")), Image.open(photo)
    assert strip.width > 3.9 * strip.height - 100 and one.size
    assert main([*arguments, "--each", "--out", str(photo.with_name("old.png"))]) == 0
    each = [np.asarray(Image.open(photo.with_name(f"old-future{k}.png"))) for k in range(3)]
    assert each[0].shape == np.asarray(one).shape and (each[0] != each[1]).any()
    third = photo.with_name("third.png")
    named = ["--future", "2", "--hair", "auto", "--out", str(third)]
    assert main([*arguments[:6], *named]) == 0
    np.testing.assert_array_equal(np.asarray(Image.open(third)), each[2])


@pytest.mark.parametrize("flags, sentence", [
    (["--years", "30", "--futures", "9"], "futures was 9, and this model has 4; ask for 4 at most."),
    (["--years", "30", "--future", "4"], "this model has 4 futures, 0 to 3."),
    (["--strip", "0,10", "--futures", "2"], "--futures takes --years, and neither --strip nor --future"),
    (["--years", "30", "--futures", "2", "--future", "1"], "--futures takes --years, and neither"),
    (["--years", "30", "--each"], "--each goes with --futures; for example: faceaging age me.jpg"),
    (["--years", "30", "--hair", "blue"], "hair was 'blue'; it needs 'auto', 'keep', 'grey', or a number from 0 to 1"),
    (["--years", "30", "--hair", "1.5"], "hair was '1.5'; it needs 'auto'"),
])  # fmt: skip
def test_futures_and_hair_that_are_none_are_refused(photo, whole_preset, capsys, flags, sentence):
    assert sentence in refusal(capsys, ["age", photo, *flags, "--entry", whole_preset])
    assert os.listdir(photo.parent) == ["me.jpg"]


def test_a_part_named_twice_is_refused(photo, capsys):
    assert "it names 'hair' twice" in refusal(
        capsys, ["age", photo, "--years", "30", "--strengths", "hair=0,hair=1"]
    )


@pytest.mark.parametrize("flags", [["--years", "30"], ["--strip", "0,10"]])
def test_a_part_that_the_model_does_not_have_is_refused(
    photo, tiny_preset, whole_preset, capsys, flags
):
    said = refusal(
        capsys, ["age", photo, *flags, "--strengths", "nose=0.5", "--entry", whole_preset]
    )
    assert (
        "strengths names 'nose', which this model does not have; its parts are wrinkles, tone, shape, hair, refinement."
        in said
    )
    assert "it is of one piece" in refusal(
        capsys, ["age", photo, *flags, "--strengths", "hair=0.5", "--entry", tiny_preset]
    )
    assert os.listdir(photo.parent) == ["me.jpg"]


@pytest.mark.parametrize(
    "place, flags, sentence",
    [
        ("", ["--like", "gran.jpg"], "--like is for one photo, and"),
        ("", ["--like_age", "70"], "--like_age is for one photo, and"),
        ("me.jpg", ["--like", "me.jpg"], "the very photo that is aged"),
        ("me.jpg", ["--like", "me.jpg", "--like_age", "70"], "the very photo that is aged"),
        ("me.jpg", ["--like_age", "70"], "like_age is the relative's age; give their photo too"),
        ("me.jpg", ["--like", ""], "it needs a photo of the relative"),
        ("me.jpg", ["--like", "gran.jpg"], "gran.jpg"),
        ("me.jpg", ["--like", "me.jpg", "--like_age", "700"], "in years from 0 to 120"),
    ],
    ids=str,
)
def test_a_relative_that_cannot_be_is_refused(photo, capsys, monkeypatch, place, flags, sentence):
    monkeypatch.chdir(photo.parent)
    assert sentence in refusal(capsys, ["age", photo.parent / place, "--years", "30", *flags])
    assert os.listdir(photo.parent) == ["me.jpg"]


def test_a_model_of_tight_faces_takes_no_relative(photo, tiny_preset, capsys, tmp_path):
    gran = tmp_path / "gran.png"
    Image.fromarray(astronaut()[:400]).save(gran)
    assert "needs a model of whole heads" in refusal(
        capsys, ["age", photo, "--years", "30", "--like", gran, "--entry", tiny_preset]
    )


@pytest.mark.parametrize(
    "flags, sentence",
    [
        (["--hair", "gray"], "hair was 'gray', and this model does not know"),
        (["--future", "1"], "this model has one future alone"),
        (["--futures", "2"], "has one alone; take fagan or fagan_mobile"),
        (["--strengths", "hair=0"], "it is of one piece"),
        (["--like", "gran.png"], "which a relative's skin needs; take fagan or fagan_mobile"),
    ],
    ids=str,
)
@pytest.mark.parametrize("entry", ["groupgan", "cyclegan", "fgan"])
def test_what_faces_of_one_piece_do_not_have_is_refused_before_keras_is_imported(
    photo, capsys, monkeypatch, flags, sentence, entry
):
    monkeypatch.chdir(photo.parent)
    Image.fromarray(astronaut()[:400]).save("gran.png")
    monkeypatch.setattr(age, "import_keras", lambda: pytest.fail("Keras was imported"))
    assert sentence in refusal(capsys, ["age", photo, "--years", "30", "--entry", entry, *flags])


@pytest.mark.parametrize("flags", [["--ages", "30"], ["--futures", "2"], ["--each"]], ids=str)
def test_of_many_photos_the_flag_is_named_that_they_do_not_take(photo, capsys, flags):
    said = refusal(capsys, ["age", photo.parent, "--years", "30", *flags])
    assert f"{flags[0]} is for one photo, and {photo.parent} holds many: leave it out" in said


def test_a_sweep_between_one_number_of_years_is_refused(photo, capsys):
    assert "nothing between them; it needs two numbers of years" in refusal(
        capsys, ["sweep", photo, "--from", "5", "--to", "5"]
    )


def test_strengths_of_a_folder_are_looked_at_before_its_photos(
    photo, tiny_preset, tmp_path, capsys
):
    out = tmp_path.parent / f"{tmp_path.name}-out"
    assert "it is of one piece" in refusal(
        capsys,
        [
            "age",
            photo.parent,
            "--years",
            "30",
            "--strengths",
            "hair=0",
            "--entry",
            tiny_preset,
            "--out",
            out,
        ],
    )
    assert not out.exists()


@pytest.mark.parametrize(
    "command, flags",
    [("age", ["--years", "30"]), ("sweep", ["--from", "0", "--to", "9"]), ("demo", [])],
)
def test_what_only_estimates_ages_ages_no_photo(photo, capsys, command, flags):
    words = [command, *([photo] if command != "demo" else []), *flags, "--entry", "age_network"]
    assert (
        "'age_network' only estimates ages; it needs one that ages faces: cyclegan, fagan"
        in refusal(capsys, words)
    )


def test_more_ages_than_faces_are_refused_in_a_sweep_too(photo, tiny_preset, capsys):
    words = [
        "sweep",
        photo,
        "--from",
        "0",
        "--to",
        "9",
        "--ages",
        "30,40,50",
        "--entry",
        tiny_preset,
        "--out",
        photo.with_name("me.gif"),
    ]
    assert "3 ages were given for 1 face" in refusal(capsys, words)
    assert os.listdir(photo.parent) == ["me.jpg"]


@pytest.mark.parametrize(
    "words, message",
    [
        (["train", "fagan", "--minutes", "nan"], "--minutes was nan; it needs a number from 0."),
        (
            ["train", "fagan", "--steps", "1.5"],
            "--steps was '1.5'; it needs a whole number from 1 to 1,000,000,000.",
        ),
        (
            ["train", "fagan", "--seed"],
            "--seed stands without its value; see faceaging train --help.",
        ),
        (
            ["train", "fagan", "--precision", "half"],
            "--precision was 'half'; it needs one of float32, mixed_float16, mixed_bfloat16.",
        ),
        (
            ["sweep", "me.jpg", "--boomerang=perhaps"],
            "--boomerang was 'perhaps'; it needs true or false, or nothing at all.",
        ),
        (
            ["list", "--nonsense"],
            "Unknown command line flag 'nonsense'; see faceaging list --help.",
        ),
    ],
)
def test_a_flag_says_what_it_needs(capsys, words, message):
    assert message in refusal(capsys, words)


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


@pytest.mark.parametrize("years", ["abc", "nan", "200", "", "1e999"])
def test_years_that_are_no_number_of_years_are_refused(photo, capsys, years):
    assert "from -100 to 100, such as 30" in refusal(capsys, ["age", photo, "--years", years])


def test_a_strip_of_words_is_refused(photo, capsys):
    assert "--strip=10,x" in refusal(capsys, ["age", photo, "--strip", "10,x"])


@pytest.mark.parametrize("flags", [[], ["--years", "30", "--strip", "0,10"]])
def test_years_or_a_strip_are_needed(photo, capsys, flags):
    assert "--years or --strip" in refusal(capsys, ["age", photo, *flags])


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
