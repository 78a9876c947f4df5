"""Tries the readers of tables and of prepared corpora on what people have, and on what nobody
should.

    python tools/try_tables.py --minutes 8 --seed 0

Every case is made from its own seed: a table in some encoding, with some separator and line end,
whole or with one thing wrong; or a Parquet corpus with its columns in some form. Both readers of
tables, `prepare`'s and `train`'s, are shown it. An intact case must be read by both, the same
ages by either; a wrong one must be read with ages that somebody may have, or refused with a
sentence. A traceback, a half-written file or an intact case that is refused is a failure.
"""

import io
import json
import pathlib
import random
import sys
import tempfile

import numpy as np
from PIL import Image
from trying import Counts, damaged, described, is_sentence, numbers, parser_of

from faceaging_tf.data import CorpusError, load_corpus
from faceaging_tf.data.readers import ReaderError, Tree, find, read_table

ENCODINGS = (
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "latin-1",
    "cp1252",
)
SEPARATORS, ENDS = (",", ";", "\t", "|"), ("\n", "\r\n", "\r")
NAMES = ("a", "Jörg", "two words", "it's", "deep/er", "back\\slash", "semi.colon", "René")
PEOPLE = ("", "Jörg", "Ann Lee", "O'Neil", "x" * 300, '"quoted"', "a,b", "c;d", "two\nlines")
WRONG_AGES = (
    "2014",
    "-3",
    "nan",
    "inf",
    "1e9",
    "thirty",
    "",
    "30 years",
    "50-40",
    "0x1F",
    "٣٥",
    "½",
)
REFUSALS = (CorpusError, ReaderError)
SIDE = 16


class Failure(Exception):
    """What a case showed that it should not."""


def picture(number):
    """A face of one colour, as the bytes of a PNG."""
    target = io.BytesIO()
    Image.new("RGB", (SIDE, SIDE), (number % 256, 90, 160)).save(target, "PNG")
    return target.getvalue()


def write_faces(folder, names):
    """A picture of each name, which may have folders in it."""
    for number, name in enumerate(names):
        path = folder / name.replace("\\", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture(number))


def table_case(rng, folder):
    """Writes a corpus with a table; what it means (a dict from files to ages), or None where it is
    wrong.
    """
    encoding, separator, end = rng.choice(ENCODINGS), rng.choice(SEPARATORS), rng.choice(ENDS)
    names = [
        f"{name}{number}.png"
        for number, name in enumerate(rng.sample(NAMES, rng.randint(1, len(NAMES))))
    ]
    write_faces(folder, names)
    ranges = rng.random() < 0.3
    meant, rows = {}, []
    for name in names:
        low = rng.randint(0, 80)
        high = low + (rng.randint(0, 20) if ranges else 0)
        meant[name.replace("\\", "/")] = (low, high)
        ages = [str(low), str(high)] if ranges else [rng.choice([str(low), f"{low}.0", f" {low} "])]
        rows.append([name, *ages, rng.choice(PEOPLE)])
    columns = ["file", *(["age_min", "age_max"] if ranges else ["age"]), "person"]
    wrong = rng.random() < 0.5
    if wrong:
        spoil(rng, columns, rows)
    text = "".join(
        separator.join(quoted(rng, cell, separator) for cell in row) + end
        for row in [columns, *rows]
    )
    if rng.random() < 0.1:
        text = f"sep={separator}{end}" + text
    if rng.random() < 0.1:
        text = end * rng.randint(1, 3) + text
    content = text.encode(encoding, "replace")
    if wrong and rng.random() < 0.4:
        content = damaged(content, rng)
    (folder / "faces.csv").write_bytes(content)
    return None if wrong else meant


def spoil(rng, columns, rows):
    """One thing of a table made wrong; often more than one, for the bytes may be damaged too."""
    row = rng.choice(rows)
    what = rng.randrange(8)
    if what == 0:
        row[1] = rng.choice(WRONG_AGES)
    elif what == 1:
        row[0] = rng.choice(
            ["", "gone.png", "../a.png", "/etc/passwd", ".", "a" * 5000, "\udcff.png"]
        )
    elif what == 2:
        columns[rng.randrange(len(columns))] = rng.choice(["", "age", "file", "AGE", "x"])
    elif what == 3:
        del row[rng.randrange(1, len(row)) :]
    elif what == 4:
        row += ["more", "and more"]
    elif what == 5:
        rows.clear()
    elif what == 6:
        row[2] = '"' * rng.randint(1, 3)
    else:
        row.insert(0, rng.choice(["", "#", "\t"]))


def quoted(rng, cell, separator):
    """A cell as spreadsheets write it."""
    needs = any(letter in cell for letter in (separator, '"', "\n", "\r"))
    return '"' + cell.replace('"', '""') + '"' if needs or rng.random() < 0.1 else cell


def try_table(rng, folder):
    """A table, shown to both readers; whether it was read."""
    meant = table_case(rng, folder)
    by_prepare = prepared_by(lambda: find("faces_csv").read(Tree(folder)), meant)
    columns = {name: name for name in ("file", "age", "person")}
    if meant is None or all(low == high for low, high in meant.values()):
        prepared_by(lambda: read_table(Tree(folder), "faces.csv", columns), None)
    try:
        corpus = load_corpus(folder, "all", SIDE)
    except REFUSALS as error:
        sentence(error)
        if meant is not None:
            raise Failure(f"intact, and refused by train: {error}") from error
        return False
    found = {
        str(file): (low, high)
        for file, low, high in zip(
            corpus.attributes["file"], corpus.age_min, corpus.age_max, strict=True
        )
    }
    plausible(corpus)
    if meant is not None and found != meant:
        raise Failure(f"train read {found}, and the table means {meant}")
    for file, ages in found.items():
        if by_prepare is not None and by_prepare.get(file, ages) != ages:
            raise Failure(f"train read {ages} for {file!r}, and prepare {by_prepare[file]}")
    return True


def prepared_by(read, meant):
    """Files and ages as a reader of `prepare` has them, without rows with a problem; None where it
    refuses.
    """
    try:
        sources = list(read())
    except REFUSALS as error:
        sentence(error)
        if meant is not None:
            raise Failure(f"intact, and refused by prepare: {error}") from error
        return None
    found = {
        source.file: (source.age_min, source.age_max) for source in sources if not source.problem
    }
    if meant is not None and found != meant:
        raise Failure(f"prepare read {found}, and the table means {meant}")
    return found


def plausible(corpus):
    """Refuses a corpus with ages that nobody has."""
    ages = np.array([corpus.age_min, corpus.age_max])
    if not (
        np.isfinite(ages).all()
        and ages.min() >= 0
        and ages.max() <= 122
        and (ages[0] <= ages[1]).all()
    ):
        raise Failure(f"ages that nobody has: {ages.tolist()}")


def sentence(error):
    """Refuses an error that says nothing."""
    if not is_sentence(str(error)):
        raise Failure(f"no sentence: {str(error)!r}")


def parquet_case(rng, folder):
    """Writes a prepared corpus; whether it is intact."""
    import pyarrow as arrow
    import pyarrow.parquet as parquet

    from faceaging_tf.prepare.rows import COLUMNS, parquet_bytes

    words = dict.fromkeys(("sex", "person", "source", "flags", "content"), "")
    numbers = dict.fromkeys(("sharpness", "turned", "face_size", "score", "age_estimate"), 0.5)
    count = rng.randint(1, 4)
    rows = [
        {**words, **numbers, "image": {"bytes": picture(number), "path": f"{number}.png"},
         "file": f"{number}.png", "age_min": 20.0 + number, "age_max": 20.0 + number,
         "age_estimated": False, "split": "train", "attributes": "{}"}
        for number in range(count)
    ]  # fmt: skip
    path, told = folder / "faces-000000.parquet", folder / "corpus.json"
    path.write_bytes(parquet_bytes(rows, COLUMNS))
    told.write_text(
        json.dumps({"format": 1, "plan": "p", "shards": [{"file": path.name, "faces": count}]})
    )
    kinds = {
        "image": [arrow.array([row["image"]["bytes"] for row in rows]), arrow.array([row["image"]["bytes"] for row in rows], arrow.large_binary()),
                  arrow.array([{"bytes": None, "path": f"{number}.png"} for number in range(count)]), arrow.array([f"{number}.png" for number in range(count)])],
        "split": [arrow.array(["train"] * count).dictionary_encode(), arrow.array(["train"] * count, arrow.large_string())],
        "age_min": [arrow.array([20 + number for number in range(count)]), arrow.array([20.0 + number for number in range(count)], arrow.float64())],
        "file": [arrow.array([f"{number}.png" for number in range(count)]).dictionary_encode()],
    }  # fmt: skip
    bad = {
        "image": [arrow.nulls(count), arrow.array([1] * count), arrow.array(["gone.png"] * count), arrow.array([b"no"] * count)],
        "split": [arrow.nulls(count), arrow.array([1] * count), arrow.array(["dev"] * count), arrow.array([["train"]] * count)],
        "age_min": [arrow.nulls(count), arrow.array([2014.0] * count), arrow.array(["x"] * count), arrow.array([[1.0]] * count), arrow.array([90.0] * count)],
        "file": [arrow.nulls(count, arrow.string()), arrow.array([b"x"] * count), arrow.array([[1]] * count)],
        "sharpness": [arrow.array(["x"] * count), arrow.nulls(count)],
        "attributes": [arrow.array(["{"] * count), arrow.array(["[]"] * count), arrow.array([1] * count), arrow.array(['{"a": NaN}'] * count)],
    }  # fmt: skip
    intact = rng.random() < 0.4
    write_faces(folder, [f"{number}.png" for number in range(count)])
    changes = kinds if intact else bad
    for name in rng.sample(sorted(changes), rng.randint(1, 2)):
        table = parquet.read_table(path)
        column = rng.choice(changes[name])
        if not intact and rng.random() < 0.2:
            table = table.drop_columns([name])
        else:
            table = table.set_column(table.column_names.index(name), name, column)
        parquet.write_table(table, path, compression=rng.choice(["none", "snappy", "zstd"]))
    if not intact and rng.random() < 0.4:
        spoiled = rng.choice([path, told])
        spoiled.write_bytes(damaged(spoiled.read_bytes(), rng))
    return intact


def try_parquet(rng, folder):
    """A prepared corpus, read in memory or on disk; whether it was read."""
    intact = parquet_case(rng, folder)
    on_disk = rng.random() < 0.3
    try:
        corpus = load_corpus(folder, rng.choice(["train", "all"]), SIDE, on_disk=on_disk)
    except REFUSALS as error:
        sentence(error)
        if intact:
            raise Failure(f"intact, and refused: {error}") from error
        return False
    finally:
        left = list(folder.glob("**/*.part"))
        if left:
            raise Failure(f"half-written: {left[0].name}")
    plausible(corpus)
    if np.asarray(corpus.faces).shape[1:] != (SIDE, SIDE, 3):
        raise Failure(f"faces of shape {corpus.faces.shape}")
    return True


def try_one(seed):
    """One case; whether it was read, and what it showed that it should not ("" for nothing)."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        try:
            return (try_parquet if rng.random() < 0.3 else try_table)(rng, pathlib.Path(folder)), ""
        except Failure as failure:
            return False, str(failure)
        except Exception as error:
            return False, described(error)


def try_tables(seed=0, minutes=None, cases=None):
    """Tries cases from a seed on, until the time or their number is over.

    Args:
        seed: of the first case; the others follow by one.
        minutes: how long at most, or None.
        cases: how many at most, or None.

    Returns:
        `Counts`; its failures are pairs of a seed and a sentence.
    """
    counts = Counts()
    for number in numbers(seed, minutes, cases):
        counts.add(number, *try_one(number))
    return counts


def main(arguments):
    """Tries for some minutes, and says what became of it; 1 where there were failures."""
    given = parser_of(__doc__).parse_args(arguments)
    counts = try_tables(given.seed, given.minutes, given.cases)
    for seed, problem in counts.failures:
        print(f"seed {seed}: {problem}")
    return counts.told("tables", "read")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
