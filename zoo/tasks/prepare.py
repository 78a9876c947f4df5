"""Preparing a dataset by name: what looks at the pictures, and which layout it is."""

import dataclasses
import functools
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from faceaging_tf.arguments import known_names, whole
from zoo import loading, registry
from zoo.errors import ZooError
from zoo.presets import keras_settings

if TYPE_CHECKING:
    from faceaging_tf.prepare import Prepared

# Faces of datasets fill their pictures: smaller ones, by the picture's longer side, are not
# searched for.
SMALLEST = 1 / 32


@dataclasses.dataclass(frozen=True)
class Options:
    """What a preparation was asked for.

    Attributes:
        source: folder, zip or URL of the dataset.
        out: folder or URL of the corpus.
        layout: name of a reader; None to recognise it.
        table: for a table of one's own: its name below the source.
        columns: for a table of one's own: its columns by what they mean, such as {"file": "path",
            "age": "years"}.
        settings: values of `faceaging_tf.prepare.Settings` that differ from its own.
        judge: what estimates ages: an entry, or the folder of a preset.
        workers: processes.
        ray: address of a Ray cluster, "auto" for the one at hand; None to do without.
    """

    source: str
    out: str
    layout: str | None = None
    table: str | None = None
    columns: dict = dataclasses.field(default_factory=dict)
    settings: dict = dataclasses.field(default_factory=dict)
    judge: str = "age_network"
    workers: int = 1
    ray: str | None = None


@dataclasses.dataclass(frozen=True)
class MakeTools:
    """Makes what looks at pictures, in whatever process it is called.

    Attributes:
        judge: what estimates ages.
        frame: of the faces.
    """

    judge: str
    frame: str = "tight"

    def __call__(self):
        with keras_settings.quietly():
            import keras

            if keras.backend.backend() == "tensorflow":
                import tensorflow as tf

                # Processes stand beside each other; threads of each would be in the others' way.
                tf.config.threading.set_intra_op_parallelism_threads(1)
                tf.config.threading.set_inter_op_parallelism_threads(1)
            # The backend looks for devices, and says what it did not find.
            keras.ops.zeros(())
        from faceaging_tf.photo.detection import FaceDetector
        from faceaging_tf.prepare.examining import Tools

        judge = loading.load(self.judge)
        if judge.frame != self.frame:
            from faceaging_tf.models import AgeRegressor

            judge = AgeRegressor(judge.image_size, judge.network, frame=self.frame)
        # A few at a time: many processes share a machine's memory.
        return Tools(
            FaceDetector(SMALLEST, threads=1), functools.partial(judge.estimate_ages, batch_size=8)
        )


@dataclasses.dataclass(frozen=True)
class Table:
    """The layout of a table of one's own.

    Attributes:
        table: its name below the source.
        columns: pairs of what a column means and what it is called.
    """

    table: str
    columns: tuple
    name = "csv"

    def read(self, tree):
        """Iterates over its `faceaging_tf.data.readers.Source`s."""
        from faceaging_tf.data.readers import read_table

        return read_table(tree, self.table, dict(self.columns))


def refuse_inside(out, source):
    """Raises ZooError where a folder for what is made lies in the one that is read, whose next
    reading would meet it.
    """
    if "://" in out or "://" in source or not os.path.isdir(source):
        return
    inner, outer = os.path.realpath(out), os.path.realpath(source)
    if os.path.commonpath([inner, outer]) == outer:
        raise ZooError(
            f"--out is {out}, which lies in the folder that is read, {source}; choose a folder beside it."
        )


def check(options):
    """Finds out what can be wrong with the options before anything is loaded.

    Raises:
        ZooError: a judge that is unknown or has no weights, or numbers that make no sense.
    """
    keras_settings.check()
    loading.check_name(options.judge, registry.ESTIMATING)
    if not options.source or not options.out:
        raise ZooError("It needs a folder, a zip or a URL to read, and with --out one to write.")
    refuse_inside(options.out, options.source)
    whole(options.workers, "--workers", 1, 1024, ZooError)
    if bool(options.table) != bool(options.columns):
        raise ZooError(
            "A table of one's own needs both --table and --columns, such as --table labels.csv --columns file=path,age=years."
        )


def _in(source, table):
    """A table's name in the source, where its whole path was given."""
    inside = os.path.relpath(table, source) if os.path.isabs(table) else table
    return table if inside.startswith(os.pardir) else inside


def prepare(options: Options, progress: Callable[[int, int], object] | None = None) -> "Prepared":
    """Prepares a dataset (see `faceaging_tf.prepare.prepare`).

    Args:
        options: an `Options`.
        progress: called with how many pictures were looked at, and how many there are.

    Returns:
        A `faceaging_tf.prepare.Prepared`.

    Raises:
        ZooError: what `check` finds.
        ReaderError, PrepareError, ParallelError: what the readers and the preparation find.
    """
    check(options)
    from faceaging_tf import parallel
    from faceaging_tf import prepare as preparing
    from faceaging_tf.data import readers

    fields = [field.name for field in dataclasses.fields(preparing.Settings)]
    known_names(options.settings, fields, "settings")
    settings = preparing.Settings(**options.settings)
    tree = readers.Tree(options.source)
    reader: Any
    if options.table:
        reader = Table(_in(options.source, options.table), tuple(sorted(options.columns.items())))
    else:
        reader = readers.find(options.layout) if options.layout else readers.recognise(tree)
    run = parallel.run_on_ray(options.ray) if options.ray else parallel.run_processes
    return preparing.prepare(
        tree,
        reader,
        options.out,
        settings,
        MakeTools(options.judge, settings.frame),
        run,
        options.workers,
        progress,
    )
