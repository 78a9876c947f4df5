"""What can be wrong with a photo."""


class PhotoError(ValueError):
    """A photo that cannot be read, aged or written; the message is one sentence for its owner."""


class NoFaceError(PhotoError):
    """A photo without a face that is large enough to age."""
