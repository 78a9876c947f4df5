"""`faceaging evaluate`: entries, exported files and pairs alike, what it writes, and how it
refuses.
"""

import csv
import dataclasses
import json
import pathlib

import numpy as np
import pytest
import refusals
import tiny_onnx
from drawn_heads import drawn_heads, write_heads
from PIL import Image

import zoo
from faceaging_tf.data import load_corpus
from faceaging_tf.data.drawn_faces import drawn_corpus
from faceaging_tf.models import AgeRegressor
from zoo.cli.main import main
from zoo.tasks import evaluate

SIZE = 32


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """A folder of 24 drawn faces, their ages and sexes."""
    folder = tmp_path_factory.mktemp("corpus")
    drawn = drawn_corpus(people=12, faces_per_person=2, size=SIZE)
    rows = [
        (f"{row}.png", round(float(age), 2), "fm"[row % 2]) for row, age in enumerate(drawn.age)
    ]
    for (name, *_), face in zip(rows, drawn.faces, strict=True):
        Image.fromarray(face).save(folder / name)
    write_table(folder / "faces.csv", ("file", "age", "sex"), rows)
    return folder


def write_table(path, columns, rows):
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([columns, *rows])


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    """The preset of an age network of a few thousand weights."""
    model = AgeRegressor(SIZE, {"network": "age_network", "widths": [4, 8], "blocks": [1, 1]})
    return str(zoo.save(model, tmp_path_factory.mktemp("judge") / "preset", entry="age_judge"))


@pytest.fixture(scope="module")
def embedder(tmp_path_factory):
    return tiny_onnx.recogniser(tmp_path_factory.mktemp("embedder") / "recogniser.onnx")


@pytest.fixture
def options(corpus, judge, embedder, tiny_preset, tmp_path):
    return evaluate.Options(
        subjects=(tiny_preset,), corpus=(str(corpus),), split="all", years=(-10.0, 20.0), out=str(tmp_path / "out"),
        judge=judge, age_network=judge, embedder=embedder, image_size=SIZE,
    )  # fmt: skip


def results(options):
    folder, _ = evaluate.evaluate(options, quiet=True)
    return json.loads((folder / evaluate.RESULTS).read_text())


def pairs_of(folder, corpus, model, years, order=1):
    """The model's outputs as plain files, and the file that names them."""
    folder.mkdir()
    faces = load_corpus(corpus, "all", SIZE)
    rows = []
    for k in years:
        for row, (face, aged) in list(
            enumerate(zip(faces.faces, model.transform(faces.faces, k, faces.age), strict=True))
        )[::order]:
            Image.fromarray(face).save(folder / f"{row}.png")
            Image.fromarray(aged).save(folder / f"{row}{k:+g}.png")
            rows.append((f"{row}.png", f"{row}{k:+g}.png", k))
    write_table(folder / "pairs.csv", ("input", "output", "years"), rows)
    return str(folder / "pairs.csv")


def test_it_writes_json_a_table_and_a_report_and_names_them(options, capsys):
    flags = [
        f"--corpus={options.corpus[0]}",
        *(
            f"--{name}={getattr(options, name)}"
            for name in ("split", "out", "judge", "age_network", "embedder", "image_size")
        ),
    ]
    assert main(["evaluate", *options.subjects, *flags, "--years=-10,20"]) == 0
    printed = capsys.readouterr().out
    for name in ("results.json", "results.txt", "report.html"):
        assert f"{options.out}/{name}" in printed
    assert "asked  faces" in printed and "normalization" in printed and "(guessed)" in printed
    report = (pathlib.Path(options.out) / "report.html").read_text()
    assert report.count("data:image/png") >= 3 and report.count("data:image/jpeg") > 20
    assert "http" not in report


def test_the_figures_are_there_over_all_by_group_and_with_gaps(options):
    subject = results(options)["subjects"][0]
    cell = subject["years"]["+20"]
    assert (
        set(cell["groups"]) == {"decade", "sex"}
        and set(cell["groups"]["sex"]) == {"f", "m"}
        and "sex" in cell["gaps"]
    )
    expected = {
        "years_moved",
        "error",
        "moved_far",
        "identity",
        "verified_1e-2",
        "verified_1e-3",
        "kid",
        "diversity",
        "detected_by_texture",
        "detected_by_embeddings",
    }
    expected |= {"outside_difference", "outside_colour_shift"}
    assert set(cell["all"]) == expected and {
        "error",
        "error_older",
        "error_younger",
        "monotony",
        "identity",
    } == set(subject["summary"]["all"])
    assert (
        cell["all"]["error"]["low"] <= cell["all"]["error"]["value"] <= cell["all"]["error"]["high"]
    )


def test_the_years_moved_are_those_that_the_judge_sees(options, tiny_fagan, judge, corpus):
    faces = load_corpus(corpus, "all", SIZE)
    old_enough = faces.take(faces.age <= 80)
    estimate = zoo.load(judge).estimate_ages
    moved = estimate(tiny_fagan.transform(old_enough.faces, 20.0, old_enough.age)) - estimate(
        old_enough.faces
    )
    figure = results(options)["subjects"][0]["years"]["+20"]["all"]["years_moved"]
    # The preset's weights are those of the model, rounded where they were saved so.
    assert figure["faces"] == len(old_enough) and figure["value"] == pytest.approx(
        moved.mean(), abs=0.05
    )


def test_the_same_seed_gives_the_same_bytes(options, tmp_path):
    first, second = (
        evaluate.evaluate(dataclasses.replace(options, out=str(tmp_path / name)), quiet=True)[0]
        for name in "ab"
    )
    assert (first / "results.json").read_bytes() == (second / "results.json").read_bytes()


def test_a_second_run_finds_the_work_of_the_first_where_it_is_kept(options):
    options = dataclasses.replace(options, keep_work=True)
    folder, _ = evaluate.evaluate(options, quiet=True)
    before = {path: path.stat().st_mtime_ns for path in (folder / "work").iterdir()}
    content = (folder / "results.json").read_bytes()
    evaluate.evaluate(options, quiet=True)
    assert {path: path.stat().st_mtime_ns for path in (folder / "work").iterdir()} == before
    assert (folder / "results.json").read_bytes() == content


def test_a_finished_run_leaves_its_results_and_nothing_else(options):
    folder, _ = evaluate.evaluate(options, quiet=True)
    assert {path.name for path in folder.iterdir()} == {
        "results.json",
        "results.txt",
        "report.html",
        "speed.json",
    }


@pytest.mark.parametrize("order", [1, -1])
def test_pairs_of_plain_files_give_the_figures_of_the_entry_that_made_them(
    options, corpus, tiny_preset, tmp_path, order
):
    path = pairs_of(tmp_path / "plain", corpus, zoo.load(tiny_preset), options.years, order)
    entry, pairs = results(dataclasses.replace(options, pairs=(path,)))["subjects"]
    assert pairs["name"] == "plain"
    del entry["name"], pairs["name"]
    assert pairs == entry


def test_outputs_of_pairs_that_were_not_asked_for_are_named(options, corpus, tiny_preset, tmp_path):
    path = pairs_of(tmp_path / "plain", corpus, zoo.load(tiny_preset), (20.0, 25.0))
    only = dataclasses.replace(options, subjects=(), pairs=(path,))
    assert any(
        note.startswith("plain has outputs at +25 years too, which were not asked for")
        for note in results(only)["notes"]
    )
    with pytest.raises(
        zoo.FaceAgingError,
        match=r"no face to be measured at -10 years \(it has outputs at \+20, \+25\)",
    ):
        evaluate.evaluate(dataclasses.replace(only, years=(-10.0,)), quiet=True)


def test_pairs_need_no_corpus(options, corpus, tiny_preset, tmp_path):
    path = pairs_of(tmp_path / "plain", corpus, zoo.load(tiny_preset), options.years)
    found = results(dataclasses.replace(options, subjects=(), pairs=(path,), corpus=()))
    assert found["subjects"][0]["years"]["+20"]["all"]["kid"] is None and any(
        "No corpus was given" in note for note in found["notes"]
    )


def test_an_exported_file_is_evaluated(options, tmp_path):
    path = tiny_onnx.brightener(tmp_path / "exported.onnx", size=SIZE)
    subject = results(dataclasses.replace(options, subjects=(path,)))["subjects"][0]
    assert subject["name"] == "exported.onnx" and subject["years"]["+20"]["all"][
        "outside_difference"
    ]["value"] == pytest.approx(20, abs=1)


def test_without_a_recogniser_identity_is_left_out_with_a_sentence(options):
    found = results(dataclasses.replace(options, embedder=None))
    assert found["subjects"][0]["years"]["+20"]["all"]["identity"] is None
    assert any(
        note.startswith(
            "No face recogniser was given, so identity and verification, and realism with them,"
        )
        for note in found["notes"]
    )


def test_drawn_faces_are_a_corpus(options):
    found = results(dataclasses.replace(options, corpus=("drawn",), limit=12))
    assert (
        found["subjects"][0]["faces"] == 12
        and found["judge"]["mean_absolute_error"]["faces"] == 300
    )


def test_the_judges_errors_are_compared_with_another_networks(options):
    # Here both are one network.
    assert results(options)["judge"]["agreement"]["correlation"] == pytest.approx(1)


def test_a_face_a_decade_is_enough_for_all_that_is_written(options, corpus, tmp_path):
    few = copy_of(
        corpus,
        tmp_path / "few",
        [f"{row}.png" for row in range(4)],
        [(f"{row}.png", 15 + 10 * row) for row in range(4)],
    )
    folder, text = evaluate.evaluate(dataclasses.replace(options, corpus=(str(few),)), quiet=True)
    # Without each decade's mean nothing is left of one error a decade.
    assert (
        "within decades" not in text
        and json.loads((folder / "results.json").read_text())["judge"]["agreement"]["correlation"]
        is not None
    )


@pytest.fixture(scope="module")
def heads(tmp_path_factory):
    """Two zips of drawn whole heads."""
    folder = tmp_path_factory.mktemp("heads")
    return tuple(
        str(write_heads(folder / f"{name}.zip", drawn_heads(24, seed)))
        for seed, name in enumerate(("first", "second"))
    )


def test_a_tight_model_is_evaluated_on_whole_heads_of_several_corpora(options, heads):
    asked = {"older_from": (20.0, 50.0), "younger_from": (50.0, 81.0), "limit": 12}
    found = results(
        dataclasses.replace(options, corpus=heads, frame="whole_head", image_size=64, **asked)
    )
    subject = found["subjects"][0]
    older, younger = (subject["years"][years] for years in ("+20", "-10"))
    assert older["all"]["years_moved"]["faces"] == younger["all"]["years_moved"]["faces"] == 12
    assert (
        set(older["groups"]["decade"]) >= {"20-29", "30-39"}
        and older["groups"]["decade"]["60-69"]["years_moved"] is None
    )
    looked_at = ("outside_difference", "outside_largest", "border_difference", "border_largest")
    assert {*looked_at, "detected_by_skin", "detected_by_head"} <= set(older["all"])
    # The change of a tight window fades out before the border of the head's square.
    assert older["all"]["border_largest"]["value"] == 0
    assert set(older["hair"]) == {"all", "female", "male"}
    # Everyone's, over all numbers of years: of 24 faces.
    assert subject["summary"]["all"]["monotony"]["faces"] == 24
    assert found["settings"]["frame"] == "whole_head"


def test_the_columns_of_both_corpora_are_told(options, heads):
    found = results(
        dataclasses.replace(
            options, corpus=heads, frame="whole_head", image_size=64, limit=20, years=(20.0,)
        )
    )
    assert set(found["subjects"][0]["years"]["+20"]["groups"]) == {"decade", "sex", "source"}


def refusal(capsys, *arguments):
    return refusals.refusal(capsys, ["evaluate", *arguments])


@pytest.fixture
def small(judge, tiny_preset, tmp_path):
    """Flags of a small evaluation."""
    return [
        tiny_preset,
        f"--judge={judge}",
        f"--age_network={judge}",
        f"--image_size={SIZE}",
        "--split=all",
        f"--out={tmp_path / 'out'}",
    ]


def copy_of(corpus, folder, files, rows):
    folder.mkdir()
    for name in files:
        (folder / name).write_bytes((corpus / name).read_bytes())
    write_table(folder / "faces.csv", ("file", "age"), rows)
    return folder


def test_a_catalogue_with_a_missing_file_is_refused(small, corpus, tmp_path, capsys):
    copy_of(corpus, tmp_path / "holes", ["0.png"], [("0.png", 30), ("1.png", 40)])
    assert "holds no face '1.png', which its faces.csv names" in refusal(
        capsys, *small, "--corpus", tmp_path / "holes"
    )
    assert not (tmp_path / "out" / "results.json").exists()


def test_a_catalogue_with_one_face_is_refused(small, corpus, tmp_path, capsys):
    copy_of(corpus, tmp_path / "one", ["0.png"], [("0.png", 30)])
    assert "has 1 face in the split all; give two or more" in refusal(
        capsys, *small, "--corpus", tmp_path / "one"
    )


@pytest.mark.parametrize("flag", ["--embedder", "subject"])
def test_a_broken_onnx_is_refused(small, corpus, tmp_path, capsys, flag):
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"broken")
    arguments = [broken, *small[1:]] if flag == "subject" else [*small, flag, broken]
    assert "broken.onnx is no ONNX model that can be run" in refusal(
        capsys, *arguments, "--corpus", corpus
    )


def test_pairs_of_different_sizes_are_refused(small, corpus, tmp_path, capsys):
    for name, size in (("a.png", 32), ("b.png", 48)):
        Image.fromarray(np.zeros((size, size, 3), "uint8")).save(tmp_path / name)
    write_table(tmp_path / "pairs.csv", ("input", "output", "years"), [("a.png", "b.png", 20)])
    message = refusal(capsys, *small[1:], "--pairs", tmp_path / "pairs.csv", "--corpus", corpus)
    assert "output b.png is 48x48 pixels and others are 32x32" in message


@pytest.mark.parametrize(
    "arguments, message",
    [
        ([], "There is nothing to evaluate"),
        (["fagan"], "needs --corpus with a folder or a zip with faces.csv, or drawn"),
        (["fagan", "--corpus", "nowhere"], "There is no corpus at 'nowhere'"),
        (["fogan", "--corpus", "drawn"], "no entry 'fogan' in the zoo"),
        (["age_judge", "--corpus", "drawn"], "'age_judge' only estimates ages"),
        (["fagan", "--corpus", "drawn", "--embedder", "gone.onnx"], "There is no file gone.onnx; give the path of a face recogniser in ONNX"),
        (["gone.tflite", "--corpus", "drawn"], "There is no file gone.tflite; give the path of an exported model"),
        (["fagan", "--corpus", "drawn", "--years", "20,many"], "it needs a number of years from -100 to 100"),
        (["fagan", "--corpus", "drawn", "--years", "20,20"], "give different numbers"),
        (["fagan", "--corpus", "drawn", "--limit", "0"], "limit"),
        (["fagan", "--corpus", "drawn", "--older_from", "young"], "--older_from was 'young'; give two ages, such as 20-45"),
        (["fagan", "--corpus", "drawn", "--older_from", "45-20"], "the first must be below the second"),
        (["--pairs", "gone.csv"], "There is no file gone.csv; give the path of a CSV file"),
    ],
)  # fmt: skip
def test_bad_arguments_are_answered_with_a_sentence(arguments, message, capsys):
    assert message in refusal(capsys, *arguments)


def test_an_entry_without_weights_is_refused(unreleased, capsys):
    assert "No weights are released for 'unreleased' yet" in refusal(
        capsys, "unreleased", "--corpus", "drawn"
    )


def test_a_preset_that_only_estimates_ages_is_refused(small, judge, corpus, capsys):
    assert "only estimates ages; it needs one that ages faces" in refusal(
        capsys, judge, *small[1:], "--corpus", corpus
    )


def test_an_output_that_is_a_file_is_refused(small, corpus, tmp_path, capsys):
    (tmp_path / "out").write_text("mine")
    assert "is a file; choose a folder for the results" in refusal(
        capsys, *small, "--corpus", corpus
    )
