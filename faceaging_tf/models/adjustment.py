"""What can be changed of a compiled model while it trains: learning rates, the hold on the
background, the seed.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from faceaging_tf.losses import Ramp, as_ramp
from faceaging_tf.losses.ramp import Weight

# The paper's weight of the weak L1 term, which a model that trains without one gets with the first
# doubling.
WEAK_L1 = 0.5


@keras.saving.register_keras_serializable(package="faceaging_tf")
class ScaledRate(keras.optimizers.schedules.LearningRateSchedule):
    """Another schedule's rate times a factor.

    Args:
        schedule: a `LearningRateSchedule`.
        factor: a number.
    """

    def __init__(self, schedule, factor):
        self.schedule, self.factor = schedule, factor

    def __call__(self, step):
        return self.factor * self.schedule(step)

    def get_config(self):
        return {
            "schedule": keras.saving.serialize_keras_object(self.schedule),
            "factor": self.factor,
        }

    @classmethod
    def from_config(cls, config):
        return cls(keras.saving.deserialize_keras_object(config["schedule"]), config["factor"])


@dataclasses.dataclass(frozen=True)
class Adjustment:
    """How far a run is from what its model was compiled with.

    Attributes:
        generator_rate: factor on the generators' learning rate.
        discriminator_rate: factor on the discriminators'.
        background: factor on the weights of the losses that hold the output to the input (weak L1);
            see `strengthened`.
        seed: added to the batches' seed.
    """

    generator_rate: float = 1.0
    discriminator_rate: float = 1.0
    background: float = 1.0
    seed: int = 0


class Adjustable:
    """What `AdversarialModel` adds for a run that is put right on its way.

    Attributes:
        background_losses: names of the losses that hold the output to the input.
    """

    background_losses: tuple[str, ...] = ()
    # The model's.
    ramps: dict[str, Ramp]
    weights_of_losses: dict[str, Weight]
    non_trainable_variables: list[Any]
    make_train_function: Callable[..., Any]

    def remember_rates(self) -> None:
        """Keeps the learning rates that the model was compiled with: what factors refer to."""
        self.compiled_rates: dict[str, Any] = {}
        for name in ("generator", "discriminator"):
            rate = getattr(self, f"{name}_optimizer").get_config()["learning_rate"]
            self.compiled_rates[name] = (
                keras.saving.deserialize_keras_object(rate) if isinstance(rate, dict) else rate
            )

    def adjust(self, adjustment: Adjustment) -> None:
        """Sets learning rates and weights of losses; a factor of 1 is what the model was compiled
        with, whatever was set before.

        Takes effect with the next step, in the midst of a `fit` too: the compiled step is made
        anew, for it holds weights and schedules as constants.

        Args:
            adjustment: an `Adjustment`; its seed is not looked at.
        """
        for name, rate in self.compiled_rates.items():
            factor = getattr(adjustment, f"{name}_rate")
            scheduled = isinstance(rate, keras.optimizers.schedules.LearningRateSchedule)
            getattr(self, f"{name}_optimizer").learning_rate = (
                ScaledRate(rate, factor) if scheduled else rate * factor
            )
        self.hold_background(adjustment.background)
        self.make_train_function(force=True)

    def hold_background(self, factor: float) -> None:
        """Weighs the losses that hold the output to the input `factor` times as much as they were
        compiled with.
        """
        for name in self.background_losses:
            self.ramps[name] = strengthened(as_ramp(self.weights_of_losses.get(name, 1.0)), factor)

    def reseed(self, seed: int) -> None:
        """Gives every random state of the model (pools, augmentation) a new one, a function of the
        seed alone.
        """
        rng = np.random.default_rng(seed)
        for variable in self.non_trainable_variables:
            if variable.path.endswith("seed_generator_state"):
                variable.assign(rng.integers(0, 2**31, size=variable.shape).astype(variable.dtype))


def strengthened(weight, factor):
    """A weight (a number or a `Ramp`) times a factor; one of 0 becomes half the paper's 0.5 times a
    factor above 1.

    Example:
        >>> strengthened(0.5, 2.0), strengthened(0.0, 2.0), strengthened(0.0, 1.0)
        (1.0, 0.5, 0.0)
    """
    if isinstance(weight, Ramp):
        if weight.start == weight.end == 0:
            return as_ramp(strengthened(0.0, factor))
        return dataclasses.replace(weight, start=factor * weight.start, end=factor * weight.end)
    return factor * (weight or (WEAK_L1 / 2 if factor > 1 else 0.0))
