"""Tables of exemplars: what they hold, and what is said of those that cannot be used."""

import pytest

from faceaging_tf.teacher.exemplars import Exemplar, ExemplarError, read_exemplars


def table(folder, text):
    path = folder / "exemplars.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_gives_files_and_whom_they_serve(tmp_path):
    path = table(tmp_path, "file,roles,note\na.jpg,male forehead,x\nb.jpg,female,\n")
    assert read_exemplars(path) == [
        Exemplar("a.jpg", ("male", "forehead")),
        Exemplar("b.jpg", ("female",)),
    ]


def test_a_table_may_say_how_old_they_look(tmp_path):
    path = table(tmp_path, "file,roles,age\na.jpg,male forehead,\nb.jpg,female, 81.5\n")
    assert [exemplar.age for exemplar in read_exemplars(path)] == [None, 81.5]


def test_a_spreadsheets_byte_order_mark_is_read_over(tmp_path):
    assert (
        len(read_exemplars(table(tmp_path, "\ufefffile,roles\na.jpg,male female forehead\n"))) == 1
    )


REFUSED = {
    "": "has the columns of an empty file; it needs file and roles",
    "file,role\na.jpg,male\n": "has the columns file, role; it needs file and roles",
    "file,roles\na.jpg,man\n": "gives a.jpg the roles man; it needs one or more of male, female, forehead",
    "file,roles\na.jpg,\n": "gives a.jpg the roles none",
    "file,roles\na.jpg,male forehead\n": "has no exemplar for the role female",
    "file,roles,age\na.jpg,male,old\n": "gives a.jpg the age old; it needs years from 0 to 120",
    "file,roles,age\na.jpg,male,nan\n": "gives a.jpg the age nan; it needs years from 0 to 120",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_used_is_told(tmp_path, text):
    with pytest.raises(ExemplarError, match=REFUSED[text]) as caught:
        read_exemplars(table(tmp_path, text))
    assert str(caught.value).endswith(".") and "exemplars.csv" in str(caught.value)


def test_a_missing_table_is_told(tmp_path):
    with pytest.raises(
        ExemplarError, match="There is no table of exemplars at .*none.csv; give a csv"
    ):
        read_exemplars(tmp_path / "none.csv")
