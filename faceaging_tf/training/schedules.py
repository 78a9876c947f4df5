"""How the learning rate and the weights of losses change over a run."""

import keras
from keras import ops

from faceaging_tf.typing import Config, Tensor


@keras.saving.register_keras_serializable(package="faceaging_tf")
class LinearDecay(keras.optimizers.schedules.LearningRateSchedule):
    """Constant, then linear to 0: CycleGAN's 100 epochs and 100 of decay.

    Args:
        rate: the learning rate to begin with.
        constant_steps: steps at that rate.
        decay_steps: steps over which it then falls to 0.

    Example:
        >>> from faceaging_tf.training import LinearDecay
        >>> round(float(LinearDecay(2e-4, 100, 100)(150)), 6)
        0.0001
    """

    def __init__(self, rate: float = 2e-4, constant_steps: int = 1000, decay_steps: int = 1000):
        self.rate, self.constant_steps, self.decay_steps = rate, constant_steps, decay_steps

    def __call__(self, step: Tensor) -> Tensor:
        done = (ops.cast(step, "float32") - self.constant_steps) / max(self.decay_steps, 1)
        return self.rate * (1.0 - ops.clip(done, 0.0, 1.0))

    def get_config(self) -> Config:
        return {
            "rate": self.rate,
            "constant_steps": self.constant_steps,
            "decay_steps": self.decay_steps,
        }
