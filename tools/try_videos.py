"""Tries `faceaging_tf.video.age_video` on videos of many kinds, drawn by a seed.

    python tools/try_videos.py --minutes 10              # seeds 0, 1, 2 and so on
    python tools/try_videos.py --seed 1234 --count 1     # one of them again

What reads, follows, joins and writes is what is tried: a cheap model darkens the one face, which
stands in the middle. An intact video must be aged with the frames, times and sound that went into
it, also by a run that was stopped on its way; one with a flaw must be aged or refused by a
`VideoError`; nothing else may be left behind or changed.
"""

import collections
import os
import sys
import tempfile
import traceback
from unittest import mock

import av
import numpy as np
from absl import logging
from trying import middle_face, numbers, parser_of
from videos_by_seed import Case

# Seconds by which a container rounds its times.
_TICK = {"gif": 0.01, "ts": 2e-5, "mpg": 2e-5}
KINDS = ("traceback", "left behind", "intact refused", "wrong")


class Stopped(BaseException):
    """A run that is stopped on its way."""


def model_and_detector():
    """What darkens faces by a level a year, and what finds one in the middle."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from faceaging_tf.models.base import AgingModel

    class Darkening(AgingModel):
        """Everybody is 40, and darker by a level a year."""

        def aged(self, faces, years, ages):
            """See `AgingModel`."""
            return faces - years[:, None, None, None] / 127.5

        def estimate_ages(self, faces):
            """See `AgingModel`."""
            return np.full(len(faces), 40.0)

    age_network = {"network": "age_network", "widths": [4], "blocks": [1]}
    return Darkening(32, age_network), middle_face(0.7)


def read(path):
    """What is in a file.

    Returns:
        Seconds of the frames, and of the last one's end; `(width, height)`, the pixel format, and
        the seconds of each sound.
    """
    with av.open(f"file:{path}") as file:
        frames = [
            (float(frame.time), frame.width, frame.height, frame.format.name)
            for frame in file.decode(video=0)
        ]
        stream, sounds = file.streams.video[0], len(file.streams.audio)
        # Matroska's word for each stream.
        stated = [float(part) for part in stream.metadata.get("DURATION", "0:0:0").split(":")]
        ends = np.dot(stated, (3600, 60, 1)) or float(stream.duration * stream.time_base)
    heard = []
    for number in range(sounds):
        with av.open(f"file:{path}") as file:
            heard.append(
                sum(frame.samples / frame.sample_rate for frame in file.decode(audio=number))
            )
    return np.array([frame[0] for frame in frames]), ends, frames[0][1:3], frames[0][3], heard


def complaints(case, aged, path, out):
    """What is wrong with the aged video of an intact one, a list of texts."""
    found, copies = [], 2 if case.twice else 1
    times, ends, size, pixels, heard = read(out)
    if len(times) != copies * case.count or aged.frames != len(times):
        return [f"{len(times)} frames for {copies * case.count}"]
    wanted, tick = case.times, _TICK.get(case.container, 1e-3) + 1e-3
    if case.container == "avi":
        # Its writer begins with an empty picture where the sound begins earlier.
        with av.open(f"file:{path}") as file:
            wanted = np.array([float(frame.time) for frame in file.decode(video=0)])
            wanted -= wanted[0]
    for half in np.split(times, copies):
        if np.abs(half - half[0] - wanted).max() > tick:
            found.append(f"times are {np.round(times, 3).tolist()}")
    gap = times[case.count] - times[case.count - 1] if case.twice else 0.02
    if not 0 < gap < 0.5 + case.hold + max(case.lengths, default=0):
        found.append(f"the second half begins after {gap:.3f} s")
    if times[0] > 1.5 + case.seconds:
        found.append(f"it begins at {times[0]:.3f} s")
    if (
        case.holds
        and not case.twice
        and min(abs(ends - case.seconds), abs(ends - times[0] - case.seconds)) > 0.06
    ):
        found.append(f"it lasts {ends:.3f} s instead of {case.seconds:.3f}")
    sides = (case.width + case.width % 2, case.height + case.height % 2)
    if size != sides or pixels != "yuv420p":
        found.append(f"{size} {pixels} instead of {sides} yuv420p")
    if case.unknown != any("FFmpeg does not know" in text for text in aged.left_out):
        found.append(f"left out is said to be {aged.left_out}")
    if len(heard) != len(case.lengths) or any(
        abs(a - b) > 0.35 for a, b in zip(heard, case.lengths, strict=True)
    ):
        lengths = [np.round(values, 2).tolist() for values in (heard, case.lengths)]
        found.append(f"sound of {lengths[0]} s instead of {lengths[1]}")
    return found


def attempt(seed, model, detector):
    """Tries a seed.

    Returns:
        What became of it, "aged", "refused", "failed" or "not made"; and failures as (kind, text).
    """
    case = Case(seed)
    try:
        content = case.content()
    except (av.error.FFmpegError, ValueError):
        # Not every codec goes into every container.
        return "not made", []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, f"{case.name}.{case.container}")
        out = os.path.join(folder, f"{case.name}-aged{case.ending}")
        with open(path, "wb") as file:
            file.write(content)
        became, failures = _age(case, path, out, model, detector)
        with open(path, "rb") as file:
            if file.read() != content:
                failures.append(("left behind", "the video itself was changed"))
        there = sorted(
            {os.path.basename(path), *([os.path.basename(out)] if became == "aged" else [])}
        )
        if became != "failed" and sorted(os.listdir(folder)) != there:
            failures.append(("left behind", f"the folder holds {sorted(os.listdir(folder))}"))
    return became, [(kind, f"{text} ({case})") for kind, text in failures]


def _age(case, path, out, model, detector):
    from faceaging_tf.video import VideoError, age_video

    left = case.stop

    def progress(*_):
        nonlocal left
        left = None if left is None else left - 1
        if left == 0:
            raise Stopped

    def age():
        options = {"detector": detector, "segment": case.segment, "progress": progress}
        return age_video(path, out, model, 20, **options)

    try:
        try:
            aged = age()
        except Stopped:
            left = None
            aged = age()
        texts = [] if case.flaw else complaints(case, aged, path, out)
        return "aged", [("wrong", text) for text in texts]
    except VideoError as error:
        misnamed = os.path.dirname(path) not in str(error) or ".part" in str(error)
        blamed = case.flaw == "unknown pictures" and "damaged" in str(error)
        return "refused", (
            [("intact refused", str(error))] if not case.flaw or misnamed or blamed else []
        )
    except Exception:
        return "failed", [("traceback", traceback.format_exc(limit=-4))]


def main(arguments=None):
    """Tries seeds, and prints their counts; 1 where one failed."""
    values = parser_of(__doc__, number="count").parse_args(arguments)
    model, detector = model_and_detector()
    logging.set_verbosity(logging.FATAL)
    counts, tried = collections.Counter(), 0
    # To carry a face on by optical flow takes most of the time, and is not what is tried.
    with mock.patch("faceaging_tf.video.tracking.carry", lambda landmarks, *_: landmarks.copy()):
        for seed in numbers(
            values.seed, None if values.count else values.minutes, values.count or None
        ):
            tried += 1
            became, failures = attempt(seed, model, detector)
            counts.update([became, *(kind for kind, _ in failures)])
            for kind, text in failures:
                print(f"seed {seed}: {kind}: {text}", flush=True)
    told = ", ".join(f"{counts[kind]} {kind}" for kind in ("aged", "refused", "not made"))
    failed = ", ".join(f"{counts[kind]} {kind}" for kind in KINDS)
    print(f"{tried} videos from seed {values.seed}: {told}; {failed}")
    return int(any(counts[kind] for kind in KINDS))


if __name__ == "__main__":
    sys.exit(main())
