"""Label files: rows of a table, and the pictures that they name."""

import posixpath
import unicodedata

from faceaging_tf.data.readers.labels import is_picture
from faceaging_tf.data.readers.reader import NO_PICTURE, Reader
from faceaging_tf.data.readers.source import Source
from faceaging_tf.data.tables import columns_in, table_of

NOT_THERE = "the labels name it, and it is not there"
NAMELESS = "its label names no file"


def table_in(tree, table, required=()):
    """A table in a tree: comma-separated text, or separated by semicolons, tabs or upright lines,
    in any encoding that `table_of` reads.

    Args:
        tree: a `Tree`.
        table: the file's name.
        required: columns that it must have.

    Returns:
        A `faceaging_tf.data.tables.Table`.

    Raises:
        ReaderError: no such file, no text, or a column missing.
    """
    where = f"{table} in {tree.location}"
    found = table_of(tree.read(table), where, tree.files())
    found.need(required, where)
    return found


def rows_of(tree, table, required=()):
    """`(columns, rows)` of `table_in`: a list of names, and a list of dicts of strings, "" where a
    row is too short.
    """
    found = table_in(tree, table, required)
    return found.columns, found.rows


def read_ages(read, *label):
    """`(ages, problem)`: what a function makes of a label, or no ages and the `ValueError` that it
    raises, in words.
    """
    try:
        return read(*label), ""
    except ValueError as error:
        return (None, None), str(error)


def columns_of(tree, table):
    """The columns of a table, from its beginning alone; empty for a file that is no text."""
    with tree.open(table) as file:
        return columns_in(file.read(65536))


def tables_named(tree, names):
    """The files of a tree that have one of the names, in any folder, the least deep first."""
    found = [file for file in tree.files() if posixpath.basename(file) in names]
    return sorted(found, key=lambda file: (file.count("/"), file))


class LabelReader(Reader):
    """A layout whose labels are files of their own.

    Attributes:
        tables: names of the label files, in any folder.
        columns: columns that a label file has, for telling it from another of the same name; none
            for a file that is no table.
    """

    kind = "labels"
    tables: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    def label_files(self, tree):
        """The label files of this layout in the tree."""
        found = tables_named(tree, self.tables)
        return (
            [file for file in found if set(self.columns) <= set(columns_of(tree, file))]
            if self.columns
            else found
        )

    def count(self, tree):
        return len(self.label_files(tree))


class LabelledPictures:
    """The pictures of a tree, handed out to the labels that name them; what is left over gets a row
    with a problem.

    Args:
        reader: the `Reader` whose labels they are.
        tree: a `Tree`.
    """

    def __init__(self, reader, tree):
        self.reader = reader
        self._files = tree.files()
        self._known = frozenset(self._files)
        # Macs write "é" as two letters, and tables have it as one.
        self._composed = {unicodedata.normalize("NFC", file): file for file in self._files}
        self._by_name = {}
        for file in self._files:
            self._by_name.setdefault(
                unicodedata.normalize("NFC", posixpath.basename(file)), []
            ).append(file)
        self._done = set()

    def find(self, name, beside):
        """The file that a label means, or None where there is none, or more than one.

        Args:
            name: as the label has it.
            beside: the label file: names count from its folder. A name that is not there is looked
                for below any folder.
        """
        candidates = self.candidates(name, beside)
        return candidates[0] if len(candidates) == 1 else None

    def candidates(self, name, beside):
        """All files that a label may mean; arguments of `find`."""
        if not name:
            return []
        for spelling in dict.fromkeys((name, name.strip(), name.strip().replace("\\", "/"))):
            exact = posixpath.normpath(posixpath.join(posixpath.dirname(beside), spelling))
            if exact in self._known:
                return [exact]
            composed = unicodedata.normalize("NFC", exact)
            if composed in self._composed:
                return [self._composed[composed]]
            relative = unicodedata.normalize("NFC", posixpath.normpath(spelling))
            named_so = self._by_name.get(posixpath.basename(relative), ())
            below = [
                file
                for file in named_so
                if unicodedata.normalize("NFC", file).endswith(f"/{relative}")
            ]
            if below:
                return below
        return []

    def take(self, name, beside, ages=(None, None), problem="", **labels):
        """The `Source` of a picture that a label names.

        Args:
            name: as for `find`.
            beside: as for `find`.
            ages: `(youngest, oldest)` in years.
            problem: what is wrong with the label.
            **labels: other arguments of `Source`.

        Returns:
            The `Source`; with a problem where the picture is not there, or may be one of several,
            or another label had it before.
        """
        labels = {"source": self.reader.name, **labels}
        candidates = self.candidates(name, beside)
        if len(candidates) != 1:
            problem = (
                f"the labels may mean {candidates[0]!r} or {candidates[1]!r}"
                if candidates
                else NOT_THERE
                if name
                else NAMELESS
            )
            return Source(name, *ages, problem=problem, **labels)
        file = candidates[0]
        if file in self._done:
            problem = "the labels name it twice"
        elif not problem and not is_picture(file):
            problem = NO_PICTURE
        self._done.add(file)
        return Source(file, *ages, problem=problem, **labels)

    def leave_out(self, files):
        """Marks files as accounted for, such as the label files themselves."""
        self._done.update(files)

    def rest(self):
        """Iterates over rows with a problem for all files that were neither taken nor left out."""
        for file in self._files:
            if file not in self._done:
                yield self.reader.stray(file)
