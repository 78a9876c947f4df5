"""APPA-REAL's tables and its originals and crops."""

from faceaging_tf.data.readers import find

READER = find("appa_real")
HEAD = "file_name,num_ratings,apparent_age_avg,apparent_age_std,real_age\n"
DATASET = {
    "gt_avg_train.csv": HEAD
    + "000000.jpg,36,5.05555555555556,1.19390474749387,4\n000001.jpg,38,24.4736842105263,3.65184568787437,18\n",
    "gt_avg_valid.csv": HEAD + "004113.jpg,38,29.8421052631579,4.1,30\n",
    "gt_avg_test.csv": HEAD + "005613.jpg,40,44.1,5.2,42\n",
    "gt_train.csv": "file_name,age,real_age,worker\n",
    "allcategories_train.csv": "file,gender\n",
    **dict.fromkeys(
        [
            "train/000000.jpg",
            "train/000000.jpg_face.jpg",
            "train/000000.jpg.mat",
            "train/000001.jpg_face.jpg",
        ],
        b".",
    ),
    **dict.fromkeys(["valid/004113.jpg", "valid/004113.jpg_face.jpg", "test/005613.jpg"], b"."),
}


def test_the_real_age_is_the_age_and_the_apparent_one_an_attribute(sources_of):
    source = sources_of(READER, DATASET)["train/000000.jpg"]
    assert (source.age_min, source.age_max, source.source, source.problem) == (
        4,
        4,
        "appa_real",
        "",
    )
    assert source.attributes == {
        "num_ratings": "36",
        "apparent_age_avg": "5.05555555555556",
        "apparent_age_std": "1.19390474749387",
    }


def test_the_split_is_the_datasets_own(sources_of):
    sources = sources_of(READER, DATASET)
    assert [
        sources[file].split for file in ("train/000000.jpg", "valid/004113.jpg", "test/005613.jpg")
    ] == ["train", "validation", "test"]


def test_a_crop_is_taken_only_without_its_original(sources_of):
    sources = sources_of(READER, DATASET)
    assert sources["train/000000.jpg_face.jpg"].problem == "is a crop of 'train/000000.jpg'"
    assert (
        sources["train/000001.jpg_face.jpg"].age_min == 18
        and not sources["train/000001.jpg_face.jpg"].problem
    )


def test_all_files_are_accounted_for(sources_of):
    sources = sources_of(READER, DATASET)
    assert set(sources) == {file for file in DATASET if file.endswith(".jpg")}
