"""JPEG files that lack their last bytes, which viewers show and Pillow refuses."""

import io

import numpy as np
from PIL import Image

_BEGIN, _END = b"\xff\xd8\xff", b"\xff\xd9"
# Side of the largest blocks that a JPEG is made of; rows of them that may be incomplete, the last.
BLOCK = 16


def with_an_end(file):
    """The file of a JPEG that ends within its last row of blocks, with an end; None for others.

    What is missing is shown in the colour of the last block that is there: where the end of the
    row before is of one colour too, more may be missing, and nobody can tell.

    Args:
        file: open, binary, seekable.
    """
    file.seek(0)
    if file.read(len(_BEGIN)) != _BEGIN:
        return None
    content = _BEGIN + file.read()
    if _END in content[-64:]:
        return None
    ended = io.BytesIO(content + _END)
    try:
        with Image.open(ended, formats=["JPEG"]) as image:
            if image.info.get("progressive"):
                return None
            image.load()
            pixels = np.asarray(image)
    except (OSError, SyntaxError, ValueError):
        return None
    start = (len(pixels) - 1) // BLOCK * BLOCK
    before = pixels[max(start - BLOCK, 0) : start, -BLOCK:]
    if not before.size or np.ptp(before, axis=(0, 1)).max() == 0:
        return None
    ended.seek(0)
    return ended
