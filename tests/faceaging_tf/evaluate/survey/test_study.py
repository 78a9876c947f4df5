"""A study that cannot be read is refused in one sentence."""

import json

import pytest

from faceaging_tf.evaluate.survey import SurveyError, read_study


def changed(folder, change):
    content = json.loads((folder / "study.json").read_text())
    change(content)
    (folder / "study.json").write_text(json.dumps(content))


def test_a_folder_without_a_study_is_refused(tmp_path):
    with pytest.raises(SurveyError, match="There is no study at"):
        read_study(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"format": "faceaging survey 1"}', '{"format": "other"}', "\x00"],
)
def test_a_damaged_file_is_refused(folder, text):
    (folder / "study.json").write_text(text)
    with pytest.raises(SurveyError, match="is damaged"):
        read_study(folder)


@pytest.mark.parametrize(
    "field, value",
    [
        ("model", "unknown"),
        ("years", "ten"),
        ("before", "../study.json"),
        ("after", 7),
        ("surplus", 1),
    ],
)
def test_a_damaged_pair_is_refused(folder, field, value):
    changed(folder, lambda content: content["pairs"][3].update({field: value}))
    with pytest.raises(SurveyError, match="is damaged"):
        read_study(folder)


def test_too_few_pairs_left_are_refused(folder):
    changed(folder, lambda content: content.update(pairs=content["pairs"][:5]))
    with pytest.raises(SurveyError, match="10 pairs or more"):
        read_study(folder)


@pytest.mark.parametrize("seed", [-1, 0.5, "one"])
def test_a_damaged_seed_is_refused(folder, seed):
    changed(folder, lambda content: content.update(seed=seed))
    with pytest.raises(SurveyError, match="whole number from 0 on as seed"):
        read_study(folder)


def test_a_missing_picture_is_refused(folder):
    next((folder / "pictures").iterdir()).unlink()
    with pytest.raises(SurveyError, match="lacks 1 of the 16 pictures"):
        read_study(folder)
