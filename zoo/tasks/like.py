"""Ageing like a relative, by name of the model: the relative's photos are read and looked at."""

from faceaging_tf.arguments import shown
from zoo import loading
from zoo.errors import ZooError
from zoo.tasks.age import check_strengths, open_photo

OLDEST = 120.0


def photos_of(like, age=None):
    """The photos of a relative, read.

    Args:
        like: a path, a PIL image, pixels or a `Photo`, or a list of these.
        age: of the relative in them, in years; None where it is to be estimated.

    Raises:
        ZooError: no photo, or an age that is none.
        PhotoError: a photo that cannot be read.
    """
    if age is not None and (
        isinstance(age, bool) or not isinstance(age, (int, float)) or not 0 <= age <= OLDEST
    ):
        raise ZooError(
            f"like_age was {shown(age)}; it needs the relative's age in the photos, in years from 0 to {OLDEST:g}."
        )
    photos = list(like) if isinstance(like, (list, tuple)) else [like]
    if not photos or any(isinstance(photo, str) and not photo for photo in photos):
        raise ZooError(
            f"like was {shown(like)}; it needs a photo of the relative, or a list of them."
        )
    return [open_photo(photo) for photo in photos]


def like_model(entry, photos, age=None, strengths=None, detector=None, threads=2):
    """An entry's model that ages like a relative.

    Args:
        entry: of `loading.quick_model`.
        photos: of `photos_of`.
        age: of the relative in years; estimated when None.
        strengths: that will be asked for.
        detector: what finds faces.
        threads: of `loading.quick_model`.

    Raises:
        ZooError: what `loading.quick_model` raises.
        FaceAgingError: strengths of parts that the model does not have.
        PhotoError: what `LikeRelative` raises.
    """
    from faceaging_tf.photo.relative import SHARES, LikeRelative

    model = loading.quick_model(entry, {**SHARES, **(strengths or {})}, threads)
    check_strengths(strengths, model)
    return LikeRelative(model, photos, age, detector)
