"""What the tools that try tables and calls have in common: what became of the cases, and how it is
told.
"""

import argparse
import dataclasses


@dataclasses.dataclass
class Counts:
    """What became of the cases.

    Attributes:
        tried: how many there were.
        taken: how many did what they are for.
        refused: how many were refused with a sentence.
        failures: pairs of a case, or its seed, and what it showed that it should not.
    """

    tried: int = 0
    taken: int = 0
    refused: int = 0
    failures: list = dataclasses.field(default_factory=list)

    def add(self, case, taken, problem):
        """Counts a case; `problem` is "" where there was none."""
        self.tried += 1
        self.taken += bool(taken and not problem)
        self.refused += bool(not taken and not problem)
        if problem:
            self.failures.append((case, problem))

    def told(self, kind, taken):
        """Prints a line for all, such as "5 tables tried: 3 read, ..."; the exit code, 1 where
        there were failures.
        """
        print(
            f"{self.tried} {kind} tried: {self.taken} {taken}, {self.refused} refused with a sentence, {len(self.failures)} failures"
        )
        return int(bool(self.failures))


def parser_of(description):
    """A parser of the flags that both tools have: `--minutes`, `--seed` and `--cases`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cases", type=int)
    return parser
