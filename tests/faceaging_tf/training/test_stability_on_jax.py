"""On JAX a run is guarded as it is on TensorFlow."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).parent
# A process of its own, which compiles for most of its time.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    pytest.importorskip("jax")
    folder = tmp_path_factory.mktemp("jax")
    search = os.pathsep.join([*sys.path, str(HERE.parents[1] / "support")])
    # Compiling is the cost, not running.
    fast = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
    environment = {
        **os.environ,
        "PYTHONPATH": search,
        "KERAS_BACKEND": "jax",
        "JAX_PLATFORMS": "cpu",
        "XLA_FLAGS": fast,
    }
    subprocess.run(
        [sys.executable, str(HERE / "guarded_on_jax.py"), str(folder)], env=environment, check=True
    )
    return json.loads((folder / "found.json").read_text())


def test_a_changed_rate_takes_effect_in_a_compiled_step(found):
    before, after = found["lengths"]
    assert after == pytest.approx(0.5 * before, rel=1e-2)


def test_a_run_with_weights_that_are_not_finite_goes_back_and_on(found):
    (line,) = found["restarts"]
    assert "values that are not finite" in line["seen"] and (
        line["step"],
        line["back_to_step"],
    ) == (4, 2)
    assert found["finite"] and found["iterations"] == 6 and found["rate"] == pytest.approx(2.5e-4)
