"""The error of what a user of the zoo can mend."""

from faceaging_tf.errors import FaceAgingError


class ZooError(FaceAgingError):
    """Unknown names, damaged presets, weights that do not fit and options that make no sense.

    Says in one sentence what was given, what was expected and what to do. Errors of photos, videos,
    corpora and exports have classes of their own, all of the one base
    `faceaging_tf.errors.FaceAgingError`.
    """
