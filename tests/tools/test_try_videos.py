"""The tool that tries videos: a few seeds, and that it says of what fails."""

import importlib
import pathlib
import sys

import pytest

TOOLS = pathlib.Path(__file__).parents[2] / "tools"


@pytest.fixture(scope="module")
def tool():
    sys.path.insert(0, str(TOOLS))
    try:
        yield importlib.import_module("try_videos")
    finally:
        sys.path.remove(str(TOOLS))


def test_videos_of_a_few_seeds_are_aged_or_refused_as_they_should(tool, capsys):
    assert tool.main(["--seed", "11", "--count", "5"]) == 0
    told = capsys.readouterr().out.splitlines()[-1]
    assert told.startswith("5 videos from seed 11: 4 aged, 1 refused, 0 not made;")


def test_one_frame_that_begins_before_what_its_file_states_is_shown(tool):
    assert tool.main(["--seed", "810147", "--count", "1"]) == 0


def test_a_seed_draws_the_same_video_again(tool):
    assert tool.Case(5).content() == tool.Case(5).content() and str(tool.Case(5)) != str(
        tool.Case(6)
    )


def test_what_fails_is_counted_with_its_seed(tool, capsys, monkeypatch):
    import faceaging_tf.video

    def broken(path, out, *_, **__):
        with open(f"{out}.half", "wb"):
            return 1 / 0

    monkeypatch.setattr(faceaging_tf.video, "age_video", broken, raising=False)
    assert tool.main(["--seed", "12", "--count", "1"]) == 1
    told = capsys.readouterr().out
    assert "seed 12: traceback: " in told and "ZeroDivisionError" in told and "1 traceback" in told
