"""The parts of a video joined, with the times and the sound of the original, without
encoding anew.
"""

import heapq
import itertools
import os
import tempfile
from collections import Counter

from absl import logging

from faceaging_tf.arguments import path_of
from faceaging_tf.errors import VideoError
from faceaging_tf.photo.destination import check_place
from faceaging_tf.typing import PathLike
from faceaging_tf.video.encoding import encoder
from faceaging_tf.video.reading import Video, needed_av, opened, read_frames, url_of
from faceaging_tf.video.sounds import KEPT, ways_of
from faceaging_tf.video.timeline import RATE, packets_in_time

# FFmpeg's name of the format by ending.
CONTAINERS = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska"}
# Packets of sound by which it is found out whether a file can be written.
_TRIED = 16
# Frames a second by which the encoder weighs its bits; it is not made for others.
_SLOWEST, _FASTEST = 1, 240


def check_destination(path: PathLike, source: PathLike | None = None) -> None:
    """Find out before the work is done whether a video can be written to this path.

    Args:
        path: the file to be written.
        source: the video that it is made of, which is never overwritten.

    Raises:
        VideoError: an ending that names no format, no such folder, a folder of that name or one
            that does not allow it, or the source.
    """
    path = path_of(path, "out", VideoError)
    if os.path.isdir(path) or not os.path.basename(path):
        raise VideoError(
            f"The output '{path}' is a directory; pass the path of a file in it, such as '{os.path.join(path, 'aged.mp4')}'."
        )
    check_place(path, CONTAINERS, VideoError)
    if (
        source is not None
        and os.path.exists(path)
        and os.path.exists(source)
        and os.path.samefile(path, source)
    ):
        raise VideoError(
            f"The output '{os.fspath(path)}' is the video itself, which is never overwritten; choose another name."
        )


def check_writing(video: Video, out: PathLike) -> tuple[str, ...]:
    """Find out before the work is done whether a video can be written with its first frame and the
    beginning of its sound.

    Args:
        video: the original, a `faceaging_tf.video.reading.Video`.
        out: the file that is to be written.

    Returns:
        What will be left out, a tuple of texts such as "2 tracks of subtitles".

    Raises:
        VideoError: it cannot be written.
    """
    out = os.fspath(out)
    with tempfile.TemporaryDirectory() as folder:
        part, whole = os.path.join(folder, "part.mkv"), os.path.join(folder, "whole")
        frame = next(read_frames(video))
        with part_encoder(part, video, video.rate or RATE, out) as write:
            write(frame.pixels())
        _write([part], [frame.time], frame.end + 1, video, whole, out, most=_TRIED)
    return left_out(frame, video.path, _container_of(out))


def left_out(frame, path, container):
    """What of a video is not written, a tuple of texts such as "2 tracks of subtitles".

    Args:
        frame: its first `faceaging_tf.video.reading.Frame`.
        path: the video.
        container: FFmpeg's name of the format that is written.

    Raises:
        VideoError: as `faceaging_tf.video.open_video`.
    """
    ways = ways_of(path, container)
    with opened(path) as (original, video):
        # FFmpeg decodes VP8 and VP9 without the second picture that their transparency is.
        alpha = video.metadata.get("alpha_mode") == "1" or frame.transparent()
        known = {sound.index: sound.codec_context is not None for sound in original.streams.audio}
        words = {
            "subtitle": "subtitles",
            "attachment": "attached files",
            "video": "further pictures",
        }
        kinds = []
        for stream in original.streams:
            if stream.type == "audio" and ways[stream.index] is None:
                kinds.append(
                    f"sound that {'cannot be written' if known[stream.index] else 'FFmpeg does not know'}"
                )
            elif stream.type != "audio" and stream.index != video.index:
                kinds.append(words.get(stream.type, stream.type))
    tracks = Counter(kinds).items()
    told = (f"{count} track{'s'[: count != 1]} of {kind}" for kind, count in tracks)
    return (*told, *["the transparency"] * alpha)


def part_encoder(path, video, rate, out):
    """`faceaging_tf.video.encoding.encoder` of a part of a video that is to become `out`."""
    rate = min(max(rate, _SLOWEST), _FASTEST)
    return encoder(
        path,
        video.width,
        video.height,
        rate,
        video.rotation,
        video.pixel_aspect,
        video.colours,
        named=out,
    )


def join(parts, times, end, rate, video, out):
    """Write parts one after the other, with the sound of the original.

    Args:
        parts: paths of the parts, H.264 without frames predicted backwards.
        times: `(N,)` whole numbers, the time of each frame in the video's `time_base`.
        end: when the last frame ends, in the same.
        rate: frames per second that the file is to state.
        video: the original, a `faceaging_tf.video.reading.Video`.
        out: the file; it exists under its name once it is whole.

    Raises:
        VideoError: it cannot be written.
    """
    # Beside the parts: what a run that was killed leaves there is swept up with them.
    whole = os.path.join(os.path.dirname(parts[0]), "whole")
    damaged = _write(parts, times, end, video, whole, out, rate)
    try:
        os.replace(whole, out)
    except OSError as error:
        raise VideoError(f"'{out}' could not be written: {error.strerror or error}.") from error
    if damaged:
        logging.warning("'%s': %d packets of sound are damaged and left out.", video.path, damaged)


def _write(parts, times, end, video, path, out, rate=None, most=None):
    """Writes a file that is to become `out`; returns how many packets of sound were damaged."""
    av = needed_av()
    container = _container_of(out)
    ways = ways_of(video.path, container)
    try:
        with (
            opened(video.path) as (original, stream),
            av.open(url_of(path), "w", format=container) as file,
        ):
            with av.open(url_of(parts[0])) as first:
                pictures = file.add_stream_from_template(first.streams.video[0])
            pictures.time_base = video.time_base
            if rate:
                pictures.codec_context.framerate = rate
            if video.rotation:
                pictures.set_display_rotation(90 * video.rotation)
            sounds = {
                index: way(file, original.streams[index]) for index, way in ways.items() if way
            }
            file.metadata.update(
                {name: value for name, value in original.metadata.items() if name in KEPT}
            )
            sources = [_pictures(parts, times, end, pictures, video)]
            if sounds:
                sources.append(itertools.islice(_sounds(original, stream, sounds), most))
            # In the order of time, so that neither waits in memory for the other.
            for _, packet in heapq.merge(*sources, key=lambda pair: pair[0]):
                file.mux(packet)
    except (av.error.FFmpegError, OSError) as error:
        raise VideoError(
            f"'{out}' could not be written: {error.strerror or error}. Nothing was left there."
        ) from error
    return sum(sound.damaged for sound in sounds.values())


def _container_of(out):
    return CONTAINERS[os.path.splitext(out)[1].lower()]


def _pictures(parts, times, end, stream, video):
    """The packets of the parts with their times in seconds."""
    av = needed_av()
    index = 0
    for part in parts:
        with av.open(url_of(part)) as container:
            for packet in container.demux(container.streams.video[0]):
                if not packet.size:
                    continue
                packet.time_base = video.time_base
                packet.pts = packet.dts = int(times[index])
                packet.duration = int(
                    (times[index + 1] if index + 1 < len(times) else end) - times[index]
                )
                packet.stream = stream
                yield float(times[index] * video.time_base), packet
                index += 1
    if index != len(times):
        raise VideoError(
            f"The parts hold {index} frames instead of {len(times)}. Delete the working folder '{os.path.dirname(parts[0])}' and begin again."
        )


def _sounds(original, video, sounds):
    """The packets of all sounds with their times in seconds."""
    for packet in packets_in_time(original, video):
        if packet.stream.index in sounds:
            for made in sounds[packet.stream.index].packets(packet):
                yield float(made.dts * made.time_base), made
