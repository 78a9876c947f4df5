"""The parts of a video joined, with the times and the sound of the original, without encoding anew."""

import heapq
import os

from faceaging_tf.photo.destination import check_place, written_whole
from faceaging_tf.video.errors import VideoError
from faceaging_tf.video.reading import needed_av

# FFmpeg's name of the format by ending.
CONTAINERS = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska"}
# For sound that the container does not take as it is.
_OTHER_SOUND = "aac"
# What a file says of itself and stays true.
_KEPT = ("title", "artist", "date", "comment", "creation_time", "language")


def check_destination(path, source=None):
    """Find out before the work is done whether a video can be written to this path.

    Args:
        path: the file to be written.
        source: the video that it is made of, which is never overwritten.

    Raises:
        VideoError: an ending that names no format, no such folder, a folder of that name or one that does not allow it, or the source.
    """
    check_place(path, CONTAINERS, VideoError)
    if source is not None and os.path.exists(path) and os.path.exists(source) and os.path.samefile(path, source):
        raise VideoError(f"The output '{os.fspath(path)}' is the video itself, which is never overwritten; choose another name.")


def join(parts, times, video, out):
    """Write parts one after the other, with the sound of the original.

    Args:
        parts: paths of the parts, H.264 without frames predicted backwards.
        times: `(N,)` whole numbers, the time of each frame in the video's `time_base`.
        video: the original, a `faceaging_tf.video.reading.Video`.
        out: the file; it exists under its name once it is whole.

    Raises:
        VideoError: it cannot be written.
    """
    av = needed_av()
    out = os.fspath(out)
    container = CONTAINERS[os.path.splitext(out)[1].lower()]
    try:
        with written_whole(out) as temporary, av.open(video.path) as original, av.open(temporary, "w", format=container) as file:
            with av.open(parts[0]) as first:
                pictures = file.add_stream_from_template(first.streams.video[0])
            pictures.time_base = video.time_base
            if video.rotation:
                pictures.set_display_rotation(90 * video.rotation)
            sounds = {sound.index: _Sound(file, sound) for sound in original.streams.audio}
            file.metadata.update({name: value for name, value in original.metadata.items() if name in _KEPT})
            sources = [_pictures(parts, times, pictures, video)]
            if sounds:
                sources.append(_sounds(original, sounds))
            # In the order of time, so that neither waits in memory for the other.
            for _, packet in heapq.merge(*sources, key=lambda pair: pair[0]):
                file.mux(packet)
    except av.error.FFmpegError as error:
        raise VideoError(f"'{out}' could not be written: {error.strerror or error}. Nothing was left there.") from error


def _pictures(parts, times, stream, video):
    """The packets of the parts with their times in seconds."""
    av = needed_av()
    step = max(round(1 / (video.rate * video.time_base)), 1)
    index = 0
    for part in parts:
        with av.open(part) as container:
            for packet in container.demux(container.streams.video[0]):
                if not packet.size:
                    continue
                packet.time_base = video.time_base
                packet.pts = packet.dts = int(times[index])
                packet.duration = int(times[index + 1] - times[index]) if index + 1 < len(times) else step
                packet.stream = stream
                yield float(times[index] * video.time_base), packet
                index += 1
    if index != len(times):
        raise VideoError(
            f"The parts hold {index} frames instead of {len(times)}. Delete the working folder '{os.path.dirname(parts[0])}' and begin again."
        )


def _sounds(original, sounds):
    """The packets of all sounds with their times in seconds."""
    seconds = 0.0
    for packet in original.demux(*original.streams.audio):
        if packet.dts is not None:
            seconds = float(packet.dts * packet.time_base)
        yield from ((seconds, made) for made in sounds[packet.stream.index].packets(packet))


class _Sound:
    """One stream of sound: copied, or encoded anew where the container does not take it.

    Args:
        file: the container that is written.
        sound: the stream of the original.
    """

    def __init__(self, file, sound):
        av = needed_av()
        self.copied = sound.codec_context.name in file.supported_codecs
        if self.copied:
            self.stream = file.add_stream_from_template(sound)
        else:
            self.stream = file.add_stream(_OTHER_SOUND, rate=sound.codec_context.sample_rate, layout=sound.codec_context.layout.name)
            self.resampler = av.AudioResampler(self.stream.format.name, self.stream.layout.name, self.stream.rate)
        self.stream.metadata.update({name: value for name, value in sound.metadata.items() if name in _KEPT})

    def packets(self, packet):
        """What becomes of a packet of the original; an empty one ends the stream."""
        if self.copied:
            if packet.dts is not None:
                packet.stream = self.stream
                yield packet
            return
        for frame in packet.decode():
            for resampled in self.resampler.resample(frame):
                yield from self.stream.encode(resampled)
        if packet.dts is None:
            yield from self.stream.encode(None)

