"""`faceaging list`: the entries, one per line."""

from zoo import registry
from zoo.cli.arguments import no_argument

SUMMARY = "Lists the models of the zoo."
ARGUMENTS = ""
EXAMPLES = ("faceaging list",)


def define_flags(values):
    """This command has none of its own."""


def run(values, positional):
    """Prints name, title, whether weights are released, and the task of each entry."""
    no_argument(positional)
    print(f"{'entry':<14}{'title':<15}{'weights':<16}task")
    for name in registry.list():
        entry = registry.find(name)
        print(
            f"{name:<14}{entry.title:<15}{'released' if entry.released else 'none yet':<16}{entry.task}"
        )
