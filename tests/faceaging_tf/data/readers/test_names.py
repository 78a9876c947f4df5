"""Layouts that say everything in a picture's name: AgeDB, CACD, MORPH, All-Age-Faces, FG-NET."""

import pytest

from faceaging_tf.data.readers import find


@pytest.mark.parametrize(
    "layout, file, age, sex, person",
    [
        ("agedb", "0_MariaCallas_35_f.jpg", 35, "female", "MariaCallas"),
        ("agedb", "10006_GlennClose_62_f.jpg", 62, "female", "GlennClose"),
        ("agedb", "7_Jean_Gabin_50_M.JPG", 50, "male", "Jean_Gabin"),
        ("cacd", "CACD2000/53_Robin_Williams_0001.jpg", 53, "", "Robin_Williams"),
        ("cacd", "14_Chloë_Grace_Moretz_0012.jpg", 14, "", "Chloë_Grace_Moretz"),
        ("morph", "Album2/000102_00M41.JPG", 41, "male", "000102"),
        ("morph", "134083_05F16.JPG", 16, "female", "134083"),
        ("all_age_faces", "original images/00057A02.jpg", 2, "female", "00057"),
        ("all_age_faces", "07380A80.jpg", 80, "female", "07380"),
        ("all_age_faces", "07381A02.jpg", 2, "male", "07381"),
        ("all_age_faces", "13321A80.jpg", 80, "male", "13321"),
        ("all_age_faces", "13322A40.jpg", 40, "", "13322"),
        ("fg_net", "images/001A02.JPG", 2, "", "001"),
        ("fg_net", "images/001A43a.JPG", 43, "", "001"),
        ("fg_net", "082a18.jpg", 18, "", "082"),
    ],
)
def test_age_sex_and_person(sources_of, layout, file, age, sex, person):
    source = sources_of(find(layout), [file])[file]
    assert (source.age_min, source.age_max, source.sex, source.person) == (age, age, sex, person)
    assert (source.source, source.split, source.aligned, source.problem) == (layout, "", False, "")


@pytest.mark.parametrize("layout", ["agedb", "cacd", "morph", "all_age_faces", "fg_net"])
def test_other_pictures_and_files_are_told(sources_of, layout):
    sources = sources_of(find(layout), ["me.jpg", "notes.docx"])
    assert sources["me.jpg"].problem.startswith(
        f"the name is none of {layout}, which has names such as "
    )
    assert sources["notes.docx"].problem == "is no picture by its name"


@pytest.mark.parametrize(
    "layout, file",
    [
        ("agedb", "0_MariaCallas_350_f.jpg"),
        ("cacd", "153_Robin_Williams_0001.jpg"),
        ("morph", "000102_00M141.JPG"),
    ],
)
def test_an_age_that_nobody_has_is_told(sources_of, layout, file):
    assert "is not between 0 and 122" in sources_of(find(layout), [file])[file].problem


@pytest.mark.parametrize(
    "layout, companion",
    [
        ("fg_net", "points/001a02.pts"),
        ("cacd", "celebrity2000.mat"),
        ("morph", "MORPH_Album2.csv"),
        ("all_age_faces", "image sets/train.txt"),
    ],
)
def test_what_belongs_to_the_layout_is_passed_over(sources_of, layout, companion):
    assert sources_of(find(layout), [companion]) == {}


def test_an_aligned_copy_of_an_original_is_told(sources_of):
    sources = sources_of(
        find("all_age_faces"),
        [
            "original images/00057A02.jpg",
            "aligned faces/00057A02.jpg",
            "aligned faces/00059A02.jpg",
        ],
    )
    assert (
        sources["aligned faces/00057A02.jpg"].problem
        == "is an aligned copy of 'original images/00057A02.jpg'"
    )
    assert (
        not sources["original images/00057A02.jpg"].problem
        and not sources["aligned faces/00059A02.jpg"].problem
    )
