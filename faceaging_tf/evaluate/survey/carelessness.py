"""Signs that a rater did not look: a check failed, pages clicked through."""

import dataclasses
import statistics

from faceaging_tf.evaluate.survey.assignment import (
    INSTRUCTED_STARS,
    INSTRUCTION,
    REPEATED,
    SCORED,
    UNCHANGED,
)

# Seconds an answer; half of a rater's answers faster than this cannot come from looking at two
# faces and reading a question.
TOO_FAST = 1.5
# Stars between the two answers to one pair. An honest rater's second look often differs by one, now
# and then by two.
INCONSISTENT = 3
# Stars from which on a filter that did nothing at all is called good.
UNCHANGED_GOOD = 4
# Answers below which neither speed nor sameness says anything.
ENOUGH = 5
# Weak signs that together weigh as much as a strong one.
WEAK_SIGNS = 2


@dataclasses.dataclass(frozen=True)
class Signs:
    """What speaks against a rater.

    Attributes:
        rater: number of the rater.
        strong: list of sentences, one of which is enough to leave the rater out: the instruction
            was not followed, or half of the answers came faster than anyone can look.
        weak: list of sentences, of which it takes two, since each happens to an honest rater too:
            the repeated pair 3 stars or more away from the first time, 4 stars or more for an
            unchanged picture, the same stars for every scored pair.
    """

    rater: int
    strong: list
    weak: list

    @property
    def careless(self):
        """Whether the rater is left out unless asked otherwise."""
        return bool(self.strong) or len(self.weak) >= WEAK_SIGNS


def signs_of(rater, answers):
    """The `Signs` against one rater.

    Args:
        rater: number of the rater.
        answers: list of all `Answer` of that rater, whether finished or not.
    """
    by_kind = {
        kind: [answer for answer in answers if answer.kind == kind]
        for kind in (SCORED, INSTRUCTION, REPEATED, UNCHANGED)
    }
    scored = {answer.pair: answer.stars for answer in by_kind[SCORED]}
    strong, weak = [], []
    for answer in by_kind[INSTRUCTION]:
        if answer.stars != INSTRUCTED_STARS:
            strong.append(f"gave {answer.stars} where {INSTRUCTED_STARS} stars were asked for")
    seconds = statistics.median(answer.seconds for answer in answers)
    if len(answers) >= ENOUGH and seconds < TOO_FAST:
        strong.append(f"half of the answers within {seconds:.1f} seconds")
    for answer in by_kind[REPEATED]:
        if answer.pair in scored and abs(answer.stars - scored[answer.pair]) >= INCONSISTENT:
            weak.append(f"gave the same pair {scored[answer.pair]} and then {answer.stars}")
    for answer in by_kind[UNCHANGED]:
        if answer.stars >= UNCHANGED_GOOD:
            weak.append(f"gave {answer.stars} to an unchanged picture")
    if len(scored) >= ENOUGH and len(set(scored.values())) == 1:
        weak.append(f"gave {next(iter(scored.values()))} to every scored pair")
    return Signs(rater, strong, weak)
