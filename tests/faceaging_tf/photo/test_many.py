"""Many photos aged."""

import csv
import io
import tempfile

import drawn_tools
import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
import tiny
from PIL import Image

from faceaging_tf.data.drawn_faces import draw_face
from faceaging_tf.data.readers import Tree
from faceaging_tf.geometry.align import TEMPLATE
from faceaging_tf.parallel import ParallelError
from faceaging_tf.parallel.job import kept
from faceaging_tf.photo import many
from faceaging_tf.photo.aging import age_photo
from faceaging_tf.photo.detection import Face
from faceaging_tf.pictures.reading import read_photo

YEARS = 25.0


def make_tools():
    return tiny.randomized(tiny.fagan(), seed=1).for_release(), drawn_tools.detector


def here(job, numbered, workers, done):
    for number, items in numbered:
        done(*job.make(number, items))


def age(folder, out, **more):
    return many.age_photos(Tree(folder), out, YEARS, make_tools, here, **more)


def table(out):
    with open(out / "aged.csv", newline="") as file:
        return {row["file"]: row for row in csv.DictReader(file)}


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    (folder / "deep").mkdir(parents=True)
    Image.fromarray(draw_face(1, 30, 96)).save(folder / "one.png")
    Image.fromarray(draw_face(2, 40, 96)).save(folder / "deep" / "two.bmp")
    Image.fromarray(np.full((96, 96, 3), 9, "uint8")).save(folder / "nobody.png")
    (folder / "words.txt").write_text("words")
    return folder


def test_each_photo_is_aged_as_alone(photos, tmp_path):
    aged = age(photos, tmp_path / "out")
    assert (aged.photos, aged.aged) == (4, 2)
    model, detector = kept(make_tools)
    for name, out in (("one.png", "one.png"), ("deep/two.bmp", "deep/two.bmp.png")):
        wanted = age_photo(read_photo(photos / name), model, YEARS, detector=detector).pixels
        assert (np.asarray(Image.open(tmp_path / "out" / out)) == wanted).all()
    rows = table(tmp_path / "out")
    assert rows["one.png"]["faces"] == "1" and rows["deep/two.bmp"]["out"] == "deep/two.bmp.png"
    assert (
        "no face" in rows["nobody.png"]["problem"].lower()
        and "not a photo" in rows["words.txt"]["problem"]
    )
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "aged.csv",
        "aged.json",
        "deep",
        "one.png",
    ]


def test_photos_of_a_parquet_file_come_in_one_beside_their_columns(tmp_path):
    def encoded(pixels):
        target = io.BytesIO()
        Image.fromarray(pixels).save(target, "PNG")
        return target.getvalue()

    folder = tmp_path / "shards"
    folder.mkdir()
    pictures = [
        {"bytes": encoded(draw_face(person, 30, 96)), "path": f"{person}.png"}
        for person in range(3)
    ] + [{"bytes": b"words", "path": "bad.png"}]
    pyarrow.parquet.write_table(
        pyarrow.table({"image": pictures, "person": [0, 1, 2, 3]}),
        folder / "a.parquet",
        row_group_size=2,
    )
    aged = age(folder, tmp_path / "out")
    assert (aged.photos, aged.aged) == (4, 3)
    first, second = (
        pyarrow.parquet.read_table(tmp_path / "out" / f"a-0000{number}.parquet")
        for number in (0, 1)
    )
    assert first.column("person").to_pylist() == [0, 1] and second.column("aged").to_pylist() == [
        True,
        False,
    ]
    model, detector = kept(make_tools)
    wanted = age_photo(
        read_photo("0.png", content=pictures[0]["bytes"]), model, YEARS, detector=detector
    ).pixels
    assert (
        np.asarray(Image.open(io.BytesIO(first.column("image")[0].as_py()["bytes"]))) == wanted
    ).all()


def test_a_parquet_file_that_was_aged_is_aged_again(tmp_path):
    folder = tmp_path / "shards"
    folder.mkdir()
    pictures = {"image": [drawn_png(1)], "aged": [True]}
    pyarrow.parquet.write_table(pyarrow.table(pictures), folder / "a.parquet")
    assert age(folder, tmp_path / "out").aged == 1
    made = pyarrow.parquet.read_table(tmp_path / "out" / "a-00000.parquet")
    assert made.column_names == ["image", "aged"] and made.column("aged").to_pylist() == [True]


def test_of_two_columns_of_pictures_neither_is_aged(tmp_path):
    folder = tmp_path / "shards"
    folder.mkdir()
    pictures = pyarrow.array([drawn_png(1)])
    twice = pyarrow.Table.from_arrays([pictures, pictures], names=["image", "image"])
    pyarrow.parquet.write_table(twice, folder / "a.parquet")
    assert age(folder, tmp_path / "out").aged == 0
    (row,) = table(tmp_path / "out").values()
    assert row["problem"] == "a.parquet has several columns image; rename or remove all but one."


def test_a_parquet_file_may_name_pictures_beside_it(tmp_path):
    folder = tmp_path / "shards"
    (folder / "faces").mkdir(parents=True)
    for person in range(2):
        Image.fromarray(draw_face(person, 30, 96)).save(folder / f"faces/{person}.png")
    named = ["faces/0.png", None, "faces/gone.png"]
    pyarrow.parquet.write_table(pyarrow.table({"image": named}), folder / "a.parquet")
    pyarrow.parquet.write_table(
        pyarrow.table({"image": [{"bytes": None, "path": "faces/1.png"}]}), folder / "b.parquet"
    )
    aged = age(folder, tmp_path / "out")
    rows = table(tmp_path / "out")
    # Two rows of the tables, and the two pictures themselves.
    assert (aged.photos, aged.aged) == (6, 4)
    assert "neither bytes nor the name of a file" in rows["faces/gone.png"]["problem"]
    made = (
        pyarrow.parquet.read_table(tmp_path / "out" / "b-00000.parquet").column("image")[0].as_py()
    )
    assert Image.open(io.BytesIO(made["bytes"])).size == (96, 96) and made["path"] == "faces/1.png"


def test_several_workers_have_short_parts(photos, tmp_path):
    parts = []

    def run(job, numbered, workers, done):
        for number, names in numbered:
            parts.append(names)
            done(*job.make(number, names))

    many.age_photos(Tree(photos), tmp_path / "out", YEARS, make_tools, run, workers=2)
    assert len(parts) > 2 and {len(part) for part in parts} == {1}


def interrupt(photos, out, monkeypatch):
    """Ages photos, a part each, and stops after the second."""
    monkeypatch.setattr(many, "PHOTOS_A_PART", 1)

    def stop(done, _):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        age(photos, out, progress=stop)


def test_what_was_interrupted_goes_on(photos, tmp_path, monkeypatch):
    interrupt(photos, tmp_path / "out", monkeypatch)
    seen = []
    assert age(photos, tmp_path / "out", progress=lambda done, total: seen.append(done)).aged == 2
    assert seen == [2, 3, 4]


def test_what_was_killed_before_its_first_part_was_written_goes_on(photos, tmp_path, monkeypatch):
    def killed(self, number, rows):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(many.Photos, "write", killed)
        with pytest.raises(KeyboardInterrupt):
            age(photos, tmp_path / "out")
    # Photos are there, and nothing that tells of them; the next is half written.
    (tmp_path / "out" / ".0123456789ab.part").write_bytes(b"half")
    assert (tmp_path / "out" / "one.png").exists()
    age(photos, tmp_path / "out")
    age(photos, tmp_path / "whole")
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_what_was_killed_as_it_tidied_up_is_tidied(photos, tmp_path, monkeypatch):
    def killed(place):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(many, "finish", killed)
        with pytest.raises(KeyboardInterrupt):
            age(photos, tmp_path / "out")
    assert (tmp_path / "out" / ".work").exists()
    assert age(photos, tmp_path / "out").aged == 2
    age(photos, tmp_path / "whole")
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def contents(folder):
    """Name and bytes of each file; the plan names the place, which is another."""
    return {
        path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_photos_that_were_added_changed_or_lost_are_aged_and_no_others(photos, tmp_path):
    age(photos, tmp_path / "out")
    Image.fromarray(draw_face(3, 50, 96)).save(photos / "three.png")
    Image.fromarray(draw_face(4, 50, 96)).save(photos / "deep" / "two.bmp", "PNG")
    kept_since = (tmp_path / "out" / "one.png").stat().st_mtime_ns
    seen = []
    assert age(photos, tmp_path / "out", progress=lambda *at: seen.append(at)).aged == 3
    assert (
        seen == [(3, 5), (5, 5)] and (tmp_path / "out" / "one.png").stat().st_mtime_ns == kept_since
    )
    (tmp_path / "out" / "one.png").unlink()
    age(photos, tmp_path / "out")
    age(photos, tmp_path / "whole")
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_photos_that_were_added_while_it_was_interrupted_are_aged_too(
    photos, tmp_path, monkeypatch
):
    interrupt(photos, tmp_path / "out", monkeypatch)
    Image.fromarray(draw_face(3, 50, 96)).save(photos / "a.png")
    assert age(photos, tmp_path / "out").aged == 3
    assert list(table(tmp_path / "out")) == [
        "a.png",
        "deep/two.bmp",
        "nobody.png",
        "one.png",
        "words.txt",
    ]


def test_a_folder_of_another_place_is_refused(photos, tmp_path):
    age(photos, tmp_path / "out")
    photos.rename(tmp_path / "others")
    with pytest.raises(ParallelError, match="from another place"):
        age(tmp_path / "others", tmp_path / "out")


def test_what_a_file_manager_puts_into_a_new_folder_is_nothing(photos, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".DS_Store").write_bytes(b"")
    (tmp_path / "out" / "Thumbs.db").write_bytes(b"")
    assert age(photos, tmp_path / "out").aged == 2
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("letter")
    with pytest.raises(ParallelError, match="holds other things already"):
        age(photos, tmp_path / "full")


def test_a_photo_that_its_ending_cannot_hold_is_named_as_it_is_called(photos, tmp_path):
    see_through = np.dstack([draw_face(1, 30, 96), np.full((96, 96), 99, "uint8")])
    Image.fromarray(see_through).save(photos / "deep" / "clear.jpg", "PNG")
    age(photos, tmp_path / "out")
    problem = table(tmp_path / "out")["deep/clear.jpg"]["problem"]
    assert (
        "transparent" in problem
        and "'deep/clear.jpg'" in problem
        and tempfile.gettempdir() not in problem
    )


def make_tools_for_groups():
    """One face, and three that are too small, in every photo."""
    small = [Face(np.array([0.0, 0.0, 30, 30]), TEMPLATE * 30 - 0.5, 1.0)] * 3
    return make_tools()[0], lambda pixels: [*drawn_tools.detector(pixels), *small]


def test_faces_that_are_too_small_are_counted(photos, tmp_path):
    (photos / "nobody.png").unlink()
    aged = many.age_photos(Tree(photos), tmp_path / "out", YEARS, make_tools_for_groups, here)
    rows = table(tmp_path / "out")
    assert (rows["one.png"]["faces"], rows["one.png"]["too_small"]) == ("1", "3")
    assert aged.too_small == 6


def test_other_years_in_the_same_place_are_refused(photos, tmp_path):
    age(photos, tmp_path / "out")
    assert age(photos, tmp_path / "out").aged == 2
    with pytest.raises(
        ParallelError,
        match="aged by other years, in another manner, by another model or from another place",
    ):
        many.age_photos(Tree(photos), tmp_path / "out", YEARS + 1, make_tools, here)


def test_what_cannot_be_read_is_a_row(photos, tmp_path):
    (photos / "broken.parquet").write_bytes(b"PAR1 is not enough")
    (photos / "gone.png").symlink_to(tmp_path / "nowhere")
    assert age(photos, tmp_path / "out").aged == 2
    rows = table(tmp_path / "out")
    assert (
        "not a photo" in rows["broken.parquet"]["problem"]
        and "leads nowhere" in rows["gone.png"]["problem"]
    )


def test_two_photos_of_one_name_are_refused(photos, tmp_path):
    (photos / "deep" / "two.bmp.png").write_bytes((photos / "one.png").read_bytes())
    with pytest.raises(ParallelError, match="would both be written as 'deep/two.bmp.png'"):
        age(photos, tmp_path / "out")


def test_a_folder_without_photos_is_a_sentence(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ParallelError, match="holds no photos"):
        age(tmp_path / "empty", tmp_path / "out")


def make_whole():
    return tiny.randomized(tiny.whole_fagan(discriminator=None), seed=1), drawn_tools.detector


def test_strengths_hold_for_all_photos_and_are_part_of_the_plan(photos, tmp_path):
    strengths = {"hair": 0.0, "wrinkles": 2.0}
    run = lambda strengths: many.age_photos(
        Tree(photos),
        tmp_path / "out",
        YEARS,
        make_whole,
        here,
        names=["one.png"],
        strengths=strengths,
    )
    assert run(strengths).aged == 1
    model, detector = kept(make_whole)
    wanted = age_photo(
        read_photo(photos / "one.png"), model, YEARS, detector=detector, strengths=strengths
    ).pixels
    assert (np.asarray(Image.open(tmp_path / "out" / "one.png")) == wanted).all()
    assert (
        wanted != age_photo(read_photo(photos / "one.png"), model, YEARS, detector=detector).pixels
    ).any()
    with pytest.raises(ParallelError, match="by other years, in another manner"):
        run({"hair": 1.0})


def test_a_row_group_that_is_damaged_is_a_row_and_the_others_are_aged(tmp_path):
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "faces.parquet"
    faces = [drawn_png(person) for person in range(2)]
    rows = pyarrow.table({"image": [{"bytes": face, "path": None} for face in faces]})
    pyarrow.parquet.write_table(rows, path, row_group_size=1, compression="none")
    content = bytearray(path.read_bytes())
    # The header of the first page, behind the four bytes of a Parquet file's beginning.
    content[4:12] = b"\xff" * 8
    path.write_bytes(content)
    aged = age(tmp_path / "in", tmp_path / "out")
    assert (aged.photos, aged.aged) == (2, 1)
    assert "Row group 0 of faces.parquet is damaged" in str(table(tmp_path / "out").values())
    assert age(tmp_path / "in", tmp_path / "out") == aged


def drawn_png(person):
    target = io.BytesIO()
    Image.fromarray(draw_face(person, 40, 96)).save(target, "PNG")
    return target.getvalue()
