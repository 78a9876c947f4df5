"""Spectral normalization that leaves the kernel alone."""

from typing import Self, Unpack

import keras
from keras import ops

from faceaging_tf.typing import Config, LayerArguments, Shape, Tensor


@keras.saving.register_keras_serializable(package="faceaging_tf")
class SpectralNormalization(keras.layers.Layer):
    """A convolution or dense layer whose kernel is used divided by its largest singular value.

    `W_used = W / sigma(W)`, `sigma = u^T W v`, one power iteration a training step (Miyato et al.,
    "Spectral Normalization for Generative Adversarial Networks", ICLR 2018). The raw kernel stays
    the trained weight and is never written to; `u` is state; the division happens in `call`, on the
    output: both layers are linear in their kernel, so `layer(x) = (W * x) / sigma + b`.
    Training and inference therefore agree on every backend.

    Args:
        layer: a `keras.layers.Conv2D` or `keras.layers.Dense` without an activation.

    Input and output shape: those of the layer.

    Raises:
        ValueError: the layer has no kernel that it is linear in, or has an activation.

    Example:
        >>> import keras, numpy as np
        >>> from faceaging_tf.layers import SpectralNormalization
        >>> SpectralNormalization(keras.layers.Dense(4))(np.zeros((1, 3), "float32")).shape
        TensorShape([1, 4])
    """

    def __init__(self, layer: keras.layers.Layer, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        if not isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense)):
            raise ValueError(
                f"SpectralNormalization got {layer!r}; it needs a Conv2D or Dense layer."
            )
        if layer.activation is not keras.activations.linear:
            raise ValueError(
                f"SpectralNormalization got {layer.name!r} with an activation; give it a linear layer and put the activation after it."
            )
        self.layer = layer

    def build(self, input_shape: Shape) -> None:
        # A layer that comes from a saved configuration is built already.
        if not self.layer.built:
            self.layer.build(input_shape)
        self.u = self.add_weight(
            name="u",
            shape=(self.layer.kernel.shape[-1],),
            initializer=keras.initializers.RandomNormal(stddev=1.0, seed=0),
            trainable=False,
            dtype="float32",
            aggregation="only_first_replica",
        )

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        kernel = ops.cast(ops.convert_to_tensor(self.layer.kernel), "float32")
        matrix = ops.reshape(kernel, (-1, kernel.shape[-1]))
        fixed = ops.stop_gradient(matrix)
        u = _unit(ops.convert_to_tensor(self.u))
        v = _unit(ops.matmul(fixed, u))
        if training:
            u = _unit(ops.matmul(v, fixed))
            self.u.assign(u)
        sigma = ops.matmul(ops.matmul(v, matrix), u)
        outputs = self.layer(inputs)
        bias = self.layer.bias if self.layer.use_bias else None
        scale = ops.cast(1.0 / sigma, outputs.dtype)
        if bias is None:
            return outputs * scale
        bias = ops.cast(bias, outputs.dtype)
        return (outputs - bias) * scale + bias

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return self.layer.compute_output_shape(input_shape)

    def get_config(self) -> Config:
        return {**super().get_config(), "layer": keras.saving.serialize_keras_object(self.layer)}

    @classmethod
    def from_config(cls, config: Config) -> Self:
        return cls(**{**config, "layer": keras.saving.deserialize_keras_object(config["layer"])})


def _unit(vector):
    return vector * ops.rsqrt(ops.sum(ops.square(vector)) + 1e-12)
