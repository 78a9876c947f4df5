"""FairFace's tables, as published and as spreadsheets left them."""

import pytest

from faceaging_tf.data.readers import ReaderError, find
from faceaging_tf.data.readers.fairface import group_of

READER = find("fairface")
HEAD = "file,age,gender,race,service_test\n"
TRAIN = (
    HEAD
    + "train/1.jpg,50-59,Male,East Asian,True\ntrain/2.jpg,more than 70,Female,Indian,False\ntrain/3.jpg,3-9,Female,Black,False\n"
)
VAL = HEAD + "val/1.jpg,3-9,Male,East Asian,False\n"
DATASET = {
    "fairface_label_train.csv": TRAIN,
    "fairface_label_val.csv": VAL,
    **dict.fromkeys(["train/1.jpg", "train/2.jpg", "train/3.jpg", "val/1.jpg"], b"."),
}


def test_ages_sexes_and_races(sources_of):
    sources = sources_of(READER, DATASET)
    assert len(sources) == 4 and not any(source.problem for source in sources.values())
    first, second = sources["train/1.jpg"], sources["train/2.jpg"]
    assert (first.age_min, first.age_max, first.sex, first.attributes) == (
        50,
        59,
        "male",
        {"race": "East Asian", "service_test": "True"},
    )
    assert (second.age_min, second.age_max, second.sex, second.source) == (
        70,
        99,
        "female",
        "fairface",
    )


def test_the_split_is_the_datasets_own(sources_of):
    sources = sources_of(READER, DATASET)
    assert sources["train/1.jpg"].split == "train" and sources["val/1.jpg"].split == "validation"


@pytest.mark.parametrize(
    "text", ["3-9", "9-Mar", "09-Mar", "Mar-9", "Mar-09", "3-Sep", "03-Sep", "Sep-03"]
)
def test_spreadsheets_made_dates_of_3_to_9(text):
    assert group_of(text) == (3, 9)


@pytest.mark.parametrize("text", ["10-19", "19-Oct", "Oct-19"])
def test_spreadsheets_made_dates_of_10_to_19(text):
    assert group_of(text) == (10, 19)


@pytest.mark.parametrize(
    "text", ["2-Jan", "10-Oct", "Oct-20", "9-Sep", "3-Mar", "43167", "35", "20-39", ""]
)
def test_what_is_no_group_is_not_guessed(sources_of, text):
    sources = sources_of(
        READER,
        {
            "fairface_label_train.csv": f"{HEAD}train/1.jpg,{text},Male,White,False\n",
            "train/1.jpg": b".",
        },
    )
    assert sources["train/1.jpg"].problem and sources["train/1.jpg"].age_min is None


def test_pictures_without_a_label_and_labels_without_a_picture_are_told(sources_of):
    sources = sources_of(
        READER,
        {
            "fairface_label_train.csv": TRAIN,
            "train/1.jpg": b".",
            "train/9.jpg": b".",
            "README.md": b".",
        },
    )
    assert sources["train/2.jpg"].problem == "the labels name it, and it is not there"
    assert sources["train/9.jpg"].problem == "no label names it"
    assert (
        sources["README.md"].problem == "is no picture by its name"
        and "fairface_label_train.csv" not in sources
    )


def test_pictures_in_a_folder_beside_the_tables_are_found(sources_of):
    sources = sources_of(
        READER,
        {"fairface_label_train.csv": TRAIN, "fairface-img-margin025-trainval/train/1.jpg": b"."},
    )
    assert sources["fairface-img-margin025-trainval/train/1.jpg"].age_min == 50


def test_which_of_two_pictures_a_label_means_is_not_guessed(sources_of):
    sources = sources_of(
        READER,
        {"fairface_label_val.csv": VAL, "margin025/val/1.jpg": b".", "margin125/val/1.jpg": b"."},
    )
    assert (
        sources["val/1.jpg"].problem
        == "the labels may mean 'margin025/val/1.jpg' or 'margin125/val/1.jpg'"
    )


def test_a_picture_that_is_named_twice_is_told(tree_of):
    tree = tree_of(
        {"fairface_label_val.csv": VAL + "val/1.jpg,20-29,Male,White,False\n", "val/1.jpg": b"."}
    )
    assert [source.problem for source in READER.read(tree)] == ["", "the labels name it twice"]


def test_sexes_in_numbers_are_a_sentence(tree_of):
    tree = tree_of(
        {"fairface_label_val.csv": HEAD + "val/1.jpg,3-9,1,White,False\n", "val/1.jpg": b"."}
    )
    with pytest.raises(ReaderError, match="The column gender of fairface_label_val.csv says 1"):
        list(READER.read(tree))
