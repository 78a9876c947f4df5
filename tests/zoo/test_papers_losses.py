"""`architecture="paper"` trains a step with the paper's terms and no other, on TensorFlow and on
JAX.
"""

import json
import os
import pathlib
import subprocess
import sys

import papers_losses
import pytest

HERE = pathlib.Path(__file__).parent


def assert_the_papers(logged, expected, slopes):
    assert logged == pytest.approx(expected, rel=1e-4)
    assert slopes == pytest.approx({"generators": 1, "judges": 1}, rel=0.01)


FAST = ("cyclegan", "fagan")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name in FAST else pytest.mark.slow)
        for name in papers_losses.BY_HAND
    ],
)
def test_a_step_has_the_papers_terms_and_no_other(name):
    assert_the_papers(*papers_losses.compared(name))


@pytest.mark.slow
@pytest.mark.parametrize("name", papers_losses.BY_HAND)
def test_a_step_on_jax_has_the_papers_terms_and_no_other(name, tmp_path):
    pytest.importorskip("jax")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([*sys.path, str(HERE.parent / "support")]),
        "KERAS_BACKEND": "jax",
        "JAX_PLATFORMS": "cpu",
        # Compiling is the cost, not running.
        "XLA_FLAGS": "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true",
    }
    path = tmp_path / "found.json"
    command = [sys.executable, str(HERE / "papers_on_jax.py"), str(path), name]
    subprocess.run(command, env=environment, check=True)
    assert_the_papers(*json.loads(path.read_text()))
