"""A video in, the same video with its faces aged out: `age_video`; and a photo as a video of all
years: `sweep`.

Names are imported when they are first used: finding out that a path is wrong should not cost
loading a network.
"""

from typing import TYPE_CHECKING

from faceaging_tf.lazy import lazy_names

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

__all__, __getattr__, __dir__ = lazy_names(
    __name__,
    {
        "AgedVideo": "faceaging_tf.video.aging",
        "Clip": "faceaging_tf.video.sweeping",
        "NoFaceInVideoError": "faceaging_tf.errors",
        "VideoError": "faceaging_tf.errors",
        "age_video": "faceaging_tf.video.aging",
        "check_destination": "faceaging_tf.video.joining",
        "check_writing": "faceaging_tf.video.joining",
        "check_sweep": "faceaging_tf.video.sweeping",
        "open_video": "faceaging_tf.video.reading",
        "sweep": "faceaging_tf.video.sweeping",
    },
)
