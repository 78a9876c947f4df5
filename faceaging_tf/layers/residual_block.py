"""The residual block of the CycleGAN generator."""

from typing import Unpack

import keras

from faceaging_tf.layers.instance_normalization import InstanceNormalization
from faceaging_tf.layers.reflection_padding import ReflectionPadding2D
from faceaging_tf.typing import Config, LayerArguments, Shape, Tensor


@keras.saving.register_keras_serializable(package="faceaging_tf")
class ResidualBlock(keras.layers.Layer):
    """`y = x + IN(conv(pad(relu(IN(conv(pad(x)))))))`, both convolutions 3x3, as many channels out
    as in.

    The block of the reference CycleGAN (Zhu et al., ICCV 2017, after Johnson et al. 2016): no
    activation after the sum.

    Args:
        filters: number of channels, that of the input too.
        padding: "reflect" (the paper's) or "same" (zeros, faster on a phone).
        affine: whether its instance normalizations learn a scale and a shift (the reference's do
            not).
        epsilon: of its instance normalizations.

    Input and output shape: `(N, H, W, filters)`.

    Raises:
        ValueError: the input has another number of channels, or padding is neither of the two.

    Example:
        >>> import numpy as np
        >>> from faceaging_tf.layers import ResidualBlock
        >>> ResidualBlock(4)(np.zeros((1, 8, 8, 4), "float32")).shape
        TensorShape([1, 8, 8, 4])
    """

    def __init__(
        self,
        filters: int,
        padding: str = "reflect",
        affine: bool = True,
        epsilon: float = 1e-5,
        **kwargs: Unpack[LayerArguments],
    ):
        super().__init__(**kwargs)
        if padding not in ("reflect", "same"):
            raise ValueError(
                f'ResidualBlock got padding={padding!r}; it needs "reflect" or "same".'
            )
        self.filters = filters
        self.padding = padding
        self.affine = affine
        self.epsilon = epsilon
        convolution = {
            "padding": "valid" if padding == "reflect" else "same",
            "dtype": self.dtype_policy,
        }
        normalization = {"epsilon": epsilon, "affine": affine, "dtype": self.dtype_policy}
        mirror = 1 if padding == "reflect" else 0
        self.first_padding = ReflectionPadding2D(
            mirror, name="first_padding", dtype=self.dtype_policy
        )
        self.first_convolution = keras.layers.Conv2D(
            filters, 3, name="first_convolution", **convolution
        )
        self.first_normalization = InstanceNormalization(
            name="first_normalization", **normalization
        )
        self.second_padding = ReflectionPadding2D(
            mirror, name="second_padding", dtype=self.dtype_policy
        )
        self.second_convolution = keras.layers.Conv2D(
            filters, 3, name="second_convolution", **convolution
        )
        self.second_normalization = InstanceNormalization(
            name="second_normalization", **normalization
        )

    def build(self, input_shape: Shape) -> None:
        if input_shape[-1] != self.filters:
            raise ValueError(
                f"ResidualBlock(filters={self.filters}) got an input of {input_shape[-1]} channels; its sum needs as "
                "many channels in as out."
            )
        padded = self.first_padding.compute_output_shape(input_shape)
        for part in ("first", "second"):
            getattr(self, f"{part}_padding").build(input_shape)
            getattr(self, f"{part}_convolution").build(padded)
            getattr(self, f"{part}_normalization").build(input_shape)

    def call(self, inputs: Tensor) -> Tensor:
        x = self.first_convolution(self.first_padding(inputs))
        x = keras.ops.relu(self.first_normalization(x))
        x = self.second_convolution(self.second_padding(x))
        return inputs + self.second_normalization(x)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape

    def get_config(self) -> Config:
        own = {
            "filters": self.filters,
            "padding": self.padding,
            "affine": self.affine,
            "epsilon": self.epsilon,
        }
        return {**super().get_config(), **own}
