"""Pairs of plain files: what is read, who is recognised, what is refused."""

import csv

import numpy as np
import pytest
from PIL import Image

from faceaging_tf.data import FaceCorpus
from faceaging_tf.errors import EvaluationError
from faceaging_tf.evaluate.pairs import PairsSubject

FACES = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), dtype="uint8")


def write(folder, rows, columns=("input", "output", "years")):
    """A file of pairs; a row holds a picture as an array, or plain text."""
    with open(folder / "pairs.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for number, row in enumerate(rows):
            cells = []
            for place, cell in enumerate(row):
                if isinstance(cell, np.ndarray):
                    name = f"{number}-{place}.png"
                    Image.fromarray(cell).save(folder / name)
                    cell = name
                cells.append(cell)
            writer.writerow(cells)
    return folder / "pairs.csv"


def corpus():
    ages = np.array([10, 20, 30, 40], "float32")
    return FaceCorpus(
        FACES, ages, ages, {"sex": np.array(list("mfmf")), "file": np.array(["a", "b", "c", "d"])}
    )


def test_outputs_come_back_by_face_and_years(tmp_path):
    subject = PairsSubject(
        write(
            tmp_path,
            [
                (FACES[0], 255 - FACES[0], 20),
                (FACES[1], 255 - FACES[1], 20),
                (FACES[0], FACES[2], -5.5),
            ],
        ),
        32,
    )
    inputs = subject.inputs(None)
    assert subject.years == [-5.5, 20] and len(inputs) == 2
    assert subject.with_outputs(inputs, 20.0).tolist() == [0, 1] and subject.with_outputs(
        inputs, -5.5
    ).tolist() == [0]
    np.testing.assert_array_equal(
        subject.outputs(inputs.faces, np.array([0, 1]), 20.0, None), 255 - inputs.faces
    )
    np.testing.assert_array_equal(
        subject.outputs(inputs.faces[:1], np.array([0]), -5.5, None)[0], FACES[2]
    )


def test_faces_of_the_corpus_are_known_again_in_its_order(tmp_path):
    subject = PairsSubject(
        write(tmp_path, [(FACES[3], FACES[0], 20), (FACES[1], FACES[0], 20)]), 32
    )
    inputs = subject.inputs(corpus())
    assert (
        inputs.age.tolist() == [20, 40]
        and inputs.attributes["sex"].tolist() == ["f", "f"]
        and inputs.attributes["file"].tolist() == ["b", "d"]
    )


def test_ages_and_columns_may_stand_in_the_file(tmp_path):
    rows = [(FACES[0], FACES[1], 20, 33, "f"), (FACES[2], FACES[1], 20, "", "m")]
    inputs = PairsSubject(
        write(tmp_path, rows, ("input", "output", "years", "age", "sex")), 32
    ).inputs(None)
    assert (
        inputs.age_min[0] == inputs.age_max[0] == 33
        and np.isnan(inputs.age[1])
        and inputs.attributes["sex"].tolist() == ["f", "m"]
    )


def test_pictures_are_brought_to_the_size_as_a_corpus_is(tmp_path):
    subject = PairsSubject(write(tmp_path, [(FACES[0], FACES[1], 20)]), 16)
    expected = FACES[0].reshape(16, 2, 16, 2, 3).mean(axis=(1, 3))
    assert np.abs(subject.inputs(None).faces[0] - expected).max() <= 1


def test_other_outputs_have_another_fingerprint(tmp_path):
    first = PairsSubject(write(tmp_path, [(FACES[0], FACES[1], 20)]), 32).fingerprint
    assert first == PairsSubject(write(tmp_path, [(FACES[0], FACES[1], 20)]), 32).fingerprint
    assert first != PairsSubject(write(tmp_path, [(FACES[0], FACES[2], 20)]), 32).fingerprint


SMALL = FACES[0, :16, :16]


@pytest.mark.parametrize(
    "rows, message",
    [
        (
            [(FACES[0], SMALL, 20)],
            "line 2: output 0-1.png is 16x16 pixels and others are 32x32; all pictures of a file of pairs must have one size",
        ),
        (
            [(FACES[0], FACES[1], 20), (SMALL, SMALL, 20)],
            "line 3: input 1-0.png is 16x16 pixels and others are 32x32",
        ),
        (
            [(FACES[0], FACES[1, :20], 20)],
            "line 2: output: .* is 32x20 pixels; aligned faces are square",
        ),
        (
            [(FACES[0], "gone.png", 20)],
            "line 2: output: there is no file .*gone.png; paths are relative to the file of pairs",
        ),
        ([(FACES[0], "pairs.csv", 20)], "pairs.csv is no picture that can be read"),
        ([(FACES[0], FACES[1], "many")], "line 2: years is 'many'; it needs a number"),
        (
            [(FACES[0], FACES[1], 20), (FACES[0], FACES[2], 20)],
            "line 3: input 1-0.png has another output at 20 years already",
        ),
        ([], "has no row; it needs a row a pair"),
    ],
)
def test_bad_pairs_are_answered_with_a_sentence(tmp_path, rows, message):
    with pytest.raises(EvaluationError, match=message):
        PairsSubject(write(tmp_path, rows), 32)


def test_a_missing_column_is_named(tmp_path):
    with pytest.raises(
        EvaluationError, match="has no years; it needs the columns input, output and years"
    ):
        PairsSubject(write(tmp_path, [(FACES[0], FACES[1])], ("input", "output")), 32)


def test_a_row_that_is_too_short_is_named(tmp_path):
    path = write(tmp_path, [(20, FACES[0], FACES[1]), (20, FACES[1])], ("years", "input", "output"))
    with pytest.raises(EvaluationError, match="line 3 is too short"):
        PairsSubject(path, 32)


def test_the_same_pair_twice_is_one(tmp_path):
    assert len(PairsSubject(write(tmp_path, [(FACES[0], FACES[1], 20)] * 2), 32).inputs(None)) == 1


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(
        EvaluationError,
        match="There is no file .*pairs.csv; give a CSV file with the columns input, output and years",
    ):
        PairsSubject(tmp_path / "pairs.csv", 32)
