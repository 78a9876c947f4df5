"""What people take for photos, and what to do with it."""

import codecs
import re

# First bytes of files that people take for photos, what they are, and what to do.
FROM_A_CAMERA = "Save it as JPEG or TIFF in the camera's or another photo program first."
_AS_JPEG = "Save it as JPEG or PNG first."
_OTHER_FILES = (
    (rb"\xff\x0a|\0\0\0\x0cJXL ", "a JPEG XL photo, which this does not read", _AS_JPEG),
    (rb"8BPS", "a Photoshop document", _AS_JPEG),
    (rb"II\*\0.{4}CR|.{4}ftypcrx|IIRO|IIU\0|FUJIFILM", "a camera's raw file", FROM_A_CAMERA),
    (rb".{4}ftyp(hei|hev|mif|msf)", "a HEIC photo, which this does not read", _AS_JPEG),
    (rb"ID3|OggS|fLaC|RIFF.{4}WAVE|.{4}ftypM4[AB]", "a sound", "Give a photo."),
    (rb".{4}ftyp", "a video", "Age it with `faceaging video`."),
    (rb"%PDF|%!PS", "a document", "Save its picture as JPEG or PNG first."),
    (rb"\s*(<\?xml.*)?(<!--.*)?<svg", "a drawing (SVG)", _AS_JPEG),
    (rb"\s*<(!doctype )?html", "a web page", "Download the picture itself."),
    (rb"version https://git-lfs", "a pointer of Git LFS", "Fetch the file itself: git lfs pull."),
    (rb"data:image/", "text that stands for a picture", "Decode it from base64 first."),
    (rb"PK\x03\x04|Rar!|7z\xbc\xaf|\x1f\x8b", "an archive", "Unpack it first."),
    (
        rb"II[*+]\0|MM\0[*+]",
        "a TIFF of pixels that this does not read",
        "Save it with 8 or 16 bits a channel first.",
    ),
)


def what_else(first):
    """What a file that is no photo is, and what to do, a phrase and a sentence; None where it is
    not known.

    Args:
        first: its first 512 bytes.
    """
    first = first.removeprefix(codecs.BOM_UTF8)
    for beginning, kind, advice in _OTHER_FILES:
        if re.match(beginning, first, re.DOTALL | re.IGNORECASE):
            return f"{kind}. {advice}"
    return None
