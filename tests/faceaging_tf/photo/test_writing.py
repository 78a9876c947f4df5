"""A photo is written the way its original was stored, whole or not at all."""

import contextlib
import dataclasses
import math
import os
import resource
import signal
import stat
import struct
import warnings

import numpy as np
import pytest
import tifffile
from PIL import ExifTags, Image, ImageCms
from PIL.TiffImagePlugin import IFDRational
from skimage.data import astronaut

from faceaging_tf.errors import PhotoError
from faceaging_tf.photo.writing import check_destination, ending_for, photo_bytes, write_photo
from faceaging_tf.pictures.reading import Photo, read_photo
from faceaging_tf.pictures.turning import turn_upright

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
STORED = np.random.default_rng(0).integers(0, 256, (24, 36, 3), dtype=np.uint8)


def photo_of(orientation=1, alpha=None, **tags):
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Camera & Sons"
    return Photo(
        turn_upright(STORED, orientation),
        alpha=None if alpha is None else turn_upright(alpha, orientation),
        icc_profile=SRGB,
        exif=exif.tobytes(),
        orientation=orientation,
    )


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("ending", ["png", "tif"])
def test_pixels_are_stored_upright(ending, orientation, tmp_path):
    photo = photo_of(orientation)
    write_photo(tmp_path / f"a.{ending}", photo.pixels, like=photo)
    with Image.open(tmp_path / f"a.{ending}") as image:
        assert image.getexif()[0x0112] == 1
        np.testing.assert_array_equal(np.asarray(image), photo.pixels)


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "tiff"])
def test_profile_and_exif_are_kept_in_every_format(ending, tmp_path):
    photo = photo_of(6)
    write_photo(tmp_path / f"a.{ending}", photo.pixels, like=photo)
    with Image.open(tmp_path / f"a.{ending}") as image:
        assert image.size == (24, 36) and image.getexif()[0x0112] == 1
        assert image.info["icc_profile"] == SRGB and image.getexif()[0x010F] == "Camera & Sons"


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "tif"])
def test_the_bytes_for_elsewhere_are_those_of_the_file(ending, tmp_path):
    photo = photo_of(6)
    write_photo(tmp_path / f"a.{ending}", photo.pixels, like=photo)
    there = (tmp_path / f"a.{ending}").read_bytes()
    assert photo_bytes(f"a.{ending}", photo.pixels, like=photo) == there


def test_no_bytes_are_made_of_what_the_format_cannot_hold():
    photo = photo_of(alpha=np.zeros((24, 36), np.uint8))
    with pytest.raises(PhotoError, match="a.jpg.*cannot hold the transparent parts"):
        photo_bytes("a.jpg", photo.pixels, like=photo)


@pytest.mark.parametrize("order", ["II", "MM"])
def test_the_sides_that_the_camera_noted_are_those_of_the_upright_picture(order, tmp_path):
    exif = Image.Exif()
    exif.endian = {"II": "<", "MM": ">"}[order]
    exif[0x0112] = 6
    exif.get_ifd(0x8769).update({0xA002: 36, 0xA003: 24, 0x9003: "2001:02:03 04:05:06"})
    photo = dataclasses.replace(photo_of(6), exif=exif.tobytes())
    write_photo(tmp_path / "a.jpg", photo.pixels, like=photo)
    with Image.open(tmp_path / "a.jpg") as image:
        noted = image.getexif().get_ifd(0x8769)
    assert (noted[0xA002], noted[0xA003], noted[0x9003]) == (24, 36, "2001:02:03 04:05:06")


def test_every_other_byte_of_the_exif_block_stays(tmp_path):
    photo = photo_of(8)
    write_photo(tmp_path / "a.jpg", photo.pixels, like=photo)
    before, after = (
        np.frombuffer(exif, np.uint8) for exif in (photo.exif, read_photo(tmp_path / "a.jpg").exif)
    )
    assert len(before) == len(after) and before[before != after].tolist() == [8]


@pytest.mark.parametrize("kind", ["cut", "far", "words", "circle"])
def test_a_broken_exif_block_neither_stops_the_photo_nor_turns_it(kind, tmp_path):
    block = photo_of(6).exif
    broken = {
        "cut": block[:30],
        "far": block[:10] + b"\xff\xff\xff\x7f" + block[14:],
        "words": b"Exif\0\0no tags at all",
        # A directory that names itself as the one within it.
        "circle": b"Exif\0\0II*\0" + struct.pack("<IHHHIII", 8, 1, 0x8769, 4, 1, 8, 0),
    }[kind]
    for ending in ("jpg", "png", "webp", "tif"):
        photo = dataclasses.replace(photo_of(6), exif=broken)
        write_photo(tmp_path / f"a.{ending}", photo.pixels, like=photo)
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(tmp_path / f"a.{ending}") as image,
        ):
            assert image.size == (24, 36) and image.getexif().get(0x0112, 1) == 1


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "tif"])
def test_what_the_camera_noted_is_kept(ending, tmp_path):
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2001:02:03 04:05:06"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    write_photo(tmp_path / f"a.{ending}", STORED, like=Photo(STORED, exif=exif.tobytes()))
    again = Image.Exif()
    again.load(read_photo(tmp_path / f"a.{ending}").exif)
    assert again.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] == "2001:02:03 04:05:06"
    assert again.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] == "N"


@pytest.mark.parametrize("ending", ["png", "webp", "tif"])
def test_transparency_is_kept(ending, tmp_path):
    photo = photo_of(8, alpha=STORED[..., 0])
    write_photo(tmp_path / f"a.{ending}", photo.pixels, like=photo)
    np.testing.assert_array_equal(read_photo(tmp_path / f"a.{ending}").alpha, photo.alpha)


def test_transparency_is_not_dropped_into_a_jpeg(tmp_path):
    photo = photo_of(alpha=STORED[..., 0])
    with pytest.raises(PhotoError, match="transparent"):
        write_photo(tmp_path / "a.jpg", photo.pixels, like=photo)


def test_an_opaque_alpha_does_not_stop_a_jpeg(tmp_path):
    photo = photo_of(alpha=np.full((24, 36), 255, np.uint8))
    write_photo(tmp_path / "a.jpg", photo.pixels, like=photo)
    assert (tmp_path / "a.jpg").exists()


def test_a_jpeg_keeps_its_colours_at_full_resolution(tmp_path):
    write_photo(tmp_path / "a.jpg", astronaut())
    with Image.open(tmp_path / "a.jpg") as image:
        # One sampling factor for all three components: no colour subsampling.
        assert {layer[1:3] for layer in image.layer} == {(1, 1)}
        assert np.abs(np.asarray(image).astype(int) - astronaut()).mean() < 2


def test_resolution_is_kept(tmp_path):
    photo = dataclasses.replace(photo_of(), dpi=(300, 300))
    write_photo(tmp_path / "a.jpg", photo.pixels, like=photo)
    assert read_photo(tmp_path / "a.jpg").dpi == (300, 300)


@pytest.mark.parametrize(
    "dpi",
    [
        (0, 0),
        (math.nan, math.nan),
        (2.0**32 - 1, 2.0**32 - 1),
        (1e-9, 72),
        (-1, -1),
        (math.inf, 1),
        ("a", "b"),
        (IFDRational(0, 0),) * 2,
        300,
    ],
)
@pytest.mark.parametrize("ending", ["jpg", "png", "tif"])
def test_a_resolution_of_no_use_is_left_out(ending, dpi, tmp_path):
    for name, photo in (("a", dataclasses.replace(photo_of(), dpi=dpi)), ("b", photo_of())):
        write_photo(tmp_path / f"{name}.{ending}", photo.pixels, like=photo)
    assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()


@pytest.mark.parametrize("resolution", [(0, 0), (2**32 - 1, 1), (0, 1)])
def test_a_tiff_of_odd_resolution_is_written_again(resolution, tmp_path):
    tifffile.imwrite(
        tmp_path / "a.tif",
        STORED,
        photometric="rgb",
        extratags=[(tag, 5, 1, resolution, True) for tag in (282, 283)],
    )
    photo = read_photo(tmp_path / "a.tif")
    for ending in ("tif", "jpg", "png"):
        write_photo(tmp_path / f"b.{ending}", photo.pixels, like=photo)
        assert read_photo(tmp_path / f"b.{ending}").pixels.shape == STORED.shape


@pytest.mark.parametrize(
    "format, name, ending",
    [
        ("JPEG", "me.jpg", ".jpg"),
        ("JPEG", "me.JPEG", ".JPEG"),
        ("MPO", "me.jpg", ".jpg"),
        ("PNG", "me.jpg", ".png"),
        ("TIFF", "me.tiff", ".tiff"),
        ("TIFF", "me", ".tif"),
    ]
    + [
        ("WEBP", "me.webp", ".webp"),
        ("GIF", "me.gif", ".png"),
        ("AVIF", "me.avif", ".png"),
        (None, "", ".png"),
    ],
)
def test_a_photo_keeps_its_own_ending_where_that_can_be_written(format, name, ending):
    assert ending_for(Photo(STORED, format=format), name) == ending


def test_a_photo_too_long_for_its_format_becomes_a_png(tmp_path):
    long = Photo(np.zeros((1, 16_384, 3), np.uint8), format="WEBP")
    assert ending_for(long, "me.webp") == ".png"
    with pytest.raises(
        PhotoError,
        match="as WEBP, which cannot hold more than 16383 pixels a side. Write it as .png or .tif",
    ):
        check_destination(tmp_path / "a.webp", long)


def test_the_old_pictures_thumbnail_is_left_out(tmp_path):
    exif = Image.Exif()
    exif[0x010F] = "Camera & Sons"
    exif.get_ifd(0x8769)[0x9003] = "2001:02:03 04:05:06"
    block = bytearray(exif.tobytes())
    # Hook a second directory, of one entry, to the end of the first.
    start = 6
    order = "big" if block[start : start + 2] == b"MM" else "little"
    entries = int.from_bytes(block[start + 8 : start + 10], order)
    link = start + 10 + 12 * entries
    block[link : link + 4] = (len(block) - start).to_bytes(4, order)
    block += (1).to_bytes(2, order) + (0x0103).to_bytes(2, order) + (3).to_bytes(2, order)
    block += (1).to_bytes(4, order) + (6).to_bytes(2, order) + bytes(2) + bytes(4)
    photo = Photo(STORED, exif=bytes(block))
    read_back = Image.Exif()
    read_back.load(photo.exif)
    assert read_back.get_ifd(ExifTags.IFD.IFD1) == {0x0103: 6}

    write_photo(tmp_path / "a.jpg", photo.pixels, like=photo)
    with Image.open(tmp_path / "a.jpg") as image:
        tags = image.getexif()
        assert tags.get_ifd(ExifTags.IFD.IFD1) == {}
        assert (
            tags[0x010F] == "Camera & Sons"
            and tags.get_ifd(0x8769)[0x9003] == "2001:02:03 04:05:06"
        )


@pytest.mark.parametrize(
    "path, sentence",
    [
        ("a.xyz", "'.xyz'"),
        ("a", "no format"),
        ("nowhere/a.png", "no directory"),
        ("folder.png", "is a directory"),
    ]
    + [
        ("folder", "is a directory"),
        ("a" * 300 + ".png", "cannot be the name of a file"),
        ("a\0.png", "cannot be the name of a file"),
    ],
)
def test_destinations_that_cannot_be_are_refused_beforehand(path, sentence, tmp_path):
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "folder").mkdir()
    with pytest.raises(PhotoError, match=sentence):
        check_destination(tmp_path / path)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_read_only_directory_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(PhotoError, match="does not allow"):
        write_photo(tmp_path / "a.png", STORED)


@contextlib.contextmanager
def a_full_disk():
    """No file may grow beyond a thousand bytes; held only while the photo is written, or the test
    runner's own log could not grow either.
    """
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "tif"])
def test_on_a_full_disk_the_old_file_stays_and_nothing_is_left(ending, tmp_path):
    (tmp_path / f"a.{ending}").write_bytes(b"the old one")
    with pytest.raises(PhotoError, match="could not be written"), a_full_disk():
        write_photo(tmp_path / f"a.{ending}", astronaut())
    assert (tmp_path / f"a.{ending}").read_bytes() == b"the old one"
    assert os.listdir(tmp_path) == [f"a.{ending}"]


def test_an_exif_block_too_long_for_a_jpeg_leaves_nothing(tmp_path):
    photo = dataclasses.replace(photo_of(), exif=photo_of().exif + bytes(70_000))
    with pytest.raises(PhotoError, match="as JPEG"):
        write_photo(tmp_path / "a.jpg", photo.pixels, like=photo)
    assert os.listdir(tmp_path) == []


def test_the_file_has_the_permissions_of_any_new_file(tmp_path):
    (tmp_path / "any").write_bytes(b"")
    write_photo(tmp_path / "a.png", STORED)
    assert stat.S_IMODE(os.stat(tmp_path / "a.png").st_mode) == stat.S_IMODE(
        os.stat(tmp_path / "any").st_mode
    )


def test_pixels_of_another_size_than_the_original_are_refused(tmp_path):
    with pytest.raises(ValueError, match="same size"):
        write_photo(tmp_path / "a.png", STORED[:10], like=photo_of())


def test_floating_point_pixels_are_refused(tmp_path):
    with pytest.raises(ValueError, match="uint8"):
        write_photo(tmp_path / "a.png", STORED / 255)
