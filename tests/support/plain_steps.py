"""The training steps written out plainly: two tapes, two optimizers, the networks called one by
one.

Nothing here comes from the models' own losses; only the networks, whose weights are moved in place.
"""

import numpy as np
import tensorflow as tf

from faceaging_tf.geometry.frames import TIGHT, WHOLE_HEAD


def scaled(faces):
    return tf.cast(faces, tf.float32) / 127.5 - 1.0


def mean(values):
    return tf.reduce_mean(values)


def move(optimizer, loss, tape, variables):
    values = [variable.value for variable in variables]
    gradients = tape.gradient(loss, values)
    return lambda: optimizer.apply(gradients, variables)


def follow(model, pairs):
    for average, generator in pairs:
        for mean_weight, weight in zip(average.weights, generator.weights, strict=True):
            mean_weight.assign(mean_weight + (1 - model.momentum) * (weight - mean_weight))


def cyclegan_step(model, batch, generator_optimizer, discriminator_optimizer):
    """A step with the weights 1, 10, 2 and 0.5 of adversarial, cycle, identity and weak L1; fakes
    go to no pool.
    """
    to_old, to_young = model.aging_generator, model.rejuvenation_generator
    judge_old, judge_young = model.older_discriminator, model.younger_discriminator
    x, y = scaled(batch["younger"]), scaled(batch["older"])
    with tf.GradientTape() as tape:
        old, young = to_old(x, training=True), to_young(y, training=True)
        adversarial = mean((judge_old(old) - 1) ** 2) + mean((judge_young(young) - 1) ** 2)
        cycle = mean(abs(to_young(old, training=True) - x)) + mean(
            abs(to_old(young, training=True) - y)
        )
        identity = mean(abs(to_old(y, training=True) - y)) + mean(
            abs(to_young(x, training=True) - x)
        )
        weak_l1 = mean(abs(old - x)) + mean(abs(young - y))
        loss = adversarial + 10 * cycle + 2 * identity + 0.5 * weak_l1
    move_generators = move(
        generator_optimizer, loss, tape, to_old.trainable_variables + to_young.trainable_variables
    )
    with tf.GradientTape() as tape:
        loss = mean((judge_old(y, training=True) - 1) ** 2) + mean(
            judge_old(old, training=True) ** 2
        )
        loss += mean((judge_young(x, training=True) - 1) ** 2) + mean(
            judge_young(young, training=True) ** 2
        )
    move_discriminators = move(
        discriminator_optimizer,
        loss,
        tape,
        judge_old.trainable_variables + judge_young.trainable_variables,
    )
    move_generators()
    move_discriminators()
    follow(
        model,
        [(model.average_aging_generator, to_old), (model.average_rejuvenation_generator, to_young)],
    )


def tight_window(faces, side=32):
    """The tight frame's square out of whole heads `(N, 32, 32, 3)`, as a product of weights by
    hand: each pixel the bilinear mean of the four about its place.
    """
    left, top, right, bottom = WHOLE_HEAD.window(TIGHT)

    def weights(low, high):
        places = (low + (np.arange(side) + 0.5) / side * (high - low)) * faces.shape[1] - 0.5
        return np.maximum(1 - abs(places[:, None] - np.arange(faces.shape[1])), 0).astype("float32")

    return tf.einsum("yi,xj,nijc->nyxc", weights(top, bottom), weights(left, right), faces)


def fagan_step(model, batch, generator_optimizer, discriminator_optimizer, weights):
    """A step of the hinge loss without augmentation, with the given weights of the losses by name;
    one generator or two.
    """
    older, younger, judge = model.aging_generator, model.rejuvenation_generator, model.discriminator
    ages = model.age_regressor.network
    column = lambda name: tf.constant(batch[name])[:, None]
    count = len(batch["aging_face"])
    # Strengths, the first future, and hair by the years.
    more = [tf.ones((count, 5)), tf.zeros((count, 1)), -tf.ones((count, 1))]
    more = more if len(older.inputs) == 6 else []
    fakes, goals, cycle = [], [], []
    with tf.GradientTape() as tape:
        for way, there, back in (("aging", older, younger), ("rejuvenation", younger, older)):
            face, age, years = (
                scaled(batch[f"{way}_face"]),
                column(f"{way}_age"),
                column(f"{way}_years"),
            )
            goal = tf.clip_by_value(age + years, 0, 100)
            fake = there([face, years, age, *more], training=True)
            cycle.append(mean(abs(back([fake, -years, goal, *more], training=True) - face)))
            fakes.append(fake)
            goals.append(goal)
        fake, goal = tf.concat(fakes, 0), tf.concat(goals, 0)
        seen = tf.linalg.matvec(
            ages(tight_window(fake) if model.frame == "whole_head" else fake), tf.range(101.0)
        )
        # Both directions have as many faces, so the mean over all is the mean of the two.
        parts = {
            "adversarial": -mean(judge([fake, goal])),
            "age": mean(abs(seen - goal[:, 0])) / 10,
            "cycle": mean(cycle),
        }
        loss = sum(weights[name] * part for name, part in parts.items())
    both = {
        id(variable): variable
        for variable in older.trainable_variables + younger.trainable_variables
    }
    move_generators = move(generator_optimizer, loss, tape, list(both.values()))
    real, real_age = scaled(batch["real_face"]), column("real_age")
    with tf.GradientTape() as tape:
        loss = mean(tf.nn.relu(1 + judge([fake, goal], training=True)))
        loss += mean(tf.nn.relu(1 - judge([real, real_age], training=True)))
    move_discriminator = move(discriminator_optimizer, loss, tape, judge.trainable_variables)
    move_generators()
    move_discriminator()
    pairs = [(model.average_aging_generator, older)]
    follow(
        model,
        pairs if older is younger else [*pairs, (model.average_rejuvenation_generator, younger)],
    )
