"""Ageing the faces of a whole video: follow them, change them, join what was written."""

import collections
import contextlib
import dataclasses
import itertools
import os
import time
from collections.abc import Callable
from typing import Unpack

import numpy as np
from absl import logging

from faceaging_tf.arguments import OLDEST, callable_or_none, whole
from faceaging_tf.errors import NoFaceInVideoError, VideoError
from faceaging_tf.manner import checked_manner
from faceaging_tf.photo.aging import MINIMUM_FACE_SIZE
from faceaging_tf.photo.detection import Detector, FaceDetector
from faceaging_tf.typing import AgesFaces, Manner, Numbers, PathLike
from faceaging_tf.video.changing import Changing
from faceaging_tf.video.finding import FrameFinder
from faceaging_tf.video.joining import check_destination, check_writing, join, part_encoder
from faceaging_tf.video.overlapping import ahead
from faceaging_tf.video.placing import place_edits
from faceaging_tf.video.reading import open_video, read_frames
from faceaging_tf.video.timeline import end_of, rate_of
from faceaging_tf.video.tracking import COLUMNS, Tracker
from faceaging_tf.video.tracks import tracks_of
from faceaging_tf.video.working import WorkingFolder, fingerprint_of

FRAMES_A_SEGMENT = 250


@dataclasses.dataclass(frozen=True)
class AgedVideo:
    """What became of a video.

    Attributes:
        path: the aged one.
        frames: how many frames it has, as many as before.
        ages: the age before of each face, in years, the largest face first; a face that a cut
            interrupts is one before it and another after.
        years: by how many years they were aged.
        seconds: the time of each stage, "faces", "ageing" and "joining", of this run.
        too_small: how many faces at once, at most, stayed as they were because of their size.
        left_out: what of the video is not in the aged one, such as "2 tracks of subtitles".
    """

    path: str
    frames: int
    ages: tuple[float, ...]
    years: float
    seconds: dict[str, float]
    too_small: int = 0
    left_out: tuple[str, ...] = ()


def age_video(
    path: PathLike,
    out: PathLike,
    model: AgesFaces,
    years: float,
    ages: Numbers | None = None,
    detector: Detector | None = None,
    segment: int = FRAMES_A_SEGMENT,
    progress: Callable[[str, int, int | None], object] | None = None,
    minimum_face_size: float = MINIMUM_FACE_SIZE,
    **manner: Unpack[Manner],
) -> AgedVideo:
    """Age every face of a video; frames, their times, sound, background and hair stay the video's
    own.

    The video is read twice: first its faces are followed, then they are changed. It is made in
    parts in a working folder, `.OUT.work` beside the output; a run that was killed goes on where it
    was when the same is asked for again. Before that, one frame and the beginning of the sound are
    written to see whether they can be, and a warning says what will be left out.

    Args:
        path: the video; whatever FFmpeg reads.
        out: the file to write: .mp4, .m4v, .mov or .mkv, with H.264. It is there once it is whole.
        model: an ageing model (`image_size`, `edited`, `estimate_ages`), or a
            `faceaging_tf.mobile.FileModel`, which needs no Keras.
        years: how many years to add; negative makes younger.
        ages: the true ages in years where they are known: a number for all faces, or one per face,
            the largest face of the video first; those that are not given are estimated, once a
            face.
        detector: what finds the faces, None for a new `faceaging_tf.photo.FaceDetector`.
        segment: frames of a part.
        progress: called with the stage ("faces" or "ageing"), how many frames are done, and how
            many there are or None where the file does not say.
        minimum_face_size: smaller faces, in pixels, stay as they are.
        **manner: `strengths`, `future` and `hair`, see `faceaging_tf.typing.Manner`; for models
            that have `parts`.

    Returns:
        An `AgedVideo`.

    Raises:
        VideoError: no video, of a codec that FFmpeg does not know, damaged or cut off; an output
            that cannot be written; more ages than faces; a working folder of another run.
        NoFaceInVideoError: no face in any frame, or none that is large enough; nothing is written.
        ValueError: years or ages that are no finite numbers, a segment of no frames, or a manner
            that the model does not know.

    Example:
        >>> import zoo  # doctest: +SKIP
        >>> from faceaging_tf.video import age_video
        >>> model = zoo.load("fagan_mobile")  # doctest: +SKIP
        >>> age_video("me.mp4", "me-aged+30.mp4", model, years=30).frames  # doctest: +SKIP
        125
    """
    given = _numbers("ages", [] if ages is None else ages)
    years, minimum_face_size = _one("years", years), _one("minimum_face_size", minimum_face_size)
    segment = whole(segment, "segment", 1)
    callable_or_none(detector, "detector")
    callable_or_none(progress, "progress")
    told = checked_manner(getattr(model, "parts", ()), getattr(model, "futures", 1), **manner)
    video = open_video(path)
    check_destination(out, path)
    missing = check_writing(video, os.fspath(out))
    if missing:
        logging.warning("'%s': %s will be left out.", video.path, ", ".join(missing))
    if detector is None or isinstance(detector, FaceDetector):
        detector = FrameFinder(detector)
    stated = os.stat(path)
    plan = {
        "video": os.path.realpath(path), "bytes": stated.st_size, "changed": stated.st_mtime_ns, "model": fingerprint_of(model),
        "years": years, "ages": [float(age) for age in given], "frames a segment": segment, "smallest face": minimum_face_size,
        "manner": {name: value.tolist() for name, value in told.items()},
    }  # fmt: skip
    with contextlib.closing(WorkingFolder(out, plan)) as folder:
        report = progress or (lambda stage, done, total: None)
        started = time.perf_counter()
        one_for_all = ages is not None and np.ndim(ages) == 0
        tracker = Tracker(detector, model, minimum_face_size, estimate=not one_for_all)
        try:
            times, end, tracks = _follow(video, tracker, folder, segment, report)
            tracks = _with_ages(tracks, given, one_for_all)
        except VideoError:
            # What cannot be aged leaves nothing behind; what failed later can be gone on with.
            folder.remove()
            raise
        followed = time.perf_counter()
        changing = Changing(model, years, tracker.template, **manner)
        parts = _change(video, tracks, times, changing, folder, segment, report, out)
        changed = time.perf_counter()
        join(parts, times, end, _rate(video, times), video, os.fspath(out))
        folder.remove()
        seconds = {
            "faces": followed - started,
            "ageing": changed - followed,
            "joining": time.perf_counter() - changed,
        }
        return AgedVideo(
            os.fspath(out),
            len(times),
            tuple(track.age for track in tracks),
            years,
            seconds,
            tracker.left_alone,
            missing,
        )


def _follow(video, tracker, folder, segment, report):
    """The times of all frames, the end of the last, and the tracks of the video."""
    number = 0
    while folder.has("faces", number) and not folder.load("faces", number)["last"]:
        number += 1
    if not folder.has("faces", number):
        _look(video, tracker, folder, segment, number, report)
    parts = []
    while folder.has("faces", len(parts)):
        parts.append(folder.load("faces", len(parts)))
    times, rows, ages, cuts = (
        np.concatenate([part[name] for part in parts]) for name in ("times", "rows", "ages", "cuts")
    )
    tracks = (
        tracks_of(rows, ages, cuts, len(times), float(_rate(video, times))) if len(rows) else []
    )
    tracker.left_alone = int(parts[-1]["counters"][3])
    if not tracks:
        largest = parts[-1]["counters"][2]
        if largest:
            raise NoFaceInVideoError(
                f"The largest face in '{video.path}' has {largest:.0f} pixels; {tracker.minimum_size:g} are needed. Use it in a higher resolution."
            )
        raise NoFaceInVideoError(
            f"No face was found in any of the {len(times)} frames of '{video.path}'. A face must be upright, seen from the front or nearly, "
            "and not covered."
        )
    return (
        times,
        end_of(video, len(times), int(times[0]), int(times[-1]), int(parts[-1]["end"])),
        tracks,
    )


def _rate(video, times):
    return rate_of(video, len(times), int(times[0]), int(times[-1]))


def _look(video, tracker, folder, segment, number, report):
    """Follows the faces from the first frame of a part on, and writes down each part."""
    first, times, end = number * segment, [], 0
    if number:
        before = folder.load("faces", number - 1)
    with ahead(_shown(video, max(first - 1, 0))) as frames:
        for frame, pixels in frames:
            if frame.index < first:
                tracker.restore(before["live"], before["counters"], pixels)
                continue
            if len(times) == segment:
                _write_down(folder, number, tracker, times, end, last=False)
                number, times = number + 1, []
            tracker.look_at(frame.index, pixels)
            times.append(frame.time)
            end = frame.end
            report("faces", frame.index + 1, video.frames)
    _write_down(folder, number, tracker, times, end, last=True)


def _write_down(folder, number, tracker, times, end, last):
    rows = np.array(tracker.rows).reshape(-1, COLUMNS)
    ages = np.array(tracker.ages).reshape(-1, 2)
    arrays = {
        "times": np.array(times, np.int64),
        "end": np.int64(end),
        "rows": rows,
        "ages": ages,
        "cuts": np.array(tracker.cuts, np.int64),
        "last": np.bool_(last),
    }
    folder.save("faces", number, {**arrays, **tracker.state()})
    tracker.begin_part()


def _with_ages(tracks, given, one_for_all):
    """The tracks with the ages that are known in place of those that were estimated."""
    if one_for_all:
        return [dataclasses.replace(track, age=float(given[0])) for track in tracks]
    if len(given) > len(tracks):
        raise VideoError(
            f"{len(given)} ages were given for {len(tracks)} face{'s'[: len(tracks) != 1]} (the largest first; a cut begins new ones). "
            "Pass one number for all, or at most one per face."
        )
    return [
        dataclasses.replace(track, age=float(given[place])) if place < len(given) else track
        for place, track in enumerate(tracks)
    ]


def _change(video, tracks, times, changing, folder, segment, report, out):
    """Writes the parts that are missing; returns the paths of all."""
    parts = [folder.segment(number) for number in range(-(-len(times) // segment))]
    missing = [number for number, part in enumerate(parts) if not os.path.exists(part)]
    if not missing:
        return parts
    shown = _shown(video, missing[0] * segment)
    with (
        ahead(shown) as frames,
        ahead(_edited(frames, video, tracks, times, changing, folder, segment, missing)) as edited,
    ):
        for number in missing:
            with part_encoder(parts[number], video, _rate(video, times), out) as write:
                for index, pixels, edits, state in itertools.islice(
                    edited, min(segment, len(times) - number * segment)
                ):
                    write(place_edits(pixels, edits) if edits else pixels)
                    after = state
                    report("ageing", index + 1, len(times))
                folder.save("change", number, after)
    return parts


def _shown(video, start):
    """Each frame with its pixels."""
    with contextlib.closing(read_frames(video, start)) as frames:
        for frame in frames:
            yield frame, frame.pixels()


def _edited(frames, video, tracks, times, changing, folder, segment, missing):
    """Number, pixels, edits, and what goes on behind it, of each frame of the parts that are
    missing.
    """
    for number in range(missing[0], missing[-1] + 1):
        size = min(segment, len(times) - number * segment)
        part = itertools.islice(frames, size)
        if number not in missing:
            collections.deque(part, maxlen=0)
            continue
        if number and number - 1 not in missing:
            changing.restore(folder.load("change", number - 1))
        for frame, pixels in part:
            faces = [
                (track, track.landmarks[place], track.strength[place])
                for track in tracks
                if 0 <= (place := frame.index - track.start) < len(track.strength)
            ]
            edits = changing.edits(pixels, faces, float(frame.time * video.time_base))
            yield frame.index, pixels, edits, changing.state()


def _numbers(name, values):
    try:
        array = np.atleast_1d(np.asarray(values, dtype=np.float64))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} was {values!r}; it needs numbers.") from error
    if array.ndim != 1 or not np.isfinite(array).all():
        raise ValueError(f"{name} was {values!r}; it needs finite numbers.")
    if name == "ages" and ((array < 0) | (array > OLDEST)).any():
        raise ValueError(f"ages was {values!r}; it needs ages from 0 to {OLDEST}.")
    return array


def _one(name, value):
    numbers = _numbers(name, value)
    if len(numbers) != 1:
        raise ValueError(f"{name} was {value!r}; it needs one number.")
    return float(numbers[0])
