"""What is written whole or not at all."""

import pytest

from faceaging_tf.files import write_whole, written_whole


@pytest.mark.parametrize("beside", [None, "mine.npz"])
def test_after_an_error_the_old_file_is_there_and_nothing_else(tmp_path, beside):
    path = tmp_path / "a.npz"
    path.write_bytes(b"old")
    with (
        pytest.raises(OSError, match="full"),
        written_whole(path, beside and tmp_path / beside) as temporary,
    ):
        with open(temporary, "wb") as file:
            file.write(b"half")
        raise OSError("full")
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", ["Zoë\n", "Zoë\n".encode()])
def test_text_and_bytes_take_the_place_of_what_was_there(tmp_path, content):
    path = tmp_path / "a.txt"
    path.write_text("much longer than what follows")
    write_whole(path, content)
    assert path.read_bytes() == b"Zo\xc3\xab\n" and list(tmp_path.iterdir()) == [path]


def test_what_a_killed_run_left_is_written_over(tmp_path):
    (tmp_path / ".a.txt.part").write_text("half of something long")
    write_whole(tmp_path / "a.txt", "whole")
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {"a.txt": "whole"}
