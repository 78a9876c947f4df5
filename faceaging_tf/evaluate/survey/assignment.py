"""Which pairs a rater sees, and in which order."""

import dataclasses

from faceaging_tf.evaluate.survey.study import PAIRS_PER_RATER

SCORED, REPEATED, UNCHANGED, INSTRUCTION = "scored", "repeated", "unchanged", "instruction"
# The stars that the instruction page asks for: neither an end nor the middle, where a thumb falls
# by itself.
INSTRUCTED_STARS = 2
PAGES = PAIRS_PER_RATER + 3


@dataclasses.dataclass(frozen=True)
class Page:
    """One question.

    Attributes:
        kind: "scored"; "repeated", a scored pair once more; "unchanged", the same picture twice;
            "instruction", a pair under which the stars to give are written.
        pair: identifier of the pair.
        filtered_left: whether the filtered picture stands on the left.
    """

    kind: str
    pair: str
    filtered_left: bool


def assign(study, ratings, random):
    """The pages of one rater: ten scored pairs and three checks.

    Of the pairs that were rated least often, those of faces, and then of models and years, that
    this rater does not have yet come first; so every pair of the study is rated about equally
    often.

    Args:
        study: the `Study`.
        ratings: dict from a pair's identifier to how often it has been, or is being, rated; 0 where
            it is missing.
        random: a `numpy.random.Generator`.

    Returns:
        List of 13 `Page`.
    """
    scored = _least_rated(study.pairs, ratings, random)
    random.shuffle(scored)
    page = lambda kind, pair: Page(kind, pair.identifier, bool(random.integers(2)))
    pages = [page(SCORED, pair) for pair in scored]
    seen = {pair.identifier for pair in scored}
    others = [pair for pair in study.pairs if pair.identifier not in seen] or scored
    pages.insert(random.integers(3, 9), page(INSTRUCTION, others[random.integers(len(others))]))
    pages.insert(
        random.integers(2, 11),
        page(UNCHANGED, study.unchanged[random.integers(len(study.unchanged))]),
    )
    # A pair of the first few comes back near the end, with four pages or more between.
    pages.insert(random.integers(8, 13), page(REPEATED, scored[random.integers(3)]))
    return pages


def _least_rated(pairs, ratings, random):
    left = [pairs[row] for row in random.permutation(len(pairs))]
    chosen, faces, cells = [], {}, {}
    while len(chosen) < PAIRS_PER_RATER:
        rank = lambda pair: (
            ratings.get(pair.identifier, 0),
            faces.get(pair.face, 0),
            cells.get((pair.model, pair.years), 0),
        )
        best = min(left, key=rank)
        left.remove(best)
        chosen.append(best)
        faces[best.face] = faces.get(best.face, 0) + 1
        cells[best.model, best.years] = cells.get((best.model, best.years), 0) + 1
    return chosen
