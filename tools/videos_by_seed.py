"""Videos of many kinds, drawn by a seed and written by FFmpeg, for `try_videos.py`."""

import io
from fractions import Fraction

import av
import numpy as np
from skimage.data import astronaut

_ANY = (8000, 16000, 22050, 44100, 48000)
_H264, _H265, _MPEG4 = ("libx264", "yuv420p"), ("libx265", "yuv420p"), ("mpeg4", "yuv420p")
_MPEG2, _MPEG1 = ("mpeg2video", "yuv420p"), ("mpeg1video", "yuv420p")
_VP8, _VP9 = ("libvpx", "yuv420p"), ("libvpx-vp9", "yuv420p")
_MODERN = [_H264, _H265, _MPEG4, _VP9, ("libx264", "yuv444p"), ("libx264", "yuv420p10le")]
_STUDIO = [("prores_ks", "yuv422p10le"), ("mjpeg", "yuvj422p"), ("qtrle", "rgb24"), ("png", "rgba")]
_OLD = [
    ("mjpeg", "yuvj420p"),
    _MPEG4,
    ("msmpeg4v2", "yuv420p"),
    ("rawvideo", "bgr24"),
    _H264,
    ("cinepak", "rgb24"),
]
_AAC = [
    ("aac", _ANY),
    ("libmp3lame", (16000, 44100, 48000)),
    ("ac3", (44100, 48000)),
    ("flac", _ANY),
]
_PCM = [
    ("pcm_s16le", (*_ANY, 37800, 96000)),
    ("pcm_u8", (8000, 11025, 11127)),
    ("adpcm_ms", (22050, 44100)),
]
_MP2 = [("mp2", (44100, 48000)), ("ac3", (44100, 48000))]
# A container's codecs of pictures with their pixels, and those of sound with their rates.
CONTAINERS = {
    "mp4": (_MODERN, [*_AAC, ("alac", (44100, 48000)), ("libopus", (48000,))]),
    "mov": ([*_MODERN[:3], *_STUDIO], [*_AAC[:1], *_PCM[:2], ("alac", (44100,))]),
    "mkv": ([*_MODERN, ("ffv1", "yuv420p"), _MPEG2], [*_AAC, *_PCM, ("wavpack", (44100, 192000))]),
    "webm": ([_VP8, _VP9], [("libopus", (48000,))]),
    "avi": (_OLD, [*_PCM, ("libmp3lame", (44100,)), ("pcm_mulaw", (8000,))]),
    "ts": ([_H264, _H265, _MPEG2], [*_MP2, ("aac", (44100, 48000))]),
    "mpg": ([_MPEG2, _MPEG1], _MP2),
    "flv": (
        [("flv", "yuv420p"), _H264],
        [("libmp3lame", (44100,)), ("aac", (44100,)), ("nellymoser", (8000,))],
    ),
    "wmv": ([("wmv2", "yuv420p"), ("msmpeg4v2", "yuv420p")], [("wmav2", (44100,))]),
    "gif": ([("gif", "rgb8")], []),
    "3gp": ([_MPEG4, _H264], [("amr_nb", (8000,)), ("aac", (16000, 44100))]),
}
_FORMATS = {"mkv": "matroska", "ts": "mpegts", "mpg": "mpeg", "wmv": "asf"}
# Those that keep a time for each frame; how long the last one stands; and where they begin.
_VARIABLE = ("mp4", "mov", "mkv", "webm", "flv", "gif", "ts", "3gp")
_HOLDING = ("mp4", "mov", "mkv", "webm", "gif", "3gp")
_LATE = ("mkv", "ts")
# Those of which one file may be put behind another.
_CHAINED = ("ts", "mpg")
_ODD = ("libvpx", "libvpx-vp9", "ffv1")
_NAMES = (
    "me", "clip-12:30", "50% off", "a b", "-me", "me#1?", "caf\u00e9", "\u9762", "it's", "me.tar",
    "%03d", "http:me", "[me]", "caf\udce9",
)  # fmt: skip
_FLAWS = ("cut", "flipped", "words", "unknown pictures")
_FACTS = (
    "container", "codec", "pixels", "width", "height", "count", "sounds", "rotation", "holds",
    "late", "twice",
    "unstated", "unknown", "flaw", "name", "ending", "stop", "segment",
)  # fmt: skip
# Of a sound at least, so that every codec fills a packet.
SAMPLES = 8192


class Case:
    """A video that a seed draws: what is in it, what it is called, and what is to be done with it.

    Args:
        seed: a whole number.
    """

    def __init__(self, seed):
        rng = self.rng = np.random.default_rng(seed)
        self.container = str(rng.choice(list(CONTAINERS)))
        pictures, sounds = CONTAINERS[self.container]
        self.codec, self.pixels = pictures[rng.integers(len(pictures))]
        self.width, self.height = (int(side) for side in rng.integers(72, 170, 2))
        if self.codec not in _ODD:
            self.width, self.height = self.width // 8 * 8, self.height // 8 * 8
        self.count = int(rng.integers(1, 14))
        self.rate = [Fraction(25), Fraction(30), Fraction(24000, 1001), Fraction(50)][
            rng.integers(4)
        ]
        self.variable = self.container in _VARIABLE and not self.codec.startswith(
            ("mpeg1", "mpeg2")
        )
        self.times = self._times()
        self.holds = self.container in _HOLDING and bool(rng.random() < 0.4)
        self.hold = float(rng.uniform(0.5, 3)) if self.holds else float(1 / self.rate)
        self.late = float(rng.choice([0, 0, 0.4, 3000])) if self.container in _LATE else 0.0
        self.sounds = self._sounds(sounds)
        self.rotation = (
            int(rng.choice([0, 0, 90, 180, 270])) if self.container in ("mp4", "mov") else 0
        )
        self.twice = self.container in _CHAINED and self.seconds > 0.25 and bool(rng.random() < 0.3)
        self.unstated = self.container in ("mkv", "webm") and bool(rng.random() < 0.5)
        known = [sound[0] for sound in self.sounds]
        self.unknown = self.container == "mp4" and "aac" in known and bool(rng.random() < 0.5)
        self.flaw = str(rng.choice(_FLAWS)) if rng.random() < 0.25 else None
        if self.flaw == "unknown pictures" and (self.container != "mp4" or self.codec != "libx264"):
            self.flaw = None
        self.name = str(rng.choice(_NAMES)) if rng.random() < 0.5 else "me"
        self.ending = str(rng.choice([".mp4", ".mp4", ".mov", ".mkv", ".m4v"]))
        self.stop = int(rng.integers(1, 2 * self.count + 1)) if rng.random() < 0.3 else None
        self.segment = int(rng.integers(1, 12))

    def _times(self):
        """Seconds of each frame, from 0."""
        times = np.arange(self.count) / float(self.rate)
        kind = self.rng.choice(["even", "even", "jitter", "gaps"]) if self.variable else "even"
        if kind == "jitter":
            times = times + self.rng.uniform(-0.005, 0.005, self.count)
        if kind == "gaps":
            times = np.cumsum(self.rng.choice([0.02, 0.04, 0.4], self.count))
        times, smallest = times - times[0], 0.004
        if self.container == "gif":
            times, smallest = np.round(times, 2), 0.02
        return np.cumsum(np.r_[0, np.maximum(np.diff(times), smallest)])

    def _sounds(self, sounds):
        """Codec, rate, layout, and length by that of the pictures, of each sound."""
        found = []
        for _ in range(int(self.rng.choice([0, 1, 1, 2])) if sounds else 0):
            name, rates = sounds[self.rng.integers(len(sounds))]
            layout = str(self.rng.choice(["mono", "stereo", "5.1"]))
            if layout == "5.1" and name not in ("flac", "pcm_s16le", "wavpack"):
                layout = "stereo"
            if name in ("amr_nb", "nellymoser"):
                layout = "mono"
            found.append(
                (name, int(self.rng.choice(rates)), layout, float(self.rng.choice([0.3, 1.0, 1.4])))
            )
        return found[:1] if self.container == "flv" else found

    def __str__(self):
        facts = ", ".join(f"{name} {getattr(self, name)!r}" for name in _FACTS)
        return f"{facts}, times {np.round(self.times, 3).tolist()}, hold {self.hold:.2f}"

    @property
    def seconds(self):
        """How long the pictures last."""
        return float(self.times[-1] + self.hold)

    @property
    def lengths(self):
        """Seconds of each sound that can be read, in a list."""
        copies = 2 if self.twice else 1
        lengths = [
            copies * max(share * self.seconds, SAMPLES / rate) for _, rate, _, share in self.sounds
        ]
        if self.unknown:
            lengths.pop(max(place for place, sound in enumerate(self.sounds) if sound[0] == "aac"))
        return lengths

    def content(self):
        """The file's bytes.

        Raises:
            av.error.FFmpegError, ValueError: FFmpeg cannot write this.
        """
        target = io.BytesIO()
        # Matroska's writer alone goes on without a length where it cannot go back.
        with av.open(target, "w", format=_FORMATS.get(self.container, self.container)) as file:
            pictures = self._pictures(file)
            sounds = [self._stream(file, *sound) for sound in self.sounds]
            packets = list(self._encoded(pictures))
            if self.holds:
                packets[-1].duration = round(self.hold / packets[-1].time_base)
            file.mux(packets)
            for stream, (_, rate, layout, share) in zip(sounds, self.sounds, strict=True):
                file.mux(list(self._heard(stream, rate, layout, share * self.seconds)))
        return self._flawed(bytearray(target.getvalue()))

    def _pictures(self, file):
        # Where the last frame stands, it is the last that is written, too; and AVI knows one order.
        backwards = 0 if self.holds or self.container == "avi" else 2
        options = {
            "libx264": {"preset": "veryfast", "bf": str(backwards)},
            "libx265": {
                "preset": "ultrafast",
                "x265-params": f"log-level=none:bframes={backwards}",
            },
            "libvpx": {"deadline": "realtime", "cpu-used": "8"},
            "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
        }
        stream = file.add_stream(self.codec, rate=self.rate, options=options.get(self.codec, {}))
        stream.width, stream.height, stream.pix_fmt = self.width, self.height, self.pixels
        if self.variable:
            stream.codec_context.time_base = self._base
        if self.rotation:
            stream.set_display_rotation(self.rotation)
        return stream

    @property
    def _base(self):
        if not self.variable:
            return 1 / self.rate
        return Fraction(1, 100 if self.container == "gif" else 10000)

    def _encoded(self, stream):
        portrait, base = np.rot90(astronaut(), -self.rotation // 90), self._base
        for index, seconds in enumerate(self.times):
            cut = portrait[20 + index : 20 + index + self.height, 150 : 150 + self.width]
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(cut), format="rgb24")
            frame = frame.reformat(format=self.pixels)
            frame.pts, frame.time_base = round((seconds + self.late) / base), base
            yield from stream.encode(frame)
        yield from stream.encode(None)

    @staticmethod
    def _stream(file, name, rate, layout, _):
        return file.add_stream(
            name, rate=rate, layout=layout, bit_rate=12200 if name == "amr_nb" else 64000
        )

    def _heard(self, stream, rate, layout, seconds):
        context = stream.codec_context
        if not context.is_open:
            context.open()
        wave = (0.3 * np.sin(np.arange(max(int(seconds * rate), SAMPLES)) * 0.06)).astype(
            np.float32
        )
        channels = av.AudioLayout(layout).nb_channels
        frame = av.AudioFrame.from_ndarray(np.tile(wave, (channels, 1)), "fltp", layout)
        frame.sample_rate, frame.pts, frame.time_base = (
            rate,
            round(self.late * rate),
            Fraction(1, rate),
        )
        size = context.frame_size or 1024
        resampler = av.AudioResampler(context.format.name, layout, rate, frame_size=size)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            yield from stream.encode(part)
        yield from stream.encode(None)

    def _flawed(self, data):
        at = data.find(b"\x23\xe3\x83") if self.unstated else -1
        if at >= 0:
            # Matroska's length of a frame becomes a void.
            size = data[at + 3] & 0x7F
            data[at : at + 4 + size] = bytes([0xEC, 0x80 | (2 + size)]) + bytes(2 + size)
        if self.unknown:
            _replace(data, b"mp4a", b"apac")
            _replace(data, b"esds", b"xxxx")
        if self.flaw == "unknown pictures":
            _replace(data, b"avc1", b"xvc9")
        if self.flaw == "cut":
            del data[int(len(data) * self.rng.uniform(0.02, 0.98)) :]
        if self.flaw == "flipped":
            for place in self.rng.integers(0, len(data), 8):
                data[place] ^= 1 << int(self.rng.integers(8))
        if self.flaw == "words":
            data = b"words " * 99
        return bytes(data) * (2 if self.twice else 1)


def _replace(data, old, new):
    at = data.rfind(old)
    data[at : at + len(old)] = new
