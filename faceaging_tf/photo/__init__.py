"""A photo in, the same photo aged out: `read_photo`, `age_photo`, `write_photo`.

Names are imported when they are first used: reading and writing a photo needs no network, and
finding out that a path is wrong should not cost loading one.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # The same for type checkers, which do not follow `__getattr__`.
    from faceaging_tf.errors import NoFaceError as NoFaceError
    from faceaging_tf.errors import PhotoError as PhotoError
    from faceaging_tf.photo.aging import AgedPhoto as AgedPhoto
    from faceaging_tf.photo.aging import AlignedFaces as AlignedFaces
    from faceaging_tf.photo.aging import age_photo as age_photo
    from faceaging_tf.photo.aging import align_faces as align_faces
    from faceaging_tf.photo.aging import strip as strip
    from faceaging_tf.photo.compositing import composite as composite
    from faceaging_tf.photo.detection import Detector as Detector
    from faceaging_tf.photo.detection import Face as Face
    from faceaging_tf.photo.detection import FaceDetector as FaceDetector
    from faceaging_tf.photo.writing import check_destination as check_destination
    from faceaging_tf.photo.writing import write_photo as write_photo
    from faceaging_tf.pictures.reading import Photo as Photo
    from faceaging_tf.pictures.reading import read_photo as read_photo
    from faceaging_tf.resampling import feathered_mask as feathered_mask

_PUBLIC = {
    "AgedPhoto": "photo.aging",
    "AlignedFaces": "photo.aging",
    "Detector": "photo.detection",
    "Face": "photo.detection",
    "FaceDetector": "photo.detection",
    "NoFaceError": "errors",
    "Photo": "pictures.reading",
    "PhotoError": "errors",
    "age_photo": "photo.aging",
    "align_faces": "photo.aging",
    "check_destination": "photo.writing",
    "composite": "photo.compositing",
    "feathered_mask": "resampling",
    "read_photo": "pictures.reading",
    "strip": "photo.aging",
    "write_photo": "photo.writing",
}
__all__ = sorted(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(
            f"module 'faceaging_tf.photo' has no attribute {name!r}; it has {', '.join(__all__)}."
        )
    return getattr(importlib.import_module(f"faceaging_tf.{_PUBLIC[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
