"""What the proofs of reliability have in common: rows of a table, processes that they start, and
small things to work on.

A proof prints rows as docs/reliability.md has them, and ends with 1 where a promise was broken.
"""

import argparse
import contextlib
import os
import pathlib
import re
import select
import signal
import socket
import sqlite3
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
# Seconds in which a server must answer.
ANSWER = 10


class Proof:
    """Counts what was tried and what failed, promise by promise.

    Args:
        command: the command that runs it, for the table.
    """

    def __init__(self, command):
        self.command = command
        self.failed = False

    def row(self, promise, count, failures, result):
        """Prints a row, and the failures under it.

        Args:
            promise: a short sentence.
            count: how many were tried.
            failures: a list of texts.
            result: what was found, a short text.
        """
        told = result if not failures else f"**{len(failures)} failed**; {result}"
        print(f"| {promise} | `{self.command}` | {count:,} | {told} |", flush=True)
        for failure in failures[:10]:
            print(f"    {failure}", file=sys.stderr, flush=True)
        self.failed |= bool(failures)


def parser_of(description, names=(), flag="only", **counts):
    """A parser with a seed and numbers of tries, each a flag with its default; where there are
    `names` of what can be tried, with a flag for some of them: a set, of all of them when empty.
    """
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--seed", type=int, default=0)
    for name, default in counts.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    if names:
        chosen = lambda text: set(filter(None, text.split(","))) or set(names)
        text = f"of {', '.join(names)}; all when empty"
        parser.add_argument(f"--{flag}", type=chosen, default="", help=text)
    return parser


def environment(**more):
    """The environment of a process of this project: its packages first, one thread of each kind."""
    paths = [str(ROOT), str(ROOT / "tools"), *filter(None, [os.environ.get("PYTHONPATH")])]
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "GLOG_minloglevel": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    threads = {"TF_NUM_INTEROP_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "OMP_NUM_THREADS": "1"}
    return {**os.environ, **quiet, **threads, "PYTHONPATH": os.pathsep.join(paths), **more}


def start(arguments, out=subprocess.DEVNULL, **more):
    """Starts this Python with arguments as the first of a process group of its own."""
    return subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        env=environment(**more),
        stdout=out,
        stderr=subprocess.STDOUT if out is not subprocess.PIPE else subprocess.DEVNULL,
        start_new_session=True,
    )


def alive(group):
    """Processes of a group that have not ended; those that wait to be buried have."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(words[2]) == group and words[0] not in "ZX":
                found.append(int(folder.name))
    return found


def kill(process):
    """Ends a process that `start` made, by SIGKILL.

    Returns:
        Those of its group that were there 10 seconds later: orphans, which are ended too.
    """
    process.send_signal(signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + 10
    while alive(process.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    orphans = alive(process.pid)
    if orphans:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        # A signal takes effect later on.
        while alive(process.pid):
            time.sleep(0.05)
    return orphans


def memory(name, process="self"):
    """Megabytes of a process by a name of its status: "VmRSS" now, "VmHWM" at most."""
    text = pathlib.Path(f"/proc/{process}/status").read_text()
    return int(text.partition(f"{name}:")[2].split()[0]) / 1024


def made_inputs(scratch):
    """A folder of what the jobs of `kill_jobs.py` work on."""
    inputs = scratch / "inputs"
    inputs.mkdir()
    if start([ROOT / "tools" / "kill_jobs.py", "inputs", inputs]).wait() != 0:
        raise SystemExit("The inputs of the jobs could not be made.")
    return inputs


def contents(folder):
    """The bytes of all files below a folder, by name."""
    folder = pathlib.Path(folder)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


TINY = {
    "image_size": 32,
    "generator": {"network": "mobile_generator", "widths": [4, 4, 4, 4], "blocks": 1},
    "discriminator": {"network": "patch_discriminator", "filters": 4, "stages": 2},
    "age_network": {"network": "age_network", "widths": [4, 8], "blocks": [1, 1]},
}


def tiny_ager():
    """A released FA-GAN of the real class, 32 pixels and a few thousand weights, that changes what
    it sees.
    """
    import keras
    import numpy as np

    from faceaging_tf.models import FAGAN

    keras.utils.set_random_seed(0)
    model = FAGAN(**TINY)
    rng = np.random.default_rng(1)
    for variable in model.trainable_variables:
        variable.assign_add(rng.normal(scale=0.1, size=variable.shape))
    return model.for_release()


def drawn_detector(pixels):
    """One face that fills the picture, as drawn ones do."""
    import numpy as np

    from faceaging_tf.geometry.align import TEMPLATE
    from faceaging_tf.photo.detection import Face

    side = min(pixels.shape[:2])
    return [Face(np.array([0.0, 0.0, side, side]), TEMPLATE * side - 0.5, 1.0)]


def tiny_cyclegan(pool_size=4):
    """A CycleGAN of the real class that trains a step in milliseconds."""
    from faceaging_tf.models import CycleGAN

    return CycleGAN(
        32,
        generator={"network": "resnet_generator", "filters": 4, "blocks": 0},
        discriminator={"network": "patch_discriminator", "filters": 4, "stages": 1},
        age_network={"network": "age_network", "widths": [4], "blocks": [1]},
        pool_size=pool_size,
    )


def drawn_study(folder):
    """A study of two drawn people, as older and as smoother pictures."""
    import numpy as np

    from faceaging_tf.data.drawn_faces import draw_face
    from faceaging_tf.evaluate.survey import Candidate, build_study

    pairs = []
    for person in (3, 4):
        before = draw_face(person, 30, size=32)
        smooth = np.repeat(np.repeat(before[::4, ::4], 4, 0), 4, 1)
        for years in (10, 20, 30):
            older = draw_face(person, 30 + years, size=32)
            pairs.append(Candidate("drawing", years, 30, before, older))
            pairs.append(Candidate("smoothing", years, 30, before, smooth))
    build_study(folder, pairs, seed=1)
    return folder


def kept_answers(folder):
    """The answers of a study's file, a list of (token, position, stars)."""
    with sqlite3.connect(folder / "answers.sqlite") as connection:
        return connection.execute(
            "SELECT token, position, stars FROM page JOIN rater ON number = rater WHERE stars IS NOT NULL"
        ).fetchall()


def serve_survey(folder):
    """The real server of a study in a process of its own, and its address."""
    command = ["-m", "zoo", "survey", "serve", folder, "--port", "0"]
    process = start(command, subprocess.PIPE)
    return process, re.search(rb"http://[\d.]+:\d+", process.stdout.readline())[0].decode()


def answered(address, content):
    """The answer to the bytes of a request, and the seconds that it took; None for a hang."""
    host, _, port = address.removeprefix("http://").strip("/").partition(":")
    began, answer = time.monotonic(), b""
    with socket.create_connection((host, int(port)), timeout=ANSWER) as connection:
        try:
            connection.sendall(content)
            # A server that waits for more than was sent is told, a while later, that no more comes.
            if not select.select([connection], [], [], 0.5)[0]:
                connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(2**16):
                answer += part
                if len(answer) > 2**24:
                    break
        except TimeoutError:
            return None, time.monotonic() - began
        except OSError:
            # A connection that is cut off says no as well.
            pass
    return answer, time.monotonic() - began


class Rater:
    """A rater who answers page after page.

    Args:
        address: of the server.
        acknowledged: a list to which (token, position, stars) is appended for each answer that the
            server has acknowledged.
    """

    def __init__(self, address, acknowledged):
        import httpx

        self.client = httpx.Client(base_url=address, timeout=60)
        self.acknowledged = acknowledged

    def rate(self, stars=None):
        """Rates all pages; how many."""
        page, count = self.client.post("/start", follow_redirects=True), 0
        token = next(iter(self.client.cookies.values()))
        while position := re.search(r'name="position" value="(\d+)"', page.text):
            given = stars or 1 + (int(position[1]) + count) % 5
            answer = {"position": position[1], "stars": str(given)}
            if self.client.post("/pair", data=answer).status_code == 303:
                self.acknowledged.append((token, int(position[1]), given))
                count += 1
            page = self.client.get("/pair", follow_redirects=True)
        return count

    def rate_until(self, ended):
        """Rates as one rater after the other until the server is gone."""
        import httpx

        while not ended.is_set():
            try:
                self.rate()
            except httpx.TransportError:
                return
            self.client.cookies.clear()


def serve_demo(folder):
    """The real server of the demo with a tiny model, in a process of its own, and its address."""
    import zoo

    preset = pathlib.Path(folder) / "ager"
    if not preset.exists():
        zoo.save(tiny_ager(), preset, entry="fagan")
    command = ["-m", "zoo", "demo", "--web", "--entries", preset, "--port", "0"]
    process = start(command, subprocess.PIPE)
    for line in process.stdout:
        if found := re.search(rb"http://[\d.]+:\d+", line):
            return process, found[0].decode()
    raise RuntimeError("The demo did not begin.")
