"""How different the pictures of a batch are, as a feature."""

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="faceaging_tf")
class MinibatchDeviation(layers.Layer):
    """Appends the mean standard deviation of the features over groups of a batch, as one channel.

    A discriminator that sees it refuses batches whose pictures are all alike (Karras et al.,
    "Progressive Growing of GANs", ICLR 2018). Statistics are in float32.

    Args:
        group: pictures in a group, neighbours in the batch; a batch
            that is no multiple of it is one group.

    Input `(N, H, W, C)`, output `(N, H, W, C + 1)`.

    Example:
        >>> import numpy as np
        >>> from faceaging_tf.layers import MinibatchDeviation
        >>> pair = np.array([0.0, 2.0], "float32").reshape(2, 1, 1, 1)
        >>> [round(float(value), 3) for value in MinibatchDeviation(group=2)(pair)[:, 0, 0, 1]]
        [1.0, 1.0]
    """

    def __init__(self, group=4, **kwargs):
        super().__init__(**kwargs)
        self.group = group

    def build(self, input_shape):
        self.built = True

    def call(self, inputs):
        shape = inputs.shape[1:]
        # A number where it is known, a tensor where it is not.
        number = inputs.shape[0] or ops.shape(inputs)[0]
        if isinstance(number, int):
            groups = number // self.group if number % self.group == 0 else 1
        else:
            groups = ops.where(number % self.group == 0, number // self.group, 1)
        x = ops.reshape(ops.cast(inputs, "float32"), (groups, number // groups, -1))
        deviation = ops.mean(ops.sqrt(ops.var(x, axis=1) + 1e-8), axis=-1, keepdims=True)
        each = ops.reshape(ops.broadcast_to(deviation, (groups, number // groups)), (-1, 1, 1, 1))
        plane = ops.broadcast_to(each, (number, *shape[:-1], 1))
        return ops.concatenate([inputs, ops.cast(plane, inputs.dtype)], axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] + 1)

    def get_config(self):
        return {**super().get_config(), "group": self.group}
