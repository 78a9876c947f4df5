"""UTKFace's names."""

import pytest

from faceaging_tf.data.readers import find

READER = find("utkface")


@pytest.mark.parametrize(
    "file, age, sex, race",
    [
        ("100_0_0_20170112213500903.jpg.chip.jpg", 100, "male", "White"),
        ("part1/1_1_4_20161219154556757.jpg", 1, "female", "Others"),
        ("24_0_1_20170116220224657 .jpg", 24, "male", "Black"),
        ("55_0_3_20170116232725357jpg.chip.jpg", 55, "male", "Indian"),
        ("44_1_2_20170116235150272.pg.chip.jpg", 44, "female", "Asian"),
    ],
)
def test_age_sex_and_race(sources_of, file, age, sex, race):
    source = sources_of(READER, [file])[file]
    assert (source.age_min, source.age_max, source.sex, source.attributes) == (
        age,
        age,
        sex,
        {"race": race},
    )
    assert (source.source, source.person, source.split, source.aligned, source.problem) == (
        "utkface",
        "",
        "",
        False,
        "",
    )


@pytest.mark.parametrize(
    "file, clause",
    [
        (
            "39_1_20170116174525125.jpg.chip.jpg",
            "the name has 3 parts, and UTKFace's have 4: age_sex_race_date",
        ),
        ("me.jpg", "the name has 1 part, and UTKFace's have 4: age_sex_race_date"),
        (
            "53__0_20170116184028385.jpg",
            "the name says '' for the sex, and UTKFace's is 0 (male) or 1 (female)",
        ),
        ("53_1_7_20170116184028385.jpg", "the name says '7' for the race, and UTKFace's is 0 to 4"),
        (
            "x_1_1_20170116184028385.jpg",
            "the name says 'x' for the age, and UTKFace's is a number of years",
        ),
        (
            "53_1_1_holiday.jpg",
            "the name says 'holiday' for the date, and UTKFace's is a date such as 20170109142408075",
        ),
        ("530_1_1_20170116184028385.jpg", "the age 530 is not between 0 and 122"),
        ("landmarks.txt", "is no picture by its name"),
    ],
)
def test_what_is_wrong_is_told(sources_of, file, clause):
    source = sources_of(READER, [file])[file]
    assert source.problem == clause and source.age_min is None
