"""Ageing like a relative, by name of the model: whose photos these are, and what ages with them."""

import numbers
import os

from faceaging_tf.arguments import OLDEST, shown
from zoo import loading
from zoo.errors import ZooError
from zoo.tasks.age import check_manner, open_photo


def photos_of(like, age=None, photo=None):
    """The photos of a relative, read; None where there is none.

    Args:
        like: a path, a PIL image, pixels or a `Photo`, or a list of these; or None.
        age: of the relative in them, in years; None where it is to be estimated.
        photo: the `Photo` that is aged; None where it is not known.

    Raises:
        ZooError: an empty list, something that is no photo, the photo that is aged, or an age that
            is none or nobody's.
        PhotoError: a photo that cannot be read.
    """
    if like is None:
        if age is not None:
            raise ZooError("like_age is the relative's age; give their photo too, as like.")
        return None
    real = isinstance(age, numbers.Real) and not isinstance(age, bool)
    if age is not None and not (real and 0 <= age <= OLDEST):
        raise ZooError(
            f"like_age was {shown(age)}; it needs the relative's age in the photo, in years from 0 to {OLDEST}."
        )
    photos = list(like) if isinstance(like, (list, tuple)) else [like]
    if not photos or any(isinstance(photo, str) and not photo for photo in photos):
        raise ZooError(
            f"like was {shown(like)}; it needs a photo of the relative, or a list of them."
        )
    opened = [_opened(one) for one in photos]
    if photo is not None and any(_is_same(one, photo) for one in opened):
        raise ZooError(
            "like is the very photo that is aged; it needs a photo of a relative who is older, or for years below 0 younger."
        )
    return opened


def _opened(photo):
    from faceaging_tf.pictures.reading import Photo

    if not (
        isinstance(photo, (str, os.PathLike, Photo))
        or hasattr(photo, "getexif")
        or getattr(photo, "ndim", 0) == 3
    ):
        raise ZooError(
            f"like was {shown(photo)}; it needs a photo of the relative, or a list of them."
        )
    return open_photo(photo)


def _is_same(one, other):
    """Whether two photos are one file, or show the same."""
    if one.path is not None and other.path is not None and os.path.samefile(one.path, other.path):
        return True
    return one.pixels.shape == other.pixels.shape and bool((one.pixels == other.pixels).all())


def model_of(entry, manner, photos, age=None, detector=None):
    """What ages photos, like a relative where there are photos of one.

    Args:
        entry: of `loading.quick_model`.
        manner: of `faceaging_tf.typing.Manner`, that will be asked for, a dict.
        photos: of `photos_of`.
        age: of the relative in years; estimated when None.
        detector: what finds faces.

    Raises:
        ZooError: what `loading.quick_model` raises.
        FaceAgingError: a manner that the model does not know.
        PhotoError: what `LikeRelative` raises.
    """
    if photos is None:
        model = loading.quick_model(entry, manner)
        check_manner(model, **manner)
        return model
    from faceaging_tf.photo.relative import SHARES, LikeRelative

    model = loading.quick_model(entry, {"strengths": SHARES})
    check_manner(model, **manner)
    return LikeRelative(model, photos, age, detector)
