"""Reading a corpus, whole and damaged."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from faceaging_tf.data import CorpusError, FaceCorpus, concatenate, load_corpus
from faceaging_tf.data.corpus import corpus_digest


def picture(number, size=16):
    """A face of one colour that tells its number."""
    return np.full((size, size, 3), (5 * number, 100, 255 - number), "uint8")


def encoded(array):
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, "PNG")
    return buffer.getvalue()


def files(table, number=45):
    return {
        "faces.csv": table.encode(),
        **{f"faces/{row}.png": encoded(picture(row)) for row in range(number)},
    }


def table(number=45):
    rows = [f"faces/{row}.png,{row + 0.5},{'mf'[row % 2]},{row / 100}" for row in range(number)]
    return "\n".join(["file,age,sex,sharpness", *rows]) + "\n"


def ranges(number=45):
    rows = [f"faces/{row}.png,{10 * (row // 10)},{10 * (row // 10) + 9}" for row in range(number)]
    return "\n".join(["file,age_min,age_max", *rows]) + "\n"


def folder_of(path, contents):
    for name, content in contents.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def zip_of(path, contents):
    with zipfile.ZipFile(path / "faces.zip", "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path / "faces.zip"


@pytest.fixture(params=[folder_of, zip_of], ids=["folder", "zip"])
def write(request, tmp_path):
    """Writes a corpus as a folder and as a zip."""
    return lambda contents: request.param(tmp_path, contents)


def test_faces_ages_and_attributes_are_read(write):
    corpus = load_corpus(write(files(table())), "all", image_size=16)
    np.testing.assert_array_equal(corpus.faces, [picture(row) for row in range(45)])
    np.testing.assert_array_equal(corpus.age, np.arange(45) + 0.5)
    assert corpus.attributes["sex"].tolist()[:3] == ["m", "f", "m"] and set(corpus.attributes) == {
        "file",
        "sex",
        "sharpness",
    }
    assert (
        corpus.attributes["sharpness"].dtype == np.float32
        and len(corpus) == 45
        and corpus.image_size == 16
    )


def test_ranges_of_ages_are_read(write):
    corpus = load_corpus(write(files(ranges())), "all", image_size=16)
    assert corpus.age_min[17] == 10 and corpus.age_max[17] == 19 and corpus.age[17] == 14.5


@pytest.mark.parametrize("split, rows", [("validation", [0, 20, 40]), ("test", [1, 21, 41])])
def test_the_split_goes_by_row(write, split, rows):
    assert load_corpus(write(files(table())), split, image_size=16).age.tolist() == [
        row + 0.5 for row in rows
    ]


def test_the_rest_is_for_training(write):
    rows = [row for row in range(45) if row % 20 > 1]
    assert load_corpus(write(files(table())), image_size=16).age.tolist() == [
        row + 0.5 for row in rows
    ]


def test_a_limit_takes_the_first_of_the_split(write):
    assert load_corpus(write(files(table())), "train", 16, limit=3).age.tolist() == [2.5, 3.5, 4.5]


def test_faces_are_shrunk_by_area(write):
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype="uint8")
    path = write({"faces.csv": b"file,age\na.png,30\n", "a.png": encoded(noise)})
    expected = noise.reshape(16, 2, 16, 2, 3).mean(axis=(1, 3))
    # Rows and columns are rounded in turn.
    assert np.abs(load_corpus(path, "all", 16).faces[0] - expected).max() <= 1


def test_faces_are_enlarged(write):
    corpus = load_corpus(
        write({"faces.csv": b"file,age\na.png,30\n", "a.png": encoded(picture(9))}), "all", 24
    )
    np.testing.assert_array_equal(corpus.faces[0], picture(9, 24))


def test_a_grey_face_gets_three_channels(write):
    corpus = load_corpus(
        write({"faces.csv": b"file,age\na.png,30\n", "a.png": encoded(picture(9)[..., 0])}),
        "all",
        16,
    )
    assert corpus.faces.shape == (1, 16, 16, 3)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"faces.csv": None}, "holds no faces.csv; it needs one, with the columns file and age"),
        ({"faces/7.png": None}, "holds no face 'faces/7.png', which its faces.csv names"),
        ({"faces/7.png": b"no picture"}, "holds 'faces/7.png', which is no picture that can be read"),
        ({"faces.csv": b"file,years\nfaces/7.png,30\n"}, "needs a number in the column age, or in age_min and age_max"),
        ({"faces.csv": b"file,age\nfaces/7.png,thirty\n"}, "needs a number in the column age"),
        ({"faces.csv": b"file,age\nfaces/7.png,\n"}, "needs a number in the column age"),
        ({"faces.csv": b"file,age\nfaces/7.png,nan\n"}, "needs a number in the column age"),
        ({"faces.csv": b"file,age_min\nfaces/7.png,30\n"}, "one of age_min and age_max alone is given"),
        ({"faces.csv": b"name,age\nfaces/7.png,30\n"}, "has no column file"),
        ({"faces.csv": b"file,age,sharpness\nfaces/7.png,30,sharp\n"}, "needs a number in the column sharpness"),
        ({"faces.csv": b"file,age\n"}, "holds no face of the split 'all'"),
        ({"faces.csv": b""}, "has no column file; its columns are none"),
        ({"faces.csv": b"<html>Sign in</html>"}, "has no column file; its columns are <html>"),
        ({"faces.csv": b"file,age\nfaces/7.png,30\nfaces/7.png,31\n"}, "gives 'faces/7.png' two ages, 30 and 31 .line 3"),
        ({"faces.csv": b"file,age,split\nfaces/7.png,30,holdout\n"}, "line 2: split says 'holdout'; it needs train, validation or test"),
        ({"faces.csv": b"file,age\nfaces/7.png,30\n\"faces/6.png\"x,30\n"}, "expected after '\"' .line 3"),
        ({"faces.csv": b"age,file\n30,faces/7.png\n40\n"}, "has a row without a file"),
        ({"faces.csv": b"file,age\nfaces/6.png,30\nfaces/7.png,2014\n"}, "line 3, of 'faces/7.png': the age 2014 is not between 0 and 122"),
        ({"faces.csv": b"file,age\nfaces/7.png,-1\n"}, "needs a number in the column age"),
        ({"faces.csv": b"file,age_min,age_max\nfaces/7.png,40,30\n"}, "line 2, of 'faces/7.png': the ages 40 to 30 end before they begin"),
        ({"faces.csv": b"file,age,age\nfaces/7.png,30,40\n"}, "has two columns age"),
        ({"faces.csv": b"file,age\n\"faces/7.png,30\n"}, "is no table that can be read: unexpected end of data"),
        ({"faces.csv": b"file,age\nfaces/7.png,30\0\n"}, "it holds bytes of 0"),
        ({"faces/7.png": encoded(picture(7)[:12])}, "holds 'faces/7.png', which is 16x12 pixels; aligned faces are square"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_damaged_corpus_is_answered_with_a_sentence(write, change, message):
    contents = {
        name: content
        for name, content in {**files(table()), **change}.items()
        if content is not None
    }
    with pytest.raises(CorpusError, match=message):
        load_corpus(write(contents), "all", image_size=16)


def test_rows_of_separators_alone_are_no_rows(write):
    contents = {**files(table()), "faces.csv": b"file;age\r\nfaces/7.png;30\r\n;\r\n ; \r\n"}
    assert len(load_corpus(write(contents), "all", image_size=16)) == 1


def test_a_zip_that_was_damaged_is_refused(tmp_path):
    path = zip_of(tmp_path, files(table()))
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("faces/1.png")
    content = bytearray(path.read_bytes())
    # Within the picture, beyond its header in the zip of 30 bytes and the name.
    content[entry.header_offset + 30 + len(entry.filename) + 20] ^= 255
    path.write_bytes(content)
    with pytest.raises(CorpusError, match="faces.zip is damaged .*; copy it again"):
        load_corpus(path, "all", image_size=16)


def test_a_byte_order_mark_is_no_part_of_the_first_column(write):
    assert (
        len(
            load_corpus(
                write({**files(table()), "faces.csv": b"\xef\xbb\xbf" + table().encode()}),
                "all",
                image_size=16,
            )
        )
        == 45
    )


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_tables_are_read_as_programs_write_them(tmp_path, encoding, separator, end):
    rows = [
        ("file", "age", "person"),
        ("faces\\J\xf6rg.png", "30,5" if separator != "," else "30.5", "J\xf6rg"),
    ]
    table = end.join(separator.join(row) for row in rows) + end
    corpus = load_corpus(
        folder_of(
            tmp_path,
            {"faces.csv": table.encode(encoding), "faces/J\xf6rg.png": encoded(picture(9))},
        ),
        "all",
        image_size=16,
    )
    assert corpus.age.tolist() == [30.5] and corpus.attributes["person"].tolist() == ["J\xf6rg"]


def test_a_note_on_the_separator_is_no_row(write):
    table = "sep=;\r\nfile;age\r\nfaces/7.png;30\r\n"
    assert load_corpus(
        write({**files(table), "faces.csv": table.encode()}), "all", 16
    ).age.tolist() == [30]


def test_an_accent_of_two_letters_is_one(write):
    contents = {
        "faces.csv": "file,age\nRen\xe9.png,30\n".encode(),
        "Rene\u0301.png": encoded(picture(9)),
    }
    assert len(load_corpus(write(contents), "all", 16)) == 1


def test_a_group_of_ages_is_a_range(write):
    corpus = load_corpus(
        write({**files(table()), "faces.csv": b"file,age\nfaces/7.png,20-29\nfaces/8.png,70+\n"}),
        "all",
        16,
    )
    assert corpus.age_min.tolist() == [20, 70] and corpus.age_max.tolist() == [29, 99]


def test_the_tables_own_splits_are_kept(write):
    table = b"file,age,split\nfaces/7.png,30,train\nfaces/8.png,40,val\n"
    path = write({**files(""), "faces.csv": table})
    assert load_corpus(path, "train", 16).age.tolist() == [30] and load_corpus(
        path, "validation", 16
    ).age.tolist() == [40]


@pytest.mark.parametrize("orientation, turned", [(3, 2), (6, 3), (8, 1)])
def test_faces_stand_upright(write, orientation, turned):
    half = np.zeros((16, 16, 3), "uint8")
    half[:8] = 255
    exif = Image.Exif()
    exif[274] = orientation
    stored = io.BytesIO()
    Image.fromarray(half).save(stored, "PNG", exif=exif)
    corpus = load_corpus(
        write({"faces.csv": b"file,age\na.png,30\n", "a.png": stored.getvalue()}), "all", 16
    )
    np.testing.assert_array_equal(corpus.faces[0], np.rot90(half, turned))


def test_a_face_of_16_bits_keeps_its_light(write):
    stored = io.BytesIO()
    Image.fromarray(np.full((16, 16), 128 * 257, "uint16")).save(stored, "PNG")
    corpus = load_corpus(
        write({"faces.csv": b"file,age\na.png,30\n", "a.png": stored.getvalue()}), "all", 16
    )
    assert (corpus.faces == 128).all()


def test_the_digest_tells_what_a_corpus_holds(tmp_path):
    contents = files(table(3), 3)
    one, other = tmp_path / "one", tmp_path / "other"
    for place in (one, other):
        folder_of(place, contents)
    assert corpus_digest(one) == corpus_digest(other)
    (other / "faces" / "1.png").write_bytes(encoded(picture(2)))
    assert corpus_digest(one) != corpus_digest(other)
    assert corpus_digest(zip_of(one, contents)) != corpus_digest(
        zip_of(other, {**contents, "faces.csv": table(3).replace("1.5", "2.5").encode()})
    )


def test_a_split_without_a_face_is_refused(write):
    with pytest.raises(CorpusError, match="holds no face of the split 'test'"):
        load_corpus(write(files(table(1))), "test", image_size=16)


def test_an_unknown_split_is_refused(tmp_path):
    with pytest.raises(
        CorpusError, match='split=\'dev\'; it needs "train", "validation", "test" or "all"'
    ):
        load_corpus(tmp_path, "dev")


@pytest.mark.parametrize("name", ["nowhere", "notes.txt"])
def test_a_path_without_a_corpus_is_refused(tmp_path, name):
    (tmp_path / "notes.txt").write_text("file,age\n")
    with pytest.raises(
        CorpusError, match="There is no corpus at .*; give a folder or a zip that holds faces.csv"
    ):
        load_corpus(tmp_path / name)


def small(number=4, **attributes):
    ages = np.arange(number, dtype="float32")
    return FaceCorpus(
        np.zeros((number, 8, 8, 3), "uint8"),
        ages,
        ages + 2,
        {name: np.asarray(values) for name, values in attributes.items()},
    )


def test_the_age_of_a_range_is_its_middle():
    assert small().age.tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize("rows", [[2, 0], np.array([True, False, True, False])])
def test_take_takes_rows_of_everything(rows):
    corpus = small(sex=list("abcd")).take(rows)
    expected = np.arange(4)[rows]
    assert corpus.age_min.tolist() == expected.tolist() and corpus.attributes["sex"].tolist() == [
        list("abcd")[row] for row in expected
    ]


def test_with_age_makes_ages_exact():
    corpus = small().with_age([5, 6, 7, 8])
    assert corpus.age_min.tolist() == corpus.age_max.tolist() == [5, 6, 7, 8]


def test_corpora_are_put_together_with_what_all_of_them_know():
    both = concatenate([small(sex=list("abcd"), race=list("efgh")), small(2, sex=list("xy"))])
    assert (
        len(both) == 6
        and both.attributes["sex"].tolist() == list("abcdxy")
        and set(both.attributes) == {"sex"}
    )
    assert both.age_max.tolist() == [2, 3, 4, 5, 2, 3]


@pytest.mark.parametrize(
    "shape, dtype", [((2, 8, 8), "uint8"), ((2, 8, 9, 3), "uint8"), ((2, 8, 8, 3), "float32")]
)
def test_faces_that_are_no_uint8_squares_are_refused(shape, dtype):
    with pytest.raises(
        CorpusError, match=r"A corpus got faces of shape .*; it needs \(N, S, S, 3\) uint8"
    ):
        FaceCorpus(np.zeros(shape, dtype), np.zeros(2), np.zeros(2))


def test_a_column_of_another_length_is_refused():
    with pytest.raises(CorpusError, match="4 faces and 3 values of sex; it needs one per face"):
        small(sex=list("abc"))
