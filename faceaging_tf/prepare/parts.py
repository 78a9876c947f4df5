"""Parts of a preparation: some pictures each, looked at by one process, in a file of their own."""

import dataclasses
from collections.abc import Callable

from faceaging_tf.prepare import reasons
from faceaging_tf.prepare.examining import examine, labels_of
from faceaging_tf.prepare.place import Place
from faceaging_tf.prepare.rows import FATE, LABELS, SEEN, parquet_bytes
from faceaging_tf.prepare.settings import Settings

FOLDER = ".work"
COLUMNS = ("image", *LABELS, *SEEN, *FATE)


@dataclasses.dataclass(frozen=True)
class Job:
    """What every process must know.

    Attributes:
        tree: a `faceaging_tf.data.readers.Tree`.
        out: location of the corpus.
        settings: a `Settings`.
        make_tools: makes a `Tools`; called once a process.
    """

    tree: object
    out: str
    settings: Settings
    make_tools: Callable


def name_of(number):
    """Where a part is, below the corpus."""
    return f"{FOLDER}/part-{number:06d}.parquet"


# What a process keeps from one part to the next.
_made = {}


def look_at(job, sources):
    """Looks at pictures in this process.

    Returns:
        A list of rows, see `examine`.
    """
    if job.make_tools not in _made:
        _made[job.make_tools] = job.make_tools()
    return examine(job.tree, sources, job.settings, _made[job.make_tools])


def write(job, number, rows):
    """Writes a part's rows.

    Returns:
        How many pictures it is of, and how many got through.
    """
    Place(job.out).write(name_of(number), parquet_bytes(rows, COLUMNS))
    return len(rows), sum(not row["reason"] for row in rows)


def make(job, number, sources):
    """Looks at a part's pictures and writes it; what `write` returns."""
    return write(job, number, look_at(job, sources))


def ended_by(source):
    """The row of a picture that ended the process that read it."""
    return {**labels_of(source), "reason": reasons.ENDED_THE_PROCESS, "detail": "The process that read it ended, twice."}
