"""Reading any photo into upright RGB pixels, without losing what the file must keep."""

import contextlib
import dataclasses
import io
import os
import struct
import threading
import warnings
import zlib

import numpy as np
from absl import logging
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from faceaging_tf.errors import PhotoError
from faceaging_tf.pictures.jpeg import with_an_end
from faceaging_tf.pictures.other_files import what_else
from faceaging_tf.pictures.tiff import leave_previews, separate_planes
from faceaging_tf.pictures.turning import turn_upright
from faceaging_tf.typing import PathLike

# Phones take 108 million pixels; what is far beyond is a mistake or an attack.
MAXIMUM_PIXELS = 150_000_000

# Pixels that a photo of any size in bytes may have, and how many a byte beyond that: a photograph
# has ten at most, a plain area that is to fill somebody's memory hundreds.
PLAIN_PIXELS, PIXELS_A_BYTE = 36_000_000, 50

# What a PNG may hold beside its picture, unpacked; the default of a megabyte refuses what some
# programs write there: a picture's history, or the colour profile of a printer.
MAXIMUM_TEXT = 256 * 2**20
_LIMITS = threading.RLock()

# Formats a photo comes in. The others that Pillow knows are drawings and
# documents, some of which run an interpreter.
_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "PPM", "JPEG2000", "AVIF")

# Whatever Pillow's readers raise on damaged data (RuntimeError: AVIF's).
_DAMAGED = (
    OSError, SyntaxError, ValueError, IndexError, KeyError, TypeError, EOFError, RuntimeError, OverflowError, ZeroDivisionError,
    MemoryError, struct.error, zlib.error,
)  # fmt: skip

_DEEP_GREY = ("I", "I;16", "I;16L", "I;16B", "I;16N")

# Tags of a TIFF that describe the photograph rather than the file's layout.
_DESCRIPTIVE_TAGS = (
    ExifTags.Base.ImageDescription,
    ExifTags.Base.Make,
    ExifTags.Base.Model,
    ExifTags.Base.Software,
    ExifTags.Base.DateTime,
    ExifTags.Base.Artist,
    ExifTags.Base.Copyright,
)


@dataclasses.dataclass(frozen=True, eq=False)
class Photo:
    """A photo in memory, upright.

    Attributes:
        pixels: `(H, W, 3)` uint8 RGB, upright whatever the file's orientation.
        alpha: `(H, W)` uint8, 0 transparent to 255 opaque, upright; None for
            photos without it.
        icc_profile: the RGB colour profile's bytes, or None (sRGB is then meant).
        exif: the EXIF block's bytes, empty where there was none.
        orientation: the EXIF orientation of the file that it was read from, 1 to 8.
        dpi: `(x, y)` dots an inch as the file states them, or None.
        format: the file's format as Pillow names it ("JPEG", "PNG", ...), or None.
        path: where it was read from, or None.
        pages: pictures in the file, of which this is the first.
    """

    pixels: np.ndarray
    alpha: np.ndarray | None = None
    icc_profile: bytes | None = None
    exif: bytes = b""
    orientation: int = 1
    dpi: tuple[float, float] | None = None
    format: str | None = None
    path: str | None = None
    pages: int = 1


def read_photo(
    path: PathLike, maximum_pixels: int = MAXIMUM_PIXELS, content: bytes | None = None
) -> Photo:
    """Read a photo: JPEG, PNG, WebP, TIFF, BMP, GIF, PPM, JPEG 2000 or AVIF.

    Grey, palette, CMYK and 16-bit photos come out as 8-bit RGB; a colour profile
    that is not one of RGB is used to convert to sRGB and then dropped. Of an
    animation or a file of several pages, the first is read.

    Args:
        path: the file; with `content`, only what it is called.
        content: the file's bytes, where they are at hand.
        maximum_pixels: photos that declare more pixels are refused before
            memory is taken for them.

    Returns:
        A `Photo`.

    Raises:
        PhotoError: no such file, a directory, not a photo, damaged, cut off, or
            too large; the message says which.

    Example:
        >>> import os, skimage.data
        >>> from faceaging_tf.pictures.reading import read_photo
        >>> photo = read_photo(os.path.join(skimage.data.__path__[0], "astronaut.png"))
        >>> photo.pixels.shape, photo.orientation
        ((512, 512, 3), 1)
    """
    path = os.fspath(path)
    with (
        _roomy(),
        _open_file(path) if content is None else io.BytesIO(content) as file,
    ):
        try:
            with _open_image(path, file) as image:
                return _photo_of(image, path, maximum_pixels)
        except PhotoError as error:
            # What was refused for another reason, such as its size, is not decoded to look again.
            ended = with_an_end(file) if isinstance(error.__cause__, OSError) else None
            if ended is None:
                raise
        logging.warning("'%s' lacks its last bytes; its lower edge may be damaged.", path)
        with _open_image(path, ended) as image:
            return _photo_of(image, path, maximum_pixels)


def photo_of(photo):
    """The `Photo` of what may be handed over as one.

    Args:
        photo: a `Photo`, upright `(H, W, 3)` uint8 RGB pixels, or a `PIL.Image.Image`, which is
            turned upright as its EXIF orientation says.

    Raises:
        PhotoError: a picture that cannot be read, something else, or pixels of another shape or
            type.
    """
    if isinstance(photo, Photo):
        _check_pixels(photo.pixels, photo)
        return photo
    if isinstance(photo, Image.Image):
        with _roomy():
            return _photo_of(photo, getattr(photo, "filename", "") or None, MAXIMUM_PIXELS)
    _check_pixels(photo, photo)
    return Photo(np.asarray(photo))


def _check_pixels(pixels, photo):
    shape, kind = np.shape(pixels), getattr(pixels, "dtype", type(pixels).__name__)
    if len(shape) != 3 or shape[2] != 3 or kind != np.uint8 or 0 in shape:
        raise PhotoError(
            f"A photo must be a Photo, a PIL image or (height, width, 3) uint8 pixels; got {type(photo).__name__} of shape "
            f"{shape} and type {kind}. Read files with read_photo."
        )


@contextlib.contextmanager
def _roomy():
    """Pillow without its own limits, which are too low for photos of today, and without its
    warnings: what they would say is checked here.
    """
    names = (
        (Image, "MAX_IMAGE_PIXELS", None),
        (PngImagePlugin, "MAX_TEXT_CHUNK", MAXIMUM_TEXT),
        (PngImagePlugin, "MAX_TEXT_MEMORY", MAXIMUM_TEXT),
    )
    # They are Pillow's alone, not a thread's.
    with _LIMITS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before = [getattr(module, name) for module, name, _ in names]
        try:
            for module, name, limit in names:
                setattr(module, name, limit)
            yield
        finally:
            for (module, name, _), limit in zip(names, before, strict=True):
                setattr(module, name, limit)


def _photo_of(image, path, maximum_pixels):
    called = "The picture" if path is None else f"'{path}'"
    width, height = image.size
    if width * height > maximum_pixels:
        raise PhotoError(
            f"{called} declares {width}x{height} pixels, more than the {maximum_pixels:,} this reads. Shrink the photo first."
        )
    if not width * height:
        raise PhotoError(f"{called} has {width}x{height} pixels, which is no picture.")
    exif, orientation = _exif_of(image, called)
    profile = image.info.get("icc_profile") or None
    try:
        pages = getattr(image, "n_frames", 1)
        planes = separate_planes(image, orientation)
        image.load()
        # TIFF's and AVIF's readers turn the pixels upright themselves.
        already_upright = _orientation_tag(image.getexif()) != orientation
        rgb, alpha, profile = _to_rgb(planes or image, profile, called)
    except PhotoError:
        raise
    except _DAMAGED as error:
        raise _damaged(called, error) from error
    if pages > 1 and image.format != "MPO":
        logging.warning("%s holds %d pictures; the first is used.", called, pages)
    pixels = np.asarray(rgb)
    alpha = None if alpha is None else np.asarray(alpha)
    if alpha is not None and not alpha.any():
        # Programs that do not know of transparency leave its channel at 0.
        logging.warning("%s is transparent throughout; it is taken for opaque.", called)
        alpha = None
    if not already_upright:
        pixels = turn_upright(pixels, orientation)
        alpha = None if alpha is None else turn_upright(alpha, orientation)
    return Photo(
        pixels, alpha, profile, exif, orientation, image.info.get("dpi"), image.format, path, pages
    )


def _damaged(called, error):
    if "MAX_TEXT" in str(error) or "text chunks" in str(error):
        return PhotoError(
            f"{called} holds more than {MAXIMUM_TEXT // 2**20} MB of text or of a colour profile beside its picture. Save it without them first."
        )
    if isinstance(error, MemoryError):
        return PhotoError(
            f"{called} wants more memory than there is: it is damaged, or too large for this machine. Copy or download it again, or shrink it."
        )
    if "closed" in str(error):
        return PhotoError(
            f"{called} is a PIL image that is closed; pass it before that, or the path of its file."
        )
    return PhotoError(f"{called} is damaged or cut off ({error}). Copy or download it again.")


def _open_file(path):
    if "://" in path:
        raise PhotoError(
            f"'{path}' is an address, and photos are read from files. Download it first."
        )
    try:
        file = open(path, "rb")
        if file.seekable():
            return file
        with file:  # A pipe, as shells give for what another program writes.
            return io.BytesIO(file.read())
    except FileNotFoundError as error:
        raise PhotoError(f"There is no file '{path}'. Check the path.") from error
    except IsADirectoryError as error:
        raise PhotoError(f"'{path}' is a directory; pass the path of one photo in it.") from error
    except OSError as error:
        raise PhotoError(f"'{path}' cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise PhotoError(f"{path!r} names no file ({error}). Check the path.") from error


def _open_image(path, file):
    first = file.read(512)
    if not first:
        raise PhotoError(f"'{path}' is empty (0 bytes). Copy or download it again.")
    length = file.seek(0, os.SEEK_END)
    file.seek(0)
    try:
        image = Image.open(file, formats=_FORMATS)
        leave_previews(image, path)
    except PhotoError:
        raise
    except Image.UnidentifiedImageError as error:
        if other := what_else(first):
            raise PhotoError(f"'{path}' is {other}") from error
        raise PhotoError(
            f"'{path}' is not a photo of a kind this reads (or its first bytes are damaged): expected "
            "JPEG, PNG, WebP, TIFF, BMP, GIF, PPM, JPEG 2000 or AVIF of 8 or 16 bits, whatever its ending."
        ) from error
    except _DAMAGED as error:
        raise _damaged(f"'{path}'", error) from error
    width, height = image.size
    if width * height > max(PLAIN_PIXELS, PIXELS_A_BYTE * length):
        raise PhotoError(
            f"'{path}' declares {width}x{height} pixels in {length / 1e6:.1f} MB, which is no photograph. Shrink it first."
        )
    return image


def _exif_of(image, called):
    """The EXIF block's bytes and the orientation it states; a broken block is left out."""
    try:
        tags = image.getexif()
        orientation = _orientation_tag(tags)
        exif = image.info.get("exif", b"")
        if not exif and image.format == "TIFF":
            exif = _descriptive_exif(tags)
    except _DAMAGED as error:
        logging.warning("The EXIF block of %s is damaged and left out: %s", called, error)
        return b"", 1
    return exif, orientation


def _orientation_tag(tags):
    value = tags.get(ExifTags.Base.Orientation, 1)
    return value if value in range(1, 9) else 1


def _descriptive_exif(tags):
    """A TIFF's tags without those of its layout, which belong to that file alone."""
    described = Image.Exif()
    for tag in (*_DESCRIPTIVE_TAGS, ExifTags.Base.Orientation):
        if tag in tags:
            described[tag] = tags[tag]
    blocks = {block: tags.get_ifd(block) for block in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo)}
    for block, values in blocks.items():
        if values:
            described.get_ifd(block).update(values)
    return described.tobytes() if len(described) or any(blocks.values()) else b""


def _to_rgb(image, profile, called):
    """The image as 8-bit RGB, its alpha or None, and the profile that goes with it."""
    tags = getattr(image, "tag_v2", {})
    if 2 in tags.get(339, ()) and 32 not in tags.get(258, ()):
        raise PhotoError(
            f"{called} holds signed pixels of unknown range. Save it with 8 or 16 bits first."
        )
    if image.mode in _DEEP_GREY:
        # 16 bits are what such files hold; 257 takes 65535 to 255 exactly.
        levels = np.asarray(image).astype(np.int64)
        # Cameras' 10 to 14 bits of 16, where a TIFF says so (MaxSampleValue).
        most = int(np.max(tags.get(281, 65535)))
        if 0 < levels.max() <= most < 65535:
            levels = levels * 65535 // most
        plain = 32 in tags.get(258, ()) and levels.max() < 256
        if plain or levels.max() > 65535 or levels.min() < 0:
            raise PhotoError(
                f"{called} holds 32-bit pixels of unknown range. Save it with 8 or 16 bits first."
            )
        # Of a TIFF whose 0 is white, Pillow turns 8 bits round, and 16 not.
        levels = 65535 - levels if tags.get(262) == 0 else levels
        image = Image.fromarray(((levels + 128) // 257).astype(np.uint8))
    if image.mode == "F":
        raise PhotoError(
            f"{called} holds floating-point pixels of unknown range. Save it with 8 or 16 bits first."
        )
    alpha = None
    if image.has_transparency_data:
        image = image.convert("LA" if image.mode in ("1", "L", "LA", "La") else "RGBA")
        alpha = image.getchannel("A")
        image = image.convert(image.mode[:-1])
    described = profile[16:20] if profile else None
    if image.mode in ("P", "1", "HSV", "RGBX") or (
        described == b"RGB " and image.mode in ("L", "YCbCr")
    ):
        image = image.convert("RGB")
    if profile and (image.mode, described) != ("RGB", b"RGB "):
        image, profile = _to_srgb(image, profile, called), None
    if image.mode != "RGB":
        try:
            image = image.convert("RGB")
        except ValueError as error:
            raise PhotoError(
                f"{called} holds {image.mode} colours, which this does not read. Save it as RGB first."
            ) from error
    return image, alpha, profile


def _to_srgb(image, profile, called):
    """Convert by the profile where that can be done; else leave the image as it is."""
    try:
        return ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGB",
        )
    except (ImageCms.PyCMSError, OSError, ValueError) as error:
        logging.warning(
            "The colour profile of %s does not fit its pixels and is left out: %s", called, error
        )
        return image
