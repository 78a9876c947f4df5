"""Many photos aged: those of a folder, or of Parquet files, in parts, by many processes or machines."""

import dataclasses
import io
import json
import os
import posixpath
import tempfile
from collections import Counter
from collections.abc import Callable

import numpy as np

import faceaging_tf
from faceaging_tf.data.readers import ReaderError
from faceaging_tf.parallel import processes
from faceaging_tf.parallel.errors import ParallelError, needed
from faceaging_tf.parallel.job import Job, kept
from faceaging_tf.parallel.place import Place, as_text
from faceaging_tf.parallel.resuming import digest_of, finish, part_name, rows_of_parts, work_through
from faceaging_tf.photo.aging import age_photo
from faceaging_tf.photo.errors import PhotoError
from faceaging_tf.photo.reading import read_photo
from faceaging_tf.photo.writing import write_photo

TABLE, DONE = "aged.csv", "aged.json"
PARQUET = ".parquet"
# Endings that photos are written with; to others .png is added.
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
        strengths: of the parts of ageing, as in `age_photo`.
    """

    tree: object
    out: str
    years: float
    make_tools: Callable
    strengths: dict | None = None

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
        try:
            original = self.tree.read(name)
        except (OSError, ReaderError) as error:
            return _row(name, problem=f"It could not be read ({error}).")
        out = out_name(name)
        row, content = self._aged(name, original, posixpath.splitext(out)[1])
        if content is not None:
            Place(self.out).write(out, content)
            row["out"] = as_text(out)
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
        return [{**row, "out": as_text(out)} for row in rows]

    def _aged(self, name, content, ending):
        """A row, and the bytes of an aged photo, or None where it could not be."""
        model, detector = kept(self.make_tools)
        try:
            photo = read_photo(name, content=content)
            aged = age_photo(photo, model, self.years, detector=detector, strengths=self.strengths)
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, f"aged{ending}")
                write_photo(path, aged.pixels, like=photo)
                with open(path, "rb") as file:
                    return _row(name, faces=len(aged.faces), ages=[float(age) for age in np.atleast_1d(aged.ages)]), file.read()
        except PhotoError as error:
            return _row(name, problem=str(error)), None


def out_name(name):
    """What an aged photo is called: as the photo, with .png added where its ending is none that is written."""
    return name if posixpath.splitext(name)[1].lower() in WRITTEN else f"{name}.png"


def _row(name, faces=0, ages=(), problem=""):
    return {"file": as_text(name), "out": "", "faces": faces, "ages": list(ages), "problem": as_text(problem)}


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


def age_photos(tree, out, years, make_tools, run=processes.run, workers=1, progress=None, names=None, strengths=None):
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
        strengths: of the parts of ageing, as in `age_photo`.

    Returns:
        An `Aged`.

    Raises:
        ParallelError: no files, or a place that cannot be written to or holds other things.
    """
    place = Place(out)
    items = []
    for name in tree.files() if names is None else names:
        items += _row_groups(tree, name) if name.lower().endswith(PARQUET) else [name]
    if not items:
        raise ParallelError(f"{tree.location} holds no photos; give the folder, zip or URL with the photos, or with Parquet files that have a column {IMAGE}.")
    written = Counter(out_name(name) for name in items if isinstance(name, str))
    twice = [name for name, number in written.items() if number > 1]
    if twice:
        raise ParallelError(f"Two photos of {tree.location} would both be written as {twice[0]!r}; rename one of them.")
    plan = digest_of(faceaging_tf.__version__, years, sorted((strengths or {}).items()), make_tools, PHOTOS_A_PART, *((item, tree.size(item if isinstance(item, str) else item[0])) for item in items))
    if place.exists(DONE):
        told = json.loads(place.read(DONE))
        if told["plan"] != plan:
            raise ParallelError(f"{place.location} holds what was aged of other photos, by other years or with other strengths; choose another folder.")
        return Aged(place.location, told["photos"], told["aged"])
    count, _ = work_through(place, plan, Photos(tree, place.location, years, make_tools, strengths), items, PHOTOS_A_PART, run, workers, progress)
    rows = rows_of_parts(place, count)
    unlisted = [_row(name, problem=reason) for name, reason in tree.problems] if names is None else []
    if unlisted:
        rows = needed("pandas").concat([rows, needed("pandas").DataFrame(unlisted)], ignore_index=True)
    rows["ages"] = [" ".join(f"{age:.1f}" for age in ages) for ages in rows["ages"]]
    place.write(TABLE, rows.to_csv(index=False).encode("utf-8"))
    aged = Aged(place.location, len(rows), int((rows["problem"] == "").sum()))
    place.write(DONE, json.dumps({"plan": plan, "photos": aged.photos, "aged": aged.aged}).encode())
    finish(place)
    return aged


def _row_groups(tree, name):
    """The row groups with pictures of a Parquet file; the file itself where it cannot be read, which then is a row that says so."""
    arrow, parquet = needed("pyarrow"), needed("pyarrow.parquet")
    try:
        with tree.open(name) as file:
            opened = parquet.ParquetFile(file)
            return [(name, number) for number in range(opened.num_row_groups)] if IMAGE in opened.schema_arrow.names else []
    except (arrow.ArrowException, OSError, ReaderError):
        return [name]
