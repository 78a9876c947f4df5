"""What `tools/measure.py ageing` makes of an evaluation: all figures without intervals, and a line
for each group.
"""

import functools
import importlib.util
import pathlib
import sys

TOOLS = pathlib.Path(__file__).parents[2] / "tools"


@functools.cache
def measure():
    """The script as a module; its flags can be defined once only."""
    sys.path.insert(0, str(TOOLS))
    try:
        spec = importlib.util.spec_from_file_location("measure", TOOLS / "measure.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(TOOLS))


def figure(value, faces=20):
    return {"value": value, "low": value - 1, "high": value + 1, "faces": faces}


def group(moved, faces):
    return {
        "years_moved": figure(moved, faces),
        "error": figure(30 - moved, faces),
        "identity": figure(0.7, faces),
    }


SUBJECT = {
    "name": "mine",
    "summary": {"all": {"error": figure(7.0), "identity": None}},
    "years": {
        "+30": {
            "all": group(22.0, 30),
            "groups": {"sex": {"female": group(24.0, 20), "male": group(18.0, 9)}},
            "gaps": {"sex": {"years_moved": None}},
            "kid_of_inputs": figure(0.2),
            "hair": {"all": None, "female": {"lightness": {"share": figure(0.5)}}},
        }
    },
}


def test_figures_are_told_without_intervals():
    told = measure().short(SUBJECT)
    at_30 = told["years"]["+30"]
    assert (
        told["summary"] == {"error": 7.0}
        and at_30["years_moved"] == 22.0
        and at_30["faces"] == 30
        and at_30["kid_of_inputs"] == 0.2
    )
    assert (
        at_30["hair"] == {"female": {"lightness": {"share": 0.5}}}
        and at_30["groups"]["sex male"]["faces"] == 9
    )


def test_groups_of_ten_faces_have_a_line():
    lines = measure().group_table(SUBJECT).splitlines()
    assert len(lines) == 2 and lines[1].split() == ["sex", "female", "+24.0", "6.0", "0.70"]
