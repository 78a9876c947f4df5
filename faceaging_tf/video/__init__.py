"""A video in, the same video with its faces aged out: `age_video`; and a photo as a video of all
years: `sweep`.

Names are imported when they are first used: finding out that a path is wrong should not cost
loading a network.
"""

import importlib

_PUBLIC = {
    "AgedVideo": "video.aging",
    "NoFaceInVideoError": "errors",
    "VideoError": "errors",
    "age_video": "video.aging",
    "check_destination": "video.joining",
    "check_writing": "video.joining",
    "check_sweep": "video.sweeping",
    "open_video": "video.reading",
    "sweep": "video.sweeping",
}
__all__ = sorted(_PUBLIC)


def __getattr__(name):
    if name not in _PUBLIC:
        raise AttributeError(
            f"module 'faceaging_tf.video' has no attribute {name!r}; it has {', '.join(__all__)}."
        )
    return getattr(importlib.import_module(f"faceaging_tf.{_PUBLIC[name]}"), name)


def __dir__():
    return sorted({*globals(), *__all__})
