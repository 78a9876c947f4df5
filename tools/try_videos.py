"""Tries `faceaging_tf.video.age_video` on videos of many kinds: containers, codecs, sound, times, names and flaws, drawn by a seed.

    python tools/try_videos.py --minutes 10              # seeds 0, 1, 2 and so on
    python tools/try_videos.py --seed 1234 --count 1     # one of them again

What reads, follows, joins and writes is what is tried: a cheap model darkens the one face, which
stands in the middle. An intact video must be aged with the frames, times and sound that went into
it; a flawed one must be aged or refused by a `VideoError`; nothing else may be left or changed.
"""

import argparse
import collections
import contextlib
import os
import sys
import tempfile
import time
import traceback
from fractions import Fraction
from unittest import mock

import av
import numpy as np
from skimage.data import astronaut

# Container: its codecs of pictures with a pixel format, and those of sound with rates.
_ANY = (8000, 16000, 22050, 44100, 48000)
_MP4 = [("libx264", "yuv420p"), ("libx265", "yuv420p"), ("mpeg4", "yuv420p"), ("libx264", "yuv444p"), ("libx264", "yuv420p10le"),
        ("libsvtav1", "yuv420p"), ("libvpx-vp9", "yuv420p")]  # fmt: skip
_AAC = [("aac", _ANY), ("libmp3lame", (16000, 44100, 48000)), ("ac3", (44100, 48000)), ("flac", _ANY)]
_PCM = [("pcm_s16le", _ANY), ("pcm_u8", (8000, 11025, 44100)), ("adpcm_ms", (22050, 44100))]
_OLD = [("mpeg2video", "yuv420p"), ("mpeg1video", "yuv420p")]
_MP2 = [("mp2", (44100, 48000)), ("ac3", (44100, 48000))]
_VP = [("libvpx", "yuv420p"), ("libvpx-vp9", "yuv420p")]
CONTAINERS = {
    "mp4": (_MP4, [*_AAC, ("alac", (44100, 48000)), ("libopus", (48000,))]),
    "mov": ([*_MP4[:3], ("prores_ks", "yuv422p10le"), ("mjpeg", "yuvj422p"), ("qtrle", "rgb24"), ("png", "rgba")], [*_AAC[:1], *_PCM[:2], ("alac", (44100,))]),
    "mkv": ([*_MP4, ("ffv1", "yuv420p"), ("mpeg2video", "yuv420p")],
            [*_AAC, *_PCM, ("wavpack", (44100, 96000))]),  # fmt: skip
    "webm": (_VP, [("libopus", (48000,))]),
    "avi": ([("mjpeg", "yuvj420p"), ("mpeg4", "yuv420p"), ("msmpeg4v2", "yuv420p"), ("rawvideo", "bgr24"), ("libx264", "yuv420p"), ("cinepak", "rgb24")],
            [*_PCM, ("libmp3lame", (44100,)), ("pcm_mulaw", (8000,))]),  # fmt: skip
    "ts": ([("libx264", "yuv420p"), ("mpeg2video", "yuv420p"), ("libx265", "yuv420p")], [*_MP2, ("aac", (44100, 48000))]),
    "mpg": (_OLD, _MP2),
    "flv": ([("flv", "yuv420p"), ("libx264", "yuv420p")], [("libmp3lame", (44100,)), ("aac", (44100,)), ("nellymoser", (8000,))]),
    "wmv": ([("wmv2", "yuv420p"), ("msmpeg4v2", "yuv420p")], [("wmav2", (44100,))]),
    "gif": ([("gif", "rgb8")], []),
    "3gp": ([("mpeg4", "yuv420p"), ("libx264", "yuv420p")], [("amr_nb", (8000,)), ("aac", (16000, 44100))]),
}  # fmt: skip
# Those that keep a time for each frame, and those that keep how long the last one stands.
VARIABLE = ("mp4", "mov", "mkv", "webm", "flv", "gif", "ts", "3gp")
HOLDING = ("mp4", "mov", "mkv", "webm", "gif", "3gp")
NAMES = ("me", "clip-12:30", "50% off", "a b", "-me", "me#1?", "caf\u00e9", "\u9762", "it's", "me.tar", "%03d", "http:me", "[me]", "caf\udce9")
FLAWS = ("cut", "flipped", "words", "unknown video")
SAMPLES = 8192
TICK = {"gif": 0.01, "ts": 2e-5, "mpg": 2e-5}


class Stopped(BaseException):
    """A run that is stopped on its way."""


class Case:
    """A video that a seed draws.

    Args:
        seed: a whole number.
    """

    def __init__(self, seed):
        rng = self.rng = np.random.default_rng(seed)
        self.container = str(rng.choice(list(CONTAINERS)))
        pictures, sounds = CONTAINERS[self.container]
        self.codec, self.pixels = pictures[rng.integers(len(pictures))]
        self.width, self.height = (int(side) for side in rng.integers(72, 170, 2))
        odd = self.container in ("mkv", "webm", "mp4") and self.codec in ("libvpx", "libvpx-vp9", "ffv1", "png")
        if not odd:
            self.width, self.height = self.width // 8 * 8, self.height // 8 * 8
        self.count = int(rng.integers(1, 14))
        self.rate = [Fraction(25), Fraction(30), Fraction(24000, 1001), Fraction(50)][rng.integers(4)]
        self.variable = self.container in VARIABLE and not self.codec.startswith(("mpeg1", "mpeg2"))
        self.times = self._times()
        self.holds = self.container in HOLDING and rng.random() < 0.4
        self.hold = float(rng.uniform(0.5, 3)) if self.holds else float(1 / self.rate)
        self.sounds = []
        for _ in range(int(rng.choice([0, 1, 1, 2])) if sounds else 0):
            name, rates = sounds[rng.integers(len(sounds))]
            layout = "mono" if name in ("amr_nb", "nellymoser") else str(rng.choice(["mono", "stereo"]))
            self.sounds.append((name, int(rng.choice(rates)), layout, float(rng.choice([0.3, 1.0, 1.4]))))
        if self.container == "flv":
            self.sounds = self.sounds[:1]
        self.rotation = int(rng.choice([0, 0, 90, 180, 270])) if self.container in ("mp4", "mov") else 0
        self.twice = self.container == "ts" and rng.random() < 0.4 and self.seconds > 0.25
        self.unstated = self.container in ("mkv", "webm") and rng.random() < 0.5
        self.unknown = self.container == "mp4" and "aac" in [sound[0] for sound in self.sounds] and rng.random() < 0.5
        self.flaw = str(rng.choice(FLAWS)) if rng.random() < 0.25 else None
        if self.flaw == "unknown video" and (self.container != "mp4" or self.codec != "libx264"):
            self.flaw = None
        self.name = str(rng.choice(NAMES)) if rng.random() < 0.5 else "me"
        self.ending = str(rng.choice([".mp4", ".mp4", ".mov", ".mkv", ".m4v"]))
        self.stop = int(rng.integers(1, 2 * self.count + 1)) if rng.random() < 0.3 else None
        self.segment = int(rng.integers(1, 12))

    def _times(self):
        """Seconds of each frame."""
        even = np.arange(self.count) / float(self.rate)
        kind = self.rng.choice(["even", "even", "jitter", "gaps"]) if self.variable else "even"
        # A decoder of a few formats shows each time rounded to its own, and they may not meet.
        smallest = 0.02 if self.container == "gif" else 0.004
        if kind == "jitter":
            even = even + self.rng.uniform(-0.005, 0.005, self.count)
        if kind == "gaps":
            even = np.cumsum(self.rng.choice([0.02, 0.04, 0.4], self.count))
        even = np.round(np.maximum.accumulate(even - even[0]) / 0.01) * 0.01 if self.container == "gif" else even - even[0]
        return np.cumsum(np.r_[0, np.maximum(np.diff(even), smallest)])

    def __str__(self):
        told = ("container", "codec", "pixels", "width", "height", "count", "sounds", "rotation", "twice", "unstated", "unknown", "flaw", "name", "ending", "stop", "segment")
        return ", ".join(f"{name} {getattr(self, name)!r}" for name in told) + f", times {np.round(self.times, 3).tolist()}, hold {self.hold:.2f}"

    def write(self, path):
        """Writes the video; whether FFmpeg can."""
        portrait = astronaut()
        if self.rotation:
            portrait = np.rot90(portrait, -self.rotation // 90)
        base = Fraction(1, 100) if self.container == "gif" else Fraction(1, 10000) if self.variable else 1 / self.rate
        with av.open(f"file:{path}", "w", format={"mkv": "matroska", "ts": "mpegts", "mpg": "mpeg", "wmv": "asf"}.get(self.container, self.container)) as file:
            # Where the last frame stands, it is the last that is written, too.
            params = "log-level=none" + ":bframes=0" * self.holds
            options = {"libx264": {"preset": "veryfast", "bf": "0" if self.holds or self.container == "avi" else "2"}, "libx265": {"preset": "ultrafast", "x265-params": params}}
            speedy = {"deadline": "realtime", "cpu-used": "8"} if self.codec.startswith("libvpx") else options.get(self.codec, {})
            stream = file.add_stream(self.codec, rate=self.rate, options=speedy)
            stream.width, stream.height, stream.pix_fmt = self.width, self.height, self.pixels
            if self.variable:
                stream.codec_context.time_base = base
            if self.rotation:
                stream.set_display_rotation(self.rotation)
            heard = [
                (file.add_stream(name, rate=rate, layout=layout, bit_rate=12200 if name == "amr_nb" else 64000), name, rate, layout, share)
                for name, rate, layout, share in self.sounds
            ]
            packets = []
            for index, seconds in enumerate(self.times):
                cut = portrait[20 + index : 20 + index + self.height, 150 : 150 + self.width]
                frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(cut), format="rgb24").reformat(format=self.pixels)
                frame.pts, frame.time_base = round(seconds / base), base
                packets += stream.encode(frame)
            packets += stream.encode(None)
            for packet in packets:
                if self.holds and packet.pts * packet.time_base >= self.times[-1] - 1e-3:
                    packet.duration = round(self.hold / packet.time_base)
                file.mux(packet)
            for track, _, rate, layout, share in heard:
                self._sound(file, track, rate, layout, share * self.seconds)
        self._mutate(path)

    @property
    def seconds(self):
        """How long the pictures last."""
        return float(self.times[-1] + self.hold)

    @staticmethod
    def _sound(file, track, rate, layout, seconds):
        wave = (0.3 * np.sin(np.arange(max(int(seconds * rate), SAMPLES)) * 0.06)).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(np.tile(wave, (2 if layout == "stereo" else 1, 1)), "fltp", layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        context = track.codec_context
        if not context.is_open:
            context.open()
        resampler = av.AudioResampler(context.format.name, layout, rate, frame_size=context.frame_size or 1024)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(track.encode(part))
        file.mux(track.encode(None))

    def _mutate(self, path):
        with open(path, "rb") as file:
            data = bytearray(file.read())
        if self.unstated:
            at = data.find(b"\x23\xe3\x83")
            if at >= 0:
                size = data[at + 3] & 0x7F
                data[at : at + 4 + size] = bytes([0xEC, 0x80 | (2 + size)]) + bytes(2 + size)
        if self.unknown:
            for old, new in ((b"mp4a", b"apac"), (b"esds", b"xxxx")):
                at = data.rfind(old)
                data[at : at + 4] = new
        if self.flaw == "unknown video":
            at = data.rfind(b"avc1")
            data[at : at + 4] = b"xvc9"
        if self.flaw == "cut":
            del data[int(len(data) * self.rng.uniform(0.02, 0.98)) :]
        if self.flaw == "flipped":
            for at in self.rng.integers(0, len(data), 8):
                data[at] ^= 1 << int(self.rng.integers(8))
        if self.flaw == "words":
            data = b"words " * 99
        with open(path, "wb") as file:
            file.write(data * 2 if self.twice else data)


def model_and_detector():
    """What darkens faces, and what finds one in the middle."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from faceaging_tf.geometry.align import TEMPLATE
    from faceaging_tf.models.base import AgingModel
    from faceaging_tf.photo.detection import Face

    class Darkening(AgingModel):
        """Darkens by a level a year."""

        def aged(self, faces, years, ages):
            """See `AgingModel`."""
            return faces - years[:, None, None, None] / 127.5

        def estimate_ages(self, faces):
            """Everybody is 40."""
            return np.full(len(faces), 40.0)

    def detector(pixels):
        height, width = pixels.shape[:2]
        side = 0.7 * min(height, width)
        corner = np.array([width - side, height - side]) / 2
        return [Face(np.r_[corner, corner + side], TEMPLATE * side + corner, 1.0)]

    return Darkening(32, {"network": "age_network", "widths": [4], "blocks": [1]}), detector


def read(path):
    """Times and the end of the last frame in seconds, `(width, height)`, pixel format, seconds of each sound."""
    with av.open(f"file:{path}") as file:
        frames = [(float(frame.time), frame.width, frame.height, frame.format.name) for frame in file.decode(video=0)]
        stream = file.streams.video[0]
        # Matroska's word for each stream.
        stated = [float(part) for part in stream.metadata.get("DURATION", "0:0:0").split(":")]
        ends = np.dot(stated, (3600, 60, 1)) or float(stream.duration * stream.time_base)
        sounds = len(file.streams.audio)
    heard = []
    for number in range(sounds):
        with av.open(f"file:{path}") as file:
            heard.append(sum(frame.samples / frame.sample_rate for frame in file.decode(audio=number)))
    return np.array([frame[0] for frame in frames]), ends, frames[0][1:3], frames[0][3], heard


def complaints(case, aged, path, out):
    """What is wrong with an aged video, a list of texts."""
    found, copies = [], 2 if case.twice else 1
    times, ends, size, pixels, heard = read(out)
    if len(times) != copies * case.count or aged.frames != len(times):
        return [f"{len(times)} frames for {copies * case.count}"]
    tick = TICK.get(case.container, 1e-3) + 1e-3
    wanted = case.times
    if case.container == "avi":
        # Its writer begins with an empty picture where the sound begins earlier.
        with av.open(f"file:{path}") as file:
            wanted = np.array([float(frame.time) for frame in file.decode(video=0)])
            wanted -= wanted[0]
    wrong = np.abs(times[: case.count] - times[0] - wanted).max()
    if wrong > tick:
        found.append(f"times are off by {wrong:.3f} s: {np.round(times, 3).tolist()}")
    if case.twice:
        second = times[case.count :]
        gap = second[0] - times[case.count - 1]
        if np.abs(second - second[0] - case.times).max() > tick or not 0 < gap < 0.5 + max([share for *_, share in case.sounds], default=0) * case.seconds + case.hold:
            found.append(f"the second half plays at {np.round(second, 3).tolist()}")
    elif case.holds and abs(ends - case.seconds) > 0.06 and abs(ends - times[0] - case.seconds) > 0.06:
        found.append(f"it lasts {ends:.3f} s instead of {case.seconds:.3f}")
    wanted = (case.width + case.width % 2, case.height + case.height % 2)
    if size != wanted or pixels != "yuv420p":
        found.append(f"{size} {pixels} instead of {wanted} yuv420p")
    lengths = [copies * max(share * case.seconds, SAMPLES / rate) for _, rate, _, share in case.sounds]
    if case.unknown:
        lengths.pop(max(place for place, sound in enumerate(case.sounds) if sound[0] == "aac"))
        if not any("FFmpeg does not know" in text for text in aged.left_out):
            found.append("the unknown sound is not said")
    if len(heard) != len(lengths) or any(abs(one - other) > 0.35 for one, other in zip(heard, lengths)):
        found.append(f"sound of {np.round(heard, 2).tolist()} s instead of {np.round(lengths, 2).tolist()}")
    return found


def attempt(seed, model, detector):
    """Tries a seed: what became of it ("aged", "refused" or "not made"), and a list of failures as (kind, text)."""
    from faceaging_tf.video import VideoError, age_video

    case = Case(seed)
    with tempfile.TemporaryDirectory() as folder:
        path, out = os.path.join(folder, f"{case.name}.{case.container}"), os.path.join(folder, f"{case.name}-aged{case.ending}")
        try:
            case.write(path)
        except (av.error.FFmpegError, ValueError) as error:
            return f"not made ({case.container}, {case.codec}, {case.sounds}: {error})", []
        with open(path, "rb") as file:
            content = file.read()
        left, failures = case.stop, []

        def progress(*_):
            nonlocal left
            if left is not None:
                left -= 1
                if left == 0:
                    left = None
                    raise Stopped

        def age():
            return age_video(path, out, model, 20, detector=detector, segment=case.segment, progress=progress)

        try:
            with contextlib.suppress(Stopped):
                aged = age()
            if left is None and case.stop:
                aged = age()
            became = "aged"
        except VideoError as error:
            became = "refused"
            if not case.flaw:
                failures.append(("intact", f"{error}"))
            elif case.flaw == "unknown video" and "damaged" in str(error):
                failures.append(("intact", f"called damaged: {error}"))
            if folder not in str(error) or ".part" in str(error):
                failures.append(("intact", f"another name than what was given: {error}"))
        except Exception:
            became = "failed"
            failures.append(("traceback", traceback.format_exc(limit=-4)))
        with open(path, "rb") as file:
            if file.read() != content:
                failures.append(("left", "the video itself was changed"))
        there = sorted(os.listdir(folder))
        if became != "failed" and there != sorted([os.path.basename(path)] + [os.path.basename(out)] * (became == "aged")):
            failures.append(("left", f"the folder holds {there}"))
        if became == "aged" and not case.flaw:
            failures += [("wrong", text) for text in complaints(case, aged, path, out)]
    return became, [(kind, f"{text} ({case})") for kind, text in failures]


def main(arguments=None):
    """Tries seeds; 1 where one failed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=1.0, help="how long")
    parser.add_argument("--seed", type=int, default=0, help="the first")
    parser.add_argument("--count", type=int, help="how many, however long they take")
    parser.add_argument("--verbose", action="store_true", help="a line for each")
    values = parser.parse_args(arguments)
    model, detector = model_and_detector()
    from absl import logging

    logging.set_verbosity(logging.ERROR)
    counts, seed, ends = collections.Counter(), values.seed, time.monotonic() + 60 * values.minutes
    # To carry a face on by optical flow takes most of the time, and is not what is tried.
    with mock.patch("faceaging_tf.video.tracking.carry", lambda landmarks, before, after: landmarks.copy()):
        while seed - values.seed < values.count if values.count else time.monotonic() < ends:
            became, failures = attempt(seed, model, detector)
            counts[became.split(" (")[0]] += 1
            counts.update(kind for kind, _ in failures)
            for kind, text in failures:
                print(f"seed {seed}: {kind}: {text}", flush=True)
            if values.verbose:
                print(f"seed {seed}: {became}: {Case(seed)}", flush=True)
            seed += 1
    print(
        f"{seed - values.seed} seeds from {values.seed}: {counts['aged']} aged, {counts['refused']} refused, "
        f"{counts['not made']} not made; tracebacks {counts['traceback']}, half-written {counts['left']}, "
        f"intact refused or misnamed {counts['intact']}, wrong {counts['wrong']}"
    )
    return int(any(counts[kind] for kind in ("traceback", "left", "intact", "wrong")))


if __name__ == "__main__":
    sys.exit(main())
