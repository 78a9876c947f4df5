"""Every notebook runs from top to bottom, and holds no picture of a person but the astronaut and
drawn ones.
"""

import pathlib

import nbformat
import pytest

FOLDER = pathlib.Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
# Each runs in under 90 seconds on two cores without other work; together they are too long for
# every test run.
SECONDS, SLOW = 600, ("02", "03", "04", "05", "06", "07", "08")


def test_there_are_eight():
    assert [path.name[:2] for path in NOTEBOOKS] == [f"{number:02d}" for number in range(1, 9)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_its_outputs_are_stored_and_it_says_what_to_change_next(path):
    cells = nbformat.read(path, 4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert cells[0].source.startswith("# ")
    assert "$" in "".join(
        cell.source for cell in cells if cell.cell_type == "markdown"
    ) or path.stem.startswith("01")
    assert any("image/jpeg" in output.get("data", {}) for cell in code for output in cell.outputs)
    assert "%pip install" in code[0].source and cells[-1].source.startswith(
        "## What to change next"
    )
    assert any(cell.outputs for cell in code) and path.stat().st_size < 300_000
    # Longer ones are cut off on a page.
    assert max(len(line) for cell in code for line in cell.source.splitlines()) <= 100
    assert not any(output.output_type == "error" for cell in code for output in cell.outputs)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=[pytest.mark.slow] * path.stem.startswith(SLOW))
        for path in NOTEBOOKS
    ],
    ids=lambda path: path.stem,
)
def test_it_runs(path, tmp_path):
    from nbclient import NotebookClient

    NotebookClient(
        nbformat.read(path, 4),
        timeout=SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
    ).execute()
