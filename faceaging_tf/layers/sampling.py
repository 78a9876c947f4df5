"""Pictures looked up between their pixels: one gather for the four neighbours of a position."""

from collections.abc import Sequence
from typing import Unpack

import keras
from keras import layers, ops

from faceaging_tf.layers.resizing import resize_by_matrices
from faceaging_tf.typing import Config, LayerArguments, Shape, Tensor


def sampled(images: Tensor, columns: Tensor, rows: Tensor, together: bool = True) -> Tensor:
    """Images at positions between their pixels, linearly between four of them, edges repeated.

    The four neighbours are laid side by side in the channels first, so that a position is one
    gather: about three times as fast as four gathers, and made of operations that every runtime
    has.

    Args:
        images: `(N, H, W, C)` float32 tensor.
        columns: `(N, h, w)` float32, x in pixels, the first pixel's centre at 0.
        rows: likewise, y.
        together: whether the neighbours are laid side by side; of maps that are constants an
            exported file would keep all four.

    Returns:
        `(N, h, w, C)` float32 tensor.
    """
    height, width, channels = images.shape[1:]
    columns, rows = ops.clip(columns, 0.0, width - 1.0), ops.clip(rows, 0.0, height - 1.0)
    left, top = ops.floor(columns), ops.floor(rows)
    across, down = ops.expand_dims(columns - left, -1), ops.expand_dims(rows - top, -1)
    first = ops.reshape(
        ops.arange(ops.shape(images)[0], dtype="int32") * (height * width), (-1, 1, 1)
    )
    left, top = ops.cast(left, "int32"), ops.cast(top, "int32")
    if together:
        pair = ops.concatenate(
            [images, ops.concatenate([images[:, :, 1:], images[:, :, -1:]], axis=2)], axis=-1
        )
        four = ops.concatenate(
            [pair, ops.concatenate([pair[:, 1:], pair[:, -1:]], axis=1)], axis=-1
        )
        found = ops.take(ops.reshape(four, (-1, 4 * channels)), first + top * width + left, axis=0)
        corners = [found[..., number * channels : (number + 1) * channels] for number in range(4)]
    else:
        pixels = ops.reshape(images, (-1, channels))
        right, bottom = ops.minimum(left + 1, width - 1), ops.minimum(top + 1, height - 1)
        corners = [
            ops.take(pixels, first + y * width + x, axis=0)
            for y in (top, bottom)
            for x in (left, right)
        ]
    above = corners[0] * (1.0 - across) + corners[1] * across
    below = corners[2] * (1.0 - across) + corners[3] * across
    return above * (1.0 - down) + below * down


@keras.saving.register_keras_serializable(package="faceaging_tf")
class SampleAlongFlow(layers.Layer):
    """`y[p] = x[p + flow(p)]` for images of any size: positions are fractions of the side.

    Args:
        window: left, top and side of the part of the flow's square that the images show, fractions
            of its side.

    Input: a list of images `(N, H, W, C)`, or `(1, H, W, C)` for all, and a flow `(N, h, w, 2)`,
    how far to the right and how far down, as fractions of the side. Output `(N, h, w, C)` float32,
    at the flow's size, or at a `size` given besides, to which a square flow is brought by `kernel`,
    see `resize_by_matrices`.

    Example:
        >>> import numpy as np
        >>> from faceaging_tf.layers import SampleAlongFlow
        >>> row = np.arange(4.0).reshape(1, 1, 4, 1)
        >>> right = np.full((1, 1, 4, 2), (0.25, 0.0))
        >>> np.array(SampleAlongFlow()([row, right])).ravel().tolist()
        [1.0, 2.0, 3.0, 3.0]
    """

    def __init__(self, window: Sequence[float] = (0.0, 0.0, 1.0), **kwargs: Unpack[LayerArguments]):
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.window = tuple(window)
        # There is nothing to build; inside another layer nobody would, and on JAX `fit` runs a
        # model that holds a layer not yet built.
        self.built = True

    def build(self, input_shape: Shape) -> None:
        pass

    def call(self, inputs: Tensor, size: int | None = None, kernel: str = "linear") -> Tensor:
        images, flow = (ops.cast(x, "float32") for x in inputs)
        left, top, side = self.window
        height, width = images.shape[1] / side, images.shape[2] / side
        # The two planes are parted, and scaled, while they are small: every other number of many is
        # slow, and an exported file would keep a scaled copy of the matrix that enlarges them.
        across, down = (
            resize_by_matrices(plane, size or plane.shape[1], kernel)
            for plane in (flow[..., :1] * width, flow[..., 1:] * height)
        )
        rows, columns = across.shape[1:3]
        across, down = (ops.reshape(plane, (-1, rows, columns)) for plane in (across, down))
        # In pixels, whose halves are exact in half precision too: an exported file keeps such
        # constants in it.
        column = (
            (ops.arange(columns, dtype="float32") + 0.5) * (width / columns)
            - (left * width + 0.5)
            + across
        )
        row = (
            ops.expand_dims(
                (ops.arange(rows, dtype="float32") + 0.5) * (height / rows) - (top * height + 0.5),
                -1,
            )
            + down
        )
        if images.shape[0] == 1:
            number = ops.shape(flow)[0]
            column, row = (ops.reshape(x, (1, number * rows, columns)) for x in (column, row))
            found = sampled(images, column, row, together=False)
            return ops.reshape(found, (number, rows, columns, images.shape[-1]))
        return sampled(images, column, row)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape[1][:3], input_shape[0][-1])

    def get_config(self) -> Config:
        return {**super().get_config(), "window": self.window}
