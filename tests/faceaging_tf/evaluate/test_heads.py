"""Corpora of whole heads: several as one, without people of the training rows, and evenly drawn."""

import csv
import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from faceaging_tf.evaluate.heads import evenly, joined, load_head_corpora


def write_heads(path, rows, columns):
    """A zip of grey heads, a level a row."""
    with zipfile.ZipFile(path, "w") as archive:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerows(
            [("file", *columns), *((f"{number}.png", *row) for number, row in enumerate(rows))]
        )
        archive.writestr("faces.csv", text.getvalue())
        for number in range(len(rows)):
            picture = io.BytesIO()
            Image.fromarray(np.full((8, 8, 3), number, "uint8")).save(picture, "PNG")
            archive.writestr(f"{number}.png", picture.getvalue())
        for name, values in (
            ("landmarks", np.full((len(rows), 468, 2), 0.5)),
            ("masks", np.full((len(rows), 4, 4), 255, "uint8")),
        ):
            data = io.BytesIO()
            np.savez(data, **{name: values})
            archive.writestr(f"{name}.npz", data.getvalue())
    return path


@pytest.fixture
def two(tmp_path):
    """Forty portraits, of whom row 21 is someone of row 5; and forty others without people, with
    labels.
    """
    portraits = [
        ("30", "50", "44", "female", f"person {5 if number == 21 else number}")
        for number in range(40)
    ]
    write_heads(
        tmp_path / "portraits.zip",
        portraits,
        ("age_min", "age_max", "age_estimate", "sex", "person"),
    )
    write_heads(tmp_path / "others.zip", [("25", "male", "White")] * 40, ("age", "sex", "race"))
    return [tmp_path / "portraits.zip", tmp_path / "others.zip"]


def test_test_rows_are_read_without_people_of_training_rows(two):
    corpus = load_head_corpora(two, "test", 8)
    assert corpus.attributes["photo"].tolist() == [
        "portraits/1.png",
        "others/1.png",
        "others/21.png",
    ]
    assert corpus.faces[:, 0, 0, 0].tolist() == [1, 1, 21] and corpus.age.tolist() == [44, 25, 25]


def test_columns_that_a_table_has_not_are_empty(two):
    corpus = load_head_corpora(two, "test", 8)
    assert corpus.attributes["race"].tolist() == ["", "White", "White"] and corpus.attributes[
        "person"
    ].tolist() == ["person 1", "", ""]
    # FairFace's column says that the head is cut off.
    assert corpus.attributes["closed"].tolist() == [True, False, False] and corpus.attributes[
        "landmarks"
    ].shape == (3, 468, 2)


def test_training_rows_keep_their_people(two):
    assert (
        len(load_head_corpora(two[:1], "train", 8)) == 36
        and len(joined([load_head_corpora([path], "train", 8, 10) for path in two])) == 20
    )


def test_corpora_come_in_turn(two):
    corpus = load_head_corpora(two, "all", 8)
    chosen = evenly(corpus, corpus.attributes["file"] != "3.png", 11)
    names = corpus.attributes["corpus"][chosen]
    assert len(set(chosen.tolist())) == 11 and sorted(
        [(names == name).sum() for name in ("portraits", "others")]
    ) == [5, 6]
    assert "3.png" not in corpus.attributes["file"][chosen]
    # Whoever has no more leaves the rest to the others.
    few = evenly(corpus, (corpus.attributes["corpus"] == "others") | (np.arange(80) < 2), 10)
    assert (corpus.attributes["corpus"][few] == "portraits").sum() == 2
