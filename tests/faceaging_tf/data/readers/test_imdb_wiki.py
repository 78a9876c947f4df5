"""IMDB-WIKI's structs, written by scipy as Matlab does."""

import datetime
import io

import numpy as np
import pytest
from scipy.io import savemat

from faceaging_tf.data.readers import ReaderError, find
from faceaging_tf.data.readers.imdb_wiki import age_of

READER = find("imdb_wiki")


def born(year, month, day):
    """Matlab's day number: the first of January of the year 1 is its day 367."""
    return (datetime.date(year, month, day) - datetime.date(1, 1, 1)).days + 367


def cells(texts):
    array = np.empty((1, len(texts)), object)
    for index, text in enumerate(texts):
        array[0, index] = np.array([text]) if text else np.array([], "U1")
    return array


def mat(key, rows):
    """A .mat file with a struct; rows of (born, taken, path, gender, name, score, second score)."""
    columns = list(zip(*rows, strict=True))
    numbers = lambda index: np.array([columns[index]], float)
    struct = {
        "dob": numbers(0).astype("int32"),
        "photo_taken": numbers(1).astype("uint16"),
        "full_path": cells(columns[2]),
        "gender": numbers(3),
        "name": cells(columns[4]),
        "face_location": cells(["."] * len(rows)),
        "face_score": numbers(5),
        "second_face_score": numbers(6),
    }
    buffer = io.BytesIO()
    savemat(buffer, {key: struct})
    return buffer.getvalue()


NAN, INF = float("nan"), float("inf")
ROW = (born(1981, 5, 5), 2009, "17/10000217_1981-05-05_2009.jpg", 1, "Sami Jauhojärvi", 4.3, NAN)


def source_of(sources_of, **changes):
    names = ("born", "taken", "path", "gender", "name", "score", "second")
    row = tuple(changes.get(name, value) for name, value in zip(names, ROW, strict=True))
    return sources_of(
        READER, {"wiki.mat": mat("wiki", [row, ROW[:2] + ("other.jpg",) + ROW[3:]]), row[2]: b"."}
    )[row[2]]


def test_age_sex_and_person(sources_of):
    source = source_of(sources_of)
    assert (source.age_min, source.age_max, source.sex, source.person) == (
        28,
        28,
        "male",
        "Sami Jauhojärvi",
    )
    assert (source.source, source.problem) == ("imdb_wiki", "")


@pytest.mark.parametrize("month, day, age", [(1, 1, 28), (7, 1, 28), (7, 2, 27), (12, 31, 27)])
def test_the_age_is_that_in_the_middle_of_the_year(month, day, age):
    assert age_of(born(1981, month, day), 2009) == age


@pytest.mark.parametrize("gender, sex", [(0, "female"), (1, "male"), (NAN, "")])
def test_sexes(sources_of, gender, sex):
    assert source_of(sources_of, gender=gender).sex == sex


def test_a_person_without_a_name_is_unknown(sources_of):
    assert source_of(sources_of, name="").person == ""


@pytest.mark.parametrize(
    "changes, clause",
    [
        ({"score": -INF}, "the dataset found no face"),
        ({"second": 2.5}, "the dataset found a second face (score 2.5)"),
        (
            {"born": born(2020, 1, 1)},
            "the age -11, of somebody born 2020-01-01 in a photo of 2009, is not between 0 and 100",
        ),
        ({"born": born(1881, 1, 1)}, "the age 128, "),
        ({"born": 5}, "the date of birth, day 5 of Matlab's count, is no date"),
    ],
)
def test_what_is_wrong_is_told(sources_of, changes, clause):
    assert source_of(sources_of, **changes).problem.startswith(clause)


def test_a_faint_second_face_does_no_harm(sources_of):
    assert source_of(sources_of, second=0.8).problem == ""


def test_labels_without_a_picture_and_pictures_without_a_label_are_told(sources_of):
    sources = sources_of(
        READER, {"imdb_crop/imdb.mat": mat("imdb", [ROW]), "imdb_crop/00/other.jpg": b"."}
    )
    assert sources[ROW[2]].problem == "the labels name it, and it is not there"
    assert sources["imdb_crop/00/other.jpg"].problem == "no label names it" and len(sources) == 2


@pytest.mark.parametrize(
    "content", [b"", b"no mat file", mat("other", [ROW]), mat("wiki", [ROW])[:300]]
)
def test_a_damaged_label_file_is_a_sentence(tree_of, content):
    with pytest.raises(
        ReaderError, match="is no label file of IMDB-WIKI that can be read .*copy it again"
    ):
        list(READER.read(tree_of({"wiki.mat": content})))


def test_a_label_file_of_version_7_3_is_a_sentence(tree_of):
    # Version 2.0 in the header, in the byte order of "IM", says that HDF5 follows.
    header = b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM"
    with pytest.raises(ReaderError, match="is a .mat file of version 7.3.*save it with -v7"):
        list(READER.read(tree_of({"wiki.mat": header.ljust(512)})))


def test_its_folders_are_no_ages_where_the_label_file_is_missing(tree_of):
    tree = tree_of(["17/10000217_1981-05-05_2009.jpg", "48/10000548_1925-04-04_1964.jpg"])
    assert READER.recognises(tree)
    with pytest.raises(ReaderError, match="holds neither imdb.mat nor wiki.mat"):
        list(READER.read(tree))
