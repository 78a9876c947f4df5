"""FFHQ-Aging's labels beside FFHQ's pictures."""

import pytest

from faceaging_tf.data.readers import find

READER = find("ffhq_aging")
TABLE = (
    "image_number,age_group,age_group_confidence,gender,gender_confidence,"
    "head_pitch,head_roll,head_yaw,left_eye_occluded,right_eye_occluded,glasses\n"
    "0,0-2,1,male,1,-5.1,1.2,-3.4,0.1,0.2,None\n"
    "1,70-120,0.64,female,0.98,0,0,0,0,0,Normal\n"
    "69999,50-69,1,female,1,0,0,0,0,0,None\n"
)


@pytest.mark.parametrize(
    "name",
    [
        "{0:05d}.png",
        "00000/{0:05d}.png",
        "images1024x1024/00000/{0:05d}.png",
        "thumbnails128x128/{0:05d}.webp",
    ],
)
def test_ages_and_sexes_wherever_the_pictures_lie(sources_of, name):
    files = [name.format(number) for number in (0, 1, 69999)]
    sources = sources_of(READER, {"ffhq_aging_labels.csv": TABLE, **dict.fromkeys(files, b".")})
    said = [
        (source.age_min, source.age_max, source.sex, source.problem)
        for source in map(sources.get, files)
    ]
    assert said == [(0, 2, "male", ""), (70, 120, "female", ""), (50, 69, "female", "")]
    assert (
        sources[files[1]].attributes["age_group_confidence"] == "0.64"
        and sources[files[1]].attributes["glasses"] == "Normal"
    )


def test_the_best_of_several_copies_is_taken(sources_of):
    files = [
        "images1024x1024/00000.png",
        "in-the-wild-images/00000.png",
        "resized/00000.jpg",
        "thumbnails128x128/00000.png",
    ]
    sources = sources_of(READER, {"ffhq_aging_labels.csv": TABLE, **dict.fromkeys(files, b".")})
    assert not sources[files[0]].problem
    assert all(
        sources[file].problem == "is another copy of 'images1024x1024/00000.png'"
        for file in files[1:]
    )


def test_labels_without_a_picture_are_told(sources_of):
    sources = sources_of(READER, {"ffhq_aging_labels.csv": TABLE, "00000.png": b"."})
    assert sources["69999.png"].problem == "the labels name it, and it is not there"


def test_pictures_without_a_label_are_told(sources_of):
    sources = sources_of(
        READER, {"ffhq_aging_labels.csv": TABLE, "00007.png": b".", "me.png": b"."}
    )
    assert sources["00007.png"].problem == sources["me.png"].problem == "no label names it"
