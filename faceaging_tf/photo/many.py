"""Many photos aged: those of a folder, or of Parquet files, in parts, by many processes or machines."""

import dataclasses
import io
import os
import posixpath
import tempfile
from collections.abc import Callable

import numpy as np

from faceaging_tf.parallel import processes
from faceaging_tf.parallel.errors import ParallelError, needed
from faceaging_tf.parallel.job import Job, kept
from faceaging_tf.parallel.place import Place
from faceaging_tf.parallel.resuming import digest_of, finish, part_name, work_through
from faceaging_tf.photo.aging import age_photo
from faceaging_tf.photo.errors import PhotoError
from faceaging_tf.photo.reading import read_photo
from faceaging_tf.photo.writing import write_photo

TABLE = "aged.csv"
PARQUET = ".parquet"
# Endings that photos are written with; others become .png.
WRITTEN = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff")
PHOTOS_A_PART = 32
COLUMNS = ("file", "out", "faces", "ages", "problem")
IMAGE = "image"


@dataclasses.dataclass(frozen=True)
class Photos(Job):
    """Photos aged and written.

    Attributes:
        tree: a `faceaging_tf.data.readers.Tree`.
        out: location of the aged ones.
        years: years to add.
        make_tools: makes what ages: `(model, detector)`; called once a process.
    """

    tree: object
    out: str
    years: float
    make_tools: Callable

    def look_at(self, names):
        """Ages photos, or row groups of Parquet files given as (name, number), and writes them; a row each."""
        return [row for name in names for row in (self._row_group(*name) if isinstance(name, tuple) else [self._file(name)])]

    def write(self, number, rows):
        """Writes what became of a part's photos."""
        arrow, parquet = needed("pyarrow"), needed("pyarrow.parquet")
        target = io.BytesIO()
        types = {"faces": arrow.int32(), "ages": arrow.list_(arrow.float32())}
        schema = arrow.schema([(name, types.get(name, arrow.string())) for name in COLUMNS])
        parquet.write_table(arrow.Table.from_pylist(rows, schema), target)
        Place(self.out).write(part_name(number), target.getvalue())
        return len(rows), sum(not row["problem"] for row in rows)

    def ended_by(self, name):
        """The row of a photo that ended the process that aged it."""
        return _row(name if isinstance(name, str) else f"{name[0]}, row group {name[1]}", problem="The process that read it ended, twice.")

    def _file(self, name):
        stem, ending = posixpath.splitext(name)
        out = name if ending.lower() in WRITTEN else f"{stem}.png"
        row, content = self._aged(name, self.tree.read(name), posixpath.splitext(out)[1])
        if content is not None:
            Place(self.out).write(out, content)
            row["out"] = out
        return row

    def _row_group(self, name, number):
        """The pictures of a row group, aged, in a Parquet file of their own beside their other columns; those that could not be are empty."""
        arrow, parquet = needed("pyarrow"), needed("pyarrow.parquet")
        table = parquet.ParquetFile(io.BytesIO(self.tree.read(name))).read_row_group(number)
        rows, pictures = [], []
        for place, picture in enumerate(table.column(IMAGE).to_pylist()):
            content, path = (picture.get("bytes"), picture.get("path")) if isinstance(picture, dict) else (picture, None)
            row, aged = self._aged(path or f"{name}, row {place} of group {number}", content or b"", ".png")
            rows.append(row)
            pictures.append({"bytes": aged, "path": path})
        out = f"{posixpath.splitext(name)[0]}-{number:05d}{PARQUET}"
        kind = arrow.struct([("bytes", arrow.binary()), ("path", arrow.string())])
        table = table.set_column(table.column_names.index(IMAGE), IMAGE, arrow.array(pictures, kind))
        target = io.BytesIO()
        parquet.write_table(table.append_column("aged", arrow.array([not row["problem"] for row in rows])), target)
        Place(self.out).write(out, target.getvalue())
        return [{**row, "out": out} for row in rows]

    def _aged(self, name, content, ending):
        """A row, and the bytes of an aged photo, or None where it could not be."""
        model, detector = kept(self.make_tools)
        try:
            photo = read_photo(name, content=content)
            aged = age_photo(photo, model, self.years, detector=detector)
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, f"aged{ending}")
                write_photo(path, aged.pixels, like=photo)
                with open(path, "rb") as file:
                    return _row(name, faces=len(aged.faces), ages=[float(age) for age in np.atleast_1d(aged.ages)]), file.read()
        except PhotoError as error:
            return _row(name, problem=str(error)), None


def _row(name, faces=0, ages=(), problem=""):
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return {"file": text, "out": "", "faces": faces, "ages": list(ages), "problem": problem}


@dataclasses.dataclass(frozen=True)
class Aged:
    """What became of many photos.

    Attributes:
        out: where the aged ones are, and a table of all (`aged.csv`).
        photos: how many there were.
        aged: how many were aged.
    """

    out: str
    photos: int
    aged: int


def age_photos(tree, out, years, make_tools, run=processes.run, workers=1, progress=None, names=None):
    """Ages all photos of a folder, and of its Parquet files those in their column `image`, as `datasets` and `faceaging prepare` write them.

    Photos keep their names and their folders; those of a Parquet file come in a Parquet file for each of its row groups. What is no photo, or has no face, is a row of
    the table with its reason. Interrupted, it goes on where it stopped.

    Args:
        tree: a `faceaging_tf.data.readers.Tree`.
        out: a folder or a URL, another than the tree's.
        years: years to add, below 0 to make younger.
        make_tools: a function, or a dataclass that can be called, that can be sent to other processes and makes `(model, detector)`; None for the detector's default.
        run: what makes the parts; see `faceaging_tf.parallel`.
        workers: of `run`.
        progress: called with how many photos or row groups are done, and how many there are.
        names: of the files, all when None.

    Returns:
        An `Aged`.

    Raises:
        ParallelError: no files, or a place that cannot be written to or holds other things.
    """
    place = Place(out)
    items = []
    for name in tree.files() if names is None else names:
        if name.endswith(PARQUET):
            metadata = needed("pyarrow.parquet").ParquetFile(io.BytesIO(tree.read(name)))
            if IMAGE in metadata.schema_arrow.names:
                items += [(name, number) for number in range(metadata.num_row_groups)]
        else:
            items.append(name)
    if not items:
        raise ParallelError(f"{tree.location} holds no photos; give the folder, zip or URL with the photos, or with Parquet files that have a column {IMAGE}.")
    plan = digest_of(years, make_tools, *items)
    count, _ = work_through(place, plan, Photos(tree, place.location, years, make_tools), items, PHOTOS_A_PART, run, workers, progress)
    parquet, pandas = needed("pyarrow.parquet"), needed("pandas")
    rows = pandas.concat([parquet.read_table(io.BytesIO(place.read(part_name(number)))).to_pandas() for number in range(count)], ignore_index=True)
    rows["ages"] = [" ".join(f"{age:.1f}" for age in ages) for ages in rows["ages"]]
    place.write(TABLE, rows.to_csv(index=False).encode("utf-8"))
    finish(place)
    return Aged(place.location, len(rows), int((rows["problem"] == "").sum()))
