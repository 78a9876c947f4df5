"""A photo in, the same photo aged out: `read_photo`, `age_photo`, `write_photo`.

Names are imported when they are first used: reading and writing a photo needs no network, and
finding out that a path is wrong should not cost loading one.
"""

from faceaging_tf.lazy import lazy_names

__all__, __getattr__, __dir__ = lazy_names(
    __name__,
    {
        "AgedPhoto": "faceaging_tf.photo.aging",
        "AlignedFaces": "faceaging_tf.photo.aging",
        "Detector": "faceaging_tf.photo.detection",
        "Face": "faceaging_tf.photo.detection",
        "FaceDetector": "faceaging_tf.photo.detection",
        "NoFaceError": "faceaging_tf.errors",
        "Photo": "faceaging_tf.pictures.reading",
        "PhotoError": "faceaging_tf.errors",
        "age_photo": "faceaging_tf.photo.aging",
        "align_faces": "faceaging_tf.photo.aging",
        "check_destination": "faceaging_tf.photo.writing",
        "composite": "faceaging_tf.photo.compositing",
        "feathered_mask": "faceaging_tf.resampling",
        "read_photo": "faceaging_tf.pictures.reading",
        "strip": "faceaging_tf.photo.aging",
        "write_photo": "faceaging_tf.photo.writing",
    },
)
