"""Tables: this project's own corpora (`faces.csv` and aligned faces), and any table whose columns
are named by whoever has it.
"""

import dataclasses

from faceaging_tf.data.readers.labels import ages_of, number_of, plausible, sex_of, stated_split_of
from faceaging_tf.data.readers.reader import Reader
from faceaging_tf.data.readers.source import Source
from faceaging_tf.data.readers.table import (
    NOT_THERE,
    LabelledPictures,
    LabelReader,
    columns_of,
    read_ages,
    rows_of,
    table_in,
)
from faceaging_tf.data.splits import split_of_row
from faceaging_tf.errors import ReaderError

MEANINGS = ("file", "age", "age_min", "age_max", "sex", "person", "source", "split")


class FacesCsv(LabelReader):
    """A corpus of this project: `faces.csv` at the root, with `file` and `age` (or `age_min` and
    `age_max`), and faces that are aligned already.

    Without a column `split`, rows are split by their number, as `load_corpus` does.
    """

    name = "faces_csv"
    looks_like = "faces.csv at the root, with the columns file and age (or age_min and age_max)"
    tables = ("faces.csv",)
    columns = ("file",)

    def label_files(self, tree):
        """`faces.csv`, where it is at the root and names files and ages."""
        if not tree.exists("faces.csv"):
            return []
        columns = set(columns_of(tree, "faces.csv"))
        return (
            ["faces.csv"] if "file" in columns and columns & {"age", "age_min", "age_max"} else []
        )

    def read(self, tree):
        columns, _ = rows_of(tree, "faces.csv", ("file",))
        return _sources(
            self,
            tree,
            "faces.csv",
            {name: name for name in MEANINGS if name in columns},
            aligned=True,
            by_row=True,
        )


@dataclasses.dataclass(frozen=True)
class FaceRow:
    """A row of a `faces.csv`, as training reads it.

    Attributes:
        file: the picture's name in the tree; as the row has it where it is not there.
        age_min, age_max: years, equal where the age is known exactly.
        split: "train", "validation" or "test": of the column `split`, else by the row's number.
        columns: all of the row, strings by name.
        problem: why there is no such picture; "" where there is.
    """

    file: str
    age_min: float
    age_max: float
    split: str
    columns: dict
    problem: str = ""


def face_rows(tree):
    """The rows of the `faces.csv` of a tree, read as `FacesCsv` reads it; a list of `FaceRow`s.

    Raises:
        ReaderError: no such table, no column for files, or a row without a file or without an age
            that somebody has.
    """
    table = table_in(tree, "faces.csv")
    called = f"The faces.csv of {tree.location}"
    table.need([name for name in MEANINGS if name == "file" or name in table.columns], called)
    pictures, found, known = LabelledPictures(FacesCsv(), tree), [], {}
    for number, (row, line) in enumerate(zip(table.rows, table.lines, strict=True)):
        said = {name: row.get(name, "").strip() for name in MEANINGS}
        if not said["file"]:
            raise ReaderError(
                f"{called} has a row without a file (line {line}); every row needs all columns."
            )
        try:
            ages = _ages(said)
            if None in ages:
                given = "no age" if ages == (None, None) else "one of age_min and age_max alone"
                raise ValueError(f"{given} is given")
        except ValueError as error:
            needed = "a number in the column age, or in age_min and age_max, of every row"
            raise ReaderError(
                f"{called} needs {needed}: line {line}, of {said['file']!r}: {error}. Mend or remove it."
            ) from error
        meant = pictures.candidates(row["file"], "faces.csv")
        # What is neither UTF-8 nor Windows-1252 has names that nobody has given.
        problem = NOT_THERE + ("; the table is no UTF-8, save it so" if table.western else "")
        if meant:
            problem = "" if len(meant) == 1 else f"may mean {meant[0]!r} or {meant[1]!r}"
        file = meant[0] if len(meant) == 1 else row["file"]
        before = known.setdefault(file, ages)
        if before != ages:
            raise ReaderError(
                f"{called} gives {file!r} two ages, {before[0]:g} and {ages[0]:g} (line {line}). Mend or remove one."
            )
        split = stated_split_of(said["split"], f"{called}, line {line}: split")
        found.append(FaceRow(file, *ages, split or split_of_row(number), row, problem))
    return found


class Csv(Reader):
    """The name under which the rows of `read_table` are; it recognises nothing by itself."""

    name = "csv"
    kind = "labels"

    def problem(self, file, clause):
        return Source(file, None, None, problem=clause)


def read_table(tree, table, columns):
    """Reads any table of pictures and ages, comma-separated (or by semicolons or tabs), with names
    in its first line.

    Args:
        tree: a `Tree`.
        table: the table's name in the tree. The files it names count from its folder.
        columns: what a column is called there, by what it means: "file" and "age" (a number of
            years or a group such as 20-29), or "age_min" and "age_max", or none of them where no
            age is known; "sex" (words or letters), "person", "source", "split". All other columns
            become attributes.

    Returns:
        An iterator over `Source`s: the rows in their order, then whatever no row names, with a
        problem.

    Raises:
        ReaderError: no such table or column, a meaning that there is not, no "file", or (while
            iterating) sexes that are numbers.

    Example:
        >>> import fsspec
        >>> from faceaging_tf.data.readers import Tree, read_table
        >>> files = fsspec.filesystem("memory")
        >>> table = b"path,years\\na.jpg,35\\n"
        >>> files.pipe({"/read_table/people.csv": table, "/read_table/a.jpg": b"..."})
        >>> columns = {"file": "path", "age": "years"}
        >>> sources = read_table(Tree("memory://read_table"), "people.csv", columns)
        >>> [(source.file, source.age_min) for source in sources]
        [('a.jpg', 35.0)]
    """
    unknown = [meaning for meaning in columns if meaning not in MEANINGS]
    if unknown:
        raise ReaderError(
            f"A table's columns can mean {', '.join(MEANINGS)}; got {', '.join(unknown)}. Other columns become attributes by themselves."
        )
    if "file" not in columns:
        raise ReaderError('A table needs a column for "file"; say what it is called.')
    rows_of(tree, table, columns.values())
    return _sources(Csv(), tree, table, columns, aligned=False)


def _sources(reader, tree, table, columns, aligned, by_row=False):
    pictures = LabelledPictures(reader, tree)
    pictures.leave_out((table,))
    names, rows = rows_of(tree, table, columns.values())
    others = [name for name in names if name and name not in columns.values()]
    for number, row in enumerate(rows):
        said = {meaning: (row[column] or "").strip() for meaning, column in columns.items()}
        attributes = {name: row[name] for name in others if row[name]}
        sex = sex_of(said.get("sex", ""), f"The column {columns.get('sex')} of {table}")
        if said.get("sex") and not sex:
            attributes["sex"] = said["sex"]
        yield pictures.take(
            row[columns["file"]] or "",
            table,
            *read_ages(_ages, said),
            sex=sex,
            person=said.get("person", ""),
            source=said.get("source", ""),
            split=split_of_row(number)
            if by_row and "split" not in columns
            else stated_split_of(
                said.get("split", ""), f"The column {columns.get('split')} of {table}"
            ),
            aligned=aligned,
            attributes=attributes,
        )
    yield from pictures.rest()


def _ages(said):
    if said.get("age"):
        return ages_of(said["age"])
    limits = [said.get(name, "") for name in ("age_min", "age_max")]
    if not any(limits):
        return None, None
    try:
        return plausible(*(number_of(limit) if limit else None for limit in limits))
    except ValueError as error:
        if str(error).startswith("could not convert"):
            raise ValueError(
                f"the ages {limits[0]!r} to {limits[1]!r} are no numbers of years"
            ) from error
        raise
