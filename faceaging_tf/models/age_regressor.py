"""The age network with what it needs to be trained: augmentation, and robustness against its own
gradient.
"""

from collections.abc import Mapping
from typing import Any, Self, Unpack

import keras
import numpy as np
from keras import ops

from faceaging_tf import networks
from faceaging_tf.arguments import whole
from faceaging_tf.geometry.frames import TIGHT, frame_of
from faceaging_tf.layers import ExpectedAge, FaceAugmentation, cut_window, resize_by_matrices
from faceaging_tf.models.faces import checked_faces, resized, to_range
from faceaging_tf.models.gradients import input_gradient
from faceaging_tf.networks.registry import Specification
from faceaging_tf.typing import Config, LayerArguments, Shape, Tensor


@keras.saving.register_keras_serializable(package="faceaging_tf")
class AgeRegressor(keras.Model):
    """Estimates ages: a distribution over 0..100 years, trained by `fit` with cross-entropy against
    soft targets.

    A generator that is trained against an age network looks for whatever moves it, coloured
    patterns and blotches included. With `robustness` above 0 a part of each training batch is
    therefore moved along the network's own gradient of the age, so that the network learns not to
    follow such patterns: networks trained so have gradients that look like the thing itself
    (Tsipras et al., "Robustness May Be at Odds with Accuracy", ICLR 2019). No label is needed: the
    direction is that of the expected age, up or down at random.

    Args:
        image_size: side of the face in pixels, unless the network's specification says another.
        network: specification of the age network (see `faceaging_tf.networks.build`), or a
            `keras.Model`.
        augmentation: dict of arguments of `FaceAugmentation`, or None for none.
        robustness: largest root mean square of the perturbation, in units of the range -1 to 1; 0
            for none.
        seed: of the random draws.
        frame: of the faces that it is given, "tight" or "whole_head" (see
            `faceaging_tf.geometry.frames`). The network knows the tight frame: of faces in another,
            it is shown the tight frame's window.

    Raises:
        ValueError: another frame.

    Inputs: faces `(N, S, S, 3)`, 0..255 (uint8 or float). Output: probabilities `(N, 101)`.

    Example:
        >>> from faceaging_tf.models import AgeRegressor
        >>> network = {"network": "age_network", "widths": (4, 8), "blocks": (1, 1)}
        >>> model = AgeRegressor(image_size=32, network=network)
        >>> model.compile(optimizer="adam", loss="categorical_crossentropy")
    """

    def __init__(
        self,
        image_size: int = 128,
        network: Specification = None,
        augmentation: Mapping[str, Any] | None = None,
        robustness: float = 0.0,
        seed: int = 0,
        frame: str = "tight",
        **kwargs: Unpack[LayerArguments],
    ):
        super().__init__(**kwargs)
        self.frame = frame_of(frame, "AgeRegressor").name
        self.network = networks.build(network or {"network": "age_network"}, image_size=image_size)
        # The network's own size where its specification has one: ages are estimated at the size
        # that it was trained at.
        self.image_size = self.network.input_shape[1] or image_size
        self.augmentation = None if augmentation is None else dict(augmentation)
        self.robustness = robustness
        self.seed = seed
        self.augment = (
            None
            if augmentation is None
            else FaceAugmentation(**{"seed": seed, **augmentation}, name="augment")
        )
        self.expected_age = ExpectedAge(name="expected_age")
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.build((None, image_size, image_size, 3))

    def build(self, input_shape: Shape) -> None:
        if self.augment is not None and not self.augment.built:
            self.augment.build(input_shape)
        self.expected_age.build((None, self.network.output_shape[-1]))
        self.built = True

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        x = to_range(inputs)
        if self.frame != TIGHT.name:
            x = self.tight(x)
        if training and self.augment is not None:
            x = self.augment(x, training=True)
        if training and self.robustness:
            x = self._moved_along_gradient(x)
        return self.network(x, training=training)

    def _moved_along_gradient(self, x):
        half = x.shape[0] // 2 if x.shape[0] else ops.shape(x)[0] // 2
        moved, rest = x[:half], x[half:]
        gradient = input_gradient(lambda faces: ops.sum(self._age(faces)), moved)
        strength = ops.sqrt(ops.mean(ops.square(gradient), axis=(1, 2, 3), keepdims=True)) + 1e-12
        draw = keras.random.uniform(
            (ops.shape(moved)[0], 1, 1, 1), -1.0, 1.0, seed=self.seed_generator
        )
        return ops.concatenate(
            [ops.stop_gradient(moved + self.robustness * draw * gradient / strength), rest], axis=0
        )

    def age(self, faces: Tensor) -> Tensor:
        """The expected age `(N,)` in years of faces `(N, H, H, 3)` in -1 to 1 of any size,
        differentiable.
        """
        return self._age(self.tight(faces))

    def _age(self, tight):
        return self.expected_age(self.network(tight, training=False))

    def tight(self, faces: Tensor) -> Tensor:
        """Faces `(N, H, H, C)` of this regressor's frame as the network is shown them:
        `(N, image_size, image_size, C)` in the tight frame.
        """
        if self.frame == TIGHT.name:
            return resize_by_matrices(faces, self.image_size)
        return cut_window(
            faces, frame_of(self.frame, "AgeRegressor").window(TIGHT), self.image_size
        )

    def mirrored_age(self, faces: Tensor) -> Tensor:
        """The mean of the ages of faces and their mirrors, `(N,)` in years, which errs less;
        arguments of `age`.
        """
        return (self.age(faces) + self.age(ops.flip(faces, axis=2))) / 2.0

    def estimate_ages(self, faces: np.ndarray, batch_size: int = 64) -> np.ndarray:
        """Ages `(N,)` float32 in years of aligned faces `(N, H, H, 3)` uint8 of any size; the mean
        of each face and its mirror.

        Raises:
            ValueError: faces of another shape or type, or a batch size below 1.
        """
        faces, batch_size = (
            checked_faces(faces, "estimate_ages"),
            whole(batch_size, "batch_size", 1),
        )
        ages = [np.zeros(0, "float32")]
        for start in range(0, len(faces), batch_size):
            x = faces[start : start + batch_size]
            x = (
                resized(x, self.image_size)
                if self.frame == TIGHT.name
                else ops.convert_to_numpy(self.tight(ops.cast(x, "float32")))
            )
            both = np.concatenate([x, x[:, :, ::-1]])
            probabilities = ops.convert_to_numpy(self.network(to_range(both), training=False))
            ages.append(
                (probabilities @ np.arange(101, dtype="float32")).reshape(2, -1).mean(axis=0)
            )
        return np.concatenate(ages)

    def save_own_variables(self, store: Any) -> None:
        super().save_own_variables(store)
        for name, generator in self._random_states().items():
            store[name] = ops.convert_to_numpy(generator.state)

    def load_own_variables(self, store: Any) -> None:
        for name, generator in self._random_states().items():
            if name in store:
                generator.state.assign(store[name])

    def _random_states(self):
        """The seed generators that nobody else saves, the network's dropout's too, by the names
        their states are saved under.
        """
        dropouts = [
            layer
            for layer in self.network.layers
            if isinstance(layer, keras.layers.Dropout) and layer.rate > 0
        ]
        return {"seed_state": self.seed_generator} | {
            f"{layer.name}_seed_state": layer.seed_generator for layer in dropouts
        }

    def get_config(self) -> Config:
        return {
            "image_size": self.image_size,
            "network": networks.serialize(self.network),
            "augmentation": self.augmentation,
            "robustness": self.robustness,
            "seed": self.seed,
            "frame": self.frame,
        }

    @classmethod
    def from_config(cls, config: Config) -> Self:
        return cls(**config)


def mean_age_error(targets, probabilities):
    """Metric: mean absolute difference in years of the two distributions' expected ages, `(N, 101)`
    each.
    """
    years = ops.arange(101, dtype="float32")
    difference = ops.sum(
        (ops.cast(targets, "float32") - ops.cast(probabilities, "float32")) * years, axis=-1
    )
    return ops.abs(difference)
