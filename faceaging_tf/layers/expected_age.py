"""From a distribution over ages to one age."""

from typing import Unpack

import keras
from keras import ops

from faceaging_tf.typing import LayerArguments, Shape, Tensor


@keras.saving.register_keras_serializable(package="faceaging_tf")
class ExpectedAge(keras.layers.Layer):
    """The expected age of a distribution over 0, 1, ... C-1 years: `age = sum_i i * p_i`.

    (Rothe et al., "DEX: Deep EXpectation of apparent age from a single image", ICCV Workshops
    2015.)

    Input shape: `(N, C)` probabilities; output shape: `(N,)`, years, float32.
    """

    def __init__(self, **kwargs: Unpack[LayerArguments]):
        super().__init__(**{**kwargs, "dtype": "float32"})

    def build(self, input_shape: Shape) -> None:
        pass

    def call(self, inputs: Tensor) -> Tensor:
        probabilities = ops.cast(inputs, "float32")
        years = ops.arange(probabilities.shape[-1], dtype="float32")
        return ops.sum(probabilities * years, axis=-1)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape[:1]
