"""AgeDB: `0_MariaCallas_35_f.jpg`: running number, name, age, sex.

Moschoglou et al., "AgeDB: the first manually collected, in-the-wild age database", CVPRW 2017.
"""

import re

from faceaging_tf.data.readers.labels import sex_of
from faceaging_tf.data.readers.reader import NameReader


class AgeDB(NameReader):
    """AgeDB: ages noted by hand, many pictures of each person."""

    name = "agedb"
    looks_like = "names such as 0_MariaCallas_35_f.jpg: number_name_age_sex"
    pattern = re.compile(r"(\d+)_(.+)_(\d{1,3})_([fm])", re.IGNORECASE | re.DOTALL)

    def labels(self, match):
        return {"age": match[3], "sex": sex_of(match[4], "the name"), "person": match[2]}
