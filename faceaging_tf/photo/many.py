"""Many photos aged: those of a folder, or of Parquet files, in parts, by many processes or
machines.
"""

import dataclasses
import io
import json
import os
import posixpath
from collections import Counter
from collections.abc import Callable

import numpy as np

import faceaging_tf
from faceaging_tf.errors import ParallelError, PhotoError, ReaderError
from faceaging_tf.manner import asked
from faceaging_tf.optional import MANY, needed
from faceaging_tf.parallel import processes
from faceaging_tf.parallel.job import Job, kept
from faceaging_tf.parallel.place import Place, as_text
from faceaging_tf.parallel.resuming import (
    FOLDER,
    begin,
    digest_of,
    finish,
    make_parts,
    part_name,
    part_numbers,
    read_plan,
    table_of_part,
)
from faceaging_tf.photo.aging import age_photo
from faceaging_tf.photo.writing import check_format, photo_bytes
from faceaging_tf.pictures.reading import read_photo

TABLE, DONE = "aged.csv", "aged.json"
PARQUET = ".parquet"
# Endings that photos are written with; to others .png is added.
WRITTEN = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff")
# What a kill loses is what was made of the part that was being made.
PHOTOS_A_PART = 8
# Several workers do not end together: each has so many parts or more, and the last are short.
PARTS_A_WORKER = 12
COLUMNS = ("file", "out", "faces", "too_small", "ages", "problem", "bytes")
IMAGE, AGED = "image", "aged"


@dataclasses.dataclass(frozen=True)
class Photos(Job):
    """Photos aged and written.

    Attributes:
        tree: a `faceaging_tf.data.readers.Tree`.
        out: location of the aged ones.
        years: years to add.
        make_tools: makes what ages: `(model, detector)`; called once a process.
        manner: of ageing, as in `age_photo`.
    """

    tree: object
    out: str
    years: float
    make_tools: Callable
    manner: dict = dataclasses.field(default_factory=dict)

    def look_at(self, names):
        """Ages photos, or row groups of Parquet files given as (name, number), and writes them; a
        row each.
        """
        return [
            self._sized(name, row)
            for name in names
            for row in (self._row_group(*name) if isinstance(name, tuple) else [self._file(name)])
        ]

    def write(self, number, rows):
        """Writes what became of a part's photos."""
        arrow, parquet = needed("pyarrow", MANY), needed("pyarrow.parquet", MANY)
        target = io.BytesIO()
        # As text, which is what the table that is made of them holds.
        schema = arrow.schema([(name, arrow.string()) for name in COLUMNS])
        parquet.write_table(arrow.Table.from_pylist(rows, schema), target)
        Place(self.out).write(part_name(number), target.getvalue())
        return len(rows), sum(not row["problem"] for row in rows)

    def ended_by(self, name):
        """The row of a photo that ended the process that aged it."""
        read = "it" if isinstance(name, str) else f"row group {name[1]} of {name[0]}"
        return self._sized(
            name, _row(_mark(name), problem=f"The process that read {read} ended, twice.")
        )

    def _sized(self, name, row):
        return {**row, "bytes": _size(self.tree, name)}

    def _file(self, name):
        try:
            original = self.tree.read(name)
        except (OSError, ReaderError) as error:
            return _row(name, problem=f"It could not be read ({error}).")
        out = out_name(name)
        row, content = self._aged(name, original, out)
        if content is not None:
            Place(self.out).write(out, content)
            row["out"] = as_text(out)
        return row

    def _row_group(self, name, number):
        """The pictures of a row group, aged, in a Parquet file of their own beside their other
        columns; those that could not be are empty.
        """
        arrow, parquet = needed("pyarrow", MANY), needed("pyarrow.parquet", MANY)
        try:
            table = parquet.ParquetFile(io.BytesIO(self.tree.read(name))).read_row_group(number)
        except (arrow.ArrowException, OSError, ReaderError) as error:
            table, problem = None, f"Row group {number} of {name} is damaged ({error})."
        else:
            problem = f"{name} has several columns {IMAGE}; rename or remove all but one."
        if table is None or table.column_names.count(IMAGE) > 1:
            # Called as what would have been made of it, by which it is found done.
            return [_row(out_of_group(name, number), problem=problem)]
        rows, pictures = [], []
        for place, picture in enumerate(table.column(IMAGE).to_pylist()):
            content, path = (
                (picture.get("bytes"), picture.get("path"))
                if isinstance(picture, dict)
                else (picture, None)
            )
            if isinstance(content, str):
                content, path = None, content
            file = path or f"{name}, row {place} of group {number}"
            if content is None and path:
                # The name of a file beside this one.
                beside = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
                content = self.tree.read(beside) if self.tree.exists(beside) else None
            if isinstance(content, bytes):
                row, aged = self._aged(file, content, f"{file}.png")
            else:
                row, aged = (
                    _row(
                        file,
                        problem="It holds no picture: neither bytes nor the name of a file that is there.",
                    ),
                    None,
                )
            rows.append(row)
            pictures.append({"bytes": aged, "path": path})
        out = out_of_group(name, number)
        kind = arrow.struct([("bytes", arrow.binary()), ("path", arrow.string())])
        table = table.set_column(
            table.column_names.index(IMAGE), IMAGE, arrow.array(pictures, kind)
        )
        target = io.BytesIO()
        if AGED in table.column_names:
            # What was aged before is aged once more.
            table = table.drop_columns([AGED])
        parquet.write_table(
            table.append_column(AGED, arrow.array([not row["problem"] for row in rows])), target
        )
        Place(self.out).write(out, target.getvalue())
        return [{**row, "out": as_text(out)} for row in rows]

    def _aged(self, name, content, out):
        """A row, and the bytes of an aged photo, or None where it could not be."""
        model, detector = kept(self.make_tools)
        try:
            photo = read_photo(name, content=content)
            check_format(out, photo)
            aged = age_photo(photo, model, self.years, detector=detector, **self.manner)
            return _row(name, aged), photo_bytes(out, aged.pixels, like=photo)
        except PhotoError as error:
            return _row(name, problem=str(error)), None


def out_name(name):
    """What an aged photo is called: as the photo, with .png added where its ending is none that is
    written.
    """
    return name if posixpath.splitext(name)[1].lower() in WRITTEN else f"{name}.png"


def out_of_group(name, number):
    """What the aged photos of a row group of a Parquet file are called."""
    return f"{posixpath.splitext(name)[0]}-{number:05d}{PARQUET}"


def _row(name, aged=None, problem=""):
    ages = [] if aged is None else [f"{age:.1f}" for age in np.atleast_1d(aged.ages)]
    counts = (0, 0) if aged is None else (len(aged.faces), len(aged.too_small))
    return {
        "file": as_text(name), "out": "", "faces": str(counts[0]), "too_small": str(counts[1]), "ages": " ".join(ages), "problem": as_text(problem),
    }  # fmt: skip


def _size(tree, item):
    """The bytes of the file that a photo, or a row group, is in, as text."""
    return str(tree.size(item if isinstance(item, str) else item[0]))


def _mark(item):
    """By what a photo, or a row group, is found in the table: its name, or what is made of it."""
    return as_text(item if isinstance(item, str) else out_of_group(*item))


@dataclasses.dataclass(frozen=True)
class Aged:
    """What became of many photos.

    Attributes:
        out: where the aged ones are, and a table of all (`aged.csv`).
        photos: how many there were.
        aged: how many were aged.
        too_small: how many faces were left alone because of their size.
    """

    out: str
    photos: int
    aged: int
    too_small: int = 0


def age_photos(
    tree,
    out,
    years,
    make_tools,
    run=processes.run,
    workers=1,
    progress=None,
    names=None,
    **manner,
):
    """Ages all photos of a folder, and of its Parquet files those in their column `image`, as
    `datasets` and `faceaging prepare` write them.

    Photos keep their names and their folders; those of a Parquet file come in a Parquet file for
    each of its row groups. What is no photo, or has no face, is a row of the table with its reason.
    Interrupted, it goes on where it stopped; called again when photos were added or changed, it
    ages those.

    Args:
        tree: a `faceaging_tf.data.readers.Tree`.
        out: a folder or a URL, another than the tree's.
        years: years to add, below 0 to make younger.
        make_tools: a function, or a dataclass that can be called, that can be sent to other
            processes and makes `(model, detector)`; None for the detector's default.
        run: what makes the parts; see `faceaging_tf.parallel`.
        workers: of `run`.
        progress: called with how many photos or row groups are done, and how many there are.
        names: of the files, all when None.
        **manner: of ageing, as in `age_photo`.

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
        raise ParallelError(
            f"{tree.location} holds no photos; give the folder, zip or URL with the photos, or with Parquet files that have a column {IMAGE}."
        )
    written = Counter(out_name(name) for name in items if isinstance(name, str))
    twice = [name for name, number in written.items() if number > 1]
    if twice:
        raise ParallelError(
            f"Two photos of {tree.location} would both be written as {twice[0]!r}; rename one of them."
        )
    # Which photos there are is no part of it: whoever adds some has those aged, and the others
    # kept.
    source = tree.location if "://" in tree.location else os.path.realpath(tree.location)
    plan = digest_of(
        faceaging_tf.__version__,
        source,
        names,
        years,
        sorted(asked(**manner).items()),
        make_tools,
    )
    with place.alone(FOLDER):
        done = read_plan(place, DONE)
        if done not in (None, plan):
            raise ParallelError(
                f"{place.location} holds photos that were aged by other years, in another manner, by another model or from another place; choose another folder."
            )
        begin(place, plan, own=done == plan)
        sizes = {_mark(item): _size(tree, item) for item in items}
        there = set(_rows(place, sizes)["mark"])
        left, first = (
            [item for item in items if _mark(item) not in there],
            max([-1, *part_numbers(place)]) + 1,
        )
        size = PHOTOS_A_PART
        if workers > 1:
            size = min(max(len(left) // (workers * PARTS_A_WORKER), 1), size)
        numbered = [
            (first + start // size, left[start : start + size])
            for start in range(0, len(left), size)
        ]
        make_parts(
            Photos(tree, place.location, years, make_tools, manner),
            numbered,
            len(items),
            run,
            workers,
            progress,
        )
        rows = _rows(place, sizes)[list(COLUMNS)]
        unlisted = (
            [_row(name, problem=reason) for name, reason in tree.problems] if names is None else []
        )
        if unlisted:
            rows = needed("pandas", MANY).concat(
                [rows, needed("pandas", MANY).DataFrame(unlisted)], ignore_index=True
            )
        place.write(TABLE, rows.to_csv(index=False).encode("utf-8"))
        aged = Aged(
            place.location,
            len(rows),
            int((rows["problem"] == "").sum()),
            int(rows["too_small"].astype(int).sum()),
        )
        place.write(
            DONE, json.dumps({"plan": plan, "photos": aged.photos, "aged": aged.aged}).encode()
        )
        finish(place)
        return aged


def _rows(place, sizes):
    """What was made of photos that are still what they were, in their order.

    Args:
        place: a `Place`.
        sizes: dictionary from the `_mark` of each photo, or row group, to the `_size` of its file.

    Returns:
        A pandas DataFrame of `COLUMNS` and `mark`.
    """
    pandas = needed("pandas", MANY)
    tables = [pandas.DataFrame(columns=COLUMNS, dtype=str)]
    if place.exists(TABLE):
        tables.append(
            pandas.read_csv(
                io.BytesIO(place.read(TABLE)), dtype=str, keep_default_na=False
            ).reindex(columns=COLUMNS, fill_value="")
        )
    tables += [table_of_part(place, number).to_pandas() for number in part_numbers(place)]
    rows = pandas.concat(
        [table.assign(part=part) for part, table in enumerate(tables)], ignore_index=True
    )
    rows["mark"] = rows["out"].where(rows["out"].str.endswith(PARQUET), rows["file"])
    # What was made last counts, where a file was changed in between or what was made of it is gone.
    rows = rows[rows["part"] == rows.groupby("mark")["part"].transform("max")]
    files = {"", *(as_text(name) for name in place.files())}
    rows = rows[(rows["bytes"] == rows["mark"].map(sizes)) & rows["out"].isin(files)]
    places = {mark: position for position, mark in enumerate(sizes)}
    return rows.iloc[rows["mark"].map(places).argsort(kind="stable")]


def _row_groups(tree, name):
    """The row groups with pictures of a Parquet file; the file itself where it cannot be read,
    which then is a row that says so.
    """
    arrow, parquet = needed("pyarrow", MANY), needed("pyarrow.parquet", MANY)
    try:
        with tree.open(name) as file:
            opened = parquet.ParquetFile(file)
            return (
                [(name, number) for number in range(opened.num_row_groups)]
                if IMAGE in opened.schema_arrow.names
                else []
            )
    except (arrow.ArrowException, OSError, ReaderError):
        return [name]
