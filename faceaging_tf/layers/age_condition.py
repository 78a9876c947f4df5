"""How the number of years and the age enter a network: as planes, as a vector, as a scale and a
shift.
"""

from typing import Unpack

import keras
from keras import ops

from faceaging_tf.typing import LayerArguments, Shape, Tensor

YEARS_SCALE = 50.0
AGE_SCALE = 100.0


def scaled_years_and_age(years, age):
    """The four numbers that condition a network: years / 50, |years| / 50, age / 100 and
    (age + years) / 100, about -1 to 1.

    Args:
        years: `(N,)` or `(N, 1)`, years to add; negative makes younger.
        age: `(N,)` or `(N, 1)`, the age now, in years.

    Returns:
        `(N, 4)` float32.
    """
    years = ops.reshape(ops.cast(years, "float32"), (-1, 1))
    age = ops.reshape(ops.cast(age, "float32"), (-1, 1))
    return ops.concatenate(
        [
            years / YEARS_SCALE,
            ops.abs(years) / YEARS_SCALE,
            age / AGE_SCALE,
            (age + years) / AGE_SCALE,
        ],
        axis=-1,
    )


@keras.saving.register_keras_serializable(package="faceaging_tf")
class AgeVector(keras.layers.Layer):
    """Years and age as a vector for dense layers: `[years, age] -> (N, 4)`, see
    `scaled_years_and_age`.

    Input: a list of years `(N, 1)` and age `(N, 1)`, both in years. The output is float32.
    """

    def __init__(self, **kwargs: Unpack[LayerArguments]):
        super().__init__(**{**kwargs, "dtype": "float32"})

    def build(self, input_shape: Shape) -> None:
        pass

    def call(self, inputs: Tensor) -> Tensor:
        return scaled_years_and_age(*inputs)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0][0], 4)


@keras.saving.register_keras_serializable(package="faceaging_tf")
class AgeCondition(keras.layers.Layer):
    """Appends years and age to an image as constant planes: `[x, years, age] -> (N, H, W, C + 4)`.

    The planes hold the numbers of `scaled_years_and_age`, in the order given there. (The paper does
    not say how k and the age enter its networks; planes are the usual way since conditional GANs,
    and this choice is ours.)

    Input: a list of images `(N, H, W, C)`, years `(N, 1)` and age `(N, 1)`.

    Raises:
        ValueError: the input is not a list of three.

    Example:
        >>> import numpy as np
        >>> from faceaging_tf.layers import AgeCondition
        >>> faces = np.zeros((1, 8, 8, 3), "float32")
        >>> AgeCondition()([faces, np.array([[30.0]]), np.array([[25.0]])]).shape
        TensorShape([1, 8, 8, 7])
    """

    def build(self, input_shape: Shape) -> None:
        if len(input_shape) != 3:
            raise ValueError(
                f"AgeCondition got {len(input_shape)} inputs; it needs a list [images, years, age]."
            )

    def call(self, inputs: Tensor) -> Tensor:
        images, years, age = inputs
        planes = ops.cast(scaled_years_and_age(years, age), images.dtype)[:, None, None, :]
        return ops.concatenate([images, planes * ops.ones_like(images[..., :1])], axis=-1)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape[0][:-1], input_shape[0][-1] + 4)


@keras.saving.register_keras_serializable(package="faceaging_tf")
class FeatureModulation(keras.layers.Layer):
    """A scale and a shift a channel, read off a vector: `y = x * (1 + scale(v)) + shift(v)`.

    (Perez et al., "FiLM: Visual Reasoning with a General Conditioning Layer", AAAI 2018.) Both
    start at 0, so that an untrained modulation changes nothing.

    Input: a list of features `(N, H, W, C)` and a vector `(N, V)`; output shape `(N, H, W, C)`.

    Raises:
        ValueError: the input is not a list of two.
    """

    def build(self, input_shape: Shape) -> None:
        if len(input_shape) != 2:
            raise ValueError(
                f"FeatureModulation got {len(input_shape)} inputs; it needs a list [features, vector]."
            )
        features, vector = input_shape
        self.dense = keras.layers.Dense(
            2 * features[-1], kernel_initializer="zeros", name="dense", dtype=self.dtype_policy
        )
        self.dense.build(vector)

    def call(self, inputs: Tensor) -> Tensor:
        features, vector = inputs
        scale, shift = ops.split(self.dense(vector)[:, None, None, :], 2, axis=-1)
        return features * (1 + scale) + shift

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape[0]
