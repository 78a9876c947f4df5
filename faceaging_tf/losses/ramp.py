"""A loss's weight that changes over a run."""

import dataclasses
from collections.abc import Sequence
from typing import TypeAlias

from keras import ops

from faceaging_tf.typing import Tensor


@dataclasses.dataclass(frozen=True)
class Ramp:
    """A weight that goes linearly from `start` to `end` between two steps, and stays there.

    Attributes:
        start: the weight up to `first_step`.
        end: the weight from `last_step` on.
        first_step: number of a training step.
        last_step: number of a later step.
    """

    start: float
    end: float
    first_step: int = 0
    last_step: int = 1

    def __call__(self, step: Tensor) -> Tensor:
        """The weight at a step (a number or a tensor), float32."""
        length = max(self.last_step - self.first_step, 1)
        share = ops.clip((ops.cast(step, "float32") - self.first_step) / length, 0.0, 1.0)
        return self.start + (self.end - self.start) * share


# A number, `[start, end, first_step, last_step]`, or a `Ramp`.
Weight: TypeAlias = float | Sequence[float] | Ramp


def as_ramp(weight: Weight) -> Ramp:
    """A `Ramp` of a number, of `[start, end, first_step, last_step]`, or of a `Ramp`.

    Raises:
        ValueError: none of these.
    """
    if isinstance(weight, Ramp):
        return weight
    if isinstance(weight, (int, float)):
        return Ramp(float(weight), float(weight))
    if isinstance(weight, (list, tuple)) and len(weight) == 4:
        return Ramp(*weight)
    raise ValueError(
        f"A loss weight got {weight!r}; it needs a number, or [start, end, first_step, last_step]."
    )
