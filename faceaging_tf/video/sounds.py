"""The sound of a video in another container: copied, or encoded anew where it does not take it."""

import functools
import io
import itertools
from fractions import Fraction

from faceaging_tf.video.reading import needed_av, opened

# For sound that a container does not take as it is.
_OTHER_SOUND = "aac"
# Packets by which it is found out how a sound can be written.
_TRIED = 16
# Layouts of channels by number, for files that only count them.
_LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "4.0", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}
# What a file says of itself and stays true.
KEPT = ("title", "artist", "date", "comment", "creation_time", "language")


class Copied:
    """A stream of sound that is written as it is.

    Args:
        file: the container that is written.
        sound: the stream of the original.
    """

    def __init__(self, file, sound):
        self.stream = file.add_stream_from_template(sound)
        self._keep(sound)

    def _keep(self, sound):
        self.stream.metadata.update(
            {name: value for name, value in sound.metadata.items() if name in KEPT}
        )
        self.last, self.damaged = None, 0

    def packets(self, packet):
        """What becomes of a packet of the original; one without content ends the stream."""
        return self._in_order([packet]) if packet.size else self.end()

    def end(self):
        """What is still to be written after the last packet."""
        return iter(())

    def _in_order(self, packets):
        """The same with times that a container takes: each later than the one before."""
        for packet in packets:
            time = packet.pts if packet.dts is None else packet.dts
            following = time if self.last is None else self.last + 1
            time = following if time is None else max(time, following)
            packet.pts = packet.dts = self.last = 0 if time is None else time
            packet.stream = self.stream
            yield packet


class Encoded(Copied):
    """A stream of sound that is encoded anew; packets that cannot be decoded are counted.

    Args:
        file: the container that is written.
        sound: the stream of the original.
        layout: of the channels; None for the original's.
    """

    def __init__(self, file, sound, layout=None):
        self.rate = sound.codec_context.sample_rate or 48000
        rates = needed_av().Codec(_OTHER_SOUND, "w").audio_rates
        # The next that the codec has, below only where there is none above.
        rate = min(rates, key=lambda rate: (rate < self.rate, abs(rate - self.rate)))
        self.stream = file.add_stream(_OTHER_SOUND, rate=rate, layout=layout or _layout_of(sound))
        self.resampler, self.ends = None, Fraction(0)
        self._keep(sound)

    def packets(self, packet):
        """What becomes of a packet of the original; one without content ends the stream."""
        try:
            frames = packet.decode()
        except needed_av().error.FFmpegError:
            self.damaged += 1
            return
        for frame in frames:
            if frame.pts is None:
                frame.time_base = Fraction(1, frame.sample_rate)
                frame.pts = round(self.ends / frame.time_base)
            self.ends = frame.pts * frame.time_base + Fraction(frame.samples, frame.sample_rate)
            yield from self._encoded(self._resampled(frame))
        if not packet.size:
            yield from self.end()

    def end(self):
        """What is still to be written after the last packet."""
        yield from self._encoded(self._flushed())
        yield from self._in_order(self.stream.encode(None))

    def _encoded(self, frames):
        for frame in frames:
            yield from self._in_order(self.stream.encode(frame))

    def _resampled(self, frame):
        said = (frame.format.name, frame.layout.name, frame.sample_rate)
        if self.resampler is None or self.resampler[0] != said:
            # Broadcasts change their sound on the way.
            yield from self._flushed()
            format, layout, rate = (
                self.stream.format.name,
                self.stream.layout.name,
                self.stream.rate,
            )
            self.resampler = said, needed_av().AudioResampler(format, layout, rate)
        yield from self.resampler[1].resample(frame)

    def _flushed(self):
        return [] if self.resampler is None else self.resampler[1].resample(None)


def _layout_of(sound):
    """The channels' layout; what only counts them has the common one of as many."""
    layout = sound.codec_context.layout
    return _LAYOUTS.get(layout.nb_channels, "stereo") if "channels" in layout.name else layout.name


_WAYS = (
    Copied,
    Encoded,
    functools.partial(Encoded, layout="stereo"),
    functools.partial(Encoded, layout="mono"),
)


def ways_of(path, container):
    """How each sound of a video can be written, found out by writing its first packets to memory.

    Args:
        path: the video.
        container: FFmpeg's name of the format that is written.

    Returns:
        A dictionary from the number of each stream of sound to what makes it, called with the file
        and the stream; None where nothing can.

    Raises:
        VideoError: as `faceaging_tf.video.open_video`.
    """
    with opened(path) as (original, _):
        known = {sound.index: sound.codec_context is not None for sound in original.streams.audio}
    return {
        index: next(
            (way for way in _WAYS if known[index] and _works(path, container, index, way)), None
        )
        for index in known
    }


def _works(path, container, index, way):
    av = needed_av()
    try:
        with opened(path) as (original, _), av.open(io.BytesIO(), "w", format=container) as file:
            made = way(file, original.streams[index])
            file.start_encoding()
            packets = [
                packet
                for packet in itertools.islice(original.demux(original.streams[index]), _TRIED)
                if packet.size
            ]
            written = [out for packet in packets for out in made.packets(packet)] + list(made.end())
            file.mux(written)
            return bool(written) or not packets
    # ValueError: a codec that the format does not have, or a layout that the codec does not have.
    except (av.error.FFmpegError, ValueError):
        return False
