"""PNG files of one length, whatever they show: a smoother picture would else be known by its
smaller file.
"""

import io
import struct
import zlib

from PIL import Image

# Ancillary, private, safe to copy: readers of PNG skip it (PNG specification, 5.4).
PADDING = b"paDd"
# Length, type and checksum of a chunk.
OVERHEAD = 12
# The last chunk, IEND, is empty.
END = OVERHEAD


def padded_pngs(pictures):
    """Encodes pictures as PNG files that all have the same number of bytes and no metadata.

    Args:
        pictures: list of `(H, W, 3)` uint8 arrays, RGB.

    Returns:
        List of bytes, one per picture.
    """
    encoded = [_encoded(picture) for picture in pictures]
    length = max(map(len, encoded)) + OVERHEAD
    return [data[:-END] + _chunk(length - OVERHEAD - len(data)) + data[-END:] for data in encoded]


def _encoded(picture):
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, format="PNG")
    return stream.getvalue()


def _chunk(length):
    content = PADDING + bytes(length)
    return struct.pack(">I", length) + content + struct.pack(">I", zlib.crc32(content))
