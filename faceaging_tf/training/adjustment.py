"""What can be changed of a compiled model while it trains: learning rates, the hold on the
background, the seed.
"""

import dataclasses

import keras
import numpy as np

from faceaging_tf.losses import Ramp, as_ramp
from faceaging_tf.models.adversarial import AdversarialModel

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


def adjust(model: AdversarialModel, adjustment: Adjustment) -> None:
    """Set learning rates and weights of losses; a factor of 1 is what the model was compiled with,
    whatever was set before.

    It takes effect with the next step, in the midst of a `fit` too: the compiled step is made anew,
    for it holds weights and schedules as constants.

    Args:
        model: a compiled `AdversarialModel`.
        adjustment: an `Adjustment`; its seed is not looked at.
    """
    for name, rate in model.compiled_rates.items():
        factor = getattr(adjustment, f"{name}_rate")
        scheduled = isinstance(rate, keras.optimizers.schedules.LearningRateSchedule)
        getattr(model, f"{name}_optimizer").learning_rate = (
            ScaledRate(rate, factor) if scheduled else rate * factor
        )
    for name in model.background_losses:
        weight = as_ramp(model.weights_of_losses.get(name, 1.0))
        model.ramps[name] = as_ramp(strengthened(weight, adjustment.background))
    model.make_train_function(force=True)


def reseed(model: keras.Model, seed: int) -> None:
    """Give every random state of a model (pools, augmentation) a new one, a function of the seed
    alone.
    """
    rng = np.random.default_rng(seed)
    for variable in model.non_trainable_variables:
        if variable.path.endswith("seed_generator_state"):
            variable.assign(rng.integers(0, 2**31, size=variable.shape).astype(variable.dtype))


def strengthened(weight: float | Ramp, factor: float) -> float | Ramp:
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
