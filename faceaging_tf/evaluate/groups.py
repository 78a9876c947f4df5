"""Groups of faces, to see whether everyone is aged alike: by decade of the input, and by what the
catalogue knows.
"""

import dataclasses

import numpy as np

from faceaging_tf.evaluate.age_judge import decade_name

COLUMNS = ("sex", "race", "source")
# Groups with fewer faces are shown, and take no part in the gaps: their figures are chance.
SMALLEST = 10


@dataclasses.dataclass(frozen=True)
class AskedAges:
    """Whose figures are told: the ages, from the first up to the second, in years, of those who are
    made older, and of those who are made younger.
    """

    older: tuple = (0.0, np.inf)
    younger: tuple = (0.0, np.inf)

    def of(self, years, ages):
        """Which faces of the ages `(n,)` are told of when they are changed by `years`,
        `(n,)` bool.
        """
        low, high = self.younger if years < 0 else self.older
        return (ages >= low) & (ages < high)


def groups_of(corpus, ages):
    """The groups of a corpus.

    Args:
        corpus: a `FaceCorpus` of N faces.
        ages: `(N,)` years, known or estimated.

    Returns:
        A dict from "decade", "sex", "race", "source" (those that the catalogue has) to a dict from
        group to `(N,)` bool.
    """
    decades = (np.clip(ages, 0, None) // 10).astype(int)
    groups = {"decade": {decade_name(one): decades == one for one in np.unique(decades)}}
    for column in COLUMNS:
        if column in corpus.attributes:
            values = np.asarray(corpus.attributes[column]).astype(str)
            members = {value: values == value for value in np.unique(values) if value}
            if members:
                groups[column] = members
    return groups


def largest_gap(figures):
    """The largest difference of a figure between two groups of one kind.

    Args:
        figures: a dict from group to `Figure` or None.

    Returns:
        A dict with `gap`, `lowest` and `highest` (the groups), or None where fewer than two groups
        have ten faces.
    """
    values = {
        name: figure.value
        for name, figure in figures.items()
        if figure is not None and figure.faces >= SMALLEST
    }
    if len(values) < 2:
        return None
    lowest, highest = min(values, key=values.get), max(values, key=values.get)
    return {"gap": round(values[highest] - values[lowest], 4), "lowest": lowest, "highest": highest}
