"""Random changes that leave a face's age alone, differentiable, on any backend."""

from typing import Any, Unpack

import keras
from keras import ops

from faceaging_tf.typing import Config, RandomLayerArguments, Shape, Tensor


@keras.saving.register_keras_serializable(package="faceaging_tf")
class FaceAugmentation(keras.layers.Layer):
    """Mirrors, moves, turns, scales, relights, recolours, blurs and adds grain to faces, each face
    by its own draw.

    All of it is differentiable, so a loss behind it teaches the network before it. Grain is noise
    of several sizes (1, 2, 4 and 8 pixels of a 128 pixel face): a network trained under it does not
    take blotches for age.

    Args:
        shift: largest move, as a fraction of the side.
        turn: largest angle, in degrees.
        scale: largest enlargement or reduction, as a fraction.
        light: largest change of brightness, in units of the range -1 to 1; contrast changes by up
            to twice it.
        colour: largest change of each channel's gain.
        blur: largest weight of a smoothed copy in the output.
        retouch: largest share of the faint detail that is taken away from half of the faces, as
            portrait retouching does: the skin becomes smooth, and strong edges stay. A network
            trained under it does not take smooth skin for young.
        grain: largest standard deviation of the noise, in units of the range -1 to 1.
        mirror: whether half of the faces are mirrored.
        **kwargs: `seed` of the random draws, 0 unless given, and what every layer takes.

    Input and output shape: `(N, H, W, 3)`, range -1 to 1 (the output may leave it a little),
    float32. Called with `training=False` it changes nothing. Its random state is saved with the
    weights, so a resumed run goes on exactly.

    Raises:
        ValueError: the input is not `(N, H, W, C)` with known H and W.
    """

    def __init__(
        self,
        shift: float = 0.04,
        turn: float = 8.0,
        scale: float = 0.08,
        light: float = 0.2,
        colour: float = 0.1,
        blur: float = 0.7,
        grain: float = 0.1,
        mirror: bool = True,
        retouch: float = 0.0,
        **kwargs: Unpack[RandomLayerArguments],
    ):
        seed = kwargs.pop("seed", 0)
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.shift, self.turn, self.scale = shift, turn, scale
        self.light, self.colour, self.blur, self.grain = light, colour, blur, grain
        self.mirror = mirror
        self.retouch = retouch
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def build(self, input_shape: Shape) -> None:
        if len(input_shape) != 4 or None in input_shape[1:]:
            raise ValueError(
                f"FaceAugmentation got a shape {tuple(input_shape)}; it needs (N, H, W, C) with known H, W, C."
            )

    def call(self, inputs: Tensor, training: bool = True) -> Tensor:
        x = ops.cast(inputs, "float32")
        if not training:
            return x
        x = self._move(x)
        if self.retouch:
            x = self._retouch(x)
        x = self._blur(x)
        x = self._relight(x)
        return self._add_grain(x)

    def _draw(self, x, low, high):
        return keras.random.uniform((ops.shape(x)[0], 1, 1, 1), low, high, seed=self.seed_generator)

    def _move(self, x):
        height, width = x.shape[1:3]
        number = ops.shape(x)[0]
        draw = lambda low, high: keras.random.uniform(
            (number,), low, high, seed=self.seed_generator
        )
        angle = draw(-self.turn, self.turn) * (3.14159265 / 180)
        zoom = 1.0 / (1.0 + draw(-self.scale, self.scale))
        flip = ops.where(draw(0.0, 1.0) < 0.5, -1.0, 1.0) if self.mirror else ops.ones((number,))
        move_x, move_y = (
            draw(-self.shift, self.shift) * width,
            draw(-self.shift, self.shift) * height,
        )
        # The matrix maps a place in the output to one in the input, about the centre of the face.
        a, b = zoom * ops.cos(angle) * flip, -zoom * ops.sin(angle) * flip
        c, d = zoom * ops.sin(angle), zoom * ops.cos(angle)
        centre_x, centre_y = (width - 1) / 2, (height - 1) / 2
        e = centre_x - a * centre_x - b * centre_y + move_x
        f = centre_y - c * centre_x - d * centre_y + move_y
        zero = ops.zeros((number,))
        matrix = ops.stack([a, b, e, c, d, f, zero, zero], axis=-1)
        return ops.image.affine_transform(x, matrix, interpolation="bilinear", fill_mode="nearest")

    def _blur(self, x):
        smooth = ops.average_pool(x, 3, strides=1, padding="same")
        smoother = ops.average_pool(smooth, 3, strides=1, padding="same")
        weight = self._draw(x, 0.0, self.blur)
        choice = self._draw(x, 0.0, 1.0)
        blurred = choice * smooth + (1 - choice) * smoother
        sharp = ops.cast(self._draw(x, 0.0, 1.0) < 0.4, "float32")
        weight = weight * (1 - sharp)
        return (1 - weight) * x + weight * blurred

    def _retouch(self, x):
        size = 2 * max(1, x.shape[1] // 64) + 1
        detail = x - ops.average_pool(x, size, strides=1, padding="same")
        share = self._draw(x, 0.0, self.retouch) * ops.cast(
            self._draw(x, 0.0, 1.0) < 0.5, "float32"
        )
        faint = ops.exp(-ops.square(detail / self._draw(x, 0.05, 0.2)))
        return x - share * faint * detail

    def _relight(self, x):
        contrast = 1 + self._draw(x, -2 * self.light, 2 * self.light)
        brightness = self._draw(x, -self.light, self.light)
        gains = keras.random.uniform(
            (ops.shape(x)[0], 1, 1, x.shape[-1]), -1.0, 1.0, seed=self.seed_generator
        )
        return x * contrast * (1 + self.colour * gains) + brightness

    def _add_grain(self, x):
        height, width = x.shape[1:3]
        number = ops.shape(x)[0]
        strength = self._draw(x, 0.0, self.grain) * ops.cast(
            self._draw(x, 0.0, 1.0) < 0.6, "float32"
        )
        unit = max(1, height // 128)
        noise = 0.0
        for size in (1, 2, 4, 8):
            rows, columns = -(-height // (size * unit)), -(-width // (size * unit))
            plane = keras.random.normal((number, rows, columns, 1), seed=self.seed_generator)
            if size * unit > 1:
                plane = ops.image.resize(plane, (height, width), interpolation="bilinear")
            noise = noise + plane * self._draw(x, 0.0, 1.0)
        return x + strength * noise

    def save_own_variables(self, store: Any) -> None:
        super().save_own_variables(store)
        store["seed_state"] = ops.convert_to_numpy(self.seed_generator.state)

    def load_own_variables(self, store: Any) -> None:
        # Weights saved before the random state was part of them have none.
        if "seed_state" in store:
            self.seed_generator.state.assign(store["seed_state"])

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape

    def get_config(self) -> Config:
        names = (
            "shift",
            "turn",
            "scale",
            "light",
            "colour",
            "blur",
            "grain",
            "mirror",
            "retouch",
            "seed",
        )
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
