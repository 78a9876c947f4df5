"""Ageing like a relative, by name of the model: whose photos these are, and what ages with them."""

import numbers

from faceaging_tf.arguments import shown
from zoo import loading
from zoo.errors import ZooError
from zoo.tasks.age import check_manner, open_photo

OLDEST = 120


def photos_of(like, age=None):
    """The photos of a relative, read; None where there is none.

    Args:
        like: a path, a PIL image, pixels or a `Photo`, or a list of these; or None.
        age: of the relative in them, in years; None where it is to be estimated.

    Raises:
        ZooError: an empty list, or an age that is none or nobody's.
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
    return [open_photo(photo) for photo in photos]


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
