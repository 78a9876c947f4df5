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
            return self._jax_step(*arguments)
        return self._tensorflow_step(*arguments)

    def _generator_total(self, losses):
        step = self.optimizer.iterations
        return sum(self.ramps[name](step) * losses[name] for name in self.loss_names)

    def _tensorflow_step(self, data):
        import tensorflow as tf

        batch = _batch(data)
        # Under a distribution strategy gradients are summed over the replicas.
        share = 1.0 / tf.distribute.get_strategy().num_replicas_in_sync
        with tf.GradientTape() as tape:
            losses, fakes = self.generator_losses(batch)
            total = self.optimizer.scale_loss(self._generator_total(losses) * share)
        gradients = _by_variable(
            self._generator_variables, tape.gradient(total, _values(self._generator_variables))
        )
        fakes = tf.nest.map_structure(tf.stop_gradient, fakes)
        with tf.GradientTape() as tape:
            discriminator_losses = self.discriminator_losses(batch, fakes)
            total = self.optimizer.scale_loss(sum(discriminator_losses.values()) * share)
        gradients |= _by_variable(
            self._discriminator_variables,
            tape.gradient(total, _values(self._discriminator_variables)),
        )
        variables = self.trainable_variables
        self.optimizer.apply([gradients[id(variable)] for variable in variables], variables)
        self._tensorflow_averages()
        for name, value in {**losses, **discriminator_losses}.items():
            self.loss_metrics[name].update_state(value)
        return {name: metric.result() for name, metric in self.loss_metrics.items()}

    def _tensorflow_averages(self):
        import tensorflow as tf

        def follow(strategy, averages, weights):
            for average, weight in zip(averages, weights, strict=True):
                strategy.extended.update(average, self._follow, args=(weight,))

        averages, weights = zip(
            *[(average.value, weight.value) for average, weight in self._averaged()], strict=True
        )
        tf.distribute.get_replica_context().merge_call(follow, args=(averages, weights))

    def _follow(self, average, weight):
        average.assign_add((1.0 - self.momentum) * (weight - average))

    def _averaged(self):
        """Pairs of an average and the weight that it follows."""
        return [
            pair
            for name, generator in self.generators.items()
            for pair in zip(self.averages[name].variables, generator.variables, strict=True)
        ]

    def _jax_step(self, state, data):
        import jax

        trainable, non_trainable, optimizer_state, metrics_state = state
        batch = _batch(data)
        places = {id(variable): place for place, variable in enumerate(self.trainable_variables)}

        def stateless(function, variables, values, non_trainable):
            """Runs the function with the given values in the variables' places; its result and the
            new non-trainable state.
            """
            current = list(trainable)
            for variable, value in zip(variables, values, strict=True):
                current[places[id(variable)]] = value
            mapping = [
                *zip(self.trainable_variables, current, strict=True),
                *zip(self.non_trainable_variables, non_trainable, strict=True),
                *zip(self.optimizer.variables, optimizer_state, strict=True),
            ]
            with keras.StatelessScope(state_mapping=mapping) as scope:
                result = function()
            return result, [_current(scope, variable) for variable in self.non_trainable_variables]

        def generator_total(values):
            def function():
                losses, fakes = self.generator_losses(batch)
                return self.optimizer.scale_loss(self._generator_total(losses)), losses, fakes

            (total, *rest), state = stateless(
                function, self._generator_variables, values, non_trainable
            )
            return total, (*rest, state)

        def discriminator_total(values):
            def function():
                losses = self.discriminator_losses(batch, fakes)
                return self.optimizer.scale_loss(sum(losses.values())), losses

            (total, losses), state = stateless(
                function, self._discriminator_variables, values, non_trainable
            )
            return total, (losses, state)

        take = lambda variables: [trainable[places[id(variable)]] for variable in variables]
        (_, (losses, fakes, non_trainable)), generator_gradients = jax.value_and_grad(
            generator_total, has_aux=True
        )(take(self._generator_variables))
        fakes = jax.lax.stop_gradient(fakes)
        (_, (discriminator_losses, non_trainable)), discriminator_gradients = jax.value_and_grad(
            discriminator_total, has_aux=True
        )(take(self._discriminator_variables))
        gradients = _by_variable(self._generator_variables, generator_gradients)
        gradients |= _by_variable(self._discriminator_variables, discriminator_gradients)
        trainable, optimizer_state = self.optimizer.stateless_apply(
            optimizer_state,
            [gradients[id(variable)] for variable in self.trainable_variables],
            trainable,
        )
        new = {
            id(variable): value
            for variable, value in zip(self.trainable_variables, trainable, strict=True)
        }
        new |= {
            id(variable): value
            for variable, value in zip(self.non_trainable_variables, non_trainable, strict=True)
        }
        for average, weight in self._averaged():
            new[id(average)] += (1.0 - self.momentum) * (new[id(weight)] - new[id(average)])
        non_trainable = [new[id(variable)] for variable in self.non_trainable_variables]
        logs, metrics_state = self._jax_metrics({**losses, **discriminator_losses}, metrics_state)
        return logs, (trainable, non_trainable, optimizer_state, metrics_state)

    def _jax_metrics(self, losses, metrics_state):
        mapping = list(zip(self.metrics_variables, metrics_state, strict=True))
        with keras.StatelessScope(state_mapping=mapping) as scope:
            for name, value in losses.items():
                self.loss_metrics[name].update_state(value)
            logs = {name: metric.result() for name, metric in self.loss_metrics.items()}
        return logs, [_current(scope, variable) for variable in self.metrics_variables]

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
        release.age_regressor.network.set_weights(self.age_regressor.network.get_weights())
        return release

    def release_config(self) -> Config:
        """The configuration of the model without its discriminators."""
        return {**self.get_config(), "discriminator": None}


def average_of(generator, name):
    """A copy of a generator, untrained by gradients, that will follow it."""
    copy = keras.models.clone_model(generator)
    copy.name = name
    copy.set_weights(generator.get_weights())
    copy.trainable = False
    return copy


def _batch(data):
    return data[0] if isinstance(data, (tuple, list)) else data


def _variables(models):
    return [variable for model in models.values() for variable in model.trainable_variables]


def _values(variables):
    return [variable.value for variable in variables]


def _by_variable(variables, gradients):
    return {id(variable): gradient for variable, gradient in zip(variables, gradients, strict=True)}


def _current(scope, variable):
    value = scope.get_current_value(variable)
    return variable.value if value is None else value
