"""Where training computes in half precision by itself."""

import keras
import pytest
import tensorflow as tf

from faceaging_tf.training import precision
from faceaging_tf.training.precision import fast_precision


@pytest.mark.parametrize(
    ("flags", "fastest"),
    [("fpu sse amx_tile amx_bf16", "mixed_bfloat16"), ("fpu avx512_bf16", "float32")],
)
def test_a_processor_with_tiles_multiplies_bfloat16_faster(tmp_path, monkeypatch, flags, fastest):
    (tmp_path / "cpuinfo").write_text(f"processor : 0\nflags\t\t: {flags}\n")
    monkeypatch.setattr(precision, "CPU", tmp_path / "cpuinfo")
    assert fast_precision() == fastest


def test_where_nobody_knows_the_processor_it_is_float32(tmp_path, monkeypatch):
    monkeypatch.setattr(precision, "CPU", tmp_path / "nothing")
    assert fast_precision() == "float32"


@pytest.mark.parametrize(
    ("details", "fastest"),
    [
        ({"compute_capability": (8, 6)}, "mixed_bfloat16"),
        ({"compute_capability": (7, 5)}, "float32"),
        ({}, "float32"),
    ],
)
def test_a_gpu_counts_and_not_its_processor(tmp_path, monkeypatch, details, fastest):
    (tmp_path / "cpuinfo").write_text("flags : amx_bf16\n")
    monkeypatch.setattr(precision, "CPU", tmp_path / "cpuinfo")
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["one"])
    monkeypatch.setattr(tf.config.experimental, "get_device_details", lambda gpu: details)
    assert fast_precision() == fastest


def test_jax_is_left_to_the_user(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    assert fast_precision() == "float32"
