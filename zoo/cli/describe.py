"""`faceaging describe ENTRY`: parameters, input, figures and terms of a model."""

from zoo.cli.arguments import only_argument
from zoo.cli.quiet import import_keras
from zoo.tasks import describe

SUMMARY = "Says what a model of the zoo is: parameters, input, figures, terms."
ARGUMENTS = "ENTRY_OR_FOLDER"
EXAMPLES = ("faceaging describe fagan", "faceaging describe runs/fagan/preset")


def define_flags(values):
    """This command has none of its own."""


def run(values, positional):
    """Prints the text of `zoo.describe`."""
    name = only_argument(positional, "entry or folder", EXAMPLES[0])
    if describe.needs_keras(name):
        import_keras()
    print(describe.describe(name))
