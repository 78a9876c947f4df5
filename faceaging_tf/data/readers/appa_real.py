"""APPA-REAL: `gt_avg_train.csv` and `train/000000.jpg`.

Agustsson et al., "Apparent and real age estimation in still images with deep residual regressors on
APPA-REAL database", FG 2017.
"""

import posixpath

from faceaging_tf.data.readers.labels import ages_of, is_picture
from faceaging_tf.data.readers.table import (
    LabelledPictures,
    LabelReader,
    read_ages,
    rows_of,
    tables_named,
)

_SPLITS = {
    "gt_avg_train.csv": ("train", "train"),
    "gt_avg_valid.csv": ("valid", "validation"),
    "gt_avg_test.csv": ("test", "test"),
}
# The votes behind the averages, and the votes' circumstances.
_OTHER_TABLES = tuple(
    f"{kind}_{split}.csv"
    for kind in ("gt", "allcategories")
    for split in ("train", "valid", "test")
)
_CROP = "_face.jpg"


class AppaReal(LabelReader):
    """APPA-REAL: the real age is the age; what people guessed is in the attributes.

    Beside `000000.jpg` lies `000000.jpg_face.jpg`, a crop of it: the original is taken where it is
    there, and the crop where it is not.
    """

    name = "appa_real"
    looks_like = "gt_avg_train.csv, gt_avg_valid.csv or gt_avg_test.csv, with the columns file_name and real_age"
    tables = tuple(_SPLITS)
    columns = ("file_name", "real_age")

    def read(self, tree):
        pictures = LabelledPictures(self, tree)
        tables = self.label_files(tree)
        pictures.leave_out((*tables, *tables_named(tree, _OTHER_TABLES)))
        # `000000.jpg.mat` and `000000.jpg_face.mat` hold where the face was found.
        pictures.leave_out(
            file for file in tree.files() if file.lower().endswith((".jpg.mat", ".jpg_face.mat"))
        )
        for table in tables:
            folder, split = _SPLITS[posixpath.basename(table)]
            columns, rows = rows_of(tree, table, self.columns)
            others = [column for column in columns if column not in self.columns]
            for row in rows:
                ages, problem = read_ages(ages_of, row["real_age"])
                original = f"{folder}/{row['file_name']}"
                crop = original + _CROP
                attributes = {column: row[column] for column in others if row[column]}
                if (
                    pictures.find(original, table) is None
                    and pictures.find(crop, table) is not None
                ):
                    original = crop
                yield pictures.take(
                    original, table, ages, problem, split=split, attributes=attributes
                )
        for source in pictures.rest():
            original = source.file.removesuffix(_CROP)
            if original != source.file and is_picture(original) and tree.exists(original):
                source = self.problem(source.file, f"is a crop of {original!r}")
            yield source
