"""A whole photo aged, in one call."""

import os
from typing import TYPE_CHECKING

from faceaging_tf.arguments import callable_or_none, path_of
from faceaging_tf.typing import AgesFaces, Numbers, PathLike, Strengths
from zoo.errors import ZooError

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

    from faceaging_tf.photo import AgedPhoto, Detector, Photo


def age(
    photo: "PathLike | Photo | Image | np.ndarray",
    years: Numbers,
    entry: PathLike | AgesFaces = "fagan",
    ages: Numbers | None = None,
    out: PathLike | None = None,
    detector: "Detector | None" = None,
    strengths: Strengths | None = None,
    like: "PathLike | Photo | Image | np.ndarray | list | None" = None,
    like_age: float | None = None,
) -> "AgedPhoto":
    """Ages every face of a photo and puts it back at full resolution; what is no face stays as it
    is.

    Args:
        photo: path of a photo, a PIL image, or upright `(H, W, 3)` uint8 RGB pixels.
        years: a number, or one per face, the largest face first; may be fractional, and negative to
            make younger.
        entry: the name of an entry, the path of a preset's folder, or a loaded model. Load it once
            for many photos.
        ages: the true ages in years where they are known, a number or one per face; else they are
            estimated.
        out: path to write the aged photo to, upright, with the colour profile and EXIF block of the
            original. It is written whole or not at all, and may not be the photo itself.
        detector: what finds the faces, see `faceaging_tf.photo.age_photo`.
        strengths: dict from a part of ageing (`model.parts`: wrinkles, tone, shape, hair) to a
            factor from 0 to 2, such as `{"hair": 0}`; those not named have 1.
        like: a photo of a relative, or a list of them: the faces get their wrinkles, spots and
            greying, see `faceaging_tf.photo.relative`. They must be older, or younger for years
            below 0.
        like_age: the relative's age in these photos; estimated when None.

    Returns:
        A `faceaging_tf.photo.AgedPhoto`: `pixels`, `faces`, `ages`, `seconds` and more.

    Raises:
        PhotoError: a photo cannot be read or has no face, `out` cannot be written, or the relative
            is not of another age.
        ValueError: a photo of another type, pixels of another shape, or years or ages that are no
            numbers.
        ZooError: unknown entry, no weights released for it, or `out` is the photo itself.
        FaceAgingError: strengths of parts that the model does not have.

    Example:
        >>> import zoo
        >>> aged = zoo.age("me.jpg", years=30, out="me-aged+30.jpg")  # doctest: +SKIP
        >>> len(aged.faces), len(aged.ages)  # doctest: +SKIP
        (1, 1)
    """
    # What a user can have got wrong is found out before a network is loaded.
    from faceaging_tf.photo.aging import finite
    from zoo.tasks.like import model_of, photos_of

    callable_or_none(detector, "detector", ZooError)
    out = None if out is None else path_of(out, "out", ZooError)
    opened = open_photo(photo)
    if out is not None:
        check_out(out, opened)
    finite("years", years)
    finite("ages", 0 if ages is None else ages)
    model = model_of(entry, strengths, photos_of(like, like_age), like_age, detector)

    from faceaging_tf.photo import age_photo, write_photo

    aged = age_photo(opened, model, years, ages, detector, strengths=strengths)
    if out is not None:
        write_photo(out, aged.pixels, like=opened)
    return aged


def open_photo(photo):
    """The `faceaging_tf.photo.Photo` of a path, a PIL image or pixels; a photo that is one already
    stays as it is.
    """
    from faceaging_tf.photo import PhotoError
    from faceaging_tf.pictures.reading import photo_of, read_photo

    if isinstance(photo, (str, os.PathLike)):
        try:
            return read_photo(photo)
        except PhotoError as error:
            if _is_video(photo):
                raise PhotoError(
                    f"'{os.fspath(photo)}' is a video, no photo; age it with `faceaging video`."
                ) from error
            raise
    return photo_of(photo)


def _is_video(path):
    from faceaging_tf import video

    try:
        video.open_video(path)
    except video.VideoError:
        return False
    return True


def check_strengths(strengths, model):
    """Finds out whether a model has these parts of ageing, before faces are looked for.

    Raises:
        FaceAgingError: it has not, or a strength is no number from 0 to 2.
    """
    if strengths is None or strengths == {}:
        return
    from faceaging_tf.models.base import checked_strengths

    checked_strengths(strengths, getattr(model, "parts", ()))


def check_out(out, photo):
    """Finds out whether a photo can be written to `out`, without writing.

    Raises:
        PhotoError: it cannot.
        ZooError: `out` is no path, or the photo itself.
    """
    from faceaging_tf.photo import check_destination

    if not isinstance(out, (str, os.PathLike)):
        raise ZooError(
            f"out was {out!r}; it needs the path of a file to write, such as 'older.jpg'."
        )
    if photo.path is not None and os.path.exists(out) and os.path.samefile(out, photo.path):
        raise ZooError(
            f"The output '{os.fspath(out)}' is the photo itself, which is never overwritten; choose another name."
        )
    check_destination(out, photo)
