"""CACD: `53_Robin_Williams_0001.jpg`: age, name, running number.

Chen, Chen and Hsu, "Cross-Age Reference Coding for Age-Invariant Face Recognition and Retrieval",
ECCV 2014.
"""

import re

from faceaging_tf.data.readers.reader import NameReader


class CACD(NameReader):
    """The Cross-Age Celebrity Dataset.

    The age is the year that a photo was searched for with, less the year of birth: it may be off by
    a year and more.
    """

    name = "cacd"
    looks_like = "names such as 53_Robin_Williams_0001.jpg: age_name_number"
    # A letter in the name tells it from UTKFace; a last part of digits alone from AgeDB.
    pattern = re.compile(r"(\d{1,3})_((?=.*[^\W\d_]).+)_(\d{4})", re.DOTALL)
    # celebrity2000.mat and celebrity2000_meta.mat say no more than the names do.
    companions = frozenset((".mat",))

    def labels(self, match):
        return {"age": match[1], "person": match[2]}
