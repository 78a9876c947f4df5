"""All-Age-Faces: `00057A02.jpg`: running number, "A", age.

Cheng et al., "Exploiting effective facial patches for robust gender recognition", Tsinghua Science
and Technology 24(3), 2019.
"""

import re

from faceaging_tf.data.readers.labels import is_picture
from faceaging_tf.data.readers.reader import NameReader

# The numbers 00000 to 07380 are female and 07381 to 13321 male, says the dataset's page.
_FIRST_MALE = 7381
_LAST = 13321


class AllAgeFaces(NameReader):
    """All-Age-Faces. Each picture shows another person, so that the running number is the person.

    The dataset keeps each picture twice, in `original images` and in `aligned faces`: the aligned
    copy is left out where the original is there.
    """

    name = "all_age_faces"
    looks_like = "names such as 00057A02.jpg: a running number of five digits, A, the age"
    pattern = re.compile(r"(\d{5})A(\d{2,3})")
    # Landmarks (key points) and lists (image sets).
    companions = frozenset((".txt", ".mat", ".pts"))

    def labels(self, match):
        number = int(match[1])
        sex = "" if number > _LAST else "male" if number >= _FIRST_MALE else "female"
        return {"age": match[2], "sex": sex, "person": match[1]}

    def read(self, tree):
        originals = {
            match[0]: file
            for file in tree.files()
            if is_picture(file) and not _aligned(file) and (match := self.match(file))
        }
        for source in super().read(tree):
            match = self.match(source.file)
            if (
                match
                and is_picture(source.file)
                and _aligned(source.file)
                and match[0] in originals
            ):
                source = self.problem(source.file, f"is an aligned copy of {originals[match[0]]!r}")
            yield source


def _aligned(file):
    return any("aligned" in folder.lower() for folder in file.split("/")[:-1])
