"""A picture moved by a field of small displacements."""

from typing import Unpack

import keras
from keras import layers

from faceaging_tf.layers.sampling import SampleAlongFlow
from faceaging_tf.typing import LayerArguments, Shape, Tensor


@keras.saving.register_keras_serializable(package="faceaging_tf")
class FaceWarp(layers.Layer):
    """`y[p] = x[p + flow(p)]`: each pixel is fetched from a position nearby, linearly between four
    pixels, edges repeated.

    Input: a list of images `(N, H, W, C)` and a flow `(N, h, w, 2)`, how far to the right and how
    far down each pixel is fetched from, as fractions of the width and the height; a flow of another
    size than the images is brought to theirs, by `kernel`, "linear" or "cubic". Output as the
    images, float32.

    Made of plain gathering, so that it runs, and is differentiated by both inputs, on every
    backend, and is exported with built-in operations.

    Example:
        >>> import numpy as np
        >>> from faceaging_tf.layers import FaceWarp
        >>> row = np.arange(4.0).reshape(1, 1, 4, 1)
        >>> right = np.full((1, 1, 4, 2), (0.25, 0.0))
        >>> np.array(FaceWarp()([row, right])).ravel().tolist()
        [1.0, 2.0, 3.0, 3.0]
    """

    def __init__(self, **kwargs: Unpack[LayerArguments]):
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.sample = SampleAlongFlow(name="sample")

    def build(self, input_shape: Shape) -> None:
        pass

    def call(self, inputs: Tensor, kernel: str = "linear") -> Tensor:
        size = inputs[0].shape[1]
        return self.sample(inputs, size=None if inputs[1].shape[1] == size else size, kernel=kernel)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape[0]
