"""FFHQ-Aging: `ffhq_aging_labels.csv` beside the pictures of FFHQ (Or-El et al., "Lifespan Age
Transformation Synthesis", ECCV 2020).
"""

import posixpath
import re

from faceaging_tf.data.readers.labels import ages_of, is_picture, sex_of
from faceaging_tf.data.readers.table import LabelledPictures, LabelReader, read_ages, rows_of

_NUMBER = re.compile(r"\d{5}")


class FFHQAging(LabelReader):
    """FFHQ with FFHQ-Aging's labels: groups of ages and the sex, as a crowd judged them.

    The groups are 0-2, 3-6, 7-9, 10-14, 15-19, 20-29, 30-39, 40-49, 50-69 and 70-120.

    The pictures may lie as FFHQ has them (`images1024x1024/00000/00000.png`, `thumbnails128x128/…`,
    `in-the-wild-images/…`) or in any other folder. Where there are several of a number, the best is
    taken: 1024 pixels, then other copies, then thumbnails, then the photos before their alignment.
    """

    name = "ffhq_aging"
    looks_like = "ffhq_aging_labels.csv, with the columns image_number and age_group"
    tables = ("ffhq_aging_labels.csv",)
    columns = ("image_number", "age_group")

    def read(self, tree):
        pictures = LabelledPictures(self, tree)
        tables = self.label_files(tree)
        pictures.leave_out(tables)
        # FFHQ's own list of its pictures, and its terms.
        pictures.leave_out(
            file
            for file in tree.files()
            if posixpath.basename(file) in ("ffhq-dataset-v2.json", "LICENSE.txt")
        )
        copies = _pictures_by_number(tree)
        table = tables[0]
        columns, rows = rows_of(tree, table, self.columns)
        others = [column for column in columns if column not in (*self.columns, "gender")]
        for row in rows:
            number = row["image_number"].strip().zfill(5)
            of_number = copies.get(number, [f"{number}.png"])
            yield pictures.take(
                of_number[0],
                "",
                *read_ages(ages_of, row["age_group"]),
                sex=sex_of(row.get("gender", ""), f"The column gender of {table}"),
                attributes={column: row[column] for column in others if row[column]},
            )
            for copy in of_number[1:]:
                pictures.leave_out((copy,))
                yield self.problem(copy, f"is another copy of {of_number[0]!r}")
        yield from pictures.rest()


def _pictures_by_number(tree):
    copies = {}
    for file in tree.files():
        stem = posixpath.splitext(posixpath.basename(file))[0]
        if is_picture(file) and _NUMBER.fullmatch(stem):
            copies.setdefault(stem, []).append(file)
    return {
        number: sorted(files, key=lambda file: (_rank(file), file))
        for number, files in copies.items()
    }


def _rank(file):
    if "images1024x1024" in file:
        return 0
    return 2 if "thumbnails" in file else 3 if "in-the-wild" in file else 1
