"""Encrypted videos, which look damaged to whoever has no key."""

import mmap

from faceaging_tf.errors import VideoError

# By four letters: common encryption, and those of Microsoft and Apple before it.
SCHEMES = (b"cenc", b"cbc1", b"cens", b"cbcs", b"piff", b"itun")


def refusal_of_encrypted(path):
    """A `VideoError` where a video is encrypted, as shops' and television's are (ISO/IEC 23001-7);
    None where it is not.
    """
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        # The box that names the scheme: its kind, four bytes of flags, and the scheme.
        at = content.find(b"schm")
        scheme = content[at + 8 : at + 12] if at >= 0 else b""
    if scheme not in SCHEMES:
        return None
    return VideoError(
        f"'{path}' is encrypted (its copies are protected), so that its pictures cannot be read. Use one that is not."
    )
