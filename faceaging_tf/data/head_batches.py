"""Batches for adversarial training on whole heads: heads to age, and real heads of the ages asked for."""

import numpy as np

from faceaging_tf.data.batches import Batches

# Years of a bin.
BIN = 5
# Ages that are asked for, and how many years apart from the head's own.
TARGETS, YEARS = (18.0, 82.0), (5.0, 45.0)
# Side in pixels of the random movement of real heads, its root mean square as a share of the head's side, and its waves across.
MOVEMENT_SIDE, MOVEMENT, WAVES = 64, 0.005, 3


class HeadBatches(Batches):
    """For `HeadAdversary`: parsed heads with ages and years, and as many real heads of the same source and of the age asked for.

    A discriminator must not win by what is not age: each made head has its partner of one source and one age, so that no
    background, camera or collection tells real from made.

    Each batch is a dict: `face` `(N, S, S, 3)` uint8, `flow`, `regions`, `traits` (what the parser says), `person` `(N, 128, 128)` uint8,
    `age`, `years` `(N,)`; `real_face`, `real_regions`, `real_person`, `real_age`, and `real_movement` `(N, 64, 64, 2)`, a small
    smooth flow that vanishes at the border.

    Args:
        heads: a dict of arrays of one row a head: the first five of the above, and `age`.
        source: `(rows,)`, names; each is drawn as often, whatever its number.
        fewest: heads of a source within five years, of which fewer are not drawn.
        **kwargs: of `Batches`.

    Raises:
        ValueError: no source has heads of ages far enough apart.
    """

    def __init__(self, heads, source, fewest=4, **kwargs):
        super().__init__(**kwargs)
        self.heads = heads
        self.bins = []
        for name in np.unique(source):
            rows = np.flatnonzero(source == name)
            bins = (heads["age"][rows] // BIN).astype(int)
            full = {number: rows[bins == number] for number in np.unique(bins) if (bins == number).sum() >= fewest}
            ages = np.array([BIN * (number + 0.5) for number in full])
            if len(ages) and ages.max() - ages.min() >= YEARS[0]:
                self.bins.append((ages, list(full.values())))
        if not self.bins:
            raise ValueError(f"HeadBatches needs heads of at least two ages, {fewest} of each within {BIN} years; no source has them.")

    def draw(self, rng):
        rows, partners, years = zip(*(self._pair(rng) for _ in range(self.batch_size)), strict=True)
        batch = self._taken(np.array(rows), rng, ("face", "flow", "regions", "traits", "person"))
        batch |= {"age": self.heads["age"][list(rows)].astype("float32"), "years": np.array(years, "float32")}
        real = self._taken(np.array(partners), rng, ("face", "regions", "person"))
        real |= {"age": self.heads["age"][list(partners)].astype("float32"), "movement": movement(rng, self.batch_size)}
        return (batch | {f"real_{name}": values for name, values in real.items()},)

    def _pair(self, rng):
        """A head, a real one of its source near the age asked for, and the years between."""
        ages, rows = self.bins[rng.integers(len(self.bins))]
        apart = lambda goal: np.flatnonzero((np.abs(ages - goal) >= YEARS[0]) & (np.abs(ages - goal) <= YEARS[1]))
        near = lambda goal: np.argmin(np.abs(ages - goal))
        goal = rng.uniform(*np.clip(TARGETS, ages.min(), ages.max()))
        while not len(apart(goal)):
            goal = rng.uniform(ages.min(), ages.max())
        row = rng.choice(rows[rng.choice(apart(goal))])
        years = goal - self.heads["age"][row]
        return row, rng.choice(rows[near(goal)]), years if abs(years) >= 1 else 1.0

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


def movement(rng, number):
    """Random smooth flows `(number, 64, 64, 2)` float32, fractions of the side, which vanish at the border."""
    place = (np.arange(MOVEMENT_SIDE) + 0.5) / MOVEMENT_SIDE
    waves = np.sin(np.pi * np.outer(place, np.arange(1, WAVES + 1)))
    drawn = rng.normal(size=(number, WAVES, WAVES, 2)) * MOVEMENT * 2 / WAVES
    return np.einsum("yi,xj,nijc->nyxc", waves, waves, drawn).astype("float32")
