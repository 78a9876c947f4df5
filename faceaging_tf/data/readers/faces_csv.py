"""Tables: this project's own corpora (`faces.csv` and aligned faces), and any table whose columns are named by whoever has it."""

from faceaging_tf.data.readers.errors import ReaderError
from faceaging_tf.data.readers.labels import ages_of, plausible, sex_of, split_of
from faceaging_tf.data.readers.reader import Reader
from faceaging_tf.data.readers.source import Source
from faceaging_tf.data.readers.table import LabelledPictures, LabelReader, columns_of, rows_of
from faceaging_tf.data.splits import split_of_row

MEANINGS = ("file", "age", "age_min", "age_max", "sex", "person", "source", "split")


class FacesCsv(LabelReader):
    """A corpus of this project: `faces.csv` at the root, with `file` and `age` (or `age_min` and `age_max`), and faces that are aligned already.

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
        columns = columns_of(tree, "faces.csv")
        return ["faces.csv"] if "file" in columns and any(column in columns for column in ("age", "age_min", "age_max")) else []

    def read(self, tree):
        columns, _ = rows_of(tree, "faces.csv", ("file",))
        return _sources(self, tree, "faces.csv", {name: name for name in MEANINGS if name in columns}, aligned=True, by_row=True)


class Csv(Reader):
    """The name under which the rows of `read_table` are; it recognises nothing by itself."""

    name = "csv"
    kind = "labels"

    def problem(self, file, clause):
        return Source(file, None, None, problem=clause)


def read_table(tree, table, columns):
    """Reads any table of pictures and ages, comma-separated (or by semicolons or tabs), with names in its first line.

    Args:
        tree: a `Tree`.
        table: the table's name in the tree. The files it names count from its folder.
        columns: what a column is called there, by what it means: "file" and "age" (a number of years or a group such as 20-29), or "age_min" and
            "age_max", or none of them where no age is known; "sex" (words or letters), "person", "source", "split". All other columns become attributes.

    Returns:
        An iterator over `Source`s: the rows in their order, then whatever no row names, with a problem.

    Raises:
        ReaderError: no such table or column, a meaning that there is not, no "file", or (while iterating) sexes that are numbers.

    Example:
        >>> import fsspec
        >>> from faceaging_tf.data.readers import Tree, read_table
        >>> files = fsspec.filesystem("memory")
        >>> files.pipe({"/read_table/people.csv": b"path,years\\na.jpg,35\\n", "/read_table/a.jpg": b"..."})
        >>> sources = read_table(Tree("memory://read_table"), "people.csv", {"file": "path", "age": "years"})
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
        ages, problem = (None, None), ""
        try:
            ages = _ages(said)
        except ValueError as error:
            problem = str(error)
        attributes = {name: row[name] for name in others if row[name]}
        sex = sex_of(said.get("sex", ""), f"The column {columns.get('sex')} of {table}")
        if said.get("sex") and not sex:
            attributes["sex"] = said["sex"]
        yield pictures.take(
            row[columns["file"]] or "",
            table,
            ages,
            problem,
            sex=sex,
            person=said.get("person", ""),
            source=said.get("source", ""),
            split=split_of_row(number) if by_row and "split" not in columns else split_of(said.get("split", "")),
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
        return plausible(*(float(limit) if limit else None for limit in limits))
    except ValueError as error:
        if str(error).startswith("could not convert"):
            raise ValueError(f"the ages {limits[0]!r} to {limits[1]!r} are no numbers of years") from error
        raise
