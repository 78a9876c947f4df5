"""Batches for adversarial training on whole heads: heads to age, and real heads of the ages asked
for.
"""

from collections.abc import Mapping
from typing import Any, Unpack

import numpy as np

from faceaging_tf.data.batches import BatchArguments, Batches

# Years of a bin.
BIN = 5
# Ages that are asked for, and how many years apart from the head's own.
TARGETS, YEARS = (18.0, 82.0), (5.0, 45.0)
# Heads of each kind that a discriminator is shown again in a step.
REPLAYED = 256


class HeadBatches(Batches):
    """For `HeadAdversary`: parsed heads with ages and years, and as many real heads of the same
    source and of the requested age.

    Older alone: backwards, skin that a discriminator takes for real is skin that keeps its years
    (of 25 asked, 17 moved before such training and 7 after it).

    A discriminator must not win by what is not age: each made head has its partner of one source
    and one age, so that no background, camera or collection tells real from made.

    Each batch is a dict: `face` `(N, S, S, 3)` uint8, `flow`, `regions`, `traits` (what the parser
    says), `age`, `years` `(N,)`; `real_face`, `real_regions`, `real_age`; and `drawn`
    `(2, REPLAYED)` in 0 to 1, which says what is replayed.

    Args:
        heads: a dict of arrays of one row a head: the first four of the above, and `age`.
        source: `(rows,)`, names; each is drawn as often, whatever its number.
        fewest: heads of a source within five years, of which fewer are not drawn.
        **kwargs: of `Batches`.

    Raises:
        ValueError: no source has heads of ages far enough apart.
    """

    def __init__(
        self,
        heads: Mapping[str, np.ndarray],
        source: np.ndarray,
        fewest: int = 4,
        **kwargs: Unpack[BatchArguments],
    ):
        super().__init__(**kwargs)
        self.heads = heads
        self.bins = []
        for name in np.unique(source):
            rows = np.flatnonzero(source == name)
            bins = (heads["age"][rows] // BIN).astype(int)
            full = {
                number: rows[bins == number]
                for number in np.unique(bins)
                if (bins == number).sum() >= fewest
            }
            ages = np.array([BIN * (number + 0.5) for number in full])
            if len(ages) and ages.max() - ages.min() >= YEARS[0]:
                self.bins.append((ages, list(full.values())))
        if not self.bins:
            raise ValueError(
                f"HeadBatches needs heads of at least two ages, {fewest} of each within {BIN} years; no source has them."
            )

    def draw(self, rng: np.random.Generator) -> tuple[Any, ...]:
        rows, partners, years = zip(*(self._pair(rng) for _ in range(self.batch_size)), strict=True)
        batch = self._taken(np.array(rows), rng, ("face", "flow", "regions", "traits"))
        batch |= {
            "age": self.heads["age"][list(rows)].astype("float32"),
            "years": np.array(years, "float32"),
        }
        real = self._taken(np.array(partners), rng, ("face", "regions"))
        real |= {"age": self.heads["age"][list(partners)].astype("float32")}
        batch |= {f"real_{name}": values for name, values in real.items()}
        return ({**batch, "drawn": rng.random((2, REPLAYED), "float32")},)

    def _pair(self, rng):
        """A head, a real one of its source near the requested age, and the years between."""
        ages, rows = self.bins[rng.integers(len(self.bins))]
        apart = lambda goal: np.flatnonzero((goal - ages >= YEARS[0]) & (goal - ages <= YEARS[1]))
        near = lambda goal: np.argmin(np.abs(ages - goal))
        goal = rng.uniform(*np.clip(TARGETS, ages.min(), ages.max()))
        while not len(apart(goal)):
            goal = rng.uniform(ages.min(), ages.max())
        row = rng.choice(rows[rng.choice(apart(goal))])
        years = goal - self.heads["age"][row]
        return row, rng.choice(rows[near(goal)]), max(years, 1.0)

    def _taken(self, rows, rng, names):
        """Arrays of the rows, half of them mirrored."""
        taken = {name: self.heads[name][rows] for name in names}
        mirrored = rng.random(len(rows)) < 0.5
        for name in set(names) - {"traits"}:
            taken[name][mirrored] = taken[name][mirrored, :, ::-1]
        if "flow" in taken:
            taken["flow"][mirrored] *= np.array((-1, 1), taken["flow"].dtype)
            # The side that the light comes from.
            taken["traits"][mirrored, -1] *= -1
        return taken
