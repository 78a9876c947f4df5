"""Any photo comes out as upright RGB; what is none is refused with a sentence."""

import io
import os
import struct
import threading
import warnings
import zlib

import imageio.v3 as imageio
import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps, PngImagePlugin, TiffImagePlugin
from skimage.data import astronaut

from faceaging_tf.errors import PhotoError
from faceaging_tf.pictures.reading import photo_of, read_photo
from faceaging_tf.pictures.turning import turn_upright

LEVELS = np.random.default_rng(0).integers(0, 256, (24, 36, 3), dtype=np.uint8)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def oriented(orientation):
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags.tobytes()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientations_are_turned_as_pillow_turns_them(orientation, tmp_path):
    Image.fromarray(LEVELS).save(tmp_path / "a.png", exif=oriented(orientation))
    with Image.open(tmp_path / "a.png") as image:
        expected = np.asarray(ImageOps.exif_transpose(image))
    photo = read_photo(tmp_path / "a.png")
    np.testing.assert_array_equal(photo.pixels, expected)
    assert photo.orientation == orientation


@pytest.mark.parametrize("orientation", [1, 6, 7])
def test_a_tiff_that_pillow_turns_itself_is_not_turned_twice(orientation, tmp_path):
    Image.fromarray(LEVELS).save(tmp_path / "a.tif", exif=oriented(orientation))
    photo = read_photo(tmp_path / "a.tif")
    np.testing.assert_array_equal(photo.pixels, turn_upright(LEVELS, orientation))
    assert photo.orientation == orientation


def test_an_orientation_out_of_range_is_taken_as_upright(tmp_path):
    Image.fromarray(LEVELS).save(tmp_path / "a.png", exif=oriented(0))
    assert read_photo(tmp_path / "a.png").orientation == 1


@pytest.mark.parametrize(
    "ending, settings", [("png", {}), ("webp", {"lossless": True, "exact": True}), ("tif", {})]
)
def test_transparency_is_kept_apart(ending, settings, tmp_path):
    alpha = LEVELS[..., 1]
    Image.fromarray(np.dstack([LEVELS, alpha])).save(
        tmp_path / f"a.{ending}", exif=oriented(6), **settings
    )
    photo = read_photo(tmp_path / f"a.{ending}")
    np.testing.assert_array_equal(photo.pixels, turn_upright(LEVELS, 6))
    np.testing.assert_array_equal(photo.alpha, turn_upright(alpha, 6))


def test_a_palette_with_transparency_gives_its_colours_and_alpha(tmp_path):
    image = Image.fromarray(np.arange(4, dtype=np.uint8).reshape(2, 2)).convert("P")
    image.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9])
    image.save(tmp_path / "a.png", transparency=1)
    photo = read_photo(tmp_path / "a.png")
    assert photo.pixels.tolist() == [[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [9, 9, 9]]]
    assert photo.alpha.tolist() == [[255, 0], [255, 255]]


def test_a_plain_palette_has_no_alpha(tmp_path):
    Image.fromarray(LEVELS).quantize(8).save(tmp_path / "a.gif")
    assert read_photo(tmp_path / "a.gif").alpha is None


@pytest.mark.parametrize("mode", ["L", "1", "LA"])
def test_grey_comes_out_as_equal_channels(mode, tmp_path):
    image = Image.fromarray(LEVELS[..., 0]).convert(mode)
    image.save(tmp_path / "a.png")
    photo = read_photo(tmp_path / "a.png")
    np.testing.assert_array_equal(
        photo.pixels, np.repeat(np.asarray(image.convert("L"))[..., None], 3, axis=2)
    )


@pytest.mark.parametrize("ending", ["png", "tif"])
def test_sixteen_bit_grey_is_divided_by_257(ending, tmp_path):
    imageio.imwrite(tmp_path / f"a.{ending}", LEVELS[..., 0].astype(np.uint16) * 257)
    np.testing.assert_array_equal(
        read_photo(tmp_path / f"a.{ending}").pixels[..., 2], LEVELS[..., 0]
    )


def test_sixteen_bit_rgb_png(tmp_path):
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in LEVELS.astype(np.uint16) * 257)
    (tmp_path / "a.png").write_bytes(png(36, 24, depth=16, rows=zlib.compress(rows)))
    np.testing.assert_array_equal(read_photo(tmp_path / "a.png").pixels, LEVELS)


def test_cmyk_without_a_profile_comes_out_as_its_ink_on_white(tmp_path):
    Image.fromarray(LEVELS).convert("CMYK").save(tmp_path / "a.tif")
    assert np.abs(read_photo(tmp_path / "a.tif").pixels.astype(int) - LEVELS).max() <= 1


def test_cmyk_jpeg_is_not_inverted(tmp_path):
    Image.fromarray(astronaut()).convert("CMYK").save(tmp_path / "a.jpg", quality=95)
    photo = read_photo(tmp_path / "a.jpg")
    assert np.abs(photo.pixels.astype(int) - astronaut()).mean() < 5


def test_an_rgb_profile_is_kept(tmp_path):
    Image.fromarray(LEVELS).save(tmp_path / "a.png", icc_profile=SRGB)
    assert read_photo(tmp_path / "a.png").icc_profile == SRGB


def test_a_grey_photo_with_an_rgb_profile_keeps_it(tmp_path):
    Image.fromarray(LEVELS[..., 0]).save(tmp_path / "a.png", icc_profile=SRGB)
    assert read_photo(tmp_path / "a.png").icc_profile == SRGB


@pytest.mark.parametrize("mode", ["CMYK", "RGB"])
def test_a_profile_that_is_none_does_not_stop_the_photo(mode, tmp_path):
    broken = b"not a profile at all, of no colour space"
    Image.fromarray(LEVELS).convert(mode).save(tmp_path / "a.tif", icc_profile=broken)
    photo = read_photo(tmp_path / "a.tif")
    assert photo.icc_profile is None and photo.pixels.shape == LEVELS.shape


def test_a_profile_of_other_colours_is_converted_to_srgb_and_dropped(tmp_path):
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    to_lab = ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"
    )
    ImageCms.applyTransform(Image.fromarray(astronaut()), to_lab).save(
        tmp_path / "a.tif", icc_profile=lab
    )
    photo = read_photo(tmp_path / "a.tif")
    assert photo.icc_profile is None
    # 8 bits of Lab are coarse: a few levels.
    assert np.abs(photo.pixels.astype(int) - astronaut()).mean() < 3


def test_a_photo_of_a_drawn_format_knows_its_name(tmp_path):
    Image.fromarray(LEVELS).save(tmp_path / "a.bmp")
    assert read_photo(tmp_path / "a.bmp").format == "BMP"


def png(width, height, depth=8, rows=b""):
    """A PNG's bytes: RGB of the given size, its pixel data as given."""

    def chunk(name, data):
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def jpeg():
    buffer = io.BytesIO()
    Image.fromarray(astronaut()).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    "name, content, sentence",
    [
        ("text.jpg", b"Dear diary, today I saw a face.", "not a photo"),
        ("empty.jpg", b"", "empty"),
        ("half.jpg", jpeg()[: len(jpeg()) // 2], "cut off"),
        ("stub.jpg", jpeg()[:100], "not a photo|damaged"),
        ("half.png", png(36, 24, rows=zlib.compress(bytes(109 * 24)))[:60], "damaged"),
        ("bomb.png", png(50_000, 50_000), "pixels"),
        ("large.png", png(14_000, 12_000), "14000x12000"),
        ("phone.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        ("new.jxl", b"\xff\x0a" + bytes(99), "JPEG XL photo.* Save it as JPEG"),
        ("boxed.jxl", b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(99), "JPEG XL photo"),
        ("layers.psd", b"8BPS\0\1" + bytes(99), "a Photoshop document"),
        ("camera.cr2", b"II*\0\x10\0\0\0CR\2\0" + bytes(99), "a camera's raw file"),
        ("camera.cr3", b"\0\0\0\x18ftypcrx \0\0\0\1", "a camera's raw file"),
        ("camera.raf", b"FUJIFILMCCD-RAW", "a camera's raw file"),
        ("paper.pdf", b"%PDF-1.7\n", "a document"),
        ("drawn.svg", b"<?xml version='1.0'?>\n<svg width='9'/>", "a drawing"),
        ("lost.jpg", b"<!DOCTYPE html><html>404</html>", "a web page.* Download the picture"),
        ("pointer.jpg", b"version https://git-lfs.github.com/spec/v1\noid", "git lfs pull"),
        ("text.png", b"data:image/png;base64,iVBOR", "base64"),
        ("many.jpg", b"PK\3\4" + bytes(99), "an archive.* Unpack"),
        ("song.jpg", b"ID3\3" + bytes(99), "a sound"),
        ("song.m4a", b"\0\0\0\x1cftypM4A \0\0\0\0", "a sound"),
        ("clip.jpg", b"\0\0\0\x1cftypisom\0\0\0\0", "a video.* `faceaging video`"),
        ("marked.svg", b"\xef\xbb\xbf<?xml version='1.0'?>\n<svg width='9'/>", "a drawing"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_photo_is_refused_with_a_sentence(name, content, sentence, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(PhotoError, match=sentence) as caught:
        read_photo(tmp_path / name)
    assert name in str(caught.value)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(PhotoError, match="no file"):
        read_photo(tmp_path / "nowhere.jpg")


def test_a_directory_is_refused(tmp_path):
    with pytest.raises(PhotoError, match="directory"):
        read_photo(tmp_path)


def test_the_largest_number_of_pixels_is_the_callers_to_choose(tmp_path):
    Image.fromarray(LEVELS).save(tmp_path / "a.png")
    with pytest.raises(PhotoError, match="36x24"):
        read_photo(tmp_path / "a.png", maximum_pixels=800)


def test_a_png_with_much_text_is_read(tmp_path):
    info = PngImagePlugin.PngInfo()
    info.add_text("XML:com.adobe.xmp", "x" * 2_000_000, zip=True)
    Image.fromarray(LEVELS).save(tmp_path / "a.png", pnginfo=info)
    np.testing.assert_array_equal(read_photo(tmp_path / "a.png").pixels, LEVELS)


@pytest.mark.parametrize("ending", ["png", "jpg", "tif", "webp"])
def test_a_large_colour_profile_is_kept(ending, tmp_path):
    large = SRGB + bytes(3_000_000)
    Image.fromarray(LEVELS).save(tmp_path / f"a.{ending}", icc_profile=large)
    assert read_photo(tmp_path / f"a.{ending}").icc_profile == large


def test_more_text_than_memory_is_meant_for_is_not_called_damage(tmp_path, monkeypatch):
    monkeypatch.setattr("faceaging_tf.pictures.reading.MAXIMUM_TEXT", 2**20)
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "x" * 2**21, zip=True)
    Image.fromarray(LEVELS).save(tmp_path / "a.png", pnginfo=info)
    with pytest.raises(
        PhotoError, match="holds more than 1 MB of text or of a colour profile"
    ) as caught:
        read_photo(tmp_path / "a.png")
    assert "damaged" not in str(caught.value)


def test_pillows_limits_are_the_callers_own_again(tmp_path):
    before = Image.MAX_IMAGE_PIXELS, PngImagePlugin.MAX_TEXT_CHUNK, PngImagePlugin.MAX_TEXT_MEMORY
    Image.fromarray(LEVELS).save(tmp_path / "a.png")
    read_photo(tmp_path / "a.png")
    with pytest.raises(PhotoError):
        read_photo(tmp_path / "nowhere.png")
    assert before == (
        Image.MAX_IMAGE_PIXELS,
        PngImagePlugin.MAX_TEXT_CHUNK,
        PngImagePlugin.MAX_TEXT_MEMORY,
    )


def test_more_pixels_than_pillow_takes_for_an_attack_are_none(tmp_path, monkeypatch):
    Image.fromarray(LEVELS).save(tmp_path / "a.png")
    # Pillow warns from so many on (89 million in truth), and refuses from twice as many on.
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(read_photo(tmp_path / "a.png").pixels, LEVELS)


@pytest.mark.slow
def test_a_jpeg_of_a_hundred_million_pixels_is_read(tmp_path):
    side = 10_000
    grain = np.random.default_rng(0).integers(0, 256, (side, side), "uint8")
    Image.fromarray(grain).save(tmp_path / "a.jpg", quality=30)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_photo(tmp_path / "a.jpg").pixels.shape == (side, side, 3)


def test_a_plain_area_of_few_bytes_that_would_fill_the_memory_is_refused(tmp_path):
    Image.new("1", (12_000, 12_000)).save(tmp_path / "plain.png")
    with pytest.raises(PhotoError, match="12000x12000 pixels in 0.0 MB, which is no photograph"):
        read_photo(tmp_path / "plain.png")


def test_an_address_is_not_called_a_missing_file():
    with pytest.raises(
        PhotoError, match="'https://example.org/me.jpg' is an address.* Download it first"
    ):
        read_photo("https://example.org/me.jpg")


def test_a_path_that_no_file_can_have_is_refused():
    with pytest.raises(PhotoError, match="names no file"):
        read_photo("me\0.jpg")


def test_a_pil_image_is_read_as_its_file_would_be(tmp_path):
    Image.fromarray(LEVELS).save(tmp_path / "a.png", exif=oriented(6), icc_profile=SRGB)
    with Image.open(tmp_path / "a.png") as image:
        photo = photo_of(image)
    np.testing.assert_array_equal(photo.pixels, turn_upright(LEVELS, 6))
    assert (
        photo.icc_profile == SRGB
        and photo.format == "PNG"
        and photo.path == str(tmp_path / "a.png")
    )


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK"])
def test_a_pil_image_of_any_mode_is_taken(mode):
    assert photo_of(Image.fromarray(LEVELS).convert(mode)).pixels.shape == LEVELS.shape


def test_a_pil_image_that_is_closed_is_not_called_damaged(tmp_path):
    Image.fromarray(LEVELS).save(tmp_path / "a.jpg")
    image = Image.open(tmp_path / "a.jpg")
    image.close()
    with pytest.raises(PhotoError, match="is a PIL image that is closed"):
        photo_of(image)


@pytest.mark.parametrize(
    "photo",
    [LEVELS / 255, LEVELS[..., 0], LEVELS[None], None, [1, 2], b"me.jpg"],
    ids=lambda photo: str(np.shape(photo)),
)
def test_what_is_no_photo_at_all_is_refused(photo):
    with pytest.raises(
        ValueError, match="must be a Photo, a PIL image or .height, width, 3. uint8 pixels; got"
    ):
        photo_of(photo)


def test_transparency_of_everything_is_none(tmp_path):
    Image.fromarray(np.dstack([LEVELS, LEVELS[..., 0] * 0])).save(tmp_path / "a.png")
    photo = read_photo(tmp_path / "a.png")
    assert photo.alpha is None
    np.testing.assert_array_equal(photo.pixels, LEVELS)


def test_a_pipe_is_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    content = jpeg()
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(content,))
    writer.start()
    assert read_photo(tmp_path / "pipe").pixels.shape == (512, 512, 3)
    writer.join()


def test_bytes_that_ask_for_more_memory_than_there_is_are_a_sentence(tmp_path, monkeypatch):
    # As a TIFF does whose damaged offsets lie an exabyte apart.
    Image.fromarray(LEVELS).save(tmp_path / "a.tif")

    def load(image):
        raise MemoryError

    monkeypatch.setattr(TiffImagePlugin.TiffImageFile, "load", load)
    with pytest.raises(PhotoError, match=r"a\.tif' wants more memory than there is: it is damaged"):
        read_photo(tmp_path / "a.tif")
