"""FairFace: `fairface_label_train.csv`, `fairface_label_val.csv` and `train/1.jpg`.

Karkkainen and Joo, "FairFace: Face Attribute Dataset for Balanced Race, Gender, and Age", WACV
2021.
"""

import posixpath

from faceaging_tf.data.readers.labels import ages_of, sex_of
from faceaging_tf.data.readers.table import LabelledPictures, LabelReader, read_ages, rows_of

GROUPS = {
    "0-2": (0, 2),
    "3-9": (3, 9),
    "more than 70": (70, 99),
    **{f"{decade}-{decade + 9}": (decade, decade + 9) for decade in range(10, 70, 10)},
}
_SPLITS = {"fairface_label_train.csv": "train", "fairface_label_val.csv": "validation"}


def group_of(text):
    """The ages of one of FairFace's groups.

    Spreadsheets took "3-9" for the ninth of March or the third of September, and "10-19" for the
    nineteenth of October or October 2019, and wrote the date back. No other group can be read as a
    date, so these are undone; whatever else is no group of FairFace is not guessed at.

    Args:
        text: the label, such as "20-29", "more than 70" or "9-Mar".

    Returns:
        `(youngest, oldest)` in years.

    Raises:
        ValueError: a clause: no group of FairFace.

    Example:
        >>> from faceaging_tf.data.readers.fairface import group_of
        >>> group_of("more than 70"), group_of("9-Mar"), group_of("19-Oct")
        ((70, 99), (3, 9), (10, 19))
    """
    text = text.strip()
    if text.lower() in GROUPS:
        return GROUPS[text.lower()]
    parts = {part.lstrip("0") for part in text.lower().split("-")}
    if parts in ({"9", "mar"}, {"3", "sep"}):
        return GROUPS["3-9"]
    if parts == {"19", "oct"}:
        return GROUPS["10-19"]
    # "70+" and the like, as some copies write it.
    if ages_of(text) == GROUPS["more than 70"]:
        return GROUPS["more than 70"]
    raise ValueError(f"the age {text!r} is no group of FairFace")


class FairFace(LabelReader):
    """FairFace: ages known as a range; the dataset's own training and validation part."""

    name = "fairface"
    looks_like = "fairface_label_train.csv or fairface_label_val.csv, with the columns file, age, gender, race"
    tables = tuple(_SPLITS)
    columns = ("file", "age")

    def read(self, tree):
        pictures = LabelledPictures(self, tree)
        tables = self.label_files(tree)
        pictures.leave_out(tables)
        for table in tables:
            columns, rows = rows_of(tree, table, self.columns)
            others = [column for column in columns if column not in ("file", "age", "gender")]
            for row in rows:
                yield pictures.take(
                    row["file"],
                    table,
                    *read_ages(group_of, row["age"]),
                    sex=sex_of(row.get("gender", ""), f"The column gender of {table}"),
                    split=_SPLITS[posixpath.basename(table)],
                    attributes={column: row[column] for column in others if row[column]},
                )
        yield from pictures.rest()
