"""A photo in, the same photo aged out: `read_photo`, `age_photo`, `write_photo`.

Names are imported when they are first used: reading and writing a photo needs no network, and
finding out that a path is wrong should not cost loading one.
"""

import importlib

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


def __getattr__(name):
    if name not in _PUBLIC:
        raise AttributeError(
            f"module 'faceaging_tf.photo' has no attribute {name!r}; it has {', '.join(__all__)}."
        )
    return getattr(importlib.import_module(f"faceaging_tf.{_PUBLIC[name]}"), name)


def __dir__():
    return sorted({*globals(), *__all__})
