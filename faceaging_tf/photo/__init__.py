"""A photo in, the same photo aged out: `read_photo`, `age_photo`, `write_photo`.

Names are imported when they are first used: reading and writing a photo needs no network, and finding out that a path
is wrong should not cost loading one.
"""

import importlib

_PUBLIC = {
    "AgedPhoto": "aging",
    "Detector": "detection",
    "Face": "detection",
    "MTCNNDetector": "detection",
    "NoFaceError": "errors",
    "Photo": "reading",
    "PhotoError": "errors",
    "age_photo": "aging",
    "check_destination": "writing",
    "composite": "compositing",
    "feathered_mask": "compositing",
    "read_photo": "reading",
    "strip": "aging",
    "write_photo": "writing",
}
__all__ = sorted(_PUBLIC)


def __getattr__(name):
    if name not in _PUBLIC:
        raise AttributeError(f"module 'faceaging_tf.photo' has no attribute {name!r}; it has {', '.join(__all__)}.")
    return getattr(importlib.import_module(f"faceaging_tf.photo.{_PUBLIC[name]}"), name)


def __dir__():
    return sorted({*globals(), *__all__})
