"""What can be wrong with what is to be evaluated."""

from faceaging_tf import optional

# What brings OpenCV, which finds a head's skin and hair.
HEADS_EXTRA = "teacher"


class EvaluationError(ValueError):
    """Faces, pairs or a model file that cannot be evaluated; the message is one sentence for whoever gave them."""


def needed(module, what, extra="evaluate"):
    """A module of the extra `evaluate` or another, see `faceaging_tf.optional.needed`."""
    return optional.needed(module, what, extra, EvaluationError)
