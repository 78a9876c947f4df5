"""Proves that work that is killed, runs out of disk or loses its folder goes on to the same result.

    python tools/prove_kills.py --kills 100

Each job is done once without a disturbance, and then again and again by processes that get SIGKILL
at a random moment of their work. After each kill every file that has its final name must be whole,
and no process of the killed one's may be left; the next run goes on, and at the end the result must
be that of the undisturbed one, byte for byte (training: every loss, and the digest of all weights
and of the optimizer; exported files: that they run alike).
"""

import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

from kill_jobs import result
from proving import Proof, alive, contents, kill, made_inputs, parser_of, start

from zoo.presets import sharing, weights

HERE = pathlib.Path(__file__).parent
# Shares of a hundred kills, by the name of the job, its backend, and what it is called.
SHARES = (
    ("estimator", "tensorflow", "Training an age network, TensorFlow", 16),
    ("estimator", "jax", "Training an age network, JAX", 10),
    ("gan", "tensorflow", "Training a CycleGAN, TensorFlow", 6),
    ("prepare", "tensorflow", "`faceaging prepare`, two processes", 16),
    ("photos", "tensorflow", "A folder of photos, two processes", 16),
    ("video", "tensorflow", "A video", 16),
    ("export", "tensorflow", "An export over an earlier one", 4),
    ("save", "tensorflow", "A save over an existing preset", 10),
    ("paper_cyclegan", "tensorflow", "`faceaging train cyclegan`, the paper's recipe", 3),
    ("paper_groupgan", "tensorflow", "`faceaging train groupgan`, the paper's recipe", 3),
    ("paper_fagan", "tensorflow", "`faceaging train fagan`, the paper's recipe", 3),
    ("paper_fgan", "tensorflow", "`faceaging train fgan`, the paper's recipe", 3),
    ("released_fagan_mobile", "tensorflow", "`faceaging train fagan_mobile --recipe released`", 3),
    ("released_cyclegan", "tensorflow", "`faceaging train cyclegan --recipe released`", 3),
    ("released_groupgan", "tensorflow", "`faceaging train groupgan --recipe released`", 3),
)
SURVEY_SHARE = 6


class Job:
    """A job, its undisturbed result, and how long that took.

    Args:
        name: of `kill_jobs.JOBS`.
        backend: of Keras.
        inputs: folder of its inputs.
        scratch: a folder for what it makes.
    """

    def __init__(self, name, backend, inputs, scratch):
        self.name, self.backend, self.inputs, self.scratch = name, backend, inputs, scratch
        # The first run compiles what later ones find compiled: moments are drawn from the time of
        # a later one, or most would fall behind the end.
        for _ in range(1 + (backend == "jax")):
            self.first = pathlib.Path(tempfile.mkdtemp(dir=scratch))
            process = self.begin(self.first)
            began = time.monotonic()
            if process.wait() != 0:
                raise SystemExit(f"{name} fails without a disturbance: {self.told}")
            self.seconds = time.monotonic() - began
        self.expected = result(name, self.first)

    def folder(self):
        """An empty folder; of what is written over, with an earlier one in it."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.scratch))
        if self.name in ("export", "save"):
            shutil.copytree(self.first, folder, dirs_exist_ok=True)
        return folder

    def begin(self, folder):
        """A process that works, once its work has begun."""
        with open(self.scratch / "told", "wb") as out:
            process = start(
                [HERE / "kill_jobs.py", self.name, folder, self.inputs],
                out,
                KERAS_BACKEND=self.backend,
            )
        while process.poll() is None and "begun" not in self.told:
            time.sleep(0.01)
        return process

    @property
    def told(self):
        """What the last process has said."""
        return (self.scratch / "told").read_text(errors="replace")

    def broken(self, folder):
        """Files under their final names that are not whole, after a kill."""
        found = []
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            parts = [part for part in name.split("/") if part != ".work"]
            is_final = not any(part.startswith((".", "writing", "part_")) for part in parts)
            if path.is_file() and is_final and not whole(path):
                found.append(name)
        if self.name == "save":
            try:
                sharing.check(folder / "preset")
            except ValueError as error:
                found.append(str(error))
        exported = ("ager.tflite", "ager/1/saved_model.pb") if self.name == "export" else ()
        if not all((folder / name).exists() for name in exported):
            found.append("what was exported before is gone")
        return found

    def left(self, folder):
        """What killed runs left beside the result, ten minutes later and one run on."""
        return sorted(set(contents(folder)) - set(contents(self.first)))


def whole(path):
    """Whether a file is what its ending says, to its end."""
    try:
        if path.suffix in (".json", ".jsonl"):
            text = path.read_text()
            for line in text.splitlines() if path.suffix == ".jsonl" else [text]:
                json.loads(line)
        elif path.suffix == ".parquet":
            import pyarrow.parquet as parquet

            parquet.read_table(path)
        elif path.suffix == ".jpg":
            from PIL import Image

            with Image.open(path) as image:
                image.load()
        elif path.suffix in (".mp4", ".mkv"):
            import av

            with av.open(str(path)) as file:
                list(file.decode(video=0))
        elif path.suffix == ".h5":
            weights.arrays_of(path)
        elif path.suffix == ".npz":
            import numpy as np

            with np.load(path) as arrays:
                dict(arrays)
    except Exception:
        return False
    return True


def age(folder):
    """Lets ten minutes pass for what killed runs have left."""
    for path in folder.rglob("*"):
        if path.name.endswith((".part", ".old")):
            past = path.stat().st_mtime - 1000
            os.utime(path, (past, past))


def killed(job, kills, rng):
    """Kills a job so often; how often it came to its end, and failures."""
    failures, done, ends = [], 0, 0
    while done < kills:
        folder, times = job.folder(), rng.randint(1, 5)
        for _ in range(times):
            process = job.begin(folder)
            time.sleep(rng.uniform(0, job.seconds))
            if process.poll() is not None:
                break
            orphans = kill(process)
            done += 1
            failures += [f"{job.name}: {len(orphans)} orphans"] * bool(orphans)
            failures += [f"{job.name}: {name} is not whole" for name in job.broken(folder)]
            if done == kills:
                break
        age(folder)
        process = job.begin(folder)
        code = process.wait()
        ends += 1
        if code != 0:
            failures.append(f"{job.name}: does not go on: {job.told.strip().splitlines()[-1:]}")
        elif result(job.name, folder) != job.expected:
            failures.append(f"{job.name}: another result after {times} kills")
        elif job.left(folder):
            failures.append(f"{job.name}: left {job.left(folder)}")
        shutil.rmtree(folder)
    return ends, failures


def survey(kills, rng, scratch):
    """Kills the survey's server while four raters answer; answers that were acknowledged, and
    failures.
    """
    import sqlite3
    from concurrent.futures import ThreadPoolExecutor

    from proving import Rater, drawn_study, kept_answers, serve_survey

    folder = drawn_study(scratch / "study")
    acknowledged, failures = [], []
    for _ in range(kills):
        process, address = serve_survey(folder)
        ended = threading.Event()
        with ThreadPoolExecutor(4) as pool:
            raters = [pool.submit(Rater(address, acknowledged).rate_until, ended) for _ in range(4)]
            time.sleep(rng.uniform(0.2, 2.5))
            orphans = kill(process)
            ended.set()
            for one in raters:
                one.result()
        failures += [f"survey: {len(orphans)} orphans"] * bool(orphans)
        with sqlite3.connect(folder / "answers.sqlite") as connection:
            if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                failures.append("survey: the file of answers is damaged")
        for answer in set(acknowledged) - set(kept_answers(folder)):
            failures.append(f"survey: an acknowledged answer to page {answer[1]} is lost")
    return len(acknowledged), failures


def mounted(folder, *options):
    """Mounts a disk at a folder, or changes how it is; whether that is possible here."""
    command = ["mount", *options, str(folder)]
    return subprocess.run(command, capture_output=True).returncode == 0


def disk(job, what, rng, scratch):
    """Does a job on a disk that is full, or turns read-only on its way, and again when that is
    over; failures, None where no disk can be mounted here.
    """
    place = pathlib.Path(tempfile.mkdtemp(dir=scratch))
    if not mounted(place, "-t", "tmpfs", "-o", "size=64m", "tmpfs"):
        return None
    try:
        folder = place / "work"
        shutil.copytree(job.folder(), folder)
        if what == "full":
            free = shutil.disk_usage(place).free
            # What the job writes is some ten kilobytes to a megabyte.
            (place / "filler").write_bytes(bytes(free - rng.choice((0, 4096, 16384, 65536))))
            process = job.begin(folder)
        else:
            process = job.begin(folder)
            time.sleep(rng.uniform(0, 0.8 * job.seconds))
            # A file that is open for writing keeps the disk from turning read-only.
            for _ in range(2000):
                if mounted(place, "-o", "remount,ro"):
                    break
                time.sleep(0.001)
        code = process.wait(timeout=300)
        failures = []
        if code not in (0, 2):
            failures.append(f"{job.name}, {what}: no sentence: {job.told.strip()[-600:]}")
        failures += [f"{job.name}, {what}: {name} is not whole" for name in job.broken(folder)]
        if alive(process.pid):
            failures.append(f"{job.name}, {what}: orphans")
        if what == "full":
            (place / "filler").unlink()
        else:
            mounted(place, "-o", "remount,rw")
        age(folder)
        if job.begin(folder).wait() != 0:
            failures.append(
                f"{job.name}, {what}: does not go on: {job.told.strip().splitlines()[-1:]}"
            )
        elif result(job.name, folder) != job.expected:
            failures.append(f"{job.name}, {what}: another result")
        return failures
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def main(arguments):
    """Runs the proof; 1 where a promise was broken."""
    names = (*dict.fromkeys(name for name, *_ in SHARES), "survey", "estimator-jax")
    given = parser_of(__doc__, names, "jobs", kills=100, disks=2).parse_args(arguments)
    rng, chosen = random.Random(given.seed), given.jobs
    proof = Proof(f"python tools/prove_kills.py --kills {given.kills}")
    of = lambda share: max(1, round(share * given.kills / 100))
    with tempfile.TemporaryDirectory(prefix="prove-kills-") as folder:
        scratch = pathlib.Path(folder)
        inputs = made_inputs(scratch)
        for name, backend, called, share in SHARES:
            if not chosen & {name, f"{name}-{backend}"}:
                continue
            job = Job(name, backend, inputs, scratch)
            ends, failures = killed(job, of(share), rng)
            proof.row(
                f"{called}: killed",
                of(share),
                failures,
                f"{ends} runs ended with the result of an undisturbed one",
            )
            for what in ("full", "read-only"):
                tries = [disk(job, what, rng, scratch) for _ in range(given.disks)]
                if not tries or None in tries:
                    continue
                failures = [failure for failures in tries for failure in failures]
                proof.row(
                    f"{called}: disk {what} on the way",
                    len(tries),
                    failures,
                    "a sentence, nothing half-written, and the same result once that was over",
                )
        if "survey" in chosen:
            acknowledged, failures = survey(of(SURVEY_SHARE), rng, scratch)
            proof.row(
                "The survey's server under load: killed",
                of(SURVEY_SHARE),
                failures,
                f"{acknowledged:,} acknowledged answers, none lost or changed",
            )
    return int(proof.failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
