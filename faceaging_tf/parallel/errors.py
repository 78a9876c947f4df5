"""What can be wrong with where something is written, or with who works on it."""

from faceaging_tf import optional


class ParallelError(ValueError):
    """Says what was given, what is needed and what to do."""


def needed(module, extra="prepare"):
    """A module of an extra, see `faceaging_tf.optional.needed`."""
    return optional.needed(module, "Working on many pictures", extra, ParallelError)
