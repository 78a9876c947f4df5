"""Reading a video frame by frame, upright, with the time of each frame."""

import collections
import contextlib
import dataclasses
import math
import os
from fractions import Fraction

import numpy as np
from absl import logging

from faceaging_tf.errors import VideoError
from faceaging_tf.optional import VIDEO, needed
from faceaging_tf.typing import PathLike
from faceaging_tf.video.encrypted import refusal_of_encrypted
from faceaging_tf.video.timeline import RATE, end_of, packets_in_time, times_may_jump

_BT709 = 1
# Matrices of colours that FFmpeg's scaler has no numbers for: YCgCo, BT.2020 of constant luminance,
# and what came after them.
_UNKNOWN_COLOURS = (8, 10, 11, 12, 13, 14, 15, 16, 17)
# Still pictures that FFmpeg reads as a video of one frame.
_PHOTO_BRANDS = ("heic", "heix", "heim", "heis", "mif1", "msf1", "avif")


@dataclasses.dataclass(frozen=True)
class Video:
    """What a file says of its video.

    Attributes:
        path: the file.
        width, height: of the frames as they are stored, in pixels.
        rotation: quarter turns counterclockwise that bring a stored frame upright, 0 to 3.
        mirrored: whether left and right are exchanged after these turns, as some front cameras ask.
        rate: mean frames per second by the file's word, a `Fraction`, or None; see
            `faceaging_tf.video.timeline.rate_of`.
        time_base: seconds a unit of the frames' times, a `Fraction`.
        frames: how many frames to expect, None where the file does not say.
        seconds: how long the video is, None where the file does not say.
        pixel_aspect: width of a pixel by its height, a `Fraction`, or None.
        colours: `(colorspace, range, primaries, transfer)`, FFmpeg's numbers.
    """

    path: str
    width: int
    height: int
    rotation: int
    mirrored: bool
    rate: Fraction | None
    time_base: Fraction
    frames: int | None
    seconds: float | None
    pixel_aspect: Fraction | None
    colours: tuple[int, int, int, int]


@dataclasses.dataclass(frozen=True, eq=False)
class Frame:
    """One frame.

    Attributes:
        index: its number, from 0.
        time: in units of the video's `time_base`; later than that of the frame before.
        end: when it, or one before it, ends by the file's word, in the same units; its time where
            the file does not say.
        rotation, mirrored: see `Video`.
        stored: the frame as PyAV gives it.
    """

    index: int
    time: int
    end: int
    rotation: int
    mirrored: bool
    stored: object

    def pixels(self):
        """`(H, W, 3)` uint8 RGB, upright; converted at each call."""
        # Left to itself, the conversion rounds down, which darkens a picture by a level.
        way = needed_av().video.reformatter.Interpolation
        rgb = self.stored.to_ndarray(
            format="rgb24", interpolation=way.BILINEAR | way.ACCURATE_RND | way.FULL_CHR_H_INT
        )
        upright = np.rot90(rgb, self.rotation)
        return np.ascontiguousarray(upright[:, ::-1] if self.mirrored else upright)

    def transparent(self):
        """Whether something would be seen through it."""
        if not any(component.is_alpha for component in self.stored.format.components):
            return False
        return bool((self.stored.to_ndarray(format="rgba")[..., 3] < 255).any())


def needed_av():
    """PyAV.

    Raises:
        VideoError: it is not installed.
    """
    return needed("av", VIDEO)


def url_of(path):
    """A path as FFmpeg is to be given it, which takes the `clip-12` of `clip-12:30.mp4` for a
    protocol.

    Example:
        >>> from faceaging_tf.video.reading import url_of
        >>> url_of("clip-12:30.mp4")
        'file:clip-12:30.mp4'
    """
    return f"file:{os.fspath(path)}"


def open_video(path: PathLike) -> Video:
    """Find out what a video is, without reading more than its first frame.

    Args:
        path: the file; whatever FFmpeg reads.

    Returns:
        A `Video`.

    Raises:
        VideoError: no such file, a directory, no video, of a codec that FFmpeg does not know,
            damaged or cut off, or PyAV is not installed.
    """
    path = os.fspath(path)
    with opened(path) as (container, stream):
        first = next(_decoded(path, container, stream), None)
        if first is None:
            raise refusal_of_encrypted(path) or VideoError(
                f"'{path}' holds no frame that can be read: it is empty, damaged or cut off. Copy or download it again."
            )
        if first.colorspace in _UNKNOWN_COLOURS:
            raise VideoError(
                f"'{path}' has colours of a kind that cannot be converted here (matrix {int(first.colorspace)}). Convert it to BT.709, the colours of high definition, first."
            )
        rotation, mirrored = _turned(first, path)
        return Video(
            path,
            first.width,
            first.height,
            rotation,
            mirrored,
            stream.average_rate or stream.guessed_rate or None,
            stream.time_base,
            stream.frames or None,
            _seconds(container, stream),
            stream.sample_aspect_ratio or None,
            # RGB is written in the colours of high definition.
            (first.colorspace or _BT709, first.color_range, first.color_primaries, first.color_trc),
        )


def read_frames(video, start=0):
    """Read a video's frames one after the other; one at a time is in memory.

    Args:
        video: a `Video`.
        start: number of the first frame wanted; those before are decoded and left out.

    Yields:
        `Frame`s.

    Raises:
        VideoError: the file is damaged, changes its size on the way, or ends before the time that
            it states.
    """
    step = max(round(1 / ((video.rate or RATE) * video.time_base)), 1)
    first = last = end = None
    count = 0
    with opened(video.path) as (container, stream):
        for stored in _whole(_decoded(video.path, container, stream)):
            if (stored.width, stored.height) != (video.width, video.height):
                sizes = f"{video.width}x{video.height} to {stored.width}x{stored.height}"
                raise VideoError(
                    f"'{video.path}' changes from {sizes} pixels at frame {count}. Convert it to one size first."
                )
            following = 0 if last is None else last + step
            time = following if stored.pts is None else stored.pts
            # A few files repeat a time, which no container takes twice.
            last = time if last is None else max(time, last + 1)
            first = last if first is None else first
            ends = last + (stored.duration or 0)
            end = ends if end is None else max(end, ends)
            if count >= start:
                yield Frame(count, last, end, video.rotation, video.mirrored, stored)
            count += 1
    if not count:
        raise VideoError(
            f"'{video.path}' holds no frame that can be read. Copy or download it again."
        )
    end_of(video, count, first, last, end)


@contextlib.contextmanager
def opened(path):
    """The container of a video, and the stream that is read of it.

    Raises:
        VideoError: as `open_video`.
    """
    av = needed_av()
    if "://" in os.fspath(path) and not os.path.exists(path):
        raise VideoError(
            f"'{path}' is an address, and videos are read from files. Download it first."
        )
    if not os.path.exists(path):
        raise VideoError(f"There is no file '{path}'. Check the path.")
    if os.path.isdir(path):
        raise VideoError(f"'{path}' is a directory; pass the path of one video in it.")
    if not os.path.isfile(path):
        raise VideoError(
            f"'{path}' is a pipe or a device, and a video is read more than once. Write it to a file first, and pass that."
        )
    if not os.path.getsize(path):
        raise VideoError(f"'{path}' is empty (0 bytes). Copy or download it again.")
    try:
        # What a file says of itself need not be UTF-8.
        container = av.open(url_of(path), metadata_errors="replace")
    except (av.error.FFmpegError, UnicodeError) as error:
        raise VideoError(
            f"'{path}' is not a video that FFmpeg reads, or it is damaged or cut off ({_reason(error)}). Copy or download it again."
        ) from error
    with container:
        if container.metadata.get("major_brand", "").strip() in _PHOTO_BRANDS:
            raise VideoError(
                f"'{path}' is a photo, no video. Save it as JPEG or PNG, and age that with `faceaging age`."
            )
        streams = [
            stream
            for stream in container.streams.video
            if not stream.disposition & av.stream.Disposition.attached_pic
        ]
        if not streams:
            raise VideoError(f"'{path}' holds no video. Pass a file that has pictures in it.")
        if container.format.name == "webp_pipe" and _moves(path):
            raise VideoError(
                f"'{path}' is an animated WebP, which FFmpeg does not read. Save it as GIF or MP4 first."
            )
        if container.format.name.endswith("_pipe") or container.format.name == "image2":
            raise VideoError(f"'{path}' is a photo, no video; age it with `faceaging age`.")
        known = [stream for stream in streams if stream.codec_context is not None]
        if not known:
            raise VideoError(
                f"'{path}' holds video of a codec that FFmpeg does not know. Convert it to H.264 with the program that made it."
            )
        # The first that moves: a still picture may stand before it, as in an animated AVIF.
        stream = max(known, key=lambda stream: stream.frames > 1)
        stream.thread_type = "AUTO"
        yield container, stream


def _moves(path):
    """Whether a WebP is an animation, by the flag of its header (RFC 9649)."""
    with open(path, "rb") as file:
        head = file.read(21)
    return head[12:16] == b"VP8X" and bool(head[20] & 2)


def _decoded(path, container, stream):
    av = needed_av()
    begun = False
    try:
        for packet in packets_in_time(container, stream):
            if packet.stream.index != stream.index:
                continue
            try:
                frames = packet.decode()
            except av.error.InvalidDataError:
                # A recording that begins between two whole pictures cannot be read before the next
                # one.
                if begun or not packet.size:
                    raise
                continue
            begun = begun or bool(frames)
            yield from frames
    except av.error.FFmpegError as error:
        if isinstance(error, av.error.PatchWelcomeError):
            raise VideoError(
                f"'{path}' uses what FFmpeg does not know of its codec. Convert it to H.264 first."
            ) from error
        raise refusal_of_encrypted(path) or VideoError(
            f"'{path}' is damaged or cut off ({_reason(error)}). Copy or download it again."
        ) from error


def _whole(frames):
    """Frames of which none shows two moments in its even and odd lines, as old cameras and
    television do; those are made of one of the two (bwdif), in the number and at the times of all.
    """
    graph, waiting = None, collections.deque()
    for frame in frames:
        if graph is None:
            if not frame.interlaced_frame:
                yield frame
                continue
            graph = _deinterlacer(frame)
        waiting.append((frame.pts, frame.duration))
        graph.push(frame)
        yield from _pulled(graph, waiting)
    if graph is not None:
        graph.push(None)
        yield from _pulled(graph, waiting)


def _deinterlacer(frame):
    graph = needed_av().filter.Graph()
    source = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base
    )
    graph.link_nodes(
        source, graph.add("bwdif", "mode=send_frame:deint=interlaced"), graph.add("buffersink")
    ).configure()
    return graph


def _pulled(graph, waiting):
    """What a graph has ready, each with the time and length of the frame that it was."""
    av = needed_av()
    while waiting:
        try:
            frame = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        frame.pts, frame.duration = waiting.popleft()
        yield frame


def _turned(frame, path):
    """`Video.rotation` and `Video.mirrored` of a frame; what remains of a turn is left out, and
    said.

    FFmpeg's word for the turns is of matrices that do not mirror. One that does, (x, y) to
    (ax + cy, bx + dy) with a negative determinant, turns and then exchanges left and right.
    """
    matrix = frame.side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return 0, False
    a, b, _, c, d = np.frombuffer(matrix, np.int32)[:5].astype(float)
    mirrored = a * d < b * c
    quarters = -math.atan2(b, -a if mirrored else a) / (math.pi / 2)
    if abs(rest := quarters - round(quarters)) > 0.02:
        logging.warning(
            "'%s' asks for a turn of %.0f degrees beside its quarter turns, which is left out.",
            path,
            90 * abs(rest),
        )
    return round(quarters) % 4, mirrored


def _seconds(container, stream):
    """How long the video stream is by its file; None where only the whole file's length is known
    and something else may be longer.
    """
    if times_may_jump(container):
        return None
    start = max(float((stream.start_time or 0) * stream.time_base), 0.0)
    alone, whole = len(container.streams) == 1, (container.duration or 0) / 1e6
    if "matroska" in container.format.name:
        # Its word for each stream.
        ends = _in_seconds(stream.metadata.get("DURATION", "")) or (whole if alone else 0)
        return None if stream.start_time is None or not ends else ends - start
    stated = float((stream.duration or 0) * stream.time_base)
    # FFmpeg gives a stream without a length that of the whole file; those whose frames are counted
    # have one.
    if stated and (alone or stream.frames or abs(stated - whole) > 1e-3):
        return stated
    return whole - start if alone and whole else None


def _in_seconds(text):
    """Seconds of a text "hours:minutes:seconds"; 0 where it is none."""
    try:
        hours, minutes, seconds = map(float, text.split(":"))
    except ValueError:
        return 0
    ends = hours * 3600 + minutes * 60 + seconds
    return ends if math.isfinite(ends) else 0


def _reason(error):
    return getattr(error, "strerror", None) or str(error)
