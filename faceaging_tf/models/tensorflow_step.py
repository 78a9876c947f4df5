"""How TensorFlow takes the training step of an adversarial model."""

import tensorflow as tf

from faceaging_tf.models.step_parts import batch_of, by_variable


def tensorflow_step(model, data):
    """One step of an `AdversarialModel`; its logs."""
    batch = batch_of(data)
    # Under a distribution strategy gradients are summed over the replicas.
    share = 1.0 / tf.distribute.get_strategy().num_replicas_in_sync
    with tf.GradientTape() as tape:
        losses, fakes = model.generator_losses(batch)
        total = model.optimizer.scale_loss(model._generator_total(losses) * share)
    gradients = _gradients(tape, total, model._generator_variables)
    fakes = tf.nest.map_structure(tf.stop_gradient, fakes)
    with tf.GradientTape() as tape:
        discriminator_losses = model.discriminator_losses(batch, fakes)
        total = model.optimizer.scale_loss(sum(discriminator_losses.values()) * share)
    gradients |= _gradients(tape, total, model._discriminator_variables)
    variables = model.trainable_variables
    model.optimizer.apply([gradients[id(variable)] for variable in variables], variables)
    _follow_averages(model)
    for name, value in {**losses, **discriminator_losses}.items():
        model.loss_metrics[name].update_state(value)
    return {name: metric.result() for name, metric in model.loss_metrics.items()}


def _gradients(tape, total, variables):
    return by_variable(variables, tape.gradient(total, [variable.value for variable in variables]))


def _follow_averages(model):
    move = lambda average, weight: average.assign_add((1.0 - model.momentum) * (weight - average))

    def follow(strategy, averages, weights):
        for average, weight in zip(averages, weights, strict=True):
            strategy.extended.update(average, move, args=(weight,))

    averages, weights = zip(
        *[(average.value, weight.value) for average, weight in model._averaged()], strict=True
    )
    tf.distribute.get_replica_context().merge_call(follow, args=(averages, weights))
