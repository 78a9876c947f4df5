"""A video in, the same video with its faces aged out: `age_video`; and a photo as a video of all
years: `sweep`.

Names are imported when they are first used: finding out that a path is wrong should not cost
loading a network.
"""

from faceaging_tf.lazy import lazy_names

__all__, __getattr__, __dir__ = lazy_names(
    __name__,
    {
        "AgedVideo": "faceaging_tf.video.aging",
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
