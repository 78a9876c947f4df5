"""The pool of past fakes that a discriminator is shown."""

from typing import Any, Unpack

import keras
from keras import ops

from faceaging_tf.typing import Config, LayerArguments, Shape, Tensor


@keras.saving.register_keras_serializable(package="faceaging_tf")
class ImagePool(keras.layers.Layer):
    """Keeps past fakes and hands some of them back in place of new ones (Shrivastava et al., CVPR
    2017).

    While the pool fills, new images pass through and are kept. Once full, each new image is, with
    probability 1/2, exchanged for a random one of the pool, else passed through, as in the
    reference CycleGAN. Within one batch all draws are made against the pool as it was before the
    batch, and two images never take the same place.

    The images, their number and the random state are saved with the weights, so a resumed run goes
    on exactly. Under a distribution strategy the pool keeps the first replica's images.

    Args:
        size: number of images kept; 0 passes every image through.
        seed: of the random draws.

    Input and output shape: `(N, H, W, C)` with H, W and C known; N may not exceed the size (a
    larger batch passes its surplus through). Called with `training=False` it changes nothing.

    Raises:
        ValueError: size is negative, or H, W or C is unknown.
    """

    def __init__(self, size: int = 50, seed: int = 0, **kwargs: Unpack[LayerArguments]):
        super().__init__(**{**kwargs, "dtype": "float32"})
        if size < 0:
            raise ValueError(f"ImagePool got size={size}; it needs 0 (no pool) or more.")
        self.size = size
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def build(self, input_shape: Shape) -> None:
        if any(length is None for length in input_shape[1:]):
            raise ValueError(
                f"ImagePool got images of shape {tuple(input_shape)}; it needs a known height, width and channels."
            )
        state = {"trainable": False, "initializer": "zeros", "aggregation": "only_first_replica"}
        self.images = self.add_weight(
            name="images", shape=(max(self.size, 1), *input_shape[1:]), **state
        )
        self.count = self.add_weight(name="count", shape=(), dtype="int32", **state)

    def call(self, inputs: Tensor, training: bool = True) -> Tensor:
        if self.size == 0 or not training:
            return inputs
        batch = min(inputs.shape[0] or self.size, self.size)
        new = ops.cast(inputs[:batch], "float32")
        number = ops.shape(new)[0]
        # As tensors: JAX takes no Keras variable where it traces.
        images, count = ops.convert_to_tensor(self.images), ops.convert_to_tensor(self.count)
        places = ops.arange(self.size)
        order = keras.random.uniform((self.size,), seed=self.seed_generator)
        exchange = keras.random.uniform((self.size,), seed=self.seed_generator) < 0.5
        full = count >= self.size
        # Before the pool is full an image goes to the next free place; afterwards to a random place
        # of its own.
        drawn = ops.argsort(order)[:number]
        free = ops.minimum(count + places[:number], self.size - 1)
        fits = count + places[:number] < self.size
        target = ops.where(full, drawn, free)
        store = ops.where(full, exchange[:number], fits)
        old = ops.take(images, target, axis=0)
        handed_back = ops.logical_and(full, store)[:, None, None, None]
        outputs = ops.where(handed_back, old, new)
        # One row of `chosen` a place: which image of the batch, if any, moves in.
        chosen = ops.logical_and(places[:, None] == target[None, :], store[None, :])
        moves_in = ops.any(chosen, axis=1)
        source = ops.argmax(ops.cast(chosen, "int32"), axis=1)
        kept = ops.where(moves_in[:, None, None, None], ops.take(new, source, axis=0), images)
        self.images.assign(ops.stop_gradient(kept))
        self.count.assign(ops.minimum(count + ops.cast(number, "int32"), self.size))
        rest = ops.cast(inputs[batch:], "float32")
        return ops.concatenate([outputs, rest], axis=0)

    def save_own_variables(self, store: Any) -> None:
        super().save_own_variables(store)
        store["seed_state"] = ops.convert_to_numpy(self.seed_generator.state)

    def load_own_variables(self, store: Any) -> None:
        for index, variable in enumerate(self._trainable_variables + self._non_trainable_variables):
            variable.assign(store[str(index)])
        if "seed_state" in store:
            self.seed_generator.state.assign(store["seed_state"])

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape

    def get_config(self) -> Config:
        return {**super().get_config(), "size": self.size, "seed": self.seed}
