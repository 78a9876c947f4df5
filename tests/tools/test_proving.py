"""Short shares of the proofs of reliability."""

import importlib
import pathlib
import random
import sys
import types

import pytest

TOOLS = str(pathlib.Path(__file__).parents[2] / "tools")


@pytest.fixture(scope="module")
def tool():
    """A function that imports a tool."""
    sys.path.insert(0, TOOLS)
    try:
        yield importlib.import_module
    finally:
        sys.path.remove(TOOLS)


def test_a_row_says_what_was_tried_and_a_failure_ends_the_proof_with_1(tool, capsys):
    proof = tool("proving").Proof("python tools/prove_it.py")
    proof.row("Kept", 1200, [], "all")
    assert not proof.failed
    proof.row("Kept", 2, ["one was lost"], "the rest")
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "| Kept | `python tools/prove_it.py` | 1,200 | all |",
        "| Kept | `python tools/prove_it.py` | 2 | **1 failed**; the rest |",
    ]
    assert proof.failed and "one was lost" in told.err


def test_a_process_that_is_killed_leaves_no_orphan_unseen(tool):
    proving = tool("proving")
    code = (
        "import subprocess, sys, time\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print('begun', flush=True); time.sleep(60)"
    )
    process = proving.start(["-c", code], proving.subprocess.PIPE)
    assert process.stdout.readline() == b"begun\n"
    orphans = proving.kill(process)
    assert len(orphans) == 1 and not proving.alive(process.pid)


def test_every_released_preset_with_a_byte_changed_is_refused(tool, tmp_path, capsys):
    tampering = tool("prove_tampering")
    proof = tampering.Proof("here")
    tampering.flip(proof, 1, random.Random(0), tmp_path)
    assert not proof.failed and capsys.readouterr().out.count("100 % refused") == 4


@pytest.mark.parametrize("kind", ["table", "parquet", "preset"])
def test_damaged_files_of_some_seeds_are_taken_or_refused_with_a_sentence(tool, kind):
    bad_inputs = tool("bad_inputs")
    became = [bad_inputs.try_one(kind, seed) for seed in range(20)]
    assert {what for what, _ in became} == {"taken", "refused"}, became


def test_a_cluster_that_does_not_start_in_time_is_started_again(tool, monkeypatch, capsys):
    machines, begun, ended = tool("prove_machines"), [], []

    class Cluster:
        def __init__(self, **given):
            begun.append(self)
            if len(begun) == 1:
                raise TimeoutError("the head is late")

        def add_node(self, num_cpus):
            if len(begun) == 2:
                raise TimeoutError("a node is late")
            return object()

        def wait_for_nodes(self):
            pass

        def shutdown(self):
            ended.append(self)

    ray = types.ModuleType("ray")
    ray.shutdown = lambda: None
    monkeypatch.setitem(sys.modules, "ray", ray)
    monkeypatch.setitem(sys.modules, "ray.cluster_utils", types.SimpleNamespace(Cluster=Cluster))
    monkeypatch.setattr(machines.time, "sleep", lambda seconds: None)
    with machines.three_nodes() as (nodes, others):
        assert nodes is begun[2] and len(others) == 2 and ended == [begun[1]]
    assert ended == [begun[1], begun[2]]
    assert "the head is late" in capsys.readouterr().err
