"""Runs that stop by the clock, go on, and leave a log."""

import json
import shutil

import keras
import numpy as np
import pytest
import tiny

from faceaging_tf.data import FaceCorpus, LabelledBatches
from faceaging_tf.models import AgeRegressor
from faceaging_tf.training import Checkpoint, Log, train

STEPS = 6


def regressor():
    """With dropout, augmentation and moves along the gradient: three random states."""
    keras.utils.set_random_seed(1)
    model = AgeRegressor(tiny.SIZE, tiny.AGE_NETWORK, {"shift": 0.1}, robustness=0.02)
    model.compile(keras.optimizers.Adam(0.01), "categorical_crossentropy", jit_compile=False)
    model.optimizer.build(model.trainable_variables)
    return model


def batches():
    ages = np.linspace(5, 80, 20).astype("float32")
    return LabelledBatches(FaceCorpus(tiny.faces(20), ages, ages), batch_size=4, steps=STEPS)


def assert_same(model, other):
    expected, found = tiny.everything(model), tiny.everything(other)
    assert expected.keys() == found.keys()
    for name in expected:
        np.testing.assert_array_equal(found[name], expected[name], err_msg=name)


def log_of(folder):
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    """Two epochs without a stop, and the folder of the run."""
    folder = tmp_path_factory.mktemp("straight")
    model = regressor()
    finished = train(model, batches(), folder, epochs=2, verbose=0)
    return model, folder, finished


@pytest.fixture(scope="module")
def resumed(tmp_path_factory):
    """The same in three runs by three models: an epoch; a step that the clock then
    ends; the rest.
    """
    folder = tmp_path_factory.mktemp("resumed")
    finished = [train(regressor(), batches(), folder, epochs=1, verbose=0)]
    cut_short = regressor()
    cut_short.run_eagerly = True
    finished.append(train(cut_short, batches(), folder, epochs=2, minutes=0, verbose=0))
    model = regressor()
    finished.append(train(model, batches(), folder, epochs=2, verbose=0))
    return model, folder, finished, int(cut_short.optimizer.iterations)


def test_a_run_without_a_stop_is_finished(straight):
    model, folder, finished = straight
    assert finished and int(model.optimizer.iterations) == 2 * STEPS
    assert json.loads((folder / "checkpoint.json").read_text())["epochs_done"] == 2


def test_the_log_has_a_line_an_epoch(straight):
    lines = log_of(straight[1])
    assert [line["step"] for line in lines] == [STEPS, 2 * STEPS]
    assert all(
        line["seconds"] > 0 and line["faces_per_second"] > 0 and np.isfinite(line["loss"])
        for line in lines
    )


def test_a_run_that_the_clock_stopped_says_so_and_goes_on_from_its_last_whole_epoch(resumed):
    model, folder, finished, steps_of_the_second = resumed
    assert finished == [True, False, True]
    assert steps_of_the_second == STEPS + 1 and int(model.optimizer.iterations) == 2 * STEPS


def test_a_resumed_run_ends_where_one_without_a_stop_does(straight, resumed):
    assert_same(straight[0], resumed[0])


def test_an_epoch_cut_short_leaves_no_line_in_the_log(straight, resumed):
    lines = [{name: line[name] for name in ("step", "loss")} for line in log_of(resumed[1])]
    assert lines == [
        {name: line[name] for name in ("step", "loss")} for line in log_of(straight[1])
    ]


def test_a_finished_run_has_nothing_left_to_do(resumed):
    model, folder, _, _ = resumed
    before = tiny.everything(model)
    assert train(model, batches(), folder, epochs=2, verbose=0)
    np.testing.assert_array_equal(
        tiny.everything(model)["weight 0 kernel"], before["weight 0 kernel"]
    )


def test_without_a_checkpoint_there_is_nothing_to_restore(tmp_path):
    assert Checkpoint(tmp_path).restore(None) == 0


def test_a_kill_while_saving_leaves_the_last_whole_checkpoint(straight, tmp_path):
    model, folder, _ = straight
    shutil.copytree(folder, tmp_path / "run")
    (tmp_path / "run" / "writing.weights.h5").write_bytes(b"half a file")
    (tmp_path / "run" / ".checkpoint.json.part").write_text("{")
    fresh = regressor()
    assert Checkpoint(tmp_path / "run").restore(fresh) == 2
    assert_same(model, fresh)


def test_lines_without_a_checkpoint_and_half_lines_are_left_out_by_a_run_that_goes_on(tmp_path):
    log = Log(tmp_path, batches())
    lines = [f'{{"step": {step}, "loss": 1.0}}\n' for step in (2, 4, 6)]
    log.path.write_text("".join(lines) + '{"step": 8, "lo')
    log.go_on_after(4)
    assert log.path.read_text() == "".join(lines[:2])
