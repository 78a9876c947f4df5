"""Writing a photo upright, with all else that its original had, whole or not at all."""

import functools
import io
import math
import os
import struct
import warnings

import numpy as np
from absl import logging
from PIL import ExifTags, Image

from faceaging_tf.errors import PhotoError
from faceaging_tf.files import written_whole
from faceaging_tf.photo.destination import check_place
from faceaging_tf.pictures.reading import Photo
from faceaging_tf.typing import PathLike

# Pillow's format and settings by ending. JPEG at 95 without colour subsampling:
# what was not changed should look unchanged. TIFF uncompressed: through libtiff,
# Pillow cannot write the camera's part of an EXIF block.
_SETTINGS = {
    ".png": ("PNG", {}),
    ".jpg": ("JPEG", {"quality": 95, "subsampling": 0}),
    ".jpeg": ("JPEG", {"quality": 95, "subsampling": 0}),
    ".webp": ("WEBP", {"quality": 95}),
    ".tif": ("TIFF", {}),
    ".tiff": ("TIFF", {}),
}

# Longest side in pixels, and bytes of an EXIF block: a JPEG counts in 16 bits, a WebP in 14.
_LONGEST = {"JPEG": 65_500, "WEBP": 16_383}
_MOST_EXIF = {"JPEG": 65_533}
# What Pillow raises where a format has no room for what it is given.
_UNWRITABLE = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    OverflowError,
    ZeroDivisionError,
    RuntimeError,
    SyntaxError,
    struct.error,
)


def ending_for(photo, name=""):
    """The ending that a photo is written with where nobody says another: its own where that can be
    written, else .png.

    Args:
        photo: a `Photo`.
        name: what its file is called; an ending that fits is kept as it is spelt.

    Example:
        >>> from skimage.data import astronaut
        >>> from faceaging_tf.pictures.reading import Photo
        >>> from faceaging_tf.photo.writing import ending_for
        >>> photos = [Photo(astronaut(), format=name) for name in ("JPEG", "MPO", "WEBP", "BMP")]
        >>> [ending_for(photo, "me.JPG") for photo in photos]
        ['.JPG', '.JPG', '.webp', '.png']
    """
    own = {"MPO": "JPEG"}.get(photo.format, photo.format)
    endings = [ending for ending, (image_format, _) in _SETTINGS.items() if image_format == own]
    if not endings or _refusal(own, photo):
        return ".png"
    given = os.path.splitext(os.fspath(name))[1]
    return given if given.lower() in endings else endings[0]


def check_destination(path: PathLike, like: Photo | None = None) -> None:
    """Find out before the work is done whether a photo can be written to this path.

    Args:
        path: the file to be written.
        like: the `Photo` that must fit the format, or None.

    Raises:
        PhotoError: an ending that names no format, no such folder, a folder of
            that name or one that does not allow it, or a photo that the format
            cannot hold: transparency in a JPEG, too long a side or EXIF block.
    """
    path = os.fspath(path)
    check_place(path, _SETTINGS, PhotoError, "; .png loses nothing")
    check_format(path, like)


def check_format(name: str, like: Photo | None = None) -> None:
    """Find out before the work is done whether the format of a name can hold a photo.

    Args:
        name: of a file; its ending is one that is written.
        like: the `Photo`, or None.

    Raises:
        PhotoError: transparency in a JPEG, too long a side or EXIF block.
    """
    path = os.fspath(name)
    image_format = _SETTINGS[os.path.splitext(path)[1].lower()][0]
    refusal = None if like is None else _refusal(image_format, like)
    if refusal:
        raise PhotoError(
            f"'{path}' could not be written as {image_format}, which cannot hold {refusal}. Write it as .png or .tif."
        )


def _refusal(image_format, photo):
    """What a format cannot hold of a photo, in words; None where it can be written."""
    longest, most = _LONGEST.get(image_format, math.inf), _MOST_EXIF.get(image_format, math.inf)
    if image_format == "JPEG" and photo.alpha is not None and (photo.alpha < 255).any():
        return "the transparent parts that the photo has"
    if max(photo.pixels.shape[:2]) > longest:
        return f"more than {longest} pixels a side"
    return f"an EXIF block of {len(photo.exif)} bytes" if len(photo.exif) > most else None


def write_photo(path: PathLike, pixels: np.ndarray, like: Photo | None = None) -> None:
    """Write upright pixels to a file as they are, with everything else as in the original.

    The format follows the path's ending: .png and .tif lose nothing, .jpg and
    .webp have quality 95 (JPEG with full colour resolution). The file is written
    under another name beside it and renamed at the end, so that a half-written
    photo never exists under its own name and an existing file is replaced whole.

    Args:
        path: the file.
        pixels: `(H, W, 3)` uint8 RGB, upright.
        like: the `Photo` the pixels come from: its transparency, colour profile,
            resolution and EXIF block are kept (without the embedded thumbnail,
            which would show the old picture; with orientation 1). What the format
            cannot hold of them is left out, with a warning. None writes the
            pixels alone.

    Raises:
        PhotoError: a destination that `check_destination` refuses, a full disk
            and the like.
        ValueError: pixels that are not `(H, W, 3)` uint8, or not of the size of
            the original.

    Example:
        >>> import os, tempfile
        >>> from skimage.data import astronaut
        >>> from faceaging_tf.photo.writing import write_photo
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_photo(os.path.join(folder, "astronaut.png"), astronaut())
        ...     os.listdir(folder)
        ['astronaut.png']
    """
    path = os.fspath(path)
    pixels = _fitting(pixels, like)
    check_destination(path, like)

    def write(save):
        # "x" makes a file with the permissions that the user's new files have.
        with written_whole(path) as temporary, open(temporary, "xb") as file:
            save(file)

    _encode(path, pixels, like, write)


def photo_bytes(name: str, pixels: np.ndarray, like: Photo | None = None) -> bytes:
    """Return the bytes that `write_photo` writes, for whatever is no local folder.

    Args:
        name: what the file is called; its ending says the format.
        pixels: as in `write_photo`.
        like: likewise.

    Raises:
        PhotoError: a format that cannot hold the photo.
        ValueError: as in `write_photo`.

    Example:
        >>> from skimage.data import astronaut
        >>> from faceaging_tf.photo.writing import photo_bytes
        >>> photo_bytes("astronaut.png", astronaut())[1:4]
        b'PNG'
    """
    pixels = _fitting(pixels, like)
    check_format(name, like)
    target = io.BytesIO()

    def write(save):
        # What a try has left that came to nothing.
        target.seek(0)
        target.truncate()
        save(target)

    _encode(name, pixels, like, write)
    return target.getvalue()


def _fitting(pixels, like):
    """The pixels as an array, of the original's size."""
    pixels = np.asarray(pixels)
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or not pixels.size:
        raise ValueError(
            f"pixels must be (height, width, 3) uint8; got shape {pixels.shape} of {pixels.dtype}."
        )
    if like is not None and like.pixels.shape != pixels.shape:
        raise ValueError(
            f"The pixels have shape {pixels.shape}, the photo they are to be stored like {like.pixels.shape}. "
            "Pass pixels of the same size, or like=None."
        )
    return pixels


def _encode(path, pixels, like, write):
    """Has `write` called with a function that saves a photo to a file."""
    image_format, settings = _SETTINGS[os.path.splitext(path)[1].lower()]
    image = Image.fromarray(pixels)
    if like is not None and like.alpha is not None and image_format != "JPEG":
        image.putalpha(Image.fromarray(like.alpha))
    with warnings.catch_warnings():
        # What Pillow says of an EXIF block that is damaged in parts.
        warnings.simplefilter("ignore")
        _save(path, image, image_format, settings, {} if like is None else _kept(like), write)


def _save(path, image, image_format, settings, kept, write):
    while True:
        save = functools.partial(image.save, format=image_format, **settings, **kept)
        try:
            write(save)
            return
        except OSError as error:
            reason = error.strerror or error
            raise PhotoError(
                f"'{path}' could not be written: {reason}. Nothing was left there."
            ) from error
        except _UNWRITABLE as error:
            if not kept:
                raise PhotoError(
                    f"'{path}' could not be written as {image_format}: {error}. Nothing was left there."
                ) from error
            name, _ = kept.popitem()
            logging.warning(
                "'%s' is written without the photo's %s, which %s cannot hold: %s",
                path,
                _NAMES[name],
                image_format,
                error,
            )


_NAMES = {"icc_profile": "colour profile", "dpi": "resolution", "exif": "EXIF block"}


def _kept(photo):
    """What Pillow is to write beside the picture, the dearest first."""
    kept = {"icc_profile": photo.icc_profile, "dpi": _usable(photo.dpi), "exif": _of_upright(photo)}
    return {name: value for name, value in kept.items() if value}


def _usable(dpi):
    """The resolution as two numbers that every format can hold, or None: some files state 0/0, or
    what 32 bits allow.
    """
    try:
        dpi = tuple(float(number) for number in dpi)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return dpi if len(dpi) == 2 and all(1 <= number <= 65_535 for number in dpi) else None


def _of_upright(photo):
    """The EXIF block of the upright picture: orientation 1, its sides as they are now, and without
    the second directory, which holds the old picture's thumbnail.

    All other bytes stay: rewriting the block would move the camera maker's notes, whose inner
    offsets then point nowhere. (TIFF 6.0, section 2: a directory has entries of 12 bytes: tag,
    type, count and value; the offset of the next one follows the last.)
    """
    block = bytearray(photo.exif)
    start = 6 if block[:6] == b"Exif\0\0" else 0
    order = {b"II": "<", b"MM": ">"}.get(bytes(block[start : start + 2]))
    height, width = photo.pixels.shape[:2]
    stated = {
        ExifTags.Base.Orientation: 1, ExifTags.Base.ImageWidth: width, ExifTags.Base.ImageLength: height,
        ExifTags.Base.ExifImageWidth: width, ExifTags.Base.ExifImageHeight: height,
    }  # fmt: skip

    def state(directory):
        (entries,) = struct.unpack_from(order + "H", block, start + directory)
        for place in range(start + directory + 2, start + directory + 2 + 12 * entries, 12):
            tag, kind, count, value = struct.unpack_from(order + "HHII", block, place)
            if tag == ExifTags.IFD.Exif and directory == first != value:
                state(value)
            elif tag in stated and kind in _WHOLE and count == 1:
                struct.pack_into(order + _WHOLE[kind], block, place + 8, stated[tag])
        return start + directory + 2 + 12 * entries

    try:
        (first,) = struct.unpack_from(order + "I", block, start + 4)
        struct.pack_into(order + "I", block, state(first), 0)
    except (TypeError, struct.error):
        # Damaged: what could be stated is.
        pass
    return bytes(block) if _orientation(block) == 1 else b""


# TIFF's types of whole numbers: a byte, 16 and 32 bits.
_WHOLE = {1: "B", 3: "H", 4: "I"}


def _orientation(exif):
    """What readers will take from the block, 1 where it says nothing; None where they cannot read
    it.
    """
    tags = Image.Exif()
    try:
        tags.load(bytes(exif))
        return tags.get(ExifTags.Base.Orientation, 1)
    except _UNWRITABLE:
        return None
