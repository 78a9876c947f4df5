"""On JAX a step is TensorFlow's, and a resumed run goes on exactly."""

import os
import pathlib
import subprocess
import sys

import keras
import numpy as np
import pytest
import tiny

HERE = pathlib.Path(__file__).parent

MODELS = {
    "cyclegan": (lambda: tiny.cyclegan(**tiny.FEW_LAYERS, momentum=0.5), tiny.domain_batch),
    "fagan": (
        lambda: tiny.without_augmentation(tiny.moving_fagan(momentum=0.5)),
        tiny.age_shift_batch,
    ),
}


@pytest.fixture(scope="module")
def steps(tmp_path_factory):
    """The folder of what JAX computed, and for each model its weights before, after a step on
    TensorFlow, and the losses.
    """
    pytest.importorskip("jax")
    folder = tmp_path_factory.mktemp("jax")
    on_tensorflow = {}
    for kind, (make, make_batch) in MODELS.items():
        # The gradient of a bilinear lookup jumps where a place crosses a pixel. From these weights
        # no place lies that near: ten roundings of each weight by 3e-7 change no weight after the
        # step by more than 2e-5.
        keras.utils.set_random_seed(2)
        model = tiny.randomized(make())
        before = model.get_weights()
        np.savez(
            folder / f"{kind}-weights.npz",
            **{str(number): weight for number, weight in enumerate(before)},
        )
        model.compile(tiny.sgd(0.05), tiny.sgd(0.1))
        logs = {
            name: float(value) for name, value in model.train_step((make_batch(seed=0),)).items()
        }
        on_tensorflow[kind] = model.weights, before, model.get_weights(), logs
    whole = tiny.randomized(tiny.whole_fagan(discriminator=None))
    np.savez(
        folder / "whole_fagan-weights.npz",
        **{str(number): weight for number, weight in enumerate(whole.get_weights())},
    )
    on_tensorflow["whole_fagan"] = whole.transform(
        tiny.faces(2), [30, -20], [30, 60], strengths={"hair": 0.5}
    )
    search = os.pathsep.join([*sys.path, str(HERE.parents[1] / "support")])
    # What is compiled here runs for twenty steps of 32 pixels: compiling is the cost, not running.
    fast = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
    environment = {
        **os.environ,
        "PYTHONPATH": search,
        "KERAS_BACKEND": "jax",
        "JAX_PLATFORMS": "cpu",
        "XLA_FLAGS": fast,
    }
    subprocess.run(
        [sys.executable, str(HERE / "on_jax.py"), str(folder)], env=environment, check=True
    )
    return folder, on_tensorflow


@pytest.mark.parametrize("kind", MODELS)
def test_a_step_is_the_same_on_tensorflow_and_on_jax(steps, kind):
    folder, on_tensorflow = steps
    on_jax = np.load(folder / f"{kind}-one.npz")
    variables, before, after, _ = on_tensorflow[kind]
    for number, (variable, weight) in enumerate(zip(variables, after, strict=True)):
        np.testing.assert_allclose(
            on_jax[str(number)], weight, atol=1e-4, err_msg=f"{number} {variable.path}"
        )
    assert max(np.abs(new - old).max() for new, old in zip(after, before, strict=True)) > 1e-2


@pytest.mark.parametrize("kind", MODELS)
def test_the_losses_are_the_same_on_tensorflow_and_on_jax(steps, kind):
    folder, on_tensorflow = steps
    on_jax = np.load(folder / f"{kind}-one.npz")
    for name, value in on_tensorflow[kind][3].items():
        assert float(on_jax[f"log {name}"]) == pytest.approx(value, rel=1e-4, abs=1e-5), name


@pytest.mark.parametrize("kind", [*MODELS, "age_regressor"])
def test_ten_steps_saved_loaded_and_ten_more_are_twenty(steps, kind):
    folder, _ = steps
    twenty, resumed = (np.load(folder / f"{kind}-{run}.npz") for run in ("twenty", "resumed"))
    assert sorted(twenty) == sorted(resumed)
    for name in twenty:
        np.testing.assert_allclose(resumed[name], twenty[name], rtol=1e-6, atol=1e-7, err_msg=name)
    assert 20 in [
        twenty[name].item()
        for name in twenty
        if name.startswith("optimizer") and twenty[name].size == 1
    ]


def test_whole_heads_are_aged_alike_on_tensorflow_and_on_jax(steps):
    folder, on_tensorflow = steps
    difference = np.abs(
        np.load(folder / "whole_fagan.npz")["aged"].astype(int) - on_tensorflow["whole_fagan"]
    )
    assert (
        difference.max() <= 1
        and np.abs(on_tensorflow["whole_fagan"].astype(int) - tiny.faces(2)).max() > 5
    )
