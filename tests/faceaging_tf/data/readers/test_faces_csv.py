"""This project's corpora, and tables whose columns the user names."""

import pytest

from faceaging_tf.data.readers import ReaderError, find, read_table

READER = find("faces_csv")


def test_a_corpus_of_exact_ages(sources_of):
    table = "file,age,sex,source,person,split,sharpness\n0.webp,49,male,aaf,p1,val,0.133\n"
    source = sources_of(READER, {"faces.csv": table, "0.webp": b"."})["0.webp"]
    assert (source.age_min, source.age_max, source.sex, source.source, source.person) == (
        49,
        49,
        "male",
        "aaf",
        "p1",
    )
    assert (source.split, source.aligned, source.attributes, source.problem) == (
        "validation",
        True,
        {"sharpness": "0.133"},
        "",
    )


def test_a_corpus_of_ranges(sources_of):
    source = sources_of(
        READER, {"faces.csv": "file,age_min,age_max,race\nf/0.webp,3,9,White\n", "f/0.webp": b"."}
    )["f/0.webp"]
    assert (source.age_min, source.age_max, source.sex, source.attributes) == (
        3,
        9,
        "",
        {"race": "White"},
    )


def test_a_table_without_files_or_ages_is_no_corpus(tree_of):
    assert not READER.recognises(tree_of({"faces.csv": "name,age\n", "0.webp": b"."}))


@pytest.mark.parametrize(
    "table",
    [
        "path,years,gender,id,city\na.jpg,35,F,7,Oslo\n",
        "path;years;gender;id;city\r\na.jpg;35;F;7;Oslo\r\n",
        "\ufeffpath\tyears\tgender\tid\tcity\n.\\a.jpg\t35\twoman\t7\tOslo",
    ],
)
def test_named_columns(tree_of, table):
    columns = {"file": "path", "age": "years", "sex": "gender", "person": "id"}
    (source,) = read_table(tree_of({"t.csv": table, "a.jpg": b"."}), "t.csv", columns)
    assert (source.file, source.age_min, source.sex, source.person, source.attributes) == (
        "a.jpg",
        35,
        "female",
        "7",
        {"city": "Oslo"},
    )
    assert not source.aligned and not source.problem and not source.source


def test_files_count_from_the_tables_folder(tree_of):
    tree = tree_of(
        {"set/t.csv": "f,a\nimg/a.jpg,20-29\n", "set/img/a.jpg": b".", "img/a.jpg": b"."}
    )
    assert next(read_table(tree, "set/t.csv", {"file": "f", "age": "a"})).file == "set/img/a.jpg"


@pytest.mark.parametrize(
    "low, high, ages", [("20", "29", (20, 29)), ("20", "", (20, None)), ("", "29", (None, 29))]
)
def test_ranges_in_two_columns(tree_of, low, high, ages):
    tree = tree_of({"t.csv": f"f,low,high\na.jpg,{low},{high}\n", "a.jpg": b"."})
    (source,) = read_table(tree, "t.csv", {"file": "f", "age_min": "low", "age_max": "high"})
    assert (source.age_min, source.age_max, source.problem) == (*ages, "")


@pytest.mark.parametrize(
    "row, clause",
    [
        ("a.jpg,old", "the age 'old' is neither a number of years nor a group"),
        ("a.jpg,-4", "is neither"),
        (",35", "its label names no file"),
        ("gone.jpg,35", "the labels name it, and it is not there"),
        ("../../etc/passwd,35", "the labels name it, and it is not there"),
        ("t.csv,35", "the labels name it twice"),
        ("notes.txt,35", "is no picture by its name"),
    ],
)
def test_what_is_wrong_with_a_row_is_told(tree_of, row, clause):
    tree = tree_of({"t.csv": f"f,a\n{row}\n", "a.jpg": b".", "notes.txt": b"."})
    assert clause in next(read_table(tree, "t.csv", {"file": "f", "age": "a"})).problem


@pytest.mark.parametrize("row", ["a.jpg,", "a.jpg"])
def test_an_age_that_is_not_given_is_left_open(tree_of, row):
    tree = tree_of({"t.csv": f"f,a\n{row}\n", "a.jpg": b"."})
    for columns in ({"file": "f", "age": "a"}, {"file": "f"}):
        source = next(read_table(tree, "t.csv", columns))
        assert (source.age_min, source.age_max, source.problem) == (None, None, "")


def test_a_corpus_without_splits_is_split_by_row(tree_of):
    names = [f"{number}.webp" for number in range(23)]
    tree = tree_of(
        {
            "faces.csv": "file,age\n" + "".join(f"{name},30\n" for name in names),
            **{name: b"." for name in names},
        }
    )
    splits = [source.split for source in find("faces_csv").read(tree)]
    assert splits == ["validation", "test", *["train"] * 18, "validation", "test", "train"]


def test_what_no_row_names_is_told(tree_of):
    tree = tree_of({"t.csv": "f,a\na.jpg,3\n", "a.jpg": b".", "b.jpg": b".", "notes.txt": b"."})
    problems = {
        source.file: source.problem
        for source in read_table(tree, "t.csv", {"file": "f", "age": "a"})
    }
    assert problems == {
        "a.jpg": "",
        "b.jpg": "no label names it",
        "notes.txt": "is no picture by its name",
    }


def test_a_word_that_is_neither_sex_is_kept_as_it_is(tree_of):
    tree = tree_of({"t.csv": "f,a,s\na.jpg,3,other\n", "a.jpg": b"."})
    source = next(read_table(tree, "t.csv", {"file": "f", "age": "a", "sex": "s"}))
    assert source.sex == "" and source.attributes == {"sex": "other"}


def test_names_that_are_no_utf8_are_found(tree_of):
    name = b"caf\xe9.jpg"
    tree = tree_of(
        {"t.csv": b"f,a\n" + name + b",3\n", name.decode("utf-8", "surrogateescape"): b"."}
    )
    assert next(read_table(tree, "t.csv", {"file": "f", "age": "a"})).problem == ""


@pytest.mark.parametrize(
    "columns, sentence",
    [
        ({"file": "f", "age": "years"}, "has no column years; its columns are f, a, s"),
        ({"file": "f", "years": "a"}, "can mean file, age, .*; got years"),
        ({"age": "a"}, 'needs a column for "file"'),
        (
            {"file": "f", "age": "a", "sex": "s"},
            "The column s of t.csv says 0, and datasets number the sexes both ways round",
        ),
    ],
)
def test_columns_that_do_not_fit_are_a_sentence(tree_of, columns, sentence):
    tree = tree_of({"t.csv": "f,a,s\na.jpg,3,0\n", "a.jpg": b"."})
    with pytest.raises(ReaderError, match=sentence):
        list(read_table(tree, "t.csv", columns))


def test_a_table_that_is_not_there_is_a_sentence(tree_of):
    with pytest.raises(ReaderError, match="holds no file 't.csv'"):
        read_table(tree_of(["a.jpg"]), "t.csv", {"file": "f", "age": "a"})


def test_a_word_that_names_no_split_is_a_sentence(tree_of):
    tree = tree_of({"a.jpg": b".", "faces.csv": "file,age,split\na.jpg,35,fold 3\n"})
    with pytest.raises(ReaderError, match="split of faces.csv says 'fold 3'; it needs train"):
        list(READER.read(tree))
