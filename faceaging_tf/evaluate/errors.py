"""What can be wrong with what is to be evaluated."""

from faceaging_tf import optional


class EvaluationError(ValueError):
    """Faces, pairs or a model file that cannot be evaluated; the message is one sentence for whoever gave them."""


def needed(module, what):
    """A module of the extra `evaluate`, see `faceaging_tf.optional.needed`."""
    return optional.needed(module, what, "evaluate", EvaluationError)
