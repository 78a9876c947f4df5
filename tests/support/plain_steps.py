"""The training steps written out plainly: two tapes, two optimizers, the networks called one by one.

Nothing here comes from the models' own losses; only the networks, whose weights are moved in place.
"""

import math

import numpy as np
import tensorflow as tf

LUMINANCE = tf.constant([0.299, 0.587, 0.114])


def scaled(faces):
    return tf.cast(faces, tf.float32) / 127.5 - 1.0


def mean(values):
    return tf.reduce_mean(values)


def total_variation(x):
    return mean(abs(x[:, 1:] - x[:, :-1])) + mean(abs(x[:, :, 1:] - x[:, :, :-1]))


def move(optimizer, loss, tape, variables):
    values = [variable.value for variable in variables]
    return lambda gradients=tape.gradient(loss, values): optimizer.apply(gradients, variables)


def follow(model, pairs):
    for average, generator in pairs:
        for mean_weight, weight in zip(average.weights, generator.weights):
            mean_weight.assign(mean_weight + (1 - model.momentum) * (weight - mean_weight))


def cyclegan_step(model, batch, generator_optimizer, discriminator_optimizer):
    """A step with the weights 1, 10, 2 and 0.5 of adversarial, cycle, identity and weak L1; fakes go to no pool."""
    to_old, to_young = model.aging_generator, model.rejuvenation_generator
    judge_old, judge_young = model.older_discriminator, model.younger_discriminator
    x, y = scaled(batch["younger"]), scaled(batch["older"])
    with tf.GradientTape() as tape:
        old, young = to_old(x, training=True), to_young(y, training=True)
        adversarial = mean((judge_old(old) - 1) ** 2) + mean((judge_young(young) - 1) ** 2)
        cycle = mean(abs(to_young(old, training=True) - x)) + mean(abs(to_old(young, training=True) - y))
        identity = mean(abs(to_old(y, training=True) - y)) + mean(abs(to_young(x, training=True) - x))
        weak_l1 = mean(abs(old - x)) + mean(abs(young - y))
        loss = adversarial + 10 * cycle + 2 * identity + 0.5 * weak_l1
    move_generators = move(generator_optimizer, loss, tape, to_old.trainable_variables + to_young.trainable_variables)
    with tf.GradientTape() as tape:
        loss = mean((judge_old(y, training=True) - 1) ** 2) + mean(judge_old(old, training=True) ** 2)
        loss += mean((judge_young(x, training=True) - 1) ** 2) + mean(judge_young(young, training=True) ** 2)
    move_discriminators = move(
        discriminator_optimizer, loss, tape, judge_old.trainable_variables + judge_young.trainable_variables
    )
    move_generators()
    move_discriminators()
    follow(model, [(model.average_aging_generator, to_old), (model.average_rejuvenation_generator, to_young)])


def skin(size=32):
    """Pixel by pixel: 1 over the face, falling to 0 at its edge, in the eyes and over the mouth."""
    plane = np.zeros((1, size, size, 1), "float32")
    for row in range(size):
        for column in range(size):
            x, y = (column + 0.5) / size, (row + 0.5) / size
            distance = math.hypot((x - 0.5) / 0.42, (y - 0.47) / 0.41)
            value = min(max((1.08 - distance) / 0.16, 0), 1)
            for eye in (0.31, 0.69):
                value *= min(max((math.hypot((x - eye) / 0.11, (y - 0.31) / 0.055) - 0.8) / 0.4, 0), 1)
            value *= min(max((math.hypot((x - 0.5) / 0.2, (y - 0.7) / 0.1) - 0.8) / 0.4, 0), 1)
            plane[0, row, column, 0] = value
    return plane


SKIN = skin()
# What a guide sees in real faces, age by age.
CURVE = [[0, 20], [40, 30], [100, 90]]


def fagan_step(model, batch, generator_optimizer, discriminator_optimizer, weights, age_sees):
    """A step without augmentation, with the given weights of the losses by name; a guide's curve is `CURVE`."""
    older, younger, judge = model.aging_generator, model.rejuvenation_generator, model.discriminator
    ages = model.age_regressor.network if model.guide is None else model.guide.network
    column = lambda name: tf.constant(batch[name])[:, None]
    fakes, goals, seen, cycle, change, smoothness, colour, shade = [], [], [], [], [], [], [], []
    with tf.GradientTape() as tape:
        for way, there, back in (("aging", older, younger), ("rejuvenation", younger, older)):
            face, age, years = scaled(batch[f"{way}_face"]), column(f"{way}_age"), column(f"{way}_years")
            goal = tf.clip_by_value(age + years, 0, 100)
            fake = there([face, years, age], training=True)
            luminance = tf.reduce_sum((fake - face) * LUMINANCE, axis=-1, keepdims=True)
            # Means over 4 pixels of 32, every second one.
            low = tf.image.resize(tf.nn.avg_pool2d(luminance, 4, 2, "SAME"), (32, 32))
            cycle.append(mean(abs(back([fake, -years, goal], training=True) - face)))
            change.append(mean(tf.reduce_mean(abs(fake - face), axis=(1, 2, 3)) * tf.minimum(1.0, 8 / (abs(years[:, 0]) + 4))))
            smoothness.append(total_variation(luminance))
            colour.append(mean(abs(fake - face - luminance)) + 8 * total_variation(fake - face - luminance))
            shade.append(mean(abs(tf.nn.avg_pool2d(fake - face, 2, 1, "VALID"))))
            seen.append(face + SKIN * (luminance - low) if age_sees == "luminance" else fake)
            fakes.append(fake)
            goals.append(goal)
        fake, goal = tf.concat(fakes, 0), tf.concat(goals, 0)
        estimate = tf.linalg.matvec(ages(tf.concat(seen, 0)), tf.range(101.0))
        wanted = goal[:, 0] if model.guide is None else np.interp(goal[:, 0], *np.transpose(CURVE)).astype("float32")
        parts = {
            "adversarial": -mean(judge([fake, goal])),
            "age": mean(abs(estimate - wanted)) / 10,
            # Both ways have as many faces, so the mean over all is the mean of the two.
            "cycle": mean(cycle),
            "change": mean(change),
            "smoothness": mean(smoothness),
            "colour": mean(colour),
            "shade": mean(shade),
        }
        loss = sum(weights[name] * part for name, part in parts.items())
    move_generators = move(generator_optimizer, loss, tape, older.trainable_variables + younger.trainable_variables)
    real, real_age, wrong_age = scaled(batch["real_face"]), column("real_age"), column("wrong_age")
    with tf.GradientTape() as tape:
        loss = 0.6 * mean(tf.nn.relu(1 + judge([fake, goal], training=True)))
        loss += mean(tf.nn.relu(1 - judge([real, real_age], training=True)))
        loss += 0.4 * mean(tf.nn.relu(1 + judge([real[::2], wrong_age[::2]], training=True)))
    move_discriminator = move(discriminator_optimizer, loss, tape, judge.trainable_variables)
    move_generators()
    move_discriminator()
    follow(model, [(model.average_aging_generator, older), (model.average_rejuvenation_generator, younger)])
