"""What can be wrong with a dataset that is to be read."""


class ReaderError(ValueError):
    """A dataset that cannot be read, with a sentence that says what was expected and what to do."""
