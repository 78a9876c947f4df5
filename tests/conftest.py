"""Every test begins from the same random state, whichever ran before it; notebooks are shared out
one by one.
"""

import ctypes
import gc
import os
import pathlib

import pytest

# oneDNN keeps what each shape of each convolution needs, gigabytes after a few hundred models; read
# as TensorFlow is imported.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras
import tensorflow as tf
from tensorflow.python.framework import ops

import zoo
from faceaging_tf.training import precision

# Bytes that are worth a search for what is free.
GROWTH = 1e8
held = [0.0]
# Of glibc's `mallopt`: blocks from a megabyte on are given back when they are freed, and threads
# share two arenas.
MALLOC = {-3: 2**20, -8: 2}
if hasattr(ctypes.CDLL(None), "mallopt"):
    for parameter, value in MALLOC.items():
        ctypes.CDLL(None).mallopt(parameter, value)


@pytest.fixture(autouse=True, scope="session")
def _graphs_as_they_are():
    """For a few steps of a tiny model, TensorFlow's optimization of the graph takes longer than all
    else.
    """
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})


@pytest.fixture(autouse=True)
def _one_precision(monkeypatch):
    """Trainings compute alike on every machine."""
    monkeypatch.setattr(precision, "CPU", pathlib.Path("none"))


def resident():
    """Bytes of memory that this process holds; 0 where that is not known."""
    statm = pathlib.Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if statm.exists() else 0


@pytest.fixture(autouse=True)
def _memory_is_given_back():
    """TensorFlow keeps each graph that has a gradient of its own, and the C library what was freed:
    gigabytes, after the trainings and exports of a few files.
    """
    yield
    if resident() >= held[0] + GROWTH:
        give_back()


@pytest.fixture(autouse=True, scope="module")
def _models_are_let_go():
    """Those that a file has loaded by name, and the graphs of all that it has made."""
    yield
    if resident() >= held[0] + GROWTH / 4:
        zoo.forget()
        keras.backend.clear_session(free_memory=False)
        give_back()


def give_back():
    gradients = getattr(ops.gradient_registry, "_registry", {})
    for name in [name for name in gradients if name.startswith("CustomGradient-")]:
        del gradients[name]
    gc.collect()
    if hasattr(ctypes.CDLL(None), "malloc_trim"):
        ctypes.CDLL(None).malloc_trim(0)
    held[0] = resident()


@pytest.fixture(autouse=True, scope="session")
def _seed_of_what_a_session_shares():
    keras.utils.set_random_seed(3)


@pytest.fixture(autouse=True, scope="module")
def _seed_of_what_a_module_shares():
    keras.utils.set_random_seed(2)


@pytest.fixture(autouse=True)
def _seed_of_a_test():
    keras.utils.set_random_seed(1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """As `--dist loadfile`, but for the notebooks: together they would keep one core busy after the
    other has ended.
    """
    from xdist.scheduler import LoadFileScheduling

    class ByFileOrNotebook(LoadFileScheduling):
        def _split_scope(self, nodeid):
            return nodeid if "test_it_runs[" in nodeid else super()._split_scope(nodeid)

    return ByFileOrNotebook(config, log)
