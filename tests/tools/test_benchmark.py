"""The benchmark: a line a work, and a sentence for what it cannot time."""

import subprocess
import sys
from pathlib import Path

TOOL = Path(__file__).resolve().parents[2] / "tools" / "benchmark.py"


def run(*arguments):
    return subprocess.run([sys.executable, str(TOOL), *arguments], capture_output=True, text=True)


def test_each_work_is_timed_in_both_trees():
    result = run(
        "--works",
        "help,import",
        "--rounds",
        "1",
        "--photos",
        "1",
        "--seconds",
        "0.2",
        "--against",
        str(TOOL.parents[1]),
    )
    assert result.returncode == 0, result.stderr
    title, *lines = result.stdout.splitlines()
    assert title.split()[-1] == "ratio" and [line.split()[0] for line in lines] == [
        "help",
        "import",
    ]
    assert all(len(line.split()) == 6 and float(line.split()[-1]) > 0 for line in lines)


def test_what_is_no_work_or_no_tree_is_told():
    assert "--works names dance; there are help, list" in run("--works", "dance").stderr
    assert "There is no tree of this project at /nowhere" in run("--against", "/nowhere").stderr
