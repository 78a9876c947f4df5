"""A whole video aged, and a photo swept through the years, by name of the model."""

import os
from typing import TYPE_CHECKING, Any

from faceaging_tf.typing import Manner, Numbers, PathLike
from zoo import loading, registry
from zoo.tasks.age import check_manner, open_photo

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
    from faceaging_tf import video

    out = default_out(path, years) if out is None else out
    # What a user can have got wrong is found out before a network is loaded.
    check(path, out, entry)
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
    from faceaging_tf import video

    photo = check_photo(photo, out, entry)
    return video.sweep(
        photo,
        _model(entry, options),
        first,
        last,
        out,
        **options,
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
    manner = {name: options[name] for name in Manner.__annotations__ if name in options}
    model = loading.quick_model(entry, manner, threads)
    check_manner(model, **manner)
    return model
