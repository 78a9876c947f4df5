"""MORPH Album 2: `000102_00M41.JPG`: person, running number, sex, age.

Ricanek and Tesafaye, "MORPH: A Longitudinal Image Database of Normal Adult Age-Progression", FGR
2006.
"""

import re

from faceaging_tf.data.readers.labels import sex_of
from faceaging_tf.data.readers.reader import NameReader


class Morph(NameReader):
    """MORPH Album 2, by the names of its pictures; its tables are not read."""

    name = "morph"
    looks_like = "names such as 000102_00M41.JPG: person, number, sex and age"
    pattern = re.compile(r"(\d+)_(\d+)([MF])(\d{1,3})", re.IGNORECASE)
    companions = frozenset((".csv", ".txt", ".xls", ".xlsx"))

    def labels(self, match):
        return {"age": match[4], "sex": sex_of(match[3], "the name"), "person": match[1]}
