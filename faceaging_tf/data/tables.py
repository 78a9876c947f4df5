"""Tables as text, whatever program wrote them: encodings, separators, line ends."""

import codecs
import csv
import dataclasses
import io
import re

from faceaging_tf.errors import ReaderError

SEPARATORS = ",;\t|"
# The longer marks first: that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LINE_END = re.compile(r"\r\n|\r|\n")
# The first line that spreadsheets take for a note on the separator, and no row.
_NOTE = re.compile(r'[\r\n]*"?sep=(.)"?(?:\r\n|\r|\n)', re.IGNORECASE)
# Letters of a cell: some hold a picture, or what a network made of one.
csv.field_size_limit(max(csv.field_size_limit(), 2**27))
_NO_UTF8 = re.compile("[\udc80-\udcff]")


class TableError(ReaderError):
    """A file that is no table, with a sentence that says why."""


@dataclasses.dataclass(frozen=True)
class Table:
    """The rows of a table.

    Attributes:
        columns: names, in their order.
        rows: a dict of strings each; "" where a row is too short. Blank lines are no rows, nor are
            those of separators alone, which spreadsheets leave at the end.
        lines: the number of the line in the file that each row ends on; the first line is 1.
        western: whether it is no UTF-8, so that it was taken for Windows' Western European.
    """

    columns: list
    rows: list
    lines: list
    western: bool = False

    def need(self, columns, where):
        """Refuses a table without some columns, or with two of one of these names.

        Raises:
            TableError: naming them; the sentence begins with `where`.
        """
        missing = [column for column in columns if column not in self.columns]
        if missing:
            there = ", ".join(self.columns) or "none"
            said = " and no column ".join(missing)
            raise TableError(f"{where} has no column {said}; its columns are {there}.")
        twice = [column for column in columns if self.columns.count(column) > 1]
        if twice:
            raise TableError(f"{where} has two columns {twice[0]}; rename or remove one of them.")


def table_of(content, where, files=()):
    """Reads a table: separated by commas, semicolons, tabs or upright lines, in UTF-8 or UTF-16.

    What is no UTF-8 is taken for Windows-1252 (which Latin-1 is part of), but for names of files.

    Args:
        content: the file's bytes.
        where: how errors call the file.
        files: names of files that the table may name. Those whose bytes are no UTF-8, kept by
            `surrogateescape`, are left as they are.

    Returns:
        A `Table`.

    Raises:
        TableError: no text, or a quotation mark that is not closed.

    Example:
        >>> from faceaging_tf.data.tables import table_of
        >>> table_of("file;age\\r\\né.png;35\\r\\n".encode("latin-1"), "people.csv").rows
        [{'file': 'é.png', 'age': '35'}]
    """
    text, separator, skipped = _begun(_text_of(content, where))
    kept = {_basename(file) for file in files if _NO_UTF8.search(file)}
    stream = io.StringIO(text, newline="")
    reader = csv.DictReader(stream, restval="", strict=True, **_dialect(text, separator))
    rows, lines = [], []
    try:
        columns = [_legible(name, kept).strip() for name in reader.fieldnames or ()]
        reader.fieldnames = columns
        for row in reader:
            if any(cell.strip() for name, cell in row.items() if name is not None):
                rows.append({name: _legible(row[name], kept) for name in columns})
                lines.append(reader.line_num + skipped)
    except csv.Error as error:
        # That of the row that could not be read; DictReader's is of the one before.
        line = reader.reader.line_num + skipped
        raise TableError(f"{where} is no table that can be read: {error} (line {line}).") from error
    return Table(columns, rows, lines, bool(_NO_UTF8.search(text)))


def columns_in(head):
    """The names of the columns, from the beginning of a table's bytes; none where it is no text."""
    try:
        # Cut anywhere, the text may end within a letter of UTF-16 or UTF-32.
        head = head[: len(head) // 4 * 4] if len(head) >= 65536 else head
        text, separator, _ = _begun(_text_of(head, ""))
        line = _LINE_END.split(text, maxsplit=1)[0]
        return [name.strip() for name in next(csv.reader([line], **_dialect(text, separator)), [])]
    except (TableError, csv.Error):
        return []


def _dialect(text, separator):
    """What `csv` is to know: in tables that are written by hand, a quotation mark behind a blank is
    one all the same.
    """
    blanks = re.search(rf'{re.escape(separator)} +"', text[:4096])
    return {"delimiter": separator, "skipinitialspace": bool(blanks)}


def _begun(text):
    """The text from its columns' names on, the separator, and how many lines were skipped."""
    note = _NOTE.match(text)
    # Blank lines; a tab would be a column without a name.
    body = text[note.end() if note else 0 :].lstrip("\r\n")
    skipped = len(_LINE_END.findall(text[: len(text) - len(body)]))
    line = re.sub(r'"[^"]*"', "", _LINE_END.split(body, maxsplit=1)[0])
    return body, note[1] if note else max(SEPARATORS, key=line.count), skipped


def _text_of(content, where):
    mark, encoding = next((each for each in _MARKS if content.startswith(each[0])), (b"", None))
    encoding = encoding or _without_mark(content[:64])
    try:
        # Names of files may hold bytes that are no UTF-8.
        errors = "surrogateescape" if encoding == "utf-8" else "strict"
        # Programs that add a mark to what has one.
        text = content[len(mark) :].decode(encoding, errors).lstrip("\ufeff")
    except UnicodeDecodeError as error:
        problem = f"{error.reason} at byte {error.start}"
        raise TableError(
            f"{where} is no text in {encoding.upper()} ({problem}); save it as UTF-8."
        ) from error
    if "\0" in text:
        raise TableError(
            f"{where} is no text (it holds bytes of 0); save it as comma-separated text in UTF-8."
        )
    return text


def _without_mark(head):
    """UTF-16 is known by the bytes of 0 that plain letters have in it, nearly all on one side; a
    few are damage.
    """
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) < len(head) / 8:
        return "utf-8"
    if odd > 4 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 4 * odd else "utf-8"


def _legible(cell, kept):
    if not _NO_UTF8.search(cell) or _basename(cell) in kept:
        return cell
    content = cell.encode("utf-8", "surrogateescape")
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _basename(name):
    return name.strip().replace("\\", "/").rpartition("/")[2]
