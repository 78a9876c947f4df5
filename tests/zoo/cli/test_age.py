"""The flags of `faceaging age` and `sweep`: what they reach, and what is refused."""

import os

import numpy as np
import pytest
from PIL import Image
from refusals import refusal
from skimage.data import astronaut

from zoo.cli import age
from zoo.cli.main import main


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


@pytest.mark.parametrize("years", ["abc", "nan", "200", "", "1e999"])
def test_years_that_are_no_number_of_years_are_refused(photo, capsys, years):
    assert "from -100 to 100, such as 30" in refusal(capsys, ["age", photo, "--years", years])


def test_a_strip_of_words_is_refused(photo, capsys):
    assert "--strip=10,x" in refusal(capsys, ["age", photo, "--strip", "10,x"])


@pytest.mark.parametrize("flags", [[], ["--years", "30", "--strip", "0,10"]])
def test_years_or_a_strip_are_needed(photo, capsys, flags):
    assert "--years or --strip" in refusal(capsys, ["age", photo, *flags])
