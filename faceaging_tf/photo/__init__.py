"""A photo in, the same photo aged out: `read_photo`, `age_photo`, `write_photo`.

Names are imported when they are first used: reading and writing a photo needs no network, and
finding out that a path is wrong should not cost loading one.
"""

from typing import TYPE_CHECKING

from faceaging_tf.lazy import lazy_names

if TYPE_CHECKING:
    # The same for type checkers, which do not follow `__getattr__`.
    from faceaging_tf.errors import NoFaceError as NoFaceError
    from faceaging_tf.errors import PhotoError as PhotoError
    from faceaging_tf.photo.aging import AgedPhoto as AgedPhoto
    from faceaging_tf.photo.aging import AlignedFaces as AlignedFaces
    from faceaging_tf.photo.aging import age_futures as age_futures
    from faceaging_tf.photo.aging import age_photo as age_photo
    from faceaging_tf.photo.aging import align_faces as align_faces
    from faceaging_tf.photo.compositing import composite as composite
    from faceaging_tf.photo.detection import Detector as Detector
    from faceaging_tf.photo.detection import Face as Face
    from faceaging_tf.photo.detection import FaceDetector as FaceDetector
    from faceaging_tf.photo.relative import LikeRelative as LikeRelative
    from faceaging_tf.photo.strips import strip as strip
    from faceaging_tf.photo.strips import strip_of_futures as strip_of_futures
    from faceaging_tf.photo.writing import check_destination as check_destination
    from faceaging_tf.photo.writing import write_photo as write_photo
    from faceaging_tf.pictures.reading import Photo as Photo
    from faceaging_tf.pictures.reading import read_photo as read_photo
    from faceaging_tf.resampling import feathered_mask as feathered_mask

__all__, __getattr__, __dir__ = lazy_names(
    __name__,
    {
        "AgedPhoto": "faceaging_tf.photo.aging",
        "AlignedFaces": "faceaging_tf.photo.aging",
        "Detector": "faceaging_tf.photo.detection",
        "Face": "faceaging_tf.photo.detection",
        "FaceDetector": "faceaging_tf.photo.detection",
        "LikeRelative": "faceaging_tf.photo.relative",
        "NoFaceError": "faceaging_tf.errors",
        "Photo": "faceaging_tf.pictures.reading",
        "PhotoError": "faceaging_tf.errors",
        "age_futures": "faceaging_tf.photo.aging",
        "age_photo": "faceaging_tf.photo.aging",
        "align_faces": "faceaging_tf.photo.aging",
        "check_destination": "faceaging_tf.photo.writing",
        "composite": "faceaging_tf.photo.compositing",
        "feathered_mask": "faceaging_tf.resampling",
        "read_photo": "faceaging_tf.pictures.reading",
        "strip": "faceaging_tf.photo.strips",
        "strip_of_futures": "faceaging_tf.photo.strips",
        "write_photo": "faceaging_tf.photo.writing",
    },
)
