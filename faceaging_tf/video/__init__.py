"""A video in, the same video with its faces aged out: `age_video`; and a photo as a video of all
years: `sweep`.

Names are imported when they are first used: finding out that a path is wrong should not cost
loading a network.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # The same for type checkers, which do not follow `__getattr__`.
    from faceaging_tf.errors import NoFaceInVideoError as NoFaceInVideoError
    from faceaging_tf.errors import VideoError as VideoError
    from faceaging_tf.video.aging import AgedVideo as AgedVideo
    from faceaging_tf.video.aging import age_video as age_video
    from faceaging_tf.video.joining import check_destination as check_destination
    from faceaging_tf.video.joining import check_writing as check_writing
    from faceaging_tf.video.reading import open_video as open_video
    from faceaging_tf.video.sweeping import Clip as Clip
    from faceaging_tf.video.sweeping import check_sweep as check_sweep
    from faceaging_tf.video.sweeping import sweep as sweep

_PUBLIC = {
    "AgedVideo": "video.aging",
    "Clip": "video.sweeping",
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


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(
            f"module 'faceaging_tf.video' has no attribute {name!r}; it has {', '.join(__all__)}."
        )
    return getattr(importlib.import_module(f"faceaging_tf.{_PUBLIC[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
