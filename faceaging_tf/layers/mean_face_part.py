"""What the parts of ageing have in common: their weights lie in the mean face, as maps."""

from keras import layers, ops

from faceaging_tf.layers.sampling import SampleAlongFlow

# Side of the mean face's smooth maps in pixels, and at which they are looked up.
MAP_SIDE = 64


class MeanFacePart(layers.Layer):
    """A layer that computes in float32 and looks maps up along a flow."""

    def __init__(self, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.look_up = SampleAlongFlow(name="look_up")

    def map_weight(self, name, *shape, trainable=True):
        """A weight of zeros, float32."""
        return self.add_weight(name=name, shape=shape, initializer="zeros", trainable=trainable)

    def build(self, input_shape):
        self.built = True


def planes(values):
    """A number for each picture, `(N, 1, 1, 1)` of `(N, 1)` or `(N,)`."""
    return ops.reshape(values, (-1, 1, 1, 1))


def columns(values):
    """The columns of `(N, C)`, `(N, 1)` each."""
    return [values[:, number : number + 1] for number in range(values.shape[-1])]


def mean_of(images, mask):
    """The mean colour `(N, 1, 1, C)` of images where the mask is 1."""
    return ops.sum(images * mask, axis=(1, 2), keepdims=True) / ops.maximum(
        ops.sum(mask, axis=(1, 2), keepdims=True), 1.0
    )
