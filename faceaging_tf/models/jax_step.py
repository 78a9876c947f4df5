"""How JAX takes the training step of an adversarial model."""

import jax
import keras

from faceaging_tf.models.step_parts import batch_of, by_variable


def jax_step(model, state, data):
    """One step of an `AdversarialModel`; its logs and the new state."""
    trainable, non_trainable, optimizer_state, metrics_state = state
    batch = batch_of(data)
    places = {id(variable): place for place, variable in enumerate(model.trainable_variables)}

    def stateless(function, variables, values, non_trainable):
        """Runs the function with the given values in the variables' places; its result and the
        new non-trainable state.
        """
        current = list(trainable)
        for variable, value in zip(variables, values, strict=True):
            current[places[id(variable)]] = value
        mapping = [
            *zip(model.trainable_variables, current, strict=True),
            *zip(model.non_trainable_variables, non_trainable, strict=True),
            *zip(model.optimizer.variables, optimizer_state, strict=True),
        ]
        with keras.StatelessScope(state_mapping=mapping) as scope:
            result = function()
        return result, [_current(scope, variable) for variable in model.non_trainable_variables]

    def generator_total(values):
        def function():
            losses, fakes = model.generator_losses(batch)
            return model.optimizer.scale_loss(model._generator_total(losses)), losses, fakes

        (total, *rest), state = stateless(
            function, model._generator_variables, values, non_trainable
        )
        return total, (*rest, state)

    def discriminator_total(values):
        def function():
            losses = model.discriminator_losses(batch, fakes)
            return model.optimizer.scale_loss(sum(losses.values())), losses

        (total, losses), state = stateless(
            function, model._discriminator_variables, values, non_trainable
        )
        return total, (losses, state)

    take = lambda variables: [trainable[places[id(variable)]] for variable in variables]
    (_, (losses, fakes, non_trainable)), generator_gradients = jax.value_and_grad(
        generator_total, has_aux=True
    )(take(model._generator_variables))
    fakes = jax.lax.stop_gradient(fakes)
    (_, (discriminator_losses, non_trainable)), discriminator_gradients = jax.value_and_grad(
        discriminator_total, has_aux=True
    )(take(model._discriminator_variables))
    gradients = by_variable(model._generator_variables, generator_gradients)
    gradients |= by_variable(model._discriminator_variables, discriminator_gradients)
    trainable, optimizer_state = model.optimizer.stateless_apply(
        optimizer_state,
        [gradients[id(variable)] for variable in model.trainable_variables],
        trainable,
    )
    new = {
        id(variable): value
        for variable, value in zip(model.trainable_variables, trainable, strict=True)
    }
    new |= {
        id(variable): value
        for variable, value in zip(model.non_trainable_variables, non_trainable, strict=True)
    }
    for average, weight in model._averaged():
        new[id(average)] += (1.0 - model.momentum) * (new[id(weight)] - new[id(average)])
    non_trainable = [new[id(variable)] for variable in model.non_trainable_variables]
    logs, metrics_state = _metrics(model, {**losses, **discriminator_losses}, metrics_state)
    return logs, (trainable, non_trainable, optimizer_state, metrics_state)


def _metrics(model, losses, metrics_state):
    mapping = list(zip(model.metrics_variables, metrics_state, strict=True))
    with keras.StatelessScope(state_mapping=mapping) as scope:
        for name, value in losses.items():
            model.loss_metrics[name].update_state(value)
        logs = {name: metric.result() for name, metric in model.loss_metrics.items()}
    return logs, [_current(scope, variable) for variable in model.metrics_variables]


def _current(scope, variable):
    value = scope.get_current_value(variable)
    return variable.value if value is None else value
