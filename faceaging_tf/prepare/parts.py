"""Parts of a preparation: some pictures each, looked at by one process, in a file of their own."""

import dataclasses
from collections.abc import Callable

from faceaging_tf.parallel.job import Job, kept
from faceaging_tf.parallel.place import Place
from faceaging_tf.parallel.resuming import part_name
from faceaging_tf.prepare import reasons
from faceaging_tf.prepare.examining import examine, labels_of
from faceaging_tf.prepare.rows import FATE, LABELS, SEEN, parquet_bytes
from faceaging_tf.prepare.settings import Settings

COLUMNS = ("image", *LABELS, *SEEN, *FATE)


@dataclasses.dataclass(frozen=True)
class Parts(Job):
    """Pictures looked at.

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

    def look_at(self, sources):
        """The rows of sources, see `examine`."""
        return examine(self.tree, sources, self.settings, kept(self.make_tools))

    def write(self, number, rows):
        """Writes a part; how many pictures it is of, and how many got through."""
        Place(self.out).write(part_name(number), parquet_bytes(rows, COLUMNS))
        return len(rows), sum(not row["reason"] for row in rows)

    def ended_by(self, source):
        """The row of a picture that ended the process that read it."""
        return {
            **labels_of(source),
            "reason": reasons.ENDED_THE_PROCESS,
            "detail": "The process that read it ended, twice.",
        }
