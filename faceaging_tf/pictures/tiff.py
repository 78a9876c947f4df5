"""What TIFF files have beside a picture of 8 bits: pages that are small copies, and planes."""

import numpy as np
from PIL import Image

from faceaging_tf.errors import PhotoError
from faceaging_tf.pictures.other_files import FROM_A_CAMERA
from faceaging_tf.pictures.turning import turn_upright


def leave_previews(image, path):
    """Go to the first page of a TIFF that is not another's small copy (TIFF 6.0, tag 254: bit 0).

    Raises:
        PhotoError: there is none, as in the raw files of cameras, or it is one (DNG: tag 50706).
    """
    tags = getattr(image, "tag_v2", {})
    small = lambda: tags.get(254, 0) & 1
    for page in range(1, image.n_frames if small() else 1):
        image.seek(page)
        tags = image.tag_v2
        if not small():
            break
    if small() or 50706 in tags:
        raise PhotoError(
            f"'{path}' is a camera's raw file, or holds a preview alone. {FROM_A_CAMERA}"
        )


def separate_planes(image, orientation):
    """The upright picture of a TIFF that holds each colour as a plane of 16 bits as it is, which
    Pillow reads as noise; None for any other.
    """
    tags = getattr(image, "tag_v2", {})
    planar, compression, bits = (tags.get(tag) for tag in (284, 259, 258))
    if planar != 2 or compression != 1 or set(bits or ()) != {16}:
        return None
    import tifffile

    image.fp.seek(0)
    planes = tifffile.imread(image.fp, key=image.tell())
    levels = np.moveaxis((planes.astype(np.uint32) + 128) // 257, 0, -1).astype(np.uint8)
    if levels.shape[2:] != (len(image.getbands()),):
        return None
    return Image.fromarray(turn_upright(levels, orientation), image.mode)
