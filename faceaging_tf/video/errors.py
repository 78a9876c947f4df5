"""What can be wrong with a video."""


class VideoError(ValueError):
    """A video that cannot be read, aged or written; the message is one sentence for its owner."""


class NoFaceInVideoError(VideoError):
    """A video without a face that is large enough to age."""
