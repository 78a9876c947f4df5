"""A convolution whose kernel is drawn and trained at unit scale."""

import keras
import numpy as np
from keras import layers, ops


@keras.saving.register_keras_serializable(package="faceaging_tf")
class EqualizedConv2D(layers.Layer):
    """`y = conv(x, gain * w / sqrt(fan_in)) + b` with `w` drawn from N(0, 1): an equalized learning rate.

    An optimizer that moves every weight by about the same step then moves every layer by the same
    share of its scale, and no normalization is needed (Karras et al., "Progressive Growing of
    GANs", ICLR 2018). Padding is "same".

    Args:
        filters: number of output channels.
        kernel_size: side of the kernel in pixels.
        strides: step of the convolution in pixels.
        gain: what the scale of the kernel is multiplied by; sqrt(2) before a rectifier, 1 for scores.

    Example:
        >>> import numpy as np
        >>> from faceaging_tf.layers import EqualizedConv2D
        >>> EqualizedConv2D(8, strides=2)(np.zeros((1, 6, 6, 3), "float32")).shape
        TensorShape([1, 3, 3, 8])
    """

    def __init__(self, filters, kernel_size=3, strides=1, gain=2.0**0.5, **kwargs):
        super().__init__(**kwargs)
        self.filters, self.kernel_size, self.strides, self.gain = filters, kernel_size, strides, gain

    def build(self, input_shape):
        side, channels = self.kernel_size, input_shape[-1]
        unit = keras.initializers.RandomNormal(stddev=1.0)
        shape = (side, side, channels, self.filters)
        self.kernel = self.add_weight(name="kernel", shape=shape, initializer=unit)
        self.bias = self.add_weight(name="bias", shape=(self.filters,), initializer="zeros")
        self.scale = self.gain / float(np.sqrt(side * side * channels))

    def call(self, inputs):
        kernel = self.scale * ops.cast(self.kernel, inputs.dtype)
        x = ops.conv(inputs, kernel, strides=self.strides, padding="same")
        return x + ops.cast(self.bias, x.dtype)

    def compute_output_shape(self, input_shape):
        rows, columns = (-(-side // self.strides) for side in input_shape[1:3])
        return (input_shape[0], rows, columns, self.filters)

    def get_config(self):
        own = {"filters": self.filters, "kernel_size": self.kernel_size}
        return {**super().get_config(), **own, "strides": self.strides, "gain": self.gain}
