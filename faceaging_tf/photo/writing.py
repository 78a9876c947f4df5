"""Writing a photo the way its original was stored, whole or not at all."""

import os
import struct

import numpy as np
from PIL import ExifTags, Image

from faceaging_tf.photo.destination import check_place, written_whole
from faceaging_tf.photo.errors import PhotoError
from faceaging_tf.photo.reading import turn_to_stored

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


def check_destination(path, like=None):
    """Find out before the work is done whether a photo can be written to this path.

    Args:
        path: the file to be written.
        like: the `Photo` whose transparency must fit the format, or None.

    Raises:
        PhotoError: an ending that names no format, no such folder, a folder of
            that name or one that does not allow it, or transparency in a JPEG.
    """
    path = os.fspath(path)
    check_place(path, _SETTINGS, PhotoError, "; .png loses nothing")
    if like is not None and _see_through(like) and _SETTINGS[os.path.splitext(path)[1].lower()][0] == "JPEG":
        raise PhotoError(
            f"The photo has transparent parts, which a JPEG cannot hold. Write '{path}' as .png, .webp or .tif."
        )


def write_photo(path, pixels, like=None):
    """Write upright pixels to a file, with everything else as in the original.

    The format follows the path's ending: .png and .tif lose nothing, .jpg and
    .webp have quality 95 (JPEG with full colour resolution). The file is written
    under another name beside it and renamed at the end, so that a half-written
    photo never exists under its own name and an existing file is replaced whole.

    Args:
        path: the file.
        pixels: `(H, W, 3)` uint8 RGB, upright.
        like: the `Photo` the pixels come from: its stored orientation,
            transparency, colour profile, resolution and EXIF block are kept
            (without the embedded thumbnail, which would show the old picture).
            None writes the pixels alone.

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
    pixels = np.asarray(pixels)
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or not pixels.size:
        raise ValueError(f"pixels must be (height, width, 3) uint8; got shape {pixels.shape} of {pixels.dtype}.")
    if like is not None and like.pixels.shape != pixels.shape:
        raise ValueError(
            f"The pixels have shape {pixels.shape}, the photo they are to be stored like {like.pixels.shape}. "
            "Pass pixels of the same size, or like=None."
        )
    check_destination(path, like)
    image_format, settings = _SETTINGS[os.path.splitext(path)[1].lower()]
    image, kept = _as_stored(pixels, like, with_alpha=image_format != "JPEG")

    try:
        # "x" makes a file with the permissions that the user's new files have.
        with written_whole(path) as temporary, open(temporary, "xb") as file:
            image.save(file, format=image_format, **settings, **kept)
    except OSError as error:
        reason = error.strerror or error
        raise PhotoError(f"'{path}' could not be written: {reason}. Nothing was left there.") from error
    except ValueError as error:
        # Pillow's word for a profile or an EXIF block that the format has no room for.
        raise PhotoError(f"'{path}' could not be written as {image_format}: {error}. Try .png.") from error


def _as_stored(pixels, like, with_alpha):
    """The image as the original stores it, and what Pillow is to write beside it."""
    if like is None:
        return Image.fromarray(pixels), {}
    image = Image.fromarray(turn_to_stored(pixels, like.orientation))
    if like.alpha is not None and with_alpha:
        image.putalpha(Image.fromarray(turn_to_stored(like.alpha, like.orientation)))
    kept = {"icc_profile": like.icc_profile, "dpi": like.dpi, "exif": _exif_for(like)}
    return image, {name: value for name, value in kept.items() if value}


def _exif_for(photo):
    """The photo's EXIF block, stating its orientation, without the old picture's thumbnail."""
    tags = Image.Exif()
    tags.load(photo.exif)
    stated = tags.get(ExifTags.Base.Orientation, 1)
    if photo.orientation == (stated if stated in range(1, 9) else 1):
        return _without_thumbnail(photo.exif)
    # The orientation came from elsewhere (XMP), or the caller changed it.
    tags[ExifTags.Base.Orientation] = photo.orientation
    return _without_thumbnail(tags.tobytes())


def _without_thumbnail(exif):
    """Unhook the second directory, which holds the thumbnail; all other bytes stay.

    Rewriting the block instead would move the camera maker's notes, whose inner
    offsets then point nowhere. (TIFF 6.0, section 2: the offset of the next
    directory follows the last entry of 12 bytes.)
    """
    start = 6 if exif[:6] == b"Exif\0\0" else 0
    order = {b"II": "<", b"MM": ">"}.get(exif[start : start + 2])
    try:
        (first,) = struct.unpack_from(order + "I", exif, start + 4)
        (entries,) = struct.unpack_from(order + "H", exif, start + first)
        changed = bytearray(exif)
        struct.pack_into(order + "I", changed, start + first + 2 + 12 * entries, 0)
    except (TypeError, struct.error):
        return exif
    return bytes(changed)


def _see_through(photo):
    return photo.alpha is not None and bool((photo.alpha < 255).any())
