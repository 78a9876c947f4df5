"""JPEGs that lack their last bytes, or more."""

import struct

import pytest
from PIL import Image
from skimage.data import astronaut

from faceaging_tf.errors import PhotoError
from faceaging_tf.pictures import reading
from faceaging_tf.pictures.reading import read_photo


@pytest.mark.parametrize(("lost", "rows"), [(2, 0), (9, 17), (600, 17)])
def test_a_jpeg_without_its_last_bytes_is_read_and_said(lost, rows, tmp_path, caplog):
    caplog.set_level("WARNING", "absl")
    Image.fromarray(astronaut()).save(tmp_path / "whole.jpg", quality=92)
    content = (tmp_path / "whole.jpg").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(content[:-lost])
    whole, cut = (read_photo(tmp_path / name).pixels for name in ("whole.jpg", "cut.jpg"))
    assert (whole != cut).any(axis=(1, 2)).sum() <= rows
    assert "lacks its last bytes" in caplog.text


@pytest.mark.parametrize("settings", [{}, {"progressive": True}])
def test_a_jpeg_without_its_last_rows_is_cut_off(settings, tmp_path):
    Image.fromarray(astronaut()).save(tmp_path / "whole.jpg", quality=92, **settings)
    content = (tmp_path / "whole.jpg").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(content[: int(0.9 * len(content))])
    with pytest.raises(PhotoError, match=r"cut\.jpg' is damaged or cut off"):
        read_photo(tmp_path / "cut.jpg")


def test_a_jpeg_too_large_and_without_its_end_is_not_decoded(tmp_path, monkeypatch):
    Image.fromarray(astronaut()).save(tmp_path / "a.jpg")
    content = bytearray((tmp_path / "a.jpg").read_bytes()[:-2])
    at = content.index(b"\xff\xc0")
    content[at + 5 : at + 9] = struct.pack(">HH", 60000, 60000)
    (tmp_path / "a.jpg").write_bytes(content)
    monkeypatch.setattr(reading, "with_an_end", lambda file: pytest.fail("it was decoded"))
    with pytest.raises(PhotoError, match="declares 60000x60000 pixels"):
        read_photo(tmp_path / "a.jpg")
