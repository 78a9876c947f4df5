"""Tables as people write them."""

import pytest

from faceaging_tf.data.tables import columns_in, table_of


@pytest.mark.parametrize("separator", [",", ";"])
def test_a_quotation_mark_behind_a_blank_is_one(separator):
    lines = ['"file", "age"', '"a, b; c.png", "30"']
    content = "\n".join(line.replace('", "', f'"{separator} "') for line in lines).encode()
    assert table_of(content, "t.csv").rows == [{"file": "a, b; c.png", "age": "30"}]
    assert columns_in(content) == ["file", "age"]


def test_blanks_alone_stay_as_they_are():
    assert table_of(b"file,age\n a.png, 30\n", "t.csv").rows == [{"file": " a.png", "age": " 30"}]


def test_a_cell_may_be_as_long_as_a_picture():
    content = b"file,age,embedding\na.png,30," + b"1 " * 200_000
    assert len(table_of(content, "t.csv").rows[0]["embedding"]) == 400_000


def test_two_marks_of_the_byte_order_are_none_of_the_names():
    assert table_of(b"\xef\xbb\xbf" * 2 + b"file,age\na.png,30\n", "t.csv").columns == [
        "file",
        "age",
    ]
