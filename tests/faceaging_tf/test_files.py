"""What is written whole or not at all."""

import os
import pathlib
import subprocess
import sys

import pytest

from faceaging_tf import files
from faceaging_tf.files import folder_written_whole, held_alone, write_whole, written_whole


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


def test_more_than_can_be_written_is_known_before_it_is(tmp_path):
    script = (
        "import resource, signal, sys\nfrom faceaging_tf.files import reserve\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))\n"
        "reserve(sys.argv[1], 2**18, 4)\nprint('fits')\nreserve(sys.argv[1], 2**18, 64)\n"
    )
    root = str(pathlib.Path(files.__file__).parents[1])
    said = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "a")],
        env={**os.environ, "PYTHONPATH": root},
        capture_output=True,
        text=True,
    )
    assert said.stdout == "fits\n" and said.stderr.strip().endswith("File too large")
    assert (tmp_path / "a").stat().st_size == 0


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def replace(folder, text):
    with folder_written_whole(folder) as working:
        (working / "text").write_text(text)


@pytest.mark.parametrize("exchanged", [True, False])
def test_a_folder_takes_the_place_of_what_was_there(tmp_path, monkeypatch, exchanged):
    if not exchanged:
        monkeypatch.setattr(files, "_exchanged", lambda *_: False)
    for text in ("old", "new"):
        replace(tmp_path / "made" / "a", text)
    assert (tmp_path / "made" / "a" / "text").read_text() == "new"
    assert names(tmp_path / "made") == ["a"]


def test_after_an_error_the_old_folder_is_there_and_nothing_else(tmp_path):
    replace(tmp_path / "a", "old")
    with pytest.raises(OSError, match="full"), folder_written_whole(tmp_path / "a") as working:
        (working / "text").write_text("half")
        raise OSError("full")
    assert (tmp_path / "a" / "text").read_text() == "old" and names(tmp_path) == ["a"]


def test_whoever_looks_while_a_folder_is_replaced_finds_it(tmp_path):
    replace(tmp_path / "a", "whole")
    script = (
        "import pathlib, sys\nfrom faceaging_tf.files import folder_written_whole\n"
        "for _ in range(300):\n    with folder_written_whole(pathlib.Path(sys.argv[1])) as working:\n"
        "        (working / 'text').write_text('whole')\n"
    )
    root = str(pathlib.Path(files.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": root}
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "a")], env=environment)
    looks = 0
    while process.poll() is None:
        assert (tmp_path / "a").is_dir()
        looks += 1
    assert process.returncode == 0 and looks > 300


@pytest.mark.parametrize("seconds, left", [(0, 1), (files.STALE + 1, 0)])
def test_what_a_killed_run_left_under_a_name_of_its_own_is_removed_when_it_is_old(
    tmp_path, seconds, left
):
    for beside, name in ((written_whole, "a.txt"), (folder_written_whole, "b")):
        # A block that never ends, as of a run that is killed.
        block = beside(tmp_path / name)
        temporary = block.__enter__()
        if beside is written_whole:
            pathlib.Path(temporary).touch()
        past = os.stat(temporary).st_mtime - seconds
        os.utime(temporary, (past, past))
        with beside(tmp_path / name) as another:
            if beside is written_whole:
                pathlib.Path(another).touch()
        assert pathlib.Path(temporary).exists() == bool(left)
        del block


def test_what_one_run_has_another_is_refused_until_it_lets_go(tmp_path):
    held = held_alone(tmp_path / "lock")
    with pytest.raises(BlockingIOError):
        held_alone(tmp_path / "lock")
    held.close()
    held_alone(tmp_path / "lock").close()


def test_a_run_that_ends_by_itself_lets_go(tmp_path):
    code = "import sys; from faceaging_tf.files import held_alone; print(held_alone(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", code, tmp_path / "lock"], check=True)
    held_alone(tmp_path / "lock").close()
