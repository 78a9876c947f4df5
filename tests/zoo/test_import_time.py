"""Importing the zoo costs little."""

import subprocess
import sys

import pytest

PROGRAM = """
import sys, time
began = time.perf_counter()
import zoo
seconds = time.perf_counter() - began
{use}
print(seconds, *sorted({{"tensorflow", "keras", "jax", "matplotlib", "ai_edge_litert"}} & set(sys.modules)))
"""


def fresh_process(use=""):
    output = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(use=use)], check=True, capture_output=True, text=True
    ).stdout
    seconds, *heavy = output.split()
    return float(seconds), heavy


def test_importing_takes_less_than_a_second_and_no_framework():
    seconds, heavy = fresh_process()
    assert seconds < 1 and heavy == []


def test_listing_and_finding_entries_needs_no_framework():
    assert fresh_process("zoo.list(); from zoo.registry import find; find('fagan')")[1] == []


@pytest.mark.parametrize("arguments", [["--help"], ["list"], ["survey", "--help"]], ids=" ".join)
def test_help_and_list_need_no_framework(arguments):
    use = f"import contextlib, io; from zoo.cli.main import main\nwith contextlib.redirect_stdout(io.StringIO()): main({arguments})"
    assert fresh_process(use)[1] == []


def test_the_command_line_refuses_without_a_framework():
    _, heavy = fresh_process(
        "from zoo.cli.main import main; assert main(['age', 'nowhere.jpg', '--years', '30']) == 2"
    )
    assert heavy == []


def test_ageing_a_photo_waits_for_no_scipy():
    use = "import faceaging_tf.mobile, faceaging_tf.photo.aging, faceaging_tf.photo.writing; print('scipy' in sys.modules)"
    output = subprocess.run(
        [sys.executable, "-c", f"import sys; {use}"], check=True, capture_output=True, text=True
    ).stdout
    assert output == "False\n"
