"""How much of a device's peak a run reaches."""

import json
import os
import pathlib
import subprocess
import sys

import keras
import pytest

from faceaging_tf.training import step_flops

HERE = pathlib.Path(__file__).parent


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    pytest.importorskip("jax")
    folder = tmp_path_factory.mktemp("cost")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "KERAS_BACKEND": "jax",
        "JAX_PLATFORMS": "cpu",
    }
    subprocess.run(
        [sys.executable, str(HERE / "cost_on_jax.py"), str(folder)], env=environment, check=True
    )
    return folder


def test_a_dense_layers_step_is_its_product_forward_and_once_more_for_its_kernel(folder):
    product = 2 * 32 * 200 * 100
    flops = json.loads((folder / "flops.json").read_text())
    # The loss and the optimizer are a few operations a number.
    assert 2 * product < flops < 2 * product + 10 * (32 * 100 + 200 * 100)


def test_the_log_says_what_share_of_the_peak_each_epoch_reached(folder):
    flops = json.loads((folder / "flops.json").read_text())
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    assert len(lines) == 2
    for line in lines:
        # Seconds are logged in hundredths, shares in ten thousandths.
        fastest, slowest = (
            4 * flops / max(line["seconds"] + late, 1e-3) / 1e9 for late in (-0.006, 0.006)
        )
        assert slowest - 1e-4 <= line["share_of_peak"] <= fastest + 1e-4


def test_elsewhere_nothing_is_counted():
    assert keras.backend.backend() == "tensorflow" and step_flops(None, None) is None
