"""`faceaging survey`: studies built from entries, presets and other programs' pairs; refusals in
one sentence.
"""

import csv
import json
import socket
import sys

import numpy as np
import pytest
import refusals
from PIL import Image

from faceaging_tf.data.drawn_faces import draw_face, drawn_corpus
from faceaging_tf.evaluate.survey import read_study
from faceaging_tf.evaluate.survey.store import Store
from zoo import loading, registry
from zoo.cli.main import main


def refusal(capsys, *arguments):
    return refusals.refusal(capsys, ["survey", *arguments])


@pytest.fixture
def pairs(tmp_path):
    """The path of another program's pairs: six drawn people, 10 and 20 years on, without ages."""
    folder = tmp_path / "program"
    folder.mkdir()
    with (folder / "pairs.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["input", "output", "years"])
        for person in range(6):
            Image.fromarray(draw_face(person, 30, 32)).save(folder / f"{person}.png")
            for years in (10, 20):
                Image.fromarray(draw_face(person, 30 + years, 32)).save(
                    folder / f"{person}+{years}.png"
                )
                writer.writerow([f"{person}.png", f"{person}+{years}.png", years])
    return folder / "pairs.csv"


@pytest.fixture
def study(pairs, tmp_path, capsys):
    """The folder of a study of these pairs."""
    assert (
        main(
            [
                "survey",
                "build",
                "--pairs",
                f"drawing={pairs}",
                "--image_size",
                "32",
                "--out",
                str(tmp_path / "study"),
            ]
        )
        == 0
    )
    capsys.readouterr()
    return tmp_path / "study"


def test_pairs_of_another_program_become_a_study(study):
    built = read_study(study)
    assert built.models == ("drawing",) and len(built.pairs) == 12 and len(built.unchanged) == 6
    assert {pair.years for pair in built.pairs} == {10, 20}


def test_fewer_people_are_the_same_ones_in_each_program(pairs, tmp_path):
    out = tmp_path / "study"
    programs = ["--pairs", f"one={pairs}", "--pairs", f"two={pairs}"]
    assert main(["survey", "build", *programs, "--people", "3", "--out", str(out)]) == 0
    built = read_study(out)
    faces = {
        model: {pair.face for pair in built.pairs if pair.model == model} for model in built.models
    }
    assert len(faces["one"]) == 3 and faces["one"] == faces["two"]


def without_people(pairs, gone, name):
    """The path of a copy of the table without some of its people."""
    rows = [row for row in pairs.read_text().splitlines() if row[0] not in gone]
    pairs.with_name(name).write_text("\n".join(rows))
    return pairs.with_name(name)


def test_programs_are_compared_on_the_faces_that_all_of_them_have(pairs, tmp_path):
    programs = [
        f"one={without_people(pairs, '0', 'one.csv')}",
        f"two={without_people(pairs, '5', 'two.csv')}",
    ]
    assert (
        main(
            [
                "survey",
                "build",
                "--pairs",
                programs[0],
                "--pairs",
                programs[1],
                "--out",
                str(tmp_path / "study"),
            ]
        )
        == 0
    )
    built = read_study(tmp_path / "study")
    faces = {
        model: {pair.face for pair in built.pairs if pair.model == model} for model in built.models
    }
    assert len(faces["one"]) == 4 and faces["one"] == faces["two"]


def test_programs_without_a_face_in_common_are_refused(pairs, tmp_path, capsys):
    programs = [
        f"one={without_people(pairs, '012', 'one.csv')}",
        f"two={without_people(pairs, '345', 'two.csv')}",
    ]
    message = refusal(
        capsys, "build", "--pairs", programs[0], "--pairs", programs[1], "--out", tmp_path / "study"
    )
    assert "have no input in common" in message and "let each age the same files" in message


def test_an_entry_ages_the_faces_that_the_pairs_begin_with(pairs, tiny_preset, tmp_path):
    out = tmp_path / "study"
    models = ["--entries", f"mine={tiny_preset}", "--pairs", f"drawing={pairs}"]
    assert (
        main(["survey", "build", *models, "--years", "20", "--image_size", "32", "--out", str(out)])
        == 0
    )
    built = read_study(out)
    faces = {
        model: {pair.face for pair in built.pairs if pair.model == model} for model in built.models
    }
    assert len(faces["mine"]) == 6 and faces["mine"] == faces["drawing"]


def test_ages_of_the_table_are_shown(pairs, tmp_path):
    rows = pairs.read_text().splitlines()
    pairs.write_text("\n".join([f"{rows[0]},age", *(f"{row},30" for row in rows[1:])]))
    assert (
        main(["survey", "build", "--pairs", f"drawing={pairs}", "--out", str(tmp_path / "study")])
        == 0
    )
    assert {
        (pair.age, pair.target - pair.years) for pair in read_study(tmp_path / "study").pairs
    } == {(30, 30)}


def test_ages_are_those_of_the_corpus_where_it_has_the_face(pairs, tmp_path):
    rows = ["file,age", *(f"{person}.png,{30 + person}" for person in range(6))]
    (pairs.parent / "faces.csv").write_text("\n".join(rows))
    corpus = ["--corpus", str(pairs.parent), "--split", "all", "--image_size", "32"]
    assert (
        main(
            [
                "survey",
                "build",
                "--pairs",
                f"drawing={pairs}",
                *corpus,
                "--out",
                str(tmp_path / "study"),
            ]
        )
        == 0
    )
    assert {pair.age for pair in read_study(tmp_path / "study").pairs} == {30, 31, 32, 33, 34, 35}


def test_a_preset_ages_drawn_people_as_transform_does(tiny_preset, tmp_path):
    out = tmp_path / "study"
    sizes = ["--corpus", "drawn", "--years", "10,40", "--people", "5", "--image_size", "32"]
    assert (
        main(["survey", "build", "--entries", f"mine={tiny_preset}", *sizes, "--out", str(out)])
        == 0
    )
    built = read_study(out)
    corpus = drawn_corpus(people=5, faces_per_person=1, size=32, youngest=20, oldest=50)
    aged = loading.load(tiny_preset).transform(corpus.faces, 40, ages=corpus.age)
    assert len(built.pairs) == 10
    for pair in built.pairs:
        if pair.years == 40:
            person = int(np.argmin(abs(corpus.age - pair.age)))
            np.testing.assert_array_equal(
                np.asarray(Image.open(out / "pictures" / pair.before)), corpus.faces[person]
            )
            np.testing.assert_allclose(
                np.asarray(Image.open(out / "pictures" / pair.after)).astype(int),
                aged[person],
                atol=1,
            )


def test_results_are_printed_and_written(study, capsys):
    store = Store(study, read_study(study))
    for stars in (3, 4):
        token = store.start()
        while page := store.open_page(token):
            store.answer(token, page.position, 2 if page.kind == "instruction" else stars)
    assert main(["survey", "results", str(study), "--keep_careless"]) == 0
    text = capsys.readouterr().out
    assert "2 raters, 2 of them to the end, 0 left out" in text
    # Ten threes and ten fours.
    results = json.loads((study / "results" / "results.json").read_text())
    assert results["scores"][0]["model"] == "drawing" and results["scores"][0]["mean"] == 3.5
    assert str(study / "results" / "scores.png") in text


def test_no_answers_are_refused(study, capsys):
    assert "Nobody has answered the study" in refusal(capsys, "results", study)
    assert not (study / "results").exists()


@pytest.mark.parametrize("action", ["serve", "results"])
def test_a_missing_study_is_refused(action, tmp_path, capsys):
    assert "There is no study at" in refusal(capsys, action, tmp_path / "nowhere")


@pytest.mark.parametrize("action", ["serve", "results"])
def test_a_damaged_study_is_refused(action, study, capsys):
    (study / "study.json").write_text("{")
    assert "is damaged" in refusal(capsys, action, study)


def test_a_port_in_use_is_refused(study, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert "is in use by another program" in refusal(
            capsys, "serve", study, "--port", taken.getsockname()[1]
        )


def test_an_unknown_entry_is_refused_with_the_nearest(tmp_path, capsys):
    message = refusal(
        capsys, "build", "--corpus", "drawn", "--entries", "fagn", "--out", tmp_path / "study"
    )
    assert "Did you mean 'fagan'" in message


def test_an_entry_without_weights_is_refused(unreleased, tmp_path, capsys):
    message = refusal(
        capsys, "build", "--corpus", "drawn", "--entries", "unreleased", "--out", tmp_path / "study"
    )
    assert "No weights are released for 'unreleased'" in message


def test_an_entry_that_only_judges_ages_is_refused(tmp_path, capsys):
    message = refusal(
        capsys,
        "build",
        "--corpus",
        "drawn",
        "--entries",
        "age_network",
        "--people",
        "2",
        "--out",
        tmp_path / "study",
    )
    assert "only estimates ages; it needs one that ages faces" in message


def test_a_preset_that_only_judges_ages_is_refused(tmp_path, capsys):
    preset = loading.released_preset(registry.find("age_network"))
    arguments = [
        "--corpus",
        "drawn",
        "--years",
        "10",
        "--people",
        "1",
        "--image_size",
        "32",
        "--out",
        tmp_path / "study",
    ]
    assert "only estimates ages; it needs one that ages faces" in refusal(
        capsys, "build", "--entries", f"judge={preset}", *arguments
    )


@pytest.mark.parametrize(
    "module", ["fastapi", "jinja2", "python_multipart", "krippendorff", "scipy"]
)
def test_a_module_that_is_not_installed_is_named(module, study, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    for action in ("serve", "results"):
        assert f"The survey needs {module}, not installed here" in refusal(capsys, action, study)


def test_pairs_of_two_sizes_are_refused(pairs, tmp_path, capsys):
    Image.fromarray(draw_face(0, 40, 64)).save(pairs.with_name("0+10.png"))
    message = refusal(capsys, "build", "--pairs", f"drawing={pairs}", "--out", tmp_path / "study")
    assert "64x64 pixels" in message and "32x32" in message and not (tmp_path / "study").exists()


def test_a_missing_output_is_refused(pairs, tmp_path, capsys):
    pairs.with_name("3+20.png").unlink()
    message = refusal(capsys, "build", "--pairs", f"drawing={pairs}", "--out", tmp_path / "study")
    assert "there is no file" in message and "3+20.png" in message


def test_an_output_that_is_no_picture_is_refused(pairs, tmp_path, capsys):
    pairs.with_name("3+20.png").write_text("no picture")
    assert "is no picture that can be read" in refusal(
        capsys, "build", "--pairs", f"drawing={pairs}", "--out", tmp_path / "study"
    )


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "has no input and no output and no years"),
        ("input,output\n0.png,0+10.png\n", "has no years"),
        ("input,output,years\n0.png,0+10.png,ten\n", "line 2: years is 'ten'"),
        ("input,output,years\n0.png,0+10.png,\n", "line 2: years is ''"),
        ("input,output,years\n0.png,0+10.png,7\n", "their years are 7"),
        ("\x00\x00", "save it as comma-separated text in UTF-8"),
    ],
)
def test_damaged_tables_are_refused(pairs, tmp_path, capsys, text, words):
    pairs.write_text(text)
    assert words in refusal(
        capsys, "build", "--pairs", f"drawing={pairs}", "--out", tmp_path / "study"
    )


@pytest.mark.parametrize(
    "arguments, words",
    [
        ([], "build, serve or results, and was given nothing"),
        (["biuld"], "Did you mean 'build'"),
        (["serve"], "one study"),
        (["build", "--out", "x"], "A study needs models"),
        (["build", "--entries", "fagan", "--out", "x"], "--entries needs --corpus"),
        (
            ["build", "--entries", "fagan", "--corpus", "nowhere.zip", "--out", "x"],
            "There is no corpus at",
        ),
        (
            ["build", "--entries", "fagan,fagan", "--corpus", "drawn", "--out", "x"],
            "name them apart",
        ),
        (
            ["build", "--entries", "=fagan", "--corpus", "drawn", "--out", "x"],
            "an entry or the folder of a preset",
        ),
        (
            ["build", "--entries", "mine=", "--corpus", "drawn", "--out", "x"],
            "an entry or the folder of a preset",
        ),
        (["build", "--entries", "fagan", "--corpus", "drawn", "--out", "."], "give its name"),
        (["build", "--pairs", "pairs.csv", "--out", "x"], "a name and a file"),
        (["build", "--pairs", "a=nowhere.csv", "--out", "x"], "There is no file nowhere.csv"),
        (["build", "--pairs", "a=b.csv", "--years", "0", "--out", "x"], "other than 0"),
        (["build", "--pairs", "a=b.csv", "--years", "10,10", "--out", "x"], "different ones"),
        (["build", "--pairs", "a=b.csv"], "It needs --out"),
        (["serve", "study", "--years", "10"], "survey serve has no flag --years"),
        (["serve", "study", "--port", "70000"], "--port was '70000'"),
    ],
)
def test_what_makes_no_sense_is_refused(capsys, arguments, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert words in refusal(capsys, *arguments)


def test_a_folder_with_something_in_it_is_refused(study, pairs, capsys):
    before = (study / "study.json").read_bytes()
    assert "choose another --out" in refusal(
        capsys, "build", "--pairs", f"drawing={pairs}", "--out", study
    )
    assert (study / "study.json").read_bytes() == before


def test_too_few_people_are_refused(tmp_path, capsys):
    message = refusal(
        capsys,
        "build",
        "--entries",
        "fagan",
        "--corpus",
        "drawn",
        "--youngest",
        "80",
        "--oldest",
        "90",
        "--out",
        tmp_path / "study",
    )
    assert "0 people from 80 to 90 years" in message and "lower --people" in message
