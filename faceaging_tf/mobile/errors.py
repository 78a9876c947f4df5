"""What can be wrong with an exported file, or with what it is given."""


class MobileError(ValueError):
    """Says what was given, what is needed and what to do."""
