"""Prepared corpora: pictures held in any way, faces on disk, and what is refused."""

import io
import json
import mmap
import os

import numpy as np
import pyarrow as arrow
import pyarrow.parquet as parquet
import pytest
from PIL import Image

from faceaging_tf.data import CorpusError, load_corpus
from faceaging_tf.data.corpus import corpus_digest
from faceaging_tf.data.mapped_columns import read_columns, write_columns
from faceaging_tf.data.parquet_corpus import ParquetCorpus
from faceaging_tf.prepare.rows import COLUMNS, parquet_bytes


def face(number):
    return np.full((16, 16, 3), (40 * number, 100, 200), "uint8")


def encoded(number):
    target = io.BytesIO()
    Image.fromarray(face(number)).save(target, "PNG")
    return target.getvalue()


@pytest.fixture
def corpus(tmp_path):
    """A corpus of three faces, of 10, 20 and 30 years."""
    words = dict.fromkeys(("sex", "person", "source", "flags", "content"), "")
    numbers = dict.fromkeys(("sharpness", "turned", "face_size", "score", "age_estimate"), 0.5)
    rows = [
        {**words, **numbers, "image": {"bytes": encoded(number), "path": None}, "file": f"{number}.png",
         "age_min": 10.0 * number, "age_max": 10.0 * number, "age_estimated": False, "split": "train", "attributes": "{}"}
        for number in (1, 2, 3)
    ]  # fmt: skip
    (tmp_path / "faces-000000.parquet").write_bytes(parquet_bytes(rows, COLUMNS))
    told = {"format": 1, "plan": "p", "shards": [{"file": "faces-000000.parquet", "faces": 3}]}
    (tmp_path / "corpus.json").write_text(json.dumps(told))
    return tmp_path


def change(corpus, name, values):
    """Puts another column in the place of one, or none for None."""
    path = corpus / "faces-000000.parquet"
    table = parquet.read_table(path)
    place = table.column_names.index(name)
    table = table.remove_column(place) if values is None else table.set_column(place, name, values)
    parquet.write_table(table, path)


def pixels(corpus, **options):
    return np.asarray(load_corpus(corpus, "all", 16, **options).faces)[:, 0, 0, 0].tolist()


@pytest.mark.parametrize("kind", ["bytes", "paths", "names", "structs"])
def test_pictures_are_read_however_they_are_held(corpus, kind):
    for number in (1, 2, 3):
        (corpus / f"{number}.png").write_bytes(encoded(number))
    held = {
        "bytes": [encoded(number) for number in (1, 2, 3)],
        "paths": [{"bytes": None, "path": f"{number}.png"} for number in (1, 2, 3)],
        "names": [f"{number}.png" for number in (1, 2, 3)],
        "structs": [{"bytes": encoded(number)} for number in (1, 2, 3)],
    }
    change(corpus, "image", arrow.array(held[kind]))
    assert pixels(corpus) == [40, 80, 120]


@pytest.mark.parametrize(
    "name, values, message",
    [
        (
            "image",
            arrow.array([{"bytes": None, "path": "1.png"}] * 3),
            "face 0, has no picture: '1.png' is no file below",
        ),
        ("image", arrow.nulls(3, arrow.binary()), "face 0, has no picture"),
        ("image", arrow.array([b"none"] * 3), "is no picture that can be read"),
        ("image", None, "has no column image"),
        ("flags", None, "has no column flags"),
        (
            "age_min",
            arrow.array([10.0, 2014.0, 30.0]),
            "face, number 1, .* the age 2014 is not between 0 and 122",
        ),
        (
            "age_max",
            arrow.nulls(3, arrow.float32()),
            "face, number 0, .* the age nan is not between",
        ),
        ("age_min", arrow.array(["young"] * 3), "a column of another kind"),
        ("attributes", arrow.array(["{"] * 3), "a column of another kind"),
        ("attributes", arrow.array(["[1]"] * 3), "a column of another kind"),
        ("split", arrow.array(["test"] * 3), "holds no face of the split 'train'"),
    ],
)
def test_what_is_no_corpus_is_answered_with_a_sentence(corpus, name, values, message):
    change(corpus, name, values)
    with pytest.raises(CorpusError, match=message):
        load_corpus(corpus, "train", 16)


def test_a_cut_shard_is_refused(corpus):
    path = corpus / "faces-000000.parquet"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(CorpusError, match="cannot be read"):
        load_corpus(corpus, "train", 16)


def test_faces_on_disk_need_no_call_of_linux_alone(corpus, monkeypatch):
    monkeypatch.delattr(os, "posix_fallocate", raising=False)
    assert pixels(corpus, on_disk=True) == [40, 80, 120]


def test_faces_on_disk_follow_the_corpus(corpus):
    pixels(corpus, on_disk=True)
    before = corpus_digest(corpus)
    change(corpus, "image", arrow.array([encoded(number) for number in (3, 2, 1)]))
    assert pixels(corpus, on_disk=True) == [120, 80, 40] and corpus_digest(corpus) != before
    # The faces, and the labels.
    assert len(list((corpus / ".decoded").iterdir())) == 2


def test_labels_on_disk_are_those_in_memory(corpus):
    change(corpus, "person", arrow.array(["a", "", "a longer name"]))
    change(
        corpus,
        "attributes",
        arrow.array(['{"race": "x"}', '{"race": 2, "own": 1}', '{"race": ""}']),
    )
    for limit in (None, 2):
        for _ in range(2):
            disk, memory = (
                load_corpus(corpus, "all", 16, limit=limit, on_disk=on_disk)
                for on_disk in (True, False)
            )
            assert list(disk.attributes) == list(memory.attributes)
            assert disk.attributes["race"].tolist() == ["x", "2", ""][:limit]
            for name, column in memory.attributes.items():
                assert disk.attributes[name].tolist() == column.tolist()
                assert disk.attributes[name].dtype == column.dtype
            np.testing.assert_array_equal(disk.age, memory.age)


def test_labels_on_disk_take_no_memory(corpus):
    column = load_corpus(corpus, "all", 16, on_disk=True).attributes["file"]
    owner = column
    while isinstance(owner, np.ndarray):
        owner = owner.base
    assert isinstance(owner, mmap.mmap)


def test_labels_of_several_kinds_are_not_kept_on_disk(corpus):
    change(corpus, "age_estimated", arrow.array([True, None, False]))
    with pytest.raises(CorpusError, match="another kind .* .age_estimated has values of several"):
        load_corpus(corpus, "all", 16, on_disk=True)


def test_shards_of_other_columns_and_widths_are_one_table(tmp_path):
    parts = [
        {"a": np.array(["x"]), "b": np.array([1, 2], "int8")[:1], "c": np.zeros(1)},
        {"a": np.array(["longer", "y"]), "b": np.array([3, 4], "float32")},
    ]
    write_columns(tmp_path, lambda: iter(parts))
    found = read_columns(tmp_path)
    assert {name: column.tolist() for name, column in found.items()} == {
        "a": ["x", "longer", "y"],
        "b": [1, 3, 4],
    }


def test_a_shard_of_a_name_that_no_file_can_have_is_missing(tmp_path):
    told = {"format": 1, "shards": [{"file": "x" * 400, "faces": 1}]}
    (tmp_path / "corpus.json").write_text(json.dumps(told))
    with pytest.raises(ValueError, match="lacks xxx.*copy it again"):
        ParquetCorpus(tmp_path)
