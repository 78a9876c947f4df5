"""Settings of Keras that do not do here are told at the door."""

import json
import os
import subprocess
import sys

import keras
import numpy as np
import pytest

import zoo
from zoo.presets import keras_settings


@pytest.fixture
def fresh(monkeypatch, tmp_path):
    """A program that has not imported Keras yet, with a file of settings of its own."""
    monkeypatch.delitem(sys.modules, "keras")
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    return lambda **settings: (tmp_path / "keras.json").write_text(json.dumps(settings))


@pytest.mark.parametrize(
    "backend, message",
    [
        ("torch", "KERAS_BACKEND asks for Keras' backend 'torch', which is not installed"),
        ("foo", "'foo', which there is not; set KERAS_BACKEND=tensorflow"),
    ],
)
def test_a_backend_that_is_not_there_is_refused(fresh, monkeypatch, backend, message):
    monkeypatch.setenv("KERAS_BACKEND", backend)
    monkeypatch.setattr(keras_settings.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(zoo.ZooError, match=message):
        keras_settings.check()


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"backend": "foo"}, "keras.json asks for Keras' backend 'foo'"),
        (
            {"image_data_format": "channels_first"},
            '\'channels_first\' in .*keras.json.*set "image_data_format" to "channels_last" there',
        ),
        ({"floatx": "float16"}, "'float16' in .*keras.json.*need float32"),
    ],
)
def test_a_file_of_settings_that_do_not_do_is_named(fresh, settings, message):
    fresh(**settings)
    with pytest.raises(zoo.ZooError, match=message):
        keras_settings.check()


@pytest.mark.parametrize(
    "settings",
    [{}, {"backend": "tensorflow", "floatx": "float32", "image_data_format": "channels_last"}],
)
def test_the_usual_settings_pass(fresh, settings):
    fresh(**settings)
    keras_settings.check()


def test_a_data_format_set_by_the_program_is_refused(tiny_preset):
    keras.config.set_image_data_format("channels_first")
    try:
        with pytest.raises(zoo.ZooError, match="by keras.config"):
            zoo.load(tiny_preset)
    finally:
        keras.config.set_image_data_format("channels_last")


def test_keras_2_in_its_place_is_refused(monkeypatch):
    monkeypatch.setenv("TF_USE_LEGACY_KERAS", "1")
    monkeypatch.setattr(keras_settings.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(zoo.ZooError, match="TF_USE_LEGACY_KERAS=1 .* unset TF_USE_LEGACY_KERAS"):
        keras_settings.check()


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16", "float64"])
def test_faces_are_aged_under_any_policy(tiny_preset, policy):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        faces = zoo.load(tiny_preset).transform(np.zeros((2, 32, 32, 3), "uint8"), 30)
    finally:
        keras.config.set_dtype_policy(before)
    assert faces.shape == (2, 32, 32, 3)


def test_the_program_ends_with_2_and_one_line():
    environment = {**os.environ, "KERAS_BACKEND": "foo"}
    finished = subprocess.run(
        [sys.executable, "-m", "zoo", "demo", "--entry", "groupgan"],
        capture_output=True,
        text=True,
        env=environment,
    )
    assert (
        finished.returncode == 2
        and finished.stderr.count("\n") == 1
        and "'foo', which there is not" in finished.stderr
    )
