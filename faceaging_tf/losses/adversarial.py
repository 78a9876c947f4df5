"""Adversarial losses in pairs, generator and discriminator: least squares and hinge.

Every function takes scores `(N, h, w, 1)`, one a patch, and gives `(N,)`, the mean over each picture's patches.
"""

import keras
from keras import ops


def _per_picture(values):
    return ops.mean(ops.reshape(ops.cast(values, "float32"), (ops.shape(values)[0], -1)), axis=-1)


def least_squares_generator(fake_scores):
    """`(D(G(x)) - 1)^2`: the generator's half of the least-squares GAN (Mao et al., ICCV 2017)."""
    return _per_picture(ops.square(fake_scores - 1.0))


def least_squares_discriminator(real_scores, fake_scores):
    """`(D(y) - 1)^2 + D(G(x))^2`, the paper's; the reference CycleGAN halves it, which is a matter of the learning rate."""
    return _per_picture(ops.square(real_scores - 1.0)) + _per_picture(ops.square(fake_scores))


def hinge_generator(fake_scores):
    """`-D(G(x))`: the generator's half of the hinge GAN (Lim and Ye 2017; Miyato et al., ICLR 2018)."""
    return _per_picture(-fake_scores)


def hinge_discriminator(real_scores, fake_scores):
    """`max(0, 1 - D(y)) + max(0, 1 + D(G(x)))`."""
    return _per_picture(ops.relu(1.0 - real_scores)) + _per_picture(ops.relu(1.0 + fake_scores))


PAIRS = {
    "least_squares": (least_squares_generator, least_squares_discriminator),
    "hinge": (hinge_generator, hinge_discriminator),
}

# What a discriminator is taught to score real pictures and fakes.
SCORE_TARGETS = {"least_squares": (1.0, 0.0), "hinge": (1.0, -1.0)}


def adversarial_pair(name):
    """The pair `(generator loss, discriminator loss)` of the name "least_squares" or "hinge".

    Raises:
        ValueError: another name.
    """
    if name not in PAIRS:
        raise ValueError(f"There is no adversarial loss {name!r}; known are {', '.join(sorted(PAIRS))}.")
    return PAIRS[name]


class _GeneratorLoss(keras.losses.Loss):
    """A generator's loss as a Keras loss: `loss(y_true, y_pred)`, `y_pred` the scores of fakes, `y_true` ignored."""

    function = None

    def call(self, y_true, y_pred):
        return type(self).function(y_pred)


class _DiscriminatorLoss(keras.losses.Loss):
    """A discriminator's loss as a Keras loss: `y_true` the scores of real pictures, `y_pred` those of fakes."""

    function = None

    def call(self, y_true, y_pred):
        return type(self).function(y_true, y_pred)


@keras.saving.register_keras_serializable(package="faceaging_tf")
class LeastSquaresGeneratorLoss(_GeneratorLoss):
    """`least_squares_generator` as a `keras.losses.Loss`."""

    function = staticmethod(least_squares_generator)


@keras.saving.register_keras_serializable(package="faceaging_tf")
class LeastSquaresDiscriminatorLoss(_DiscriminatorLoss):
    """`least_squares_discriminator` as a `keras.losses.Loss`."""

    function = staticmethod(least_squares_discriminator)


@keras.saving.register_keras_serializable(package="faceaging_tf")
class HingeGeneratorLoss(_GeneratorLoss):
    """`hinge_generator` as a `keras.losses.Loss`."""

    function = staticmethod(hinge_generator)


@keras.saving.register_keras_serializable(package="faceaging_tf")
class HingeDiscriminatorLoss(_DiscriminatorLoss):
    """`hinge_discriminator` as a `keras.losses.Loss`."""

    function = staticmethod(hinge_discriminator)
