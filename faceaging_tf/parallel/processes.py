"""Parts made on one machine, by processes; one that a picture ends is not the end of the job."""

import concurrent.futures
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from faceaging_tf.parallel.job import Job


def run(
    job: Job, numbered: Iterable[tuple[int, Any]], workers: int, done: Callable[..., object]
) -> None:
    """Makes parts.

    Args:
        job: a `job.Job`.
        numbered: an iterable of part numbers and what they are of.
        workers: how many processes.
        done: called with what `Job.write` returned after each part.
    """
    waiting = iter(numbered)
    broken = True
    while broken:
        suspects, broken = _until_broken(job, waiting, workers, done)
        for number, items in suspects:
            done(*job.write(number, _carefully(job, items)))


def _until_broken(job, waiting, workers, done):
    """Makes parts until none is left, or a process ends: the parts that were being made then, and
    whether one did.
    """
    running, given = {}, None
    try:
        with _pool(workers) as pool:
            while True:
                # Not all at once: what is not begun when a process ends is not under suspicion, and
                # a million parts take no memory.
                while len(running) < workers and (given := next(waiting, None)) is not None:
                    running[pool.submit(job.make, *given)] = given
                if not running:
                    return [], False
                ready, _ = concurrent.futures.wait(
                    running, return_when=concurrent.futures.FIRST_COMPLETED
                )
                for future in ready:
                    done(*future.result())
                    del running[future]
    except BrokenProcessPool:
        suspects = list(running.values())
        # A process may have ended before it was given a part, which then is in no list yet.
        return suspects + ([given] if given is not None and given not in suspects else []), True


def _carefully(job, items):
    """The rows of things of which one may end its process: halved until it is alone."""
    try:
        with _pool(1) as pool:
            return pool.submit(job.look_at, items).result()
    except BrokenProcessPool:
        if len(items) == 1:
            return [job.ended_by(items[0])]
        half = len(items) // 2
        return _carefully(job, items[:half]) + _carefully(job, items[half:])


# Of a process that outlives its parts: the one that looks at pictures for it.
_kept: list[concurrent.futures.ProcessPoolExecutor] = []


def look_at_surely(job, items):
    """The rows of items, looked at by a process beside this one, which a picture may end."""
    if not _kept:
        _kept.append(_pool(1))
    try:
        return _kept[0].submit(job.look_at, items).result()
    except BrokenProcessPool:
        _kept.pop().shutdown()
        return _carefully(job, items)


class _Process(multiprocessing.context.SpawnProcess):
    """A process that does not run the caller's script again as it begins: what is done in it is
    none of the script's, and a script without `if __name__ == "__main__":` would begin anew.
    """

    def start(self):
        """Starts it."""
        script = sys.modules["__main__"]
        with _STARTING:
            kept = {name: script.__dict__.pop(name, None) for name in ("__file__", "__spec__")}
            script.__spec__ = None
            try:
                super().start()
            finally:
                script.__dict__.update(kept)
                if kept["__file__"] is None:
                    del script.__file__


class _Spawn(multiprocessing.context.SpawnContext):
    Process = _Process


_STARTING = threading.Lock()


def _pool(workers):
    return concurrent.futures.ProcessPoolExecutor(workers, _Spawn(), initializer=end_with_parent)


def end_with_parent():
    """Ends this process when the one that made it is gone, which otherwise it would wait for."""
    parent, number = multiprocessing.parent_process(), os.getppid()

    def wait():
        # A process that was forked holds the other end of what `join` waits for, too.
        while parent.is_alive() and os.getppid() == number:
            parent.join(0.5)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
