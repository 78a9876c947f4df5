"""A whole photo aged, in one call."""

import concurrent.futures
import functools
import itertools
import os
from typing import TYPE_CHECKING, Unpack, overload

from faceaging_tf.arguments import callable_or_none, known_names, path_of, sensible_years, whole
from faceaging_tf.errors import PhotoError
from faceaging_tf.manner import checked_manner
from faceaging_tf.typing import AgesFaces, Manner, Numbers, PathLike
from zoo import loading
from zoo.errors import ZooError

# Names of more are not made before the model says how many futures it has.
MOST_FUTURES = 100

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

    from faceaging_tf.photo import AgedPhoto, Detector, Photo


@overload
def age(
    photo: "PathLike | Photo | Image | np.ndarray",
    years: Numbers,
    entry: PathLike | AgesFaces = ...,
    ages: Numbers | None = ...,
    out: PathLike | None = ...,
    detector: "Detector | None" = ...,
    futures: None = ...,
    like: "PathLike | Photo | Image | np.ndarray | list | None" = ...,
    like_age: float | None = ...,
    **manner: Unpack[Manner],
) -> "AgedPhoto": ...


@overload
def age(
    photo: "PathLike | Photo | Image | np.ndarray",
    years: Numbers,
    entry: PathLike | AgesFaces = ...,
    ages: Numbers | None = ...,
    out: PathLike | None = ...,
    detector: "Detector | None" = ...,
    *,
    futures: int,
    like: "PathLike | Photo | Image | np.ndarray | list | None" = ...,
    like_age: float | None = ...,
    **manner: Unpack[Manner],
) -> "list[AgedPhoto]": ...


def age(
    photo: "PathLike | Photo | Image | np.ndarray",
    years: Numbers,
    entry: PathLike | AgesFaces = "fagan",
    ages: Numbers | None = None,
    out: PathLike | None = None,
    detector: "Detector | None" = None,
    futures: int | None = None,
    like: "PathLike | Photo | Image | np.ndarray | list | None" = None,
    like_age: float | None = None,
    **manner: Unpack[Manner],
) -> "AgedPhoto | list[AgedPhoto]":
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
        futures: how many futures of the same years, at most `model.futures`; each is a photo of its
            own, `out` with `-future0` and so on before its ending. One photo when None.
        like: a photo of a relative, or a list of them: the faces get their wrinkles, spots and
            greying, see `faceaging_tf.photo.relative`. They must be older, or younger for years
            below 0.
        like_age: the relative's age in these photos; estimated when None.
        **manner: `strengths`, such as `{"wrinkles": 0.5}`, `future`, 0 to 3, and `hair`, "auto",
            "keep", "grey" or the share of full greying, see `faceaging_tf.typing.Manner`.

    Returns:
        A `faceaging_tf.photo.AgedPhoto`: `pixels`, `faces`, `ages`, `seconds` and more; a list of
        them for several futures.

    Raises:
        PhotoError: a photo cannot be read or has no face, `out` cannot be written, or the relative
            is not of another age.
        TypeError: an argument that there is not.
        ValueError: years or ages that are no numbers.
        ZooError: unknown entry, no weights released for it, `out` is the photo itself, or more than
            100 years.
        FaceAgingError: a manner that the model does not know.

    Example:
        >>> import zoo
        >>> aged = zoo.age("me.jpg", years=30, out="me-aged+30.jpg")  # doctest: +SKIP
        >>> len(aged.faces), len(aged.ages)  # doctest: +SKIP
        (1, 1)
    """
    # What a user can have got wrong is found out before a network is loaded.
    from faceaging_tf.photo.aging import finite
    from zoo.tasks.like import model_of, photos_of

    known_names(manner, Manner.__annotations__, "zoo.age")
    callable_or_none(detector, "detector", ZooError)
    out = None if out is None else path_of(out, "out", ZooError)
    opened = open_photo(photo)
    outs = [] if out is None else [out] if futures is None else names_of_futures(out, futures)
    relatives = photos_of(like, like_age, opened)
    for each in outs:
        check_out(each, opened, relatives)
    finite("years", years)
    sensible_years(years, "years", ZooError)
    finite("ages", 0 if ages is None else ages)
    check_asked(entry, futures, relatives, **manner)
    load = functools.partial(model_of, entry, manner, relatives, like_age, detector)
    model, detector = beside_the_search(load, entry, opened, detector)

    from faceaging_tf.photo import age_futures, age_photo, write_photo

    if futures is None:
        aged = [age_photo(opened, model, years, ages, detector, **manner)]
    else:
        aged = age_futures(opened, model, years, futures, ages, detector, **manner)
    for each, one in zip(outs, aged, strict=False):
        write_photo(each, one.pixels, like=opened)
    return aged[0] if futures is None else aged


def beside_the_search(load, entry, photo, detector=None):
    """Loads a model while the faces of a photo are searched.

    Args:
        load: a function of nothing that gives the model.
        entry: what it loads.
        photo: the `Photo`.
        detector: of `age`.

    Returns:
        The model, and a detector that knows the faces of this photo; where Keras loads the model,
        whose settings are a thread's own, the detector as it was.
    """
    from faceaging_tf.photo.detection import KnownFaces, default_detector

    if loading.needs_keras(entry):
        return load(), detector
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        model = pool.submit(load)
        found = KnownFaces(detector or default_detector(), photo.pixels)
        return model.result(), found


def names_of_futures(out, futures):
    """Where so many futures go, `older-future0.jpg` and so on for `older.jpg`.

    Raises:
        ZooError: futures are no whole number from 1 to 100.
    """
    name, ending = os.path.splitext(out)
    return [
        f"{name}-future{number}{ending}"
        for number in range(whole(futures, "futures", 1, MOST_FUTURES, ZooError))
    ]


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
    from faceaging_tf.video.reading import read_frames

    try:
        frames = itertools.islice(read_frames(video.open_video(path)), 2)
        # FFmpeg takes documents, icons and text for videos too, of one picture.
        return len(list(frames)) > 1
    except video.VideoError:
        return False


def check_asked(entry, futures=None, relatives=None, **manner):
    """Finds out, before a network is loaded, whether faces of an entry have futures, a manner and
    relatives, as far as its name or its folder says.

    Raises:
        ZooError: an unknown entry.
        FaceAgingError: they have none.
    """
    if not isinstance(entry, (str, os.PathLike)) or loading.may_have_parts(entry):
        return
    checked_manner((), 1, **manner)
    if futures is not None and futures > 1:
        raise PhotoError(
            f"futures was {futures}, and {os.fspath(entry)!r} has one alone; take fagan or fagan_mobile."
        )
    if relatives is not None:
        raise PhotoError(
            f"{os.fspath(entry)!r} has no wrinkles, tone and hair of their own, which a relative's skin needs; take fagan or fagan_mobile."
        )


def check_manner(model, **manner):
    """Finds out whether a model can age faces in a manner, before faces are looked for.

    Raises:
        FaceAgingError: it cannot, or it is none.
    """
    checked_manner(getattr(model, "parts", ()), getattr(model, "futures", 1), **manner)


def check_out(out, photo, relatives=None):
    """Finds out whether a photo can be written to `out`, without writing.

    Args:
        out: the path.
        photo: the `Photo` that is aged.
        relatives: those of a relative, or None.

    Raises:
        PhotoError: it cannot.
        ZooError: `out` is no path, or one of these photos.
    """
    from faceaging_tf.photo import check_destination

    if not isinstance(out, (str, os.PathLike)):
        raise ZooError(
            f"out was {out!r}; it needs the path of a file to write, such as 'older.jpg'."
        )
    for one in (photo, *(relatives or ())):
        if one.path is not None and os.path.exists(out) and os.path.samefile(out, one.path):
            whose = "the photo itself" if one is photo else "the relative's photo"
            raise ZooError(
                f"The output '{os.fspath(out)}' is {whose}, which is never overwritten; choose another name."
            )
    check_destination(out, photo)
