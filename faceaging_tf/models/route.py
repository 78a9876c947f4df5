"""Which faces one direction of a model is for."""

import dataclasses

from keras import ops


@dataclasses.dataclass(frozen=True)
class Route:
    """A direction of a model, and the faces that take it: those that meet every condition, unless
    an earlier route had them.

    Attributes:
        direction: its name, such as "aging".
        sign: 1 for years above 0, -1 for years below, 0 for either.
        beyond: the number of years, either way, that must be exceeded.
        source: ages now, `(from, to)` in years, `to` left out; None for an open end.
        target: ages wanted, now and the years together, likewise.
    """

    direction: str
    sign: int = 0
    beyond: float = 0.0
    source: tuple[float | None, float | None] = (None, None)
    target: tuple[float | None, float | None] = (None, None)

    def takes(self, years, ages):
        """Whether faces take it, `(N,)` booleans, of `years` and `ages`, `(N,)` float32 tensors."""
        taken = ops.abs(years) > self.beyond
        if self.sign:
            taken = ops.logical_and(taken, self.sign * years > 0)
        for (low, high), reached in ((self.source, ages), (self.target, ages + years)):
            if low is not None:
                taken = ops.logical_and(taken, reached >= low)
            if high is not None:
                taken = ops.logical_and(taken, reached < high)
        return taken


def both_ways():
    """The routes of a model with one direction for older and one for younger."""
    return Route("aging", sign=1), Route("rejuvenation", sign=-1)
