"""Parts made by processes, of which some end."""

import os
import pathlib
import time

import pytest

from faceaging_tf.parallel import processes
from faceaging_tf.parallel.job import Job

DEADLY = 7


class Notes(Job):
    """Writes what it is given, a file a part; one number ends the process, and one part ends it
    after it was made.
    """

    def __init__(self, folder, ends_after=None):
        self.folder, self.ends_after = folder, ends_after

    def look_at(self, items):
        if DEADLY in items:
            os._exit(3)
        return [f"{item}" for item in items]

    def write(self, number, rows):
        (pathlib.Path(self.folder) / str(number)).write_text(" ".join(rows))
        if number == self.ends_after and not (pathlib.Path(self.folder) / "ended").exists():
            (pathlib.Path(self.folder) / "ended").touch()
            os._exit(4)
        return len(rows), len(rows)

    def ended_by(self, item):
        return f"({item})"


def parts(count):
    return ((number, [3 * number, 3 * number + 1, 3 * number + 2]) for number in range(count))


@pytest.mark.parametrize("workers", [1, 2])
def test_one_thing_that_ends_its_process_is_a_row_and_the_rest_is_made(tmp_path, workers):
    worked = []
    processes.run(Notes(str(tmp_path)), parts(5), workers, lambda count, _: worked.append(count))
    assert (
        sorted(path.name for path in tmp_path.iterdir()) == ["0", "1", "2", "3", "4"]
        and sum(worked) == 15
    )
    assert (tmp_path / "2").read_text() == "6 (7) 8"


def test_a_process_that_ends_for_another_reason_loses_nothing(tmp_path):
    processes.run(
        Notes(str(tmp_path), ends_after=0),
        ((number, [10 + number]) for number in range(4)),
        1,
        lambda *_: None,
    )
    assert [(tmp_path / str(number)).read_text() for number in range(4)] == ["10", "11", "12", "13"]


@pytest.mark.parametrize(
    "pool",
    [
        "processes._pool(1)",
        "ProcessPoolExecutor(1, multiprocessing.get_context('fork'), processes.end_with_parent)",
    ],
    ids=["spawned", "forked"],
)
def test_processes_end_with_the_one_that_made_them(tmp_path, pool):
    import signal
    import subprocess
    import sys

    script = (
        "import time, os, multiprocessing\n"
        "from concurrent.futures import ProcessPoolExecutor\n"
        "from faceaging_tf.parallel import processes\n"
        "if __name__ == '__main__':\n"
        f"    pool = {pool}\n"
        "    print(pool.submit(os.getpid).result(), flush=True)\n"
        "    time.sleep(60)\n"
    )
    (tmp_path / "parent.py").write_text(script)
    environment = {**os.environ, "PYTHONPATH": str(pathlib.Path(__file__).parents[3])}
    parent = subprocess.Popen(
        [sys.executable, str(tmp_path / "parent.py")],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    worker = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 10
    while (
        pathlib.Path(f"/proc/{worker}/cmdline").exists()
        and pathlib.Path(f"/proc/{worker}/cmdline").read_bytes()
        and time.monotonic() < deadline
    ):
        time.sleep(0.1)
    assert (
        not pathlib.Path(f"/proc/{worker}").exists()
        or not pathlib.Path(f"/proc/{worker}/cmdline").read_bytes()
    )


def test_a_script_needs_no_guard_and_is_run_once(tmp_path):
    import subprocess
    import sys

    (tmp_path / "plain.py").write_text(
        "import os\n"
        "from faceaging_tf.parallel import processes\n"
        "print('begun', __file__, __spec__)\n"
        "with processes._pool(1) as pool:\n"
        "    print(pool.submit(os.getpid).result() != os.getpid(), __file__, __spec__)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(pathlib.Path(__file__).parents[3])}
    script = str(tmp_path / "plain.py")
    said = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, env=environment, check=True
    ).stdout
    assert said.splitlines() == [f"begun {script} None", f"True {script} None"]
