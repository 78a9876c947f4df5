"""A picture moved by a field of small displacements."""

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="faceaging_tf")
class FaceWarp(layers.Layer):
    """`y[p] = x[p + flow(p)]`: each pixel is fetched from a place nearby, linearly between four pixels, edges repeated.

    Input: a list of images `(N, H, W, C)` and a flow `(N, h, w, 2)`, how far to the right and how far down each pixel is fetched from, as fractions of
    the width and the height; a flow of another size than the images is brought to theirs, linearly. Output as the images, float32.

    Made of plain gathering, so that it runs, and is differentiated by both inputs, on every backend, and is exported with built-in operations.

    Example:
        >>> import numpy as np
        >>> from faceaging_tf.layers import FaceWarp
        >>> row = np.arange(4.0).reshape(1, 1, 4, 1)
        >>> right = np.full((1, 1, 4, 2), (0.25, 0.0))
        >>> np.array(FaceWarp()([row, right])).ravel().tolist()
        [1.0, 2.0, 3.0, 3.0]
    """

    def __init__(self, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})

    def build(self, input_shape):
        pass

    def call(self, inputs):
        images, flow = (ops.cast(x, "float32") for x in inputs)
        height, width, channels = images.shape[1:]
        if flow.shape[1:3] != (height, width):
            flow = ops.image.resize(flow, (height, width), interpolation="bilinear")
        column = ops.clip(ops.arange(width, dtype="float32") + flow[..., 0] * width, 0.0, width - 1.0)
        row = ops.clip(ops.expand_dims(ops.arange(height, dtype="float32"), -1) + flow[..., 1] * height, 0.0, height - 1.0)
        left, top = ops.floor(column), ops.floor(row)
        across, down = ops.expand_dims(column - left, -1), ops.expand_dims(row - top, -1)
        left, top = ops.cast(left, "int32"), ops.cast(top, "int32")
        right, bottom = ops.minimum(left + 1, width - 1), ops.minimum(top + 1, height - 1)
        pixels = ops.reshape(images, (-1, channels))
        first = ops.reshape(ops.arange(ops.shape(images)[0], dtype="int32") * (height * width), (-1, 1, 1))
        fetched = lambda y, x: ops.take(pixels, first + y * width + x, axis=0)
        above = fetched(top, left) * (1.0 - across) + fetched(top, right) * across
        below = fetched(bottom, left) * (1.0 - across) + fetched(bottom, right) * across
        return above * (1.0 - down) + below * down

    def compute_output_shape(self, input_shape):
        return input_shape[0]
