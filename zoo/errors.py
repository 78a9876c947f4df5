"""The error of everything that a user of the zoo can mend."""


class ZooError(ValueError):
    """Says in one sentence what was given, what was expected and what to do.

    Raised for unknown names, damaged presets and weights that do not fit; the command line prints it and exits with 2.
    """
