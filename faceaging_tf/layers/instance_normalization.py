"""Instance normalization: every channel of every image to mean 0 and variance 1."""

from typing import Unpack

import keras
from keras import ops

from faceaging_tf.typing import Config, LayerArguments, Shape, Tensor


@keras.saving.register_keras_serializable(package="faceaging_tf")
class InstanceNormalization(keras.layers.Layer):
    """Normalizes each channel of each image over its height and width.

    `y = gamma * (x - E[x]) / sqrt(Var[x] + epsilon) + beta`, with `E` and `Var` over H and W alone
    (Ulyanov et al., "Instance Normalization: The Missing Ingredient for Fast Stylization", 2016).

    The statistics are the mean and the mean of squares of the centred image, in float32 whatever
    the precision, and stay 4-D: mobile runtimes run them as two plain means.

    Args:
        epsilon: added to the variance; a float above 0.
        affine: whether gamma and beta are learned; without them the output is only normalized.

    Input and output shape: `(N, H, W, C)`, in the layer's compute dtype.

    Raises:
        ValueError: the input is not 4-D, its number of channels is unknown, or epsilon is not above
            0.

    Example:
        >>> import numpy as np
        >>> from faceaging_tf.layers import InstanceNormalization
        >>> InstanceNormalization()(np.ones((2, 8, 8, 3), "float32")).shape
        TensorShape([2, 8, 8, 3])
    """

    def __init__(
        self, epsilon: float = 1e-5, affine: bool = True, **kwargs: Unpack[LayerArguments]
    ):
        super().__init__(**kwargs)
        if epsilon <= 0:
            raise ValueError(
                f"InstanceNormalization got epsilon={epsilon}; it needs a number above 0, such as 1e-5."
            )
        self.epsilon = epsilon
        self.affine = affine

    def build(self, input_shape: Shape) -> None:
        if len(input_shape) != 4 or input_shape[-1] is None:
            raise ValueError(
                f"InstanceNormalization got an input of shape {tuple(input_shape)}; it needs images (N, H, W, C) with "
                "a known number of channels."
            )
        if self.affine:
            shape = (input_shape[-1],)
            self.gamma = self.add_weight(name="gamma", shape=shape, initializer="ones")
            self.beta = self.add_weight(name="beta", shape=shape, initializer="zeros")

    def call(self, inputs: Tensor) -> Tensor:
        x = ops.cast(inputs, "float32")
        centred = x - ops.mean(x, axis=(1, 2), keepdims=True)
        variance = ops.mean(ops.square(centred), axis=(1, 2), keepdims=True)
        scale = ops.rsqrt(variance + self.epsilon)
        if self.affine:
            y = centred * (scale * ops.cast(self.gamma, "float32")) + ops.cast(self.beta, "float32")
        else:
            y = centred * scale
        return ops.cast(y, self.compute_dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape

    def get_config(self) -> Config:
        return {**super().get_config(), "epsilon": self.epsilon, "affine": self.affine}
