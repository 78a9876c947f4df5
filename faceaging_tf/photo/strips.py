"""A photo at several ages, or in several futures, side by side."""

from collections.abc import Sequence
from typing import Unpack

import numpy as np

from faceaging_tf.photo.aging import (
    MINIMUM_FACE_SIZE,
    AgedPhoto,
    aged_pixels,
    align_faces,
    finite,
    one_a_face,
    warn_of_small,
)
from faceaging_tf.photo.captions import captioned_row
from faceaging_tf.photo.detection import Detector
from faceaging_tf.pictures.reading import Photo, photo_of
from faceaging_tf.typing import AgesFaces, Manner, Numbers


def strip(
    photo: Photo | np.ndarray,
    model: AgesFaces,
    years: Sequence[float] | np.ndarray,
    ages: Numbers | None = None,
    detector: Detector | None = None,
    face_only: bool = True,
    height: int = 256,
    minimum_face_size: float = MINIMUM_FACE_SIZE,
    **manner: Unpack[Manner],
) -> Photo:
    """The same photo at several numbers of years, side by side with captions.

    The faces are found and aligned once. 0 years shows the photo as it is.

    Args:
        photo: a `Photo`, or upright `(H, W, 3)` uint8 pixels.
        model: an ageing model.
        years: the numbers of years, one per panel, from left to right.
        ages: as in `age_photo`.
        detector: as in `age_photo`.
        face_only: show the surroundings of the largest face instead of the whole photo.
        height: of a panel without its caption, in pixels.
        minimum_face_size: as in `age_photo`.
        **manner: as in `age_photo`.

    Returns:
        A `Photo` of the strip, with the input's colour profile.

    Raises:
        NoFaceError: no face, or none that is large enough.
        PhotoError: another number of ages than of faces.
        ValueError: no years, years or ages that are not finite numbers, or a manner that the model
            does not know.
    """
    years = np.atleast_1d(finite("years", years))
    if not years.size:
        raise ValueError(
            "years was empty: pass the numbers of years to show, such as (0, 10, 20, 30)."
        )
    ages = None if ages is None else finite("ages", ages)
    pixels = photo_of(photo).pixels
    aligned = align_faces(pixels, model, detector, minimum_face_size)
    number = len(aligned.faces)
    warn_of_small(aligned, minimum_face_size)
    ages = model.estimate_ages(aligned.crops) if ages is None else one_a_face("ages", ages, number)
    region = (
        _surroundings(aligned.faces[0], pixels.shape) if face_only else (slice(None), slice(None))
    )
    panels = []
    for k in years:
        aged = aged_pixels(pixels, aligned, model, k, ages, **manner) if k != 0 else pixels
        panels.append(aged[region])
    captions = ["input" if k == 0 else f"{k:+g} years" for k in years]
    return Photo(
        captioned_row(panels, captions, height), icc_profile=getattr(photo, "icc_profile", None)
    )


def strip_of_futures(
    photo: Photo | np.ndarray, aged: Sequence[AgedPhoto], height: int = 256
) -> Photo:
    """The surroundings of a photo's largest face as it is and in several futures, side by side with
    captions.

    Args:
        photo: as in `age_photo`.
        aged: what `age_futures` gave for it.
        height: of a panel without its caption, in pixels.

    Returns:
        A `Photo` of the strip, with the input's colour profile.
    """
    pixels = photo_of(photo).pixels
    region = _surroundings(aged[0].faces[0], pixels.shape)
    panels = [pixels[region], *(each.pixels[region] for each in aged)]
    captions = ["input", *(f"future {number}" for number in range(len(aged)))]
    return Photo(
        captioned_row(panels, captions, height), icc_profile=getattr(photo, "icc_profile", None)
    )


def _surroundings(face, shape):
    """Twice the face each way, as rows and columns of the photo."""
    centre = (face.box[:2] + face.box[2:]) / 2
    limits = (shape[1], shape[0])
    first = np.clip(np.floor(centre - face.size), 0, limits).astype(int)
    last = np.clip(np.ceil(centre + face.size), 0, limits).astype(int)
    return slice(first[1], last[1]), slice(first[0], last[0])
