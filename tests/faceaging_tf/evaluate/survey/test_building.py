"""A study hides which model made a picture."""

import dataclasses
import re

import numpy as np
import pytest
from PIL import Image

from faceaging_tf.evaluate.survey import SurveyError, build_study, read_study


def test_the_pictures_are_those_that_were_given(folder, candidates):
    study = read_study(folder)
    for pair in study.pairs:
        after = np.asarray(Image.open(folder / "pictures" / pair.after))
        of_model = [
            row.after for row in candidates if row.model == pair.model and row.years == pair.years
        ]
        assert any(np.array_equal(after, picture) for picture in of_model)


def test_the_two_pictures_of_an_unchanged_pair_are_the_same_under_two_names(folder):
    for pair in read_study(folder).unchanged:
        before, after = (
            np.asarray(Image.open(folder / "pictures" / name)) for name in (pair.before, pair.after)
        )
        np.testing.assert_array_equal(before, after)
        assert pair.before != pair.after


def test_neither_size_nor_date_nor_name_of_a_file_tells_the_model(folder):
    paths = list((folder / "pictures").iterdir())
    assert len({(path.stat().st_size, path.stat().st_mtime) for path in paths}) == 1
    assert all(re.fullmatch(r"[0-9a-f]{16}\.png", path.name) for path in paths)
    # Two faces as they are and once more, and twelve outputs; nothing more and nothing less.
    assert {path.name for path in paths} == read_study(folder).pictures and len(paths) == 16


def test_pairs_do_not_stand_in_the_order_in_which_they_were_given(folder, candidates):
    assert [pair.model for pair in read_study(folder).pairs] != [
        candidate.model for candidate in candidates
    ]


def test_the_same_seed_gives_the_same_study(folder, candidates, tmp_path):
    build_study(tmp_path / "again", candidates, seed=1)
    build_study(tmp_path / "other", candidates, seed=2)
    text = (folder / "study.json").read_text()
    assert (
        (tmp_path / "again" / "study.json").read_text()
        == text
        != (tmp_path / "other" / "study.json").read_text()
    )


def test_studies_of_other_pictures_share_no_name_though_the_seed_is_the_same(
    folder, candidates, tmp_path
):
    first = read_study(folder)
    other = build_study(
        tmp_path / "other",
        [*candidates[:-1], dataclasses.replace(candidates[-1], after=255 - candidates[-1].after)],
        seed=1,
    )
    names = [
        {study.identifier, *study.pictures, *(pair.identifier for pair in study.pairs)}
        for study in (first, other)
    ]
    assert not names[0] & names[1]


def test_ages_that_only_some_models_come_with_are_not_shown(candidates, tmp_path):
    study = build_study(
        tmp_path / "study", [dataclasses.replace(candidates[0], age=None), *candidates[1:]]
    )
    assert all(pair.age is None and pair.target is None for pair in study.pairs)


def test_too_few_pairs_are_refused(candidates, tmp_path):
    with pytest.raises(SurveyError, match="10 pairs or more"):
        build_study(tmp_path / "study", candidates[:9])


def test_pictures_of_two_sizes_are_refused_and_nothing_is_written(candidates, tmp_path):
    with pytest.raises(SurveyError, match="squares of one size"):
        build_study(
            tmp_path / "study",
            [*candidates, dataclasses.replace(candidates[0], after=np.zeros((16, 16, 3), "uint8"))],
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("out", [".", "..", "/"])
def test_a_folder_that_cannot_be_made_anew_is_refused(out, candidates, tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    with pytest.raises(SurveyError, match="give its name"):
        build_study(out, candidates)


def test_a_folder_with_something_in_it_is_refused(folder, candidates):
    with pytest.raises(SurveyError, match="choose another"):
        build_study(folder, candidates)
