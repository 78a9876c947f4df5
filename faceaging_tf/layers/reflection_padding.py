"""Reflection padding, written as slices and concatenation."""

from typing import Unpack

import keras
from keras import ops

from faceaging_tf.typing import Config, LayerArguments, Shape, Tensor


@keras.saving.register_keras_serializable(package="faceaging_tf")
class ReflectionPadding2D(keras.layers.Layer):
    """Pads an image with its own mirror, the edge pixel itself not repeated: `abc` padded by 2 is
    `cbabcba`.

    The same numbers as `numpy.pad(mode="reflect")`. Rows and columns are sliced and concatenated,
    which mobile runtimes accelerate; their mirror-pad operation they do not.

    Args:
        padding: pixels added on each of the four sides; an int of at least 0.

    Input shape: `(N, H, W, C)`; output shape: `(N, H + 2 * padding, W + 2 * padding, C)`.

    Raises:
        ValueError: padding is negative, or not smaller than the height and the width (a mirror
            cannot be wider than the image).

    Example:
        >>> import numpy as np
        >>> from faceaging_tf.layers import ReflectionPadding2D
        >>> ReflectionPadding2D(1)(np.zeros((1, 8, 8, 3), "float32")).shape
        TensorShape([1, 10, 10, 3])
    """

    def __init__(self, padding: int = 1, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        if not isinstance(padding, int) or padding < 0:
            raise ValueError(
                f"ReflectionPadding2D got padding={padding!r}; it needs a whole number of pixels, 0 or more."
            )
        self.padding = padding

    def build(self, input_shape: Shape) -> None:
        for name, length in zip(("height", "width"), input_shape[1:3], strict=True):
            if length is not None and length <= self.padding:
                raise ValueError(
                    f"ReflectionPadding2D(padding={self.padding}) got an image of {name} {length}; it needs more than "
                    f"{self.padding} pixels. Use a smaller padding or a larger image."
                )

    def call(self, inputs: Tensor) -> Tensor:
        p = self.padding
        if p == 0:
            return inputs
        rows = [inputs[:, i : i + 1] for i in range(p, 0, -1)]
        rows_after = [inputs[:, -1 - i : -i] for i in range(1, p + 1)]
        x = ops.concatenate([*rows, inputs, *rows_after], axis=1)
        columns = [x[:, :, i : i + 1] for i in range(p, 0, -1)]
        columns_after = [x[:, :, -1 - i : -i] for i in range(1, p + 1)]
        return ops.concatenate([*columns, x, *columns_after], axis=2)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        batch, height, width, channels = input_shape
        grow = 2 * self.padding
        return (
            batch,
            None if height is None else height + grow,
            None if width is None else width + grow,
            channels,
        )

    def get_config(self) -> Config:
        return {**super().get_config(), "padding": self.padding}
