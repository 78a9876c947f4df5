"""What a user of the project can mend: one base class, and a class for each kind of work."""


class FaceAgingError(ValueError):
    """Says in one sentence what was given, what was expected and what to do; the command line
    prints it and exits with 2.
    """


class ReaderError(FaceAgingError):
    """A dataset that cannot be read, with a sentence that says what was expected and what to do."""


class PhotoError(FaceAgingError):
    """A photo that cannot be read, aged or written; the message is one sentence for its owner."""


class NoFaceError(PhotoError):
    """A photo without a face that is large enough to age."""


class VideoError(FaceAgingError):
    """A video that cannot be read, aged or written; the message is one sentence for its owner."""


class NoFaceInVideoError(VideoError):
    """A video without a face that is large enough to age."""


class ParallelError(FaceAgingError):
    """A place that cannot be written to, or workers that cannot work."""


class PrepareError(FaceAgingError):
    """A preparation that makes no sense, or finds nothing."""


class EvaluationError(FaceAgingError):
    """Faces, pairs or a model file that cannot be evaluated; the message is one sentence for
    whoever gave them.
    """


class SurveyError(FaceAgingError):
    """A study that cannot be built, served or counted; the message is one sentence for whoever runs
    it.
    """


class ExportError(FaceAgingError):
    """Something that was asked for cannot be exported, or what was exported is not what the model
    does; the message is for the user.
    """


class MobileError(FaceAgingError):
    """An exported file that cannot be run, or is given what it does not take."""
