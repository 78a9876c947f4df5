"""Photos drawn by seeds are read, aged and written, or refused; a few of what
`tools/try_pictures.py` tries for as long as it is told.
"""

import importlib
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "tools"))
try_pictures = importlib.import_module("try_pictures")
sys.path.pop(0)


@pytest.mark.parametrize("seed", range(20))
def test_a_photo_is_aged_or_refused(seed, tmp_path):
    assert try_pictures.attempt(seed, tmp_path)[1] == ""


def test_the_last_line_counts_what_was_tried(capsys):
    assert try_pictures.main(["--seed", "3", "--count", "2"]) == 0
    assert capsys.readouterr().out.startswith("2 pictures tried: ")


def test_a_failure_is_named_with_its_seed(monkeypatch, capsys):
    monkeypatch.setattr(try_pictures.zoo, "age", lambda *given, **options: {}["nothing"])
    monkeypatch.setattr(try_pictures.Case, "_flawed", lambda case, content: content)
    assert try_pictures.main(["--seed", "3", "--count", "1"]) == 1
    assert capsys.readouterr().out.startswith("seed 3: traceback: ")
