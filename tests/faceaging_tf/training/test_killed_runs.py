"""A run on drawn faces that is killed three times, at random moments, ends as one that was not."""

import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from faceaging_tf import training
from faceaging_tf.training.stability import SEEDS_APART

HERE = pathlib.Path(__file__).parent
EPOCHS, STEPS, KILLS = 30, 4, 3


def start(folder):
    search = os.pathsep.join([*sys.path, str(HERE.parents[1] / "support")])
    # One thread: of nets this small, handing work from thread to thread costs more than the work.
    environment = {
        **os.environ,
        "PYTHONPATH": search,
        "TF_NUM_INTEROP_THREADS": "1",
        "TF_NUM_INTRAOP_THREADS": "1",
    }
    arguments = [sys.executable, str(HERE / "killed_run.py"), str(folder), str(EPOCHS), str(STEPS)]
    return subprocess.Popen(arguments, env=environment)


def epochs_done(folder):
    path = folder / "checkpoint.json"
    return json.loads(path.read_text())["epochs_done"] if path.exists() else 0


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """The folder of the run, the exit statuses of its processes, and how far each was when it was
    killed.
    """
    folder = tmp_path_factory.mktemp("killed")
    statuses, done = [], []
    for _ in range(KILLS):
        process = start(folder)
        goal = epochs_done(folder) + random.randint(1, 6)
        while process.poll() is None and epochs_done(folder) < goal:
            time.sleep(0.01)
        # Anywhere in an epoch of some tenths of a second: in a step, in the guard, in the midst of
        # saving.
        time.sleep(random.uniform(0, 0.4))
        process.send_signal(signal.SIGKILL)
        statuses.append(process.wait())
        done.append(epochs_done(folder))
    statuses.append(start(folder).wait())
    return folder, statuses, done


@pytest.mark.slow
def test_every_process_but_the_last_was_killed_on_its_way(killed):
    _, statuses, done = killed
    assert statuses == [-signal.SIGKILL] * KILLS + [0] and 0 < done[0] < done[1] < done[2] < EPOCHS


@pytest.mark.slow
def test_the_steps_are_those_that_were_asked_for(killed):
    assert json.loads((killed[0] / "end.json").read_text())["steps"] == [EPOCHS * STEPS] * 3


@pytest.mark.slow
def test_the_losses_are_finite_and_each_epoch_is_logged_once(killed):
    lines = [json.loads(line) for line in (killed[0] / "log.jsonl").read_text().splitlines()]
    assert all(np.isfinite(list(line.values())).all() for line in lines)
    steps = [line["step"] for line in lines]
    assert steps == [STEPS * (epoch + 1) for epoch in range(EPOCHS)]


@pytest.mark.slow
def test_rates_and_seed_are_those_of_the_restarts_in_all_processes_together(killed):
    restarts = training.restarts_of(killed[0])
    end = json.loads((killed[0] / "end.json").read_text())
    assert restarts and [line["seed"] for line in restarts] == list(range(1, len(restarts) + 1))
    assert end["seed"] == SEEDS_APART * len(restarts) and end["rate"] == pytest.approx(
        restarts[-1]["discriminator_rate"]
    )
