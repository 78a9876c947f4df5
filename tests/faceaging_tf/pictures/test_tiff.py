"""TIFFs of other depths, layouts and pages than Pillow reads."""

import numpy as np
import pytest
import tifffile

from faceaging_tf.errors import PhotoError
from faceaging_tf.pictures.reading import read_photo
from faceaging_tf.pictures.turning import turn_upright

LEVELS = np.random.default_rng(0).integers(0, 256, (24, 36, 3), dtype=np.uint8)


def test_sixteen_bit_rgb_tiff(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", LEVELS.astype(np.uint16) * 257, photometric="rgb")
    np.testing.assert_array_equal(read_photo(tmp_path / "a.tif").pixels, LEVELS)


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("byteorder", ["<", ">"])
def test_planes_of_16_bits_are_read(orientation, byteorder, tmp_path):
    planes = np.moveaxis(LEVELS.astype("uint16") * 257, 2, 0)
    tifffile.imwrite(
        tmp_path / "a.tif",
        planes,
        photometric="rgb",
        planarconfig="separate",
        byteorder=byteorder,
        extratags=[(274, "H", 1, orientation)],
    )
    photo = read_photo(tmp_path / "a.tif")
    np.testing.assert_array_equal(photo.pixels, turn_upright(LEVELS, orientation))


@pytest.mark.parametrize(
    "pixels, sentence",
    [
        (LEVELS[..., 0].astype("uint32") << 24, "32-bit pixels of unknown range"),
        (LEVELS[..., 0].astype("int32") - 999, "32-bit pixels of unknown range"),
        (LEVELS[..., 0].astype("uint32"), "32-bit pixels of unknown range"),
        (LEVELS[..., 0].astype("int16"), "signed pixels of unknown range"),
        (LEVELS.astype("float32") / 255, "a TIFF of pixels that this does not read"),
        (LEVELS.astype("float16") / 255, "a TIFF of pixels that this does not read"),
    ],
    ids=str,
)
def test_pixels_of_unknown_range_are_refused(pixels, sentence, tmp_path):
    tifffile.imwrite(
        tmp_path / "a.tif", pixels, photometric="rgb" if pixels.ndim == 3 else "minisblack"
    )
    with pytest.raises(PhotoError, match=f"{sentence}.* Save it with 8 or 16 bits"):
        read_photo(tmp_path / "a.tif")


RAW = "camera's raw file, or holds a preview alone.* Save it as JPEG or TIFF"


def test_a_page_that_is_a_small_copy_of_another_is_left_out(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        file.write(LEVELS[::2, ::2], photometric="rgb", subfiletype=1)
        file.write(LEVELS, photometric="rgb")
    np.testing.assert_array_equal(read_photo(tmp_path / "a.tif").pixels, LEVELS)


@pytest.mark.parametrize("kind, tags", [(1, []), (0, [(50706, "B", 4, (1, 4, 0, 0))])])
def test_a_preview_alone_and_a_digital_negative_are_refused(tmp_path, kind, tags):
    content = {"photometric": "rgb", "subfiletype": kind, "extratags": tags}
    tifffile.imwrite(tmp_path / "me.jpg", LEVELS, **content)
    with pytest.raises(PhotoError, match=f"^'{tmp_path / 'me.jpg'}' is a {RAW}"):
        read_photo(tmp_path / "me.jpg")


def test_16_bits_whose_zero_is_white_are_turned_round(tmp_path):
    grey = LEVELS[..., 0]
    negative = 65535 - grey.astype("uint16") * 257
    tifffile.imwrite(tmp_path / "a.tif", negative, photometric="miniswhite")
    np.testing.assert_array_equal(read_photo(tmp_path / "a.tif").pixels[..., 0], grey)


def test_a_tiff_that_says_how_many_of_its_16_bits_are_used_is_not_dark(tmp_path):
    levels = np.uint16(np.round(LEVELS[..., 0] * (4095 / 255)))
    for name, extra in (("said.tif", [(281, "H", 1, 4095, True)]), ("full.tif", [])):
        tifffile.imwrite(tmp_path / name, levels, photometric="minisblack", extratags=extra)
    said, full = (read_photo(tmp_path / name).pixels for name in ("said.tif", "full.tif"))
    assert np.abs(said.astype(int) - LEVELS[..., :1]).max() <= 1 and full.max() < 17
