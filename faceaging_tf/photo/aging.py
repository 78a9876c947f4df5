"""Ageing the faces of a whole photo: detect, align, transform, composite."""

import dataclasses
import functools
import time
from typing import Unpack

import numpy as np
from absl import logging

from faceaging_tf.arguments import OLDEST, shown, whole
from faceaging_tf.errors import NoFaceError, PhotoError
from faceaging_tf.geometry.align import TEMPLATE, cut_square, similarity_to_template
from faceaging_tf.geometry.frames import frame_of_model
from faceaging_tf.manner import asked
from faceaging_tf.photo.compositing import composite_faces
from faceaging_tf.photo.covered import covered_faces
from faceaging_tf.photo.detection import Detector, Face, default_detector, split_by_size
from faceaging_tf.pictures.reading import Photo, photo_of
from faceaging_tf.resampling import LARGEST_SQUARE, feathered_mask, moving_core
from faceaging_tf.typing import AgesFaces, Manner, Numbers

# Below this the five landmarks are off by whole percents of the face, and the
# change, shrunk to a quarter of the model's size, would hardly be seen.
MINIMUM_FACE_SIZE = 40


@dataclasses.dataclass(frozen=True, eq=False)
class AgedPhoto:
    """A photo with its faces aged.

    Attributes:
        pixels: `(H, W, 3)` uint8, upright.
        faces: the N faces that were aged, the largest first.
        years: `(N,)` float32, the years each was aged by.
        ages: `(N,)` float32, the age of each before, in years: as given, else
            as the model estimates it.
        too_small: the faces that were left alone because of their size.
        outside: `(H, W)` bool, true where no mask reaches; there, every pixel is
            that of the input.
        seconds: the time of each stage, "detect", "align", "transform" and
            "composite".
    """

    pixels: np.ndarray
    faces: list[Face]
    years: np.ndarray
    ages: np.ndarray
    too_small: list[Face]
    outside: np.ndarray
    seconds: dict[str, float]


@dataclasses.dataclass(frozen=True, eq=False)
class AlignedFaces:
    """The faces of one photo, ready to be aged by any number of years.

    Attributes:
        faces: the N faces that are large enough, the largest first.
        too_small: the others.
        crops: `(N, S, S, 3)` uint8, aligned in the model's frame.
        matrices: `(N, 2, 3)` float64, from the photo's pixels to each crop's.
        template: `(5, 2)`, where the landmarks lie in each crop, fractions of the side.
        frame: of the crops, "tight" or "whole_head".
        seconds: the time of "detect" and "align".
    """

    faces: list[Face]
    too_small: list[Face]
    crops: np.ndarray
    matrices: np.ndarray
    template: np.ndarray
    frame: str
    seconds: dict[str, float]

    @functools.cached_property
    def covered(self) -> list[np.ndarray | None]:
        """For each crop where things lie on the face, `(S, S)` float32 in 0 to 1, or None where
        nothing does, see `faceaging_tf.photo.covered`.
        """
        return covered_faces(self.crops, self.frame)


def age_photo(
    photo: Photo | np.ndarray,
    model: AgesFaces,
    years: Numbers,
    ages: Numbers | None = None,
    detector: Detector | None = None,
    minimum_face_size: float = MINIMUM_FACE_SIZE,
    **manner: Unpack[Manner],
) -> AgedPhoto:
    """Age every face of a photo; background, hair and grain stay the photo's own.

    Args:
        photo: a `Photo`, or upright `(H, W, 3)` uint8 pixels.
        model: an ageing model (`image_size`, `transform`, `estimate_ages`; `frame` where its faces
            are not the tight ones).
        years: a number, or one per face, the largest face first; negative makes
            younger.
        ages: the true ages in years where they are known, a number or one a
            face; None lets the model estimate them.
        detector: what finds the faces, None for a `FaceDetector` that is kept.
        minimum_face_size: smaller faces, in pixels of the photo, stay as they are.
        **manner: `strengths`, `future` and `hair`, see `faceaging_tf.typing.Manner`; for models
            that have `parts`.

    Returns:
        An `AgedPhoto`.

    Raises:
        NoFaceError: no face, or none that is large enough.
        PhotoError: another number of years or ages than of faces.
        ValueError: years or ages that are not finite numbers, or a manner that the model does not
            know.

    Example:
        >>> import zoo
        >>> from faceaging_tf.photo import age_photo, read_photo, write_photo
        >>> photo = read_photo("me.jpg")  # doctest: +SKIP
        >>> aged = age_photo(photo, zoo.load("fagan"), years=30)  # doctest: +SKIP
        >>> write_photo("me_older.jpg", aged.pixels, like=photo)  # doctest: +SKIP
    """
    return _aged_each(photo, model, years, ages, detector, minimum_face_size, [manner])[0]


def age_futures(
    photo: Photo | np.ndarray,
    model: AgesFaces,
    years: Numbers,
    futures: int,
    ages: Numbers | None = None,
    detector: Detector | None = None,
    minimum_face_size: float = MINIMUM_FACE_SIZE,
    **manner: Unpack[Manner],
) -> list[AgedPhoto]:
    """Age every face of a photo in several futures; the faces are found once.

    Args:
        photo: as in `age_photo`, like what follows.
        model: likewise.
        years: likewise.
        futures: how many, at most `model.futures`; the first is what `age_photo` gives.
        ages: likewise.
        detector: likewise.
        minimum_face_size: likewise.
        **manner: `strengths` and `hair`, likewise.

    Returns:
        An `AgedPhoto` per future.

    Raises:
        NoFaceError, PhotoError, ValueError: as in `age_photo`, another number of futures, or one of
            them asked for by itself.
    """
    most = getattr(model, "futures", 1)
    if whole(futures, "futures", 1, error=PhotoError) > most:
        raise PhotoError(
            f"futures was {futures}, and this model has {most}; ask for {most} at most."
        )
    if "future" in asked(**manner):
        raise PhotoError(
            f"future was {shown(manner['future'])} and futures {futures}; ask for one future, or for the first {futures}, not for both."
        )
    each = [{**manner, "future": number} for number in range(futures)]
    return _aged_each(photo, model, years, ages, detector, minimum_face_size, each)


def _aged_each(photo, model, years, ages, detector, minimum_face_size, manners):
    """An `AgedPhoto` for each manner."""
    years = finite("years", years)
    ages = None if ages is None else finite("ages", ages)
    pixels = photo_of(photo).pixels
    aligned = align_faces(pixels, model, detector, minimum_face_size)
    number = len(aligned.faces)
    years = one_a_face("years", years, number)
    ages = None if ages is None else one_a_face("ages", ages, number)
    aged = []
    for manner in manners:
        started = time.perf_counter()
        if ages is None:
            ages = np.asarray(model.estimate_ages(aligned.crops), dtype=np.float32)
        changes = _changes(model, aligned, years, ages, manner)
        transformed = time.perf_counter()
        result, inside = composite_faces(
            pixels, changes, aligned.matrices, _mask_of_photo(model, aligned.crops.shape[1])
        )
        outside = np.logical_not(inside, out=inside)
        seconds = {
            **aligned.seconds,
            "transform": transformed - started,
            "composite": time.perf_counter() - transformed,
        }
        aged.append(
            AgedPhoto(result, aligned.faces, years, ages, aligned.too_small, outside, seconds)
        )
    return aged


def align_faces(
    photo: Photo | np.ndarray,
    model: AgesFaces,
    detector: Detector | None = None,
    minimum_face_size: float = MINIMUM_FACE_SIZE,
) -> AlignedFaces:
    """Find the faces of a photo and cut them out in a model's frame: at its size, or at the size of
    the largest face for a model that moves faces.

    Args:
        photo: a `Photo`, or upright `(H, W, 3)` uint8 pixels.
        model: an ageing model; only its `image_size`, `frame` and `moves_faces` are read.
        detector: as in `age_photo`.
        minimum_face_size: as in `age_photo`.

    Returns:
        An `AlignedFaces` with one face or more.

    Raises:
        NoFaceError: no face, or none that is large enough.
    """
    pixels = photo_of(photo).pixels
    detector = default_detector() if detector is None else detector
    started = time.perf_counter()
    found = detector(pixels)
    faces, too_small = split_by_size(found, minimum_face_size)
    faces = sorted(faces, key=lambda face: face.size, reverse=True)
    detected = time.perf_counter()
    if not found:
        height, width = pixels.shape[:2]
        raise NoFaceError(
            f"No face was found in this photo of {width}x{height} pixels. A face must be upright, seen from the front "
            "or nearly, and not covered; turn the photo if it lies on its side."
        )
    if not faces:
        raise NoFaceError(
            f"{_counted(too_small)} found, the largest {too_small[0].size:.0f} pixels tall; {minimum_face_size} are "
            "needed. Use the photo in a higher resolution, or enlarge it."
        )
    template = frame_of_model(model).template(getattr(detector, "template", TEMPLATE))
    size = model.image_size
    if _moves(model):
        to_unit = np.linalg.det(similarity_to_template(faces[0].landmarks, 1, template)[:, :2])
        size = int(np.clip(4 * np.ceil(1 / np.sqrt(to_unit) / 4), size, LARGEST_SQUARE))
    matrices = np.stack([similarity_to_template(face.landmarks, size, template) for face in faces])
    crops = np.stack([cut_square(pixels, matrix, size) for matrix in matrices])
    seconds = {"detect": detected - started, "align": time.perf_counter() - detected}
    frame = frame_of_model(model).name
    return AlignedFaces(faces, too_small, crops, matrices, template, frame, seconds)


def warn_of_small(aligned, minimum_face_size):
    """Says of an `AlignedFaces` how many faces are left alone, and why; for results that do not
    hold them.
    """
    if aligned.too_small:
        sizes = ", ".join(f"{face.size:.0f}" for face in aligned.too_small)
        logging.warning(
            "%s left alone: smaller than %s pixels (%s).",
            _counted(aligned.too_small),
            minimum_face_size,
            sizes,
        )


def aged_pixels(pixels, aligned, model, years, ages, **manner):
    """A photo with its faces aged, where they are found already and seen at many ages.

    Args:
        pixels: `(H, W, 3)` uint8.
        aligned: its `AlignedFaces`.
        model: an ageing model.
        years: how many years to add, one number for all.
        ages: `(N,)` the faces' ages in years.
        **manner: as in `age_photo`.

    Returns:
        `(H, W, 3)` uint8.

    Raises:
        ValueError: a model that gives faces of another shape or type, or a manner that it does not
            know.
    """
    changes = _changes(
        model, aligned, np.full(len(aligned.faces), years, dtype=np.float32), ages, manner
    )
    return composite_faces(
        pixels, changes, aligned.matrices, _mask_of_photo(model, aligned.crops.shape[1])
    )[0]


def _changes(model, aligned, years, ages, manner):
    """What the model changes in each crop, float32 in levels of 0..255; nothing where things lie on
    the face.
    """
    # A model that knows of no manner is not asked for one.
    crops, options = aligned.crops, asked(**manner)
    mask = None
    if _moves(model):
        # A face that moves must come to rest before the mask ends: half moved, it would be seen
        # twice.
        mask = feathered_mask(crops.shape[1], moving_core(frame_of_model(model).name))
        options["mask"] = mask
    free = [number for number, thing in enumerate(aligned.covered) if thing is None]
    changes = np.empty(crops.shape, np.float32)
    if free:
        changes[free] = _change(model, crops[free], years[free], ages[free], options)
    for number, thing in enumerate(aligned.covered):
        if thing is None:
            continue
        one = slice(number, number + 1)
        if mask is not None:
            # What lies on a face is not painted, and moves along with it.
            options["mask"] = np.stack([mask * (1 - thing), mask], axis=-1)
        change = _change(model, crops[one], years[one], ages[one], options)
        changes[one] = change if mask is not None else change * (1 - thing)[..., None]
    return changes


def _change(model, crops, years, ages, options):
    aged = np.asarray(model.transform(crops, years=years, ages=ages, **options))
    if aged.shape != crops.shape or aged.dtype != np.uint8:
        raise ValueError(
            f"{type(model).__name__}.transform gave {aged.shape} of {aged.dtype} for faces of {crops.shape} uint8; "
            "it must give the same shape and type."
        )
    return np.subtract(aged, crops, dtype=np.float32)


def _moves(model):
    return getattr(model, "moves_faces", False)


def _mask_of_photo(model, size):
    """What the photo takes of the changes: all inside the mask that they were made with, or what
    the mask says.
    """
    mask = feathered_mask(size)
    return np.float32(mask > 0) if _moves(model) else mask


def finite(name: str, values: Numbers) -> np.ndarray:
    """Years or ages as a float32 array of one number, or of one per face.

    Raises:
        ValueError: other things, numbers that are not finite, or "ages" that nobody has; the
            sentence begins with `name`.
    """
    try:
        array = np.asarray(values, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{name} must be a number or one number a face; got {values!r}."
        ) from error
    if array.ndim > 1 or not np.isfinite(array).all():
        raise ValueError(f"{name} must be a finite number or one per face; got {values!r}.")
    if name == "ages" and ((array < 0) | (array > OLDEST)).any():
        raise ValueError(f"ages must be from 0 to {OLDEST}; got {values!r}.")
    return array


def one_a_face(name: str, values: np.ndarray, number: int) -> np.ndarray:
    """The array of `finite` with one number for each of so many faces, `(number,)` float32.

    Raises:
        PhotoError: another count.
    """
    if values.ndim == 0:
        return np.full(number, values, dtype=np.float32)
    if len(values) != number:
        raise PhotoError(
            f"{len(values)} {name} were given for {number} face{'s' if number != 1 else ''} (the largest first). "
            "Pass one number for all, or one per face."
        )
    return values


def _counted(faces):
    return "1 face was" if len(faces) == 1 else f"{len(faces)} faces were"
