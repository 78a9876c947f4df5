"""Pictures without labels."""

import pytest

from faceaging_tf.data.readers import ReaderError, Tree, find, recognise


def test_ages_are_left_open(tmp_path):
    for name in ("holiday.jpg", "deep/me.png", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    sources = {source.file: source for source in find("pictures").read(Tree(tmp_path))}
    assert (
        sources["holiday.jpg"].age_min,
        sources["deep/me.png"].age_max,
        sources["holiday.jpg"].problem,
    ) == (None, None, "")
    assert sources["notes.txt"].problem == "is no picture by its name"
    with pytest.raises(ReaderError):
        recognise(Tree(tmp_path))
