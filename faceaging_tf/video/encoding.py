"""Writing frames into a part of a video."""

import contextlib
import os
from fractions import Fraction

import numpy as np

from faceaging_tf.errors import VideoError
from faceaging_tf.files import written_whole
from faceaging_tf.video.reading import needed_av, url_of

# H.264 at a quality where what was not changed looks unchanged. Without frames that are predicted
# backwards, the order of the packets is that of the frames, and parts can be joined without
# encoding anew.
_QUALITY = {"crf": "16", "preset": "veryfast", "bf": "0"}
_PIXELS = "yuv420p"
_LIMITED_RANGE = 1


@contextlib.contextmanager
def encoder(
    path,
    width,
    height,
    rate,
    rotation=0,
    pixel_aspect=None,
    colours=(2, 0, 2, 2),
    container="matroska",
    named=None,
):
    """Write frames to a file, which exists under its name once all are written.

    Args:
        path: the file.
        width, height: of the stored frames; of odd sides, which H.264 has only with colours that
            few players show, the last column or row is written twice.
        rate: frames per second, a `Fraction` or a number.
        rotation: quarter turns counterclockwise that were made to bring the frames upright; they
            are turned back.
        pixel_aspect: width of a pixel by its height, or None.
        colours: see `faceaging_tf.video.reading.Video`.
        container: FFmpeg's name of the format.
        named: what an error calls the file; None for its path.

    Yields:
        A function to be called with each frame's `(H, W, 3)` uint8 upright pixels.

    Raises:
        VideoError: it cannot be written.
    """
    av = needed_av()
    path = os.fspath(path)
    try:
        with (
            written_whole(path) as temporary,
            av.open(url_of(temporary), "w", format=container) as file,
        ):
            stream = file.add_stream(
                "libx264", rate=Fraction(rate).limit_denominator(100_000), options=_QUALITY
            )
            stream.width, stream.height, stream.pix_fmt = (
                width + width % 2,
                height + height % 2,
                _PIXELS,
            )
            if pixel_aspect:
                stream.codec_context.sample_aspect_ratio = pixel_aspect
            context = stream.codec_context
            context.colorspace, _, context.color_primaries, context.color_trc = colours
            context.color_range = _LIMITED_RANGE
            way = av.video.reformatter.Interpolation

            def write(pixels):
                stored = np.pad(
                    np.rot90(pixels, -rotation),
                    ((0, height % 2), (0, width % 2), (0, 0)),
                    mode="edge",
                )
                frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(stored), format="rgb24")
                to = {
                    "dst_colorspace": colours[0],
                    "dst_color_range": _LIMITED_RANGE,
                    "interpolation": way.AREA | way.ACCURATE_RND,
                }
                frame = frame.reformat(format=_PIXELS, **to)
                frame.pts = None
                file.mux(stream.encode(frame))

            yield write
            file.mux(stream.encode(None))
    except av.error.FFmpegError as error:
        raise VideoError(
            f"'{named or path}' could not be written: {error.strerror or error}. Nothing was left there."
        ) from error
