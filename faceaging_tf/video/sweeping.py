"""A photo as a video of all years between two."""

import dataclasses
import math
import numbers
import os
from typing import Any, Unpack

import numpy as np
from PIL import Image

from faceaging_tf.arguments import callable_or_none, of_kind, shown, whole
from faceaging_tf.errors import VideoError
from faceaging_tf.files import written_whole
from faceaging_tf.photo import Photo
from faceaging_tf.photo.aging import (
    MINIMUM_FACE_SIZE,
    aged_pixels,
    align_faces,
    finite,
    one_a_face,
    warn_of_small,
)
from faceaging_tf.photo.captions import captioned_row
from faceaging_tf.photo.destination import check_place
from faceaging_tf.photo.detection import Detector
from faceaging_tf.typing import Manner, Numbers, PathLike, Progress
from faceaging_tf.video.encoding import encoder
from faceaging_tf.video.reading import needed_av

# The longer side by ending: a GIF keeps every pixel of its frames, and more than a screen needs no
# one.
LARGEST = {".mp4": 1280, ".webp": 720, ".gif": 480}

SMALLEST = 16


@dataclasses.dataclass(frozen=True)
class Clip:
    """How a sweep is shown.

    Attributes:
        seconds: how long it takes from the first to the last.
        rate: frames per second; a GIF rounds a frame's time to hundredths of a second.
        boomerang: go back to the first again.
        size: longer side in pixels; None keeps the photo's, up to 1280 (.mp4), 720 (.webp) or 480
            (.gif).
        captions: write the years below.
    """

    seconds: float = 4.0
    rate: float = 24.0
    boomerang: bool = False
    size: int | None = None
    captions: bool = True

    def __post_init__(self):
        for name in ("seconds", "rate"):
            value = getattr(self, name)
            number = isinstance(value, numbers.Real) and not isinstance(value, bool)
            if not number or not 0 < value < math.inf:
                raise ValueError(f"{name} was {shown(value)}; it needs a number above 0.")
        if self.size is not None:
            whole(self.size, "size", SMALLEST)


def check_sweep(path: PathLike) -> None:
    """Find out before the work is done whether a sweep can be written to this path.

    Raises:
        VideoError: an ending that names no format, no folder to write to, or no PyAV for a video.
    """
    check_place(path, LARGEST, VideoError)
    if _ending(path) == ".mp4":
        try:
            needed_av()
        except VideoError as error:
            raise VideoError(f"{error} Or write a .gif or .webp, which needs no more.") from error


def sweep(
    photo: Photo | np.ndarray,
    model: Any,
    first: float,
    last: float,
    out: PathLike,
    ages: Numbers | None = None,
    clip: Clip = Clip(),
    detector: Detector | None = None,
    progress: Progress | None = None,
    **manner: Unpack[Manner],
) -> int:
    """Write a video of a photo whose faces run through all years between two; they are found and
    aligned once.

    Args:
        photo: a `faceaging_tf.photo.Photo`, or upright `(H, W, 3)` uint8 pixels.
        model: an ageing model.
        first, last: years to add in the first and in the last frame.
        out: the file: .mp4, .gif or .webp.
        ages: the true ages in years where they are known, a number or one per face, the largest
            first; else they are estimated.
        clip: a `Clip`: its length and rate, its size, whether it goes back and has captions.
        detector: as in `faceaging_tf.photo.age_photo`.
        progress: called with how many frames are done, and how many there are.
        **manner: as in `faceaging_tf.photo.age_photo`.

    Returns:
        How many frames were written.

    Raises:
        NoFaceError: no face, or none that is large enough.
        PhotoError: not one age per face.
        VideoError: it cannot be written.
        ValueError: years that are no finite numbers, no two frames, or a manner that the model does
            not know.

    Example:
        >>> import zoo  # doctest: +SKIP
        >>> from faceaging_tf.photo import read_photo
        >>> from faceaging_tf.video import sweep
        >>> sweep(read_photo("me.jpg"), zoo.load("fagan"), -30, 40, "me.mp4")  # doctest: +SKIP
        96
    """
    of_kind(clip, "clip", Clip, "a Clip, such as Clip(seconds=3)")
    callable_or_none(detector, "detector")
    callable_or_none(progress, "progress")
    count = round(clip.seconds * clip.rate)
    if count < 2 or not np.isfinite([first, last]).all():
        asked = f"from {first} to {last} years in {clip.seconds} seconds of {clip.rate} frames"
        raise ValueError(
            f"A sweep {asked} has {count} frames; it needs finite years and 2 frames or more."
        )
    check_sweep(out)
    pixels = np.asarray(getattr(photo, "pixels", photo))
    aligned = align_faces(pixels, model, detector, MINIMUM_FACE_SIZE)
    warn_of_small(aligned, MINIMUM_FACE_SIZE)
    ages = (
        model.estimate_ages(aligned.crops)
        if ages is None
        else one_a_face("ages", finite("ages", ages), len(aligned.faces))
    )
    years = np.linspace(first, last, count)
    size = min(clip.size or LARGEST[_ending(out)], max(pixels.shape[:2]))

    def shown(year):
        aged = aged_pixels(pixels, aligned, model, year, ages, **manner)
        return _shown(aged, year, size, clip.captions)

    begun = shown(years[0])
    height, width = begun.shape[:2]
    total = 2 * count - 2 if clip.boomerang else count

    def frames():
        there = []
        for place, year in enumerate(years):
            frame = shown(year) if place else begun
            if clip.boomerang:
                there.append(frame)
            if progress:
                progress(place + 1, count)
            yield frame
        yield from there[-2:0:-1]

    write = _write_video if _ending(out) == ".mp4" else _write_animation
    write(os.fspath(out), frames(), width, height, clip.rate)
    return total


def _shown(pixels, years, size, captions):
    """A frame of even sides, with its caption."""
    height, width = (round(side * size / max(pixels.shape[:2])) for side in pixels.shape[:2])
    if captions and height >= 16:
        frame = captioned_row([pixels], [f"{round(float(years)) or 0:+d} years"], height)
    else:
        frame = np.asarray(
            Image.fromarray(pixels).resize((width, height), Image.Resampling.LANCZOS)
        )
    # H.264 halves the resolution of colours.
    return np.ascontiguousarray(frame[: frame.shape[0] // 2 * 2, : frame.shape[1] // 2 * 2])


def _write_video(out, frames, width, height, rate):
    with encoder(out, width, height, rate, container="mp4") as write:
        for frame in frames:
            write(frame)


def _write_animation(out, frames, width, height, rate):
    images = (Image.fromarray(frame) for frame in frames)
    if _ending(out) == ".gif":
        # One palette for all: each frame's own would make what stands still flicker.
        first = next(images)
        palette = first.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        rest = (
            image.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG) for image in images
        )
        first = first.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)
        # A GIF counts hundredths of a second.
        duration = max(10 * round(100 / rate), 20)
        settings = {"format": "GIF", "optimize": False, "duration": duration}
    else:
        first, rest, duration = next(images), images, round(1000 / rate)
        settings = {"format": "WEBP", "quality": 85, "method": 2, "duration": duration}
    try:
        with written_whole(out) as temporary, open(temporary, "xb") as file:
            first.save(file, save_all=True, append_images=rest, loop=0, **settings)
    except OSError as error:
        raise VideoError(
            f"'{out}' could not be written: {error.strerror or error}. Nothing was left there."
        ) from error


def _ending(path):
    return os.path.splitext(os.fspath(path))[1].lower()
