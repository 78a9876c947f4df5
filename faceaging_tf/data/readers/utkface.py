"""UTKFace: `35_1_2_20170109142408075.jpg.chip.jpg`: age, sex, race, date.

Zhang, Song and Qi, "Age Progression/Regression by Conditional Adversarial Autoencoder", CVPR 2017.
"""

import posixpath
import re

from faceaging_tf.data.readers.reader import NameReader

_SEXES = ("male", "female")
_RACES = ("White", "Black", "Asian", "Indian", "Others")


class UTKFace(NameReader):
    """UTKFace, aligned or in the wild. Sex 0 is male; some names of the published files lack a
    part.
    """

    name = "utkface"
    looks_like = "names such as 35_1_2_20170109142408075.jpg: age_sex_race_date"
    # Some published names have lost a dot (…jpg.chip.jpg), or end in .pg.chip.jpg.
    pattern = re.compile(r"(\d{1,3})_([01])_([0-4])_(\d{8,17}).*")

    def labels(self, match):
        return {
            "age": match[1],
            "sex": _SEXES[int(match[2])],
            "attributes": {"race": _RACES[int(match[3])]},
        }

    def misnamed(self, file):
        parts = posixpath.basename(file).partition(".")[0].split("_")
        if len(parts) != 4:
            return f"the name has {len(parts)} part{'s' * (len(parts) > 1)}, and UTKFace's have 4: age_sex_race_date"
        expected = (
            ("age", r"\d{1,3}", "a number of years"),
            ("sex", "[01]", "0 (male) or 1 (female)"),
            ("race", "[0-4]", "0 to 4"),
            ("date", r"\d{8}.*", "a date such as 20170109142408075"),
        )
        wrong = next(
            (part, *what)
            for part, what in zip(parts, expected, strict=True)
            if not re.fullmatch(what[1], part)
        )
        return f"the name says {wrong[0]!r} for the {wrong[1]}, and UTKFace's is {wrong[3]}"
