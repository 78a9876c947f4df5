"""FG-NET: `001A43a.JPG`, person, "A", age, and a letter where there are several of an age (the
FG-NET Aging Database, 2002).
"""

import re

from faceaging_tf.data.readers.reader import NameReader


class FGNet(NameReader):
    """FG-NET: 82 persons from childhood on. Its landmarks (`points/001a02.pts`) are not read."""

    name = "fg_net"
    looks_like = "names such as 001A02.JPG: a person of three digits, A, the age"
    pattern = re.compile(r"(\d{3})A(\d{2})([a-z]?)", re.IGNORECASE)
    companions = frozenset((".pts",))

    def labels(self, match):
        return {"age": match[2], "person": match[1]}
