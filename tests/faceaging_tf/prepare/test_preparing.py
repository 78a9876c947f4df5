"""A folder of pictures to a corpus."""

import csv
import json
import os
import shutil

import drawn_tools
import keras
import numpy as np
import pyarrow.parquet
import pytest
from PIL import Image

from faceaging_tf.data import FaceCorpus, load_corpus
from faceaging_tf.data.drawn_faces import draw_face
from faceaging_tf.data.parquet_corpus import FacesOnDisk
from faceaging_tf.data.readers import Tree, find
from faceaging_tf.geometry.align import TEMPLATE, align_face
from faceaging_tf.parallel import ParallelError
from faceaging_tf.prepare import PrepareError, Settings, prepare, reasons

SETTINGS = Settings(image_size=64, part=5, validation=0.2, test=0.2)


def make(folder, out, settings=SETTINGS, **more):
    return prepare(Tree(folder), find("utkface"), out, settings, drawn_tools.make_tools, **more)


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Eighteen drawn people's pictures, and four files that do not get in."""
    folder = tmp_path_factory.mktemp("pictures")
    names = drawn_tools.write_tree(folder)
    shutil.copy(folder / names[0], folder / "20_0_0_20170150.jpg")
    (folder / "33_1_0_20170101.jpg").write_bytes(b"")
    (folder / "39_1_20170101.jpg").write_bytes(b"")
    (folder / "notes.txt").write_text("words")
    return folder


@pytest.fixture(scope="module")
def corpus(pictures, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "corpus"
    return make(pictures, out), out


def test_every_file_is_in_the_corpus_or_has_a_reason(corpus, pictures):
    prepared, out = corpus
    kept = [
        name
        for shard in out.glob("faces-*.parquet")
        for name in pyarrow.parquet.read_table(shard).column("file").to_pylist()
    ]
    with open(out / "dropped.csv", newline="") as file:
        dropped = {row["file"]: row["reason"] for row in csv.DictReader(file)}
    assert sorted([*kept, *dropped]) == sorted(path.name for path in pictures.iterdir())
    assert dropped == {
        "20_0_0_20170150.jpg": reasons.SAME_FILE, "33_1_0_20170101.jpg": reasons.NO_PICTURE, "39_1_20170101.jpg": reasons.LABEL, "notes.txt": reasons.LABEL
    }  # fmt: skip
    assert (prepared.files, prepared.faces, sum(prepared.splits.values())) == (
        22,
        18,
        18,
    ) and prepared.dropped[reasons.LABEL] == 2


def test_it_trains_as_any_corpus(corpus, pictures):
    faces = load_corpus(corpus[1], "all", 64)
    ages = {name: float(age) for name, age in zip(faces.attributes["file"], faces.age, strict=True)}
    assert ages == {name: float(name.split("_")[0]) for name in ages} and len(ages) == 18
    place = list(faces.attributes["file"]).index("38_0_0_20170106.jpg")
    picture = np.asarray(
        Image.fromarray(draw_face(6, 38, 96)).resize((64, 64), Image.Resampling.BOX)
    ).astype(int)
    assert np.abs(faces.faces[place] - picture).mean() < 4
    assert set(faces.attributes) >= {
        "sex",
        "race",
        "person",
        "source",
        "sharpness",
        "age_estimated",
        "flags",
    }
    parts = [
        load_corpus(corpus[1], split, 64)
        for split in ("train", "validation", "test")
        if split in corpus[0].splits
    ]
    assert sum(map(len, parts)) == 18


def test_from_disk_it_is_the_same(corpus):
    in_memory, on_disk = (
        load_corpus(corpus[1], "all", 48, on_disk=on_disk) for on_disk in (False, True)
    )
    assert isinstance(on_disk.faces, FacesOnDisk) and (on_disk.faces[:] == in_memory.faces).all()
    some = np.arange(18) % 3 == 0
    assert (
        isinstance(on_disk.take(some).faces, FacesOnDisk)
        and (on_disk.take(some).faces[[1, 0]] == in_memory.faces[some][[1, 0]]).all()
    )
    shutil.rmtree(corpus[1] / ".decoded")


def test_batches_are_the_same_from_disk_and_from_memory(corpus, pictures):
    """The very faces in memory, that were never encoded, give the same batches too."""
    from faceaging_tf.data.batches import AgeShiftBatches, LabelledBatches

    in_memory, on_disk = (
        load_corpus(corpus[1], "all", 64, on_disk=on_disk) for on_disk in (False, True)
    )
    aligned = [
        align_face(np.asarray(Image.open(pictures / name)), TEMPLATE * 96 - 0.5, 64)
        for name in in_memory.attributes["file"]
    ]
    for kind in (AgeShiftBatches, LabelledBatches):
        runs = [
            kind(one, batch_size=4, steps=3, seed=5)
            for one in (
                in_memory,
                on_disk,
                FaceCorpus(np.stack(aligned), in_memory.age_min, in_memory.age_max),
            )
        ]
        for step in range(3):
            batches = [keras.tree.flatten(run[step]) for run in runs]
            assert all(
                (one == other).all()
                for batch in batches[1:]
                for one, other in zip(batches[0], batch, strict=True)
            )
    shutil.rmtree(corpus[1] / ".decoded")


def test_two_processes_make_the_same(corpus, pictures, tmp_path):
    make(pictures, tmp_path / "corpus", workers=2)
    assert contents(tmp_path / "corpus") == contents(corpus[1])


def test_what_was_interrupted_goes_on(corpus, pictures, tmp_path):
    class Interrupted(Exception):
        pass

    def stop(looked_at, _):
        if looked_at >= 10:
            raise Interrupted

    with pytest.raises(Interrupted):
        make(pictures, tmp_path / "corpus", progress=stop)
    seen = []
    prepared = make(
        pictures, tmp_path / "corpus", progress=lambda looked_at, total: seen.append(looked_at)
    )
    assert (
        prepared.begun >= 2
        and seen[0] >= 10
        and contents(tmp_path / "corpus") == contents(corpus[1])
    )


def test_again_it_has_nothing_to_do(corpus, pictures):
    before = contents(corpus[1])
    assert make(pictures, corpus[1]).faces == 18 and contents(corpus[1]) == before


def test_what_was_interrupted_at_the_very_end_is_tidied(corpus, pictures, tmp_path):
    shutil.copytree(corpus[1], tmp_path / "corpus")
    (tmp_path / "corpus" / "report.html").unlink()
    (tmp_path / "corpus" / ".work").mkdir()
    make(pictures, tmp_path / "corpus")
    assert (
        contents(tmp_path / "corpus") == contents(corpus[1])
        and not (tmp_path / "corpus" / ".work").exists()
    )


def test_names_that_are_no_text_are_written_out(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    name = drawn_tools.write_tree(folder, people=1)[0]
    os.rename(folder / name, os.fsencode(folder) + b"/20_0_0_2017\xff.jpg")
    make(folder, tmp_path / "corpus", run=here)
    assert b"20_0_0_2017\\xff.jpg" in (tmp_path / "corpus" / "dropped.csv").read_bytes()


def test_no_face_at_all_is_a_corpus_of_none(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "20_0_0_20170101.jpg").write_bytes(b"words")
    assert make(folder, tmp_path / "corpus", run=here).faces == 0


def test_a_picture_that_ends_its_process_is_a_row(pictures, tmp_path):
    folder = tmp_path / "pictures"
    shutil.copytree(pictures, folder)
    deadly = np.full((80, 80, 3), drawn_tools.DEADLY, "uint8")
    Image.fromarray(deadly).save(folder / "50_0_0_20170101.png")
    prepared = make(folder, tmp_path / "corpus", workers=2)
    assert prepared.faces == 18 and prepared.dropped[reasons.ENDED_THE_PROCESS] == 1


@pytest.mark.parametrize("change", [{"image_size": 32}, {"part": 4}])
def test_another_preparation_in_the_same_place_is_refused(corpus, pictures, change):
    import dataclasses

    with pytest.raises(PrepareError, match="holds a corpus of other files or other settings"):
        make(pictures, corpus[1], dataclasses.replace(SETTINGS, **change))


def test_a_folder_with_other_things_is_refused(pictures, tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(ParallelError, match="holds other things already"):
        make(pictures, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_place_that_cannot_be_written_to_is_a_sentence(pictures, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ParallelError, match="is a file; give a folder"):
        make(pictures, tmp_path / "file")


def test_object_storage_will_do(corpus, pictures):
    import fsspec

    make(pictures, "memory://corpora/corpus", run=here)
    system = fsspec.filesystem("memory")
    written = {
        name.split("/corpora/corpus/")[1]: system.cat_file(name)
        for name in system.find("/corpora/corpus")
    }
    assert written == contents(corpus[1])


def here(job, numbered, workers, done):
    """Makes parts in this process: memory is not shared with others."""
    for number, sources in numbered:
        done(*job.make(number, sources))


def test_settings_that_make_no_sense_are_refused():
    with pytest.raises(PrepareError, match="image_size was 4; it must lie in 16 to 1024"):
        Settings(image_size=4)
    with pytest.raises(PrepareError, match="nothing to train on"):
        Settings(validation=0.5, test=0.5)
    with pytest.raises(PrepareError, match="frame was 'body'; it must be tight or whole_head"):
        Settings(frame="body")


def test_datasets_reads_it(corpus):
    told = json.loads(
        pyarrow.parquet.read_schema(next(corpus[1].glob("faces-*.parquet"))).metadata[
            b"huggingface"
        ]
    )
    assert told["info"]["features"]["image"] == {"_type": "Image"}
