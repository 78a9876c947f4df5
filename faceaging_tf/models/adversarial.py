"""The one training step of all adversarial models, on TensorFlow and on JAX."""

from collections.abc import Mapping
from typing import Any, Self, Unpack

import keras

from faceaging_tf.losses import as_ramp
from faceaging_tf.losses.ramp import Weight
from faceaging_tf.models.base import AgingModel
from faceaging_tf.models.observation import Observation
from faceaging_tf.networks import parts_of
from faceaging_tf.networks.registry import Specification
from faceaging_tf.typing import Batch, Config, LayerArguments, Tensor

NO_DISCRIMINATOR = (
    "This {name} holds generators alone, as released for use; it cannot be trained. Build one with discriminators "
    "(zoo.load(..., weights=None)) and, if you like, start from these weights."
)


class AdversarialArguments(LayerArguments, total=False):
    """What the constructor of every adversarial model takes by name, besides its own arguments.

    Attributes:
        age_network: specification of the age network, which estimates ages and is never trained.
        weights: dict from a generator loss's name to its weight: a number, or
            `[start, end, first_step, last_step]`; those not named have the model's
            `default_weights`.
        momentum: of the EMA generators.
        frame: how much of a head the faces show, "tight" or "whole_head", see `AgingModel`.
    """

    age_network: Specification
    weights: Mapping[str, Weight] | None
    momentum: float
    frame: str


class AdversarialModel(AgingModel):
    """A model of generators and discriminators, trained by plain `fit`.

    A subclass gives `generators`, `discriminators` and `averages` (dicts by name), `loss_names` and
    `default_weights`, and writes what is its own: `generator_losses(batch)` and
    `discriminator_losses(batch, fakes)`, pure and free of any backend.

    Both gradients are taken at the same point, as the reference CycleGAN does: the generators'
    against the discriminators as they were before the step, the discriminators' on fakes of the
    generators as they were. Then both optimizers move, and the EMA generators follow:
    `average += (1 - momentum) * (weight - average)`.

    Args:
        image_size: side of the face in pixels.
        age_network: specification of the age network.
        weights: dict from a generator loss's name to its weight: a number, or
            `[start, end, first_step, last_step]`; those not named have `default_weights`, else 1.
        momentum: of the EMA generators; they begin as the generators do.
        frame: how much of a head the faces show, "tight" or "whole_head", see `AgingModel`.

    Raises:
        ValueError: a weight for a loss that the model does not have.
    """

    loss_names: tuple[str, ...] = ()
    discriminator_loss_names: tuple[str, ...] = ("discriminator",)
    default_weights: Mapping[str, Weight] = {}
    # The head generator that the generators are translations of, where they are.
    aging_base: keras.Model | None = None
    # Those that hold the output to the input; a run that inverts its background gets more of them.
    background_losses: tuple[str, ...] = ()

    def __init__(
        self,
        image_size: int = 128,
        age_network: Specification = None,
        weights: Mapping[str, Weight] | None = None,
        momentum: float = 0.999,
        frame: str = "tight",
        **kwargs: Unpack[LayerArguments],
    ):
        super().__init__(image_size, age_network, frame, **kwargs)
        weights = {**self.default_weights, **(weights or {})}
        # A weight of 0 for a loss that was there once changes nothing: earlier presets load.
        unknown = sorted(
            name for name, weight in weights.items() if name not in self.loss_names and weight != 0
        )
        if unknown:
            raise ValueError(
                f"{type(self).__name__} got a weight for {unknown[0]!r}; its losses are {', '.join(self.loss_names)}."
            )
        self.weights_of_losses = {
            name: weight for name, weight in weights.items() if name in self.loss_names
        }
        self.momentum = momentum

    @property
    def generators(self) -> dict[str, keras.Model]:
        """The trained generators by name."""
        raise NotImplementedError

    @property
    def averages(self) -> dict[str, keras.Model]:
        """The EMA generators, by the same names; none in a model for release."""
        raise NotImplementedError

    @property
    def discriminators(self) -> dict[str, keras.Model]:
        """The discriminators by name; none in a model for release."""
        raise NotImplementedError

    def generator_losses(self, batch: Batch) -> tuple[dict[str, Tensor], Any]:
        """`(losses, fakes)`: a dict of scalars, unweighted, and whatever `discriminator_losses`
        needs of the fakes.
        """
        raise NotImplementedError

    def discriminator_losses(self, batch: Batch, fakes: Any) -> dict[str, Tensor]:
        """A dict of scalars, summed as they are; `fakes` carries no gradient."""
        raise NotImplementedError

    @property
    def moves_faces(self) -> bool:
        return any(parts_of(generator) is not None for generator in self.generators.values())

    def observe(self, batch: Batch) -> dict[str, Observation]:
        """What the networks, as they are trained just now, make of a batch: dict from a
        direction's name to an `Observation`.

        For whoever watches a training run; nothing changes, and no random number is drawn. A model
        that does not write it can only be watched for losses and weights that are not finite.
        """
        return {}

    def compile(
        self,
        generator_optimizer: keras.optimizers.Optimizer | None = None,
        discriminator_optimizer: keras.optimizers.Optimizer | None = None,
        **kwargs: Any,
    ) -> None:
        """Gives generators and discriminators an optimizer each (default: Adam, 2e-4, beta_1 0.5,
        as CycleGAN).

        Args:
            generator_optimizer: a Keras optimizer.
            discriminator_optimizer: another one.
            **kwargs: of `keras.Model.compile`. XLA is off on TensorFlow unless asked for: on a CPU
                it halves the speed.

        Raises:
            ValueError: the model has no discriminators, or one optimizer was given for both.
        """
        if not self.discriminators:
            raise ValueError(NO_DISCRIMINATOR.format(name=type(self).__name__))
        if generator_optimizer is not None and generator_optimizer is discriminator_optimizer:
            raise ValueError(
                "compile got one optimizer for both; generators and discriminators need one each."
            )
        self.generator_optimizer = generator_optimizer or keras.optimizers.Adam(2e-4, beta_1=0.5)
        self.discriminator_optimizer = discriminator_optimizer or keras.optimizers.Adam(
            2e-4, beta_1=0.5
        )
        generator_keys = {id(variable) for variable in self._generator_variables}
        known = generator_keys | {id(variable) for variable in self._discriminator_variables}
        strangers = [
            variable.path for variable in self.trainable_variables if id(variable) not in known
        ]
        if strangers:
            raise ValueError(
                f"These trainable weights belong to no generator and no discriminator: {', '.join(strangers[:5])}."
            )
        optimizer = keras.optimizers.MultiOptimizer(
            lambda variable: (
                self.generator_optimizer
                if id(variable) in generator_keys
                else self.discriminator_optimizer
            )
        )
        if keras.backend.backend() == "tensorflow":
            kwargs.setdefault("jit_compile", False)
        super().compile(optimizer=optimizer, **kwargs)
        self.built = True
        # Built here, or a checkpoint's optimizer state would have nowhere to go.
        self.optimizer.build(self.trainable_variables)
        names = (*self.loss_names, *self.discriminator_loss_names)
        self.loss_metrics = {name: keras.metrics.Mean(name=name) for name in names}
        self.ramps = {
            name: as_ramp(self.weights_of_losses.get(name, 1.0)) for name in self.loss_names
        }
        # A schedule is copied: whoever adjusts a run refers to what it was compiled with.
        self.compiled_rates = {}
        for name in ("generator", "discriminator"):
            rate = getattr(self, f"{name}_optimizer").get_config()["learning_rate"]
            self.compiled_rates[name] = (
                keras.saving.deserialize_keras_object(rate) if isinstance(rate, dict) else rate
            )

    # Not kept in lists of the model's own: Keras would take them for weights that it has beside
    # those of its networks.
    @property
    def _generator_variables(self):
        return _variables(self.generators)

    @property
    def _discriminator_variables(self):
        return _variables(self.discriminators)

    def get_compile_config(self) -> Config | None:
        if not self.compiled:
            return None
        return {
            "generator_optimizer": keras.saving.serialize_keras_object(self.generator_optimizer),
            "discriminator_optimizer": keras.saving.serialize_keras_object(
                self.discriminator_optimizer
            ),
        }

    def compile_from_config(self, config: Config) -> None:
        self.compile(
            **{name: keras.saving.deserialize_keras_object(value) for name, value in config.items()}
        )

    def train_step(self, *arguments: Any) -> Any:
        """One step; `fit` calls it with `(data)` on TensorFlow and `(state, data)` on JAX."""
        if keras.backend.backend() == "jax":
            from faceaging_tf.models.jax_step import jax_step

            return jax_step(self, *arguments)
        from faceaging_tf.models.tensorflow_step import tensorflow_step

        return tensorflow_step(self, *arguments)

    def _generator_total(self, losses):
        step = self.optimizer.iterations
        return sum(self.ramps[name](step) * losses[name] for name in self.loss_names)

    def _averaged(self):
        """Pairs of an average and the weight that it follows."""
        return [
            pair
            for name, generator in self.generators.items()
            for pair in zip(self.averages[name].variables, generator.variables, strict=True)
        ]

    def test_step(self, *arguments: Any) -> Any:
        """Refuse: a discriminator's score of its own generator is no measure of quality."""
        raise NotImplementedError(
            "An adversarial model has no test loss; measure it with faceaging_tf.evaluate."
        )

    def averaged(self, name: str) -> keras.Model:
        """The generator that is used for faces: the average of the named one, or itself in a model
        for release.
        """
        return self.averages.get(name, self.generators[name])

    def for_release(self) -> Self:
        """A new model of the same kind that holds the averaged generators and the age network, and
        no discriminator.
        """
        release = type(self).from_config(self.release_config())
        for name, generator in release.generators.items():
            generator.set_weights(self.averaged(name).get_weights())
        if self.aging_base is not None and release.aging_base is not None:
            release.aging_base.set_weights(self.aging_base.get_weights())
        release.age_regressor.network.set_weights(self.age_regressor.network.get_weights())
        return release

    def release_config(self) -> Config:
        """The configuration of the model without its discriminators."""
        return {**self.get_config(), "discriminator": None}


def average_of(generator, name):
    """A copy of a generator, untrained by gradients, that will follow it."""
    # A translation shares layers with others; its copy shares them too.
    remade = getattr(generator, "remade", None)
    copy = keras.models.clone_model(generator) if remade is None else remade()
    copy.name = name
    copy.set_weights(generator.get_weights())
    copy.trainable = False
    return copy


def _variables(models):
    return [variable for model in models.values() for variable in model.trainable_variables]
