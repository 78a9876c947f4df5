"""The bytes of photos."""

import io

from PIL import Image


def file_of(pixels, kind="PNG", **settings):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind, **settings)
    return stream.getvalue()
