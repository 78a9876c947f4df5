"""What the tests of the survey share: a study of drawn faces, and a server of its own process."""

import re
import signal
import subprocess
import sys

import numpy as np
import pytest

from faceaging_tf.data.drawn_faces import draw_face
from faceaging_tf.evaluate.survey import Candidate, build_study

YEARS = (10, 20, 30)
PEOPLE = (3, 4)
AGE = 30


@pytest.fixture(scope="session")
def candidates():
    """Twelve candidates: two drawn people, each as older by drawing, and as a smoother picture that
    did not age.
    """
    pairs = []
    for person in PEOPLE:
        before = draw_face(person, AGE, size=32)
        smooth = np.repeat(np.repeat(before[::4, ::4], 4, 0), 4, 1)
        for years in YEARS:
            pairs.append(
                Candidate("drawing", years, AGE, before, draw_face(person, AGE + years, size=32))
            )
            pairs.append(Candidate("smoothing", years, AGE, before, smooth))
    return pairs


@pytest.fixture
def folder(candidates, tmp_path):
    """The folder of a study."""
    build_study(tmp_path / "study", candidates, seed=1)
    return tmp_path / "study"


@pytest.fixture(scope="session")
def serve_folder():
    """A function that serves a study with the real program and returns `(process, address)`; what
    it started ends with the tests.
    """
    processes = []

    def start(folder):
        command = [sys.executable, "-m", "zoo", "survey", "serve", str(folder), "--port", "0"]
        # Whoever runs the tests in the background has them ignore interrupts, and what they start
        # would too.
        listen = lambda: signal.signal(signal.SIGINT, signal.default_int_handler)
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=listen)
        processes.append(process)
        return process, re.search(r"http://[\d.]+:\d+", process.stdout.readline())[0]

    yield start
    for process in processes:
        process.send_signal(signal.SIGINT)
    for process in processes:
        process.communicate(timeout=20)


@pytest.fixture
def serve(folder, serve_folder):
    """A function that serves the study of `folder`."""
    return lambda: serve_folder(folder)
