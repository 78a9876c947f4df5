"""What can be wrong with an export."""

from faceaging_tf import optional


class ExportError(ValueError):
    """Something that was asked for cannot be exported, or what was exported is not what the model does; the message is for the user."""


def needed(module, what):
    """A module of the extra `export`, see `faceaging_tf.optional.needed`."""
    return optional.needed(module, what, "export", ExportError)
