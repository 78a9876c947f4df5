"""What can be wrong with a survey."""


class SurveyError(ValueError):
    """A study that cannot be built, served or counted; the message is one sentence for whoever runs it."""
