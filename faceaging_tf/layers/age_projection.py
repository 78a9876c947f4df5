"""The age as a condition of a discriminator, by projection."""

from typing import Unpack

import keras
from keras import ops

from faceaging_tf.typing import Config, LayerArguments, Shape, Tensor


@keras.saving.register_keras_serializable(package="faceaging_tf")
class AgeProjection(keras.layers.Layer):
    """The score that an age adds to each patch: `s = <h(x), V b(age)>`, b the age in Gaussian bins.

    (Miyato and Koyama, "cGANs with Projection Discriminator", ICLR 2018; the age is not a class but
    a number, so it is spread over overlapping bins: `b_i = exp(-((age - c_i) / width)^2 / 2)`,
    normalized to sum 1.)

    Args:
        bins: number of bins, their centres even over 0 to 90 years; their width is the distance of
            two.

    Input: a list of features `(N, H, W, C)` and age `(N, 1)` in years; output shape `(N, H, W, 1)`.

    Raises:
        ValueError: fewer than two bins, or the input is not a list of two.
    """

    def __init__(self, bins: int = 10, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        if bins < 2:
            raise ValueError(f"AgeProjection got bins={bins}; it needs at least 2.")
        self.bins = bins

    def build(self, input_shape: Shape) -> None:
        if len(input_shape) != 2:
            raise ValueError(
                f"AgeProjection got {len(input_shape)} inputs; it needs a list [features, age]."
            )
        self.embedding = self.add_weight(
            name="embedding", shape=(self.bins, input_shape[0][-1]), initializer="glorot_uniform"
        )

    def call(self, inputs: Tensor) -> Tensor:
        features, age = inputs
        width = 90.0 / (self.bins - 1)
        centres = ops.arange(self.bins, dtype="float32") * width
        age = ops.clip(ops.reshape(ops.cast(age, "float32"), (-1, 1)), 0.0, 90.0)
        membership = ops.exp(-0.5 * ops.square((age - centres) / width))
        membership = membership / ops.sum(membership, axis=-1, keepdims=True)
        vector = ops.matmul(membership, ops.cast(self.embedding, "float32"))
        vector = ops.cast(vector, features.dtype)[:, None, None, :]
        return ops.sum(features * vector, axis=-1, keepdims=True)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape[0][:-1], 1)

    def get_config(self) -> Config:
        return {**super().get_config(), "bins": self.bins}
