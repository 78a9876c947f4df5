"""A whole video aged, and a photo swept through the years, by name of the model."""

import inspect
import numbers
import os
from typing import TYPE_CHECKING, Any

from faceaging_tf.arguments import YEARS_NEEDED, known_names, of_kind, path_of, sensible_years
from faceaging_tf.typing import Manner, Numbers, PathLike
from zoo import loading, registry
from zoo.errors import ZooError
from zoo.tasks.age import check_asked, check_manner, open_photo

if TYPE_CHECKING:
    from faceaging_tf.video import AgedVideo


def age_video(
    path: PathLike,
    years: float,
    entry: Any = "fagan",
    ages: Numbers | None = None,
    out: PathLike | None = None,
    **options: Any,
) -> "AgedVideo":
    """Ages every face of a video; sound, times and background stay the video's own.

    Args:
        path: the video.
        years: how many years to add; negative makes younger.
        entry: the name of an entry, the path of a preset's folder, or a loaded model.
        ages: the true ages in years where they are known: a number for all faces, or one per face,
            the largest first; else they are estimated.
        out: the file to write; None for `default_out`.
        **options: of `faceaging_tf.video.age_video`: `detector`, `segment`, `progress`,
            `minimum_face_size`, `strengths`, `future`, `hair`.

    Returns:
        A `faceaging_tf.video.AgedVideo`.

    Raises:
        ZooError: an unknown entry.
        FaceAgingError: a manner that the model does not know.
        VideoError: no video, no face in it, or an output that cannot be written.
    """
    path_of(path, "path", ZooError)
    from faceaging_tf import video

    known_names(options, _options_of(video.age_video), "zoo.age_video")
    sensible_years(years, "years", ZooError)
    out = default_out(path, years) if out is None else out
    # What a user can have got wrong is found out before a network is loaded.
    check(path, out, entry)
    check_asked(entry, **_manner_of(options))
    # One thread: the other core decodes and encodes meanwhile.
    model = _model(entry, options, threads=1)
    return video.age_video(path, out, model, years, ages, **options)


def sweep(
    photo: Any, first: float, last: float, out: PathLike, entry: Any = "fagan", **options: Any
) -> int:
    """A photo as a video, a GIF or a WebP of all years between two.

    Args:
        photo: path of a photo, a `faceaging_tf.photo.Photo`, or upright `(H, W, 3)` uint8 pixels.
        first, last: years to add in the first and in the last frame.
        out: the file to write: .mp4, .gif or .webp.
        entry: as in `age_video`.
        **options: of `faceaging_tf.video.sweep`: `ages`, `clip`, `strengths`, `future`, `hair`
            and more.

    Returns:
        How many frames were written.

    Raises:
        ZooError: an unknown entry.
        FaceAgingError: a manner that the model does not know.
        PhotoError: no photo, or no face in it.
        VideoError: an output that cannot be written.
    """
    path_of(out, "out", ZooError)
    from faceaging_tf import video

    known_names(options, _options_of(video.sweep), "zoo.sweep")
    check_span(first, last)
    photo = check_photo(photo, out, entry)
    check_asked(entry, **_manner_of(options))
    return video.sweep(
        photo,
        _model(entry, options),
        first,
        last,
        out,
        **options,
    )


def check_span(first, last):
    """Finds out whether there are years between two numbers of years.

    Raises:
        ZooError: they are one, or numbers that nobody ages by.
    """
    for name, years in (("first", first), ("last", last)):
        of_kind(years, name, numbers.Real, YEARS_NEEDED, ZooError)
        sensible_years(years, name, ZooError)
    if float(first) == float(last):
        raise ZooError(
            f"A sweep from {first:g} to {last:g} years has nothing between them; it needs two numbers of years, such as -20 and 40."
        )


def check(path, out, entry):
    """Finds out whether a video can be read and aged, and its output written with its sound,
    without loading a network.

    Raises:
        VideoError: it cannot.
        ZooError: an unknown entry.
    """
    from faceaging_tf import video

    opened = video.open_video(path)
    video.check_destination(out, path)
    video.check_writing(opened, out)
    if isinstance(entry, (str, os.PathLike)):
        loading.check_name(entry, registry.AGING)


def check_photo(photo, out, entry):
    """The same for a sweep; returns the `faceaging_tf.photo.Photo`.

    Raises:
        PhotoError, VideoError: it cannot be read or written.
        ZooError: an unknown entry.
    """
    from faceaging_tf import video

    photo = open_photo(photo)
    video.check_sweep(out)
    if isinstance(entry, (str, os.PathLike)):
        loading.check_name(entry, registry.AGING)
    return photo


def default_out(path, years):
    """Beside the video: `me-aged+30.mp4`."""
    return f"{os.path.splitext(path)[0]}-aged{years:+g}.mp4"


def default_sweep(path):
    """Beside the photo: `me-sweep.mp4`."""
    return f"{os.path.splitext(path)[0]}-sweep.mp4"


def _model(entry, options, threads=2):
    """The model of an entry, which ages faces in the manner that the options ask for."""
    manner = _manner_of(options)
    model = loading.quick_model(entry, manner, threads)
    check_manner(model, **manner)
    return model


def _manner_of(options):
    return {name: options[name] for name in Manner.__annotations__ if name in options}


def _options_of(function):
    """Names of what a function takes beyond what is said of each call, and of a manner."""
    own = inspect.signature(function).parameters.values()
    return (*(one.name for one in own if one.default is not one.empty), *Manner.__annotations__)
