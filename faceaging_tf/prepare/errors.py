"""What can be wrong with a preparation."""

from faceaging_tf import optional


class PrepareError(ValueError):
    """Says what was given, what is needed and what to do."""


def needed(module):
    """A module of the extra `prepare`, see `faceaging_tf.optional.needed`."""
    return optional.needed(module, "Preparing faces", "prepare", PrepareError)
