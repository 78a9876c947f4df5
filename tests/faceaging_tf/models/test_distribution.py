"""A step on two devices is the step on one."""

import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

HERE = pathlib.Path(__file__).parent
# A process of its own, which compiles for most of its time.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    path = tmp_path_factory.mktemp("distribution") / "results.npz"
    search = os.pathsep.join([*sys.path, str(HERE.parents[1] / "support")])
    environment = {
        **os.environ,
        "PYTHONPATH": search,
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "KERAS_BACKEND": "tensorflow",
    }
    subprocess.run(
        [sys.executable, str(HERE / "on_two_devices.py"), str(path)], env=environment, check=True
    )
    return dict(np.load(path))


@pytest.mark.parametrize("name", ["cyclegan", "fagan"])
def test_two_replicas_make_one_step(results, name):
    assert results[f"{name}/replicas"] == 2 and results[f"{name}/iterations"] == 1


@pytest.mark.parametrize("name", ["cyclegan", "fagan"])
def test_the_weights_and_their_averages_are_those_of_one_device(results, name):
    prefix = f"{name}/one/"
    places = [
        key.removeprefix(prefix) for key in results if key.startswith(prefix) and "/log " not in key
    ]
    moved = 0.0
    for place in places:
        one, two, before = (
            results[f"{name}/{which}/{place}"] for which in ("one", "two", "before")
        )
        np.testing.assert_allclose(two, one, atol=1e-4, err_msg=place)
        moved = max(moved, np.abs(one - before).max())
    assert len(places) > 40 and moved > 1e-2


@pytest.mark.parametrize("name", ["cyclegan", "fagan"])
def test_the_losses_are_the_means_over_both_devices(results, name):
    logs = [key for key in results if key.startswith(f"{name}/one/log ")]
    assert logs
    for key in logs:
        assert results[key.replace("/one/", "/two/")] == pytest.approx(
            results[key], rel=1e-3, abs=1e-5
        ), key
