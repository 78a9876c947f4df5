"""Columns of a table on disk, a file each, read where they lie: they take no memory until they are
looked at.
"""

import json

import numpy as np

NAMES = "columns.json"


def write_columns(folder, tables):
    """Writes the columns that all parts of a table have.

    Args:
        folder: a `pathlib.Path`, empty.
        tables: a function that gives the parts, one after the other: dicts from names to arrays of
            the same length; called twice, so that one part is in memory at a time.

    Raises:
        TypeError: a column of Python objects.
        OSError: it cannot be written.
    """
    kinds, count, common = {}, 0, None
    for table in tables():
        common = dict.fromkeys(table if common is None else (n for n in common if n in table))
        count += len(next(iter(table.values())))
        for name, column in table.items():
            kinds[name] = np.result_type(kinds.get(name, column.dtype), column.dtype)
    names = list(common or ())
    objects = [name for name in names if kinds[name].hasobject]
    if objects:
        raise TypeError(f"{objects[0]} has values of several kinds, or lacks some")
    files = {
        name: np.lib.format.open_memmap(folder / f"{number}.npy", "w+", kinds[name], (count,))
        for number, name in enumerate(names)
    }
    start = 0
    for table in tables():
        end = start + len(next(iter(table.values())))
        for name, file in files.items():
            file[start:end] = table[name]
        start = end
    for file in files.values():
        file.flush()
    (folder / NAMES).write_text(json.dumps(names))


def read_columns(folder):
    """The columns of a folder, a dict from names to arrays on disk, `(N,)` each."""
    names = json.loads((folder / NAMES).read_text())
    return {
        name: np.asarray(np.load(folder / f"{number}.npy", mmap_mode="r"))
        for number, name in enumerate(names)
    }
