"""Parts made on one machine, by processes; one that a picture ends is not the end of the job."""

import concurrent.futures
import itertools
import multiprocessing
from concurrent.futures.process import BrokenProcessPool


def run(job, numbered, workers, done):
    """Makes parts.

    Args:
        job: a `job.Job`.
        numbered: an iterable of part numbers and what they are of.
        workers: how many processes.
        done: called with what `Job.write` returned after each part.
    """
    waiting = iter(numbered)
    while True:
        suspects = _until_broken(job, waiting, workers, done)
        if not suspects:
            return
        for number, sources in suspects:
            done(*job.write(number, _carefully(job, sources)))


def _until_broken(job, waiting, workers, done):
    """Makes parts until none is left, or a process ends; the parts that were being made then."""
    with _pool(workers) as pool:
        running = {}
        try:
            for number, sources in itertools.islice(waiting, workers):
                running[pool.submit(job.make, number, sources)] = number, sources
            while running:
                ready, _ = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
                for future in ready:
                    done(*future.result())
                    del running[future]
                    # Not all at once: what is not begun when a process ends is not under suspicion, and a million parts take no memory.
                    for following, more in itertools.islice(waiting, 1):
                        running[pool.submit(job.make, following, more)] = following, more
        except BrokenProcessPool:
            return list(running.values())
    return []


def _carefully(job, sources):
    """The rows of sources of which one may end its process: halved until it is alone."""
    try:
        with _pool(1) as pool:
            return pool.submit(job.look_at, sources).result()
    except BrokenProcessPool:
        if len(sources) == 1:
            return [job.ended_by(sources[0])]
        half = len(sources) // 2
        return _carefully(job, sources[:half]) + _carefully(job, sources[half:])


# Of a process that outlives its parts: the one that looks at pictures for it.
_kept = []


def look_at_surely(job, sources):
    """The rows of sources, looked at by a process beside this one, which a picture may end."""
    if not _kept:
        _kept.append(_pool(1))
    try:
        return _kept[0].submit(job.look_at, sources).result()
    except BrokenProcessPool:
        _kept.pop().shutdown()
        return _carefully(job, sources)


def _pool(workers):
    return concurrent.futures.ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"))
