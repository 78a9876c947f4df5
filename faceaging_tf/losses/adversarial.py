"""Adversarial losses: least squares, hinge and logistic, a record each.

Every function takes scores `(N, ...)`, one or several a picture, and gives `(N,)` float32, the mean
over each picture's scores.
"""

import dataclasses
from collections.abc import Callable

from keras import ops

from faceaging_tf.typing import Tensor


@dataclasses.dataclass(frozen=True)
class AdversarialLoss:
    """What a discriminator and a generator make of scores.

    Attributes:
        name: "least_squares", "hinge" or "logistic".
        real: the discriminator's loss of the scores of real pictures.
        fake: its loss of the scores of fakes.
        generator: the generator's loss of the scores of its fakes.
        belief: how far scores say "real": 0 where the discriminator wants its fakes, 1 where it
            wants real pictures, elementwise.
        blind: what a discriminator loses at least, real and fake together, that gives every picture
            the same score.
    """

    name: str
    real: Callable
    fake: Callable
    generator: Callable
    belief: Callable
    blind: float

    def discriminator(self, real_scores: Tensor, fake_scores: Tensor) -> Tensor:
        """The discriminator's loss of as many real pictures as fakes, `(N,)`."""
        return self.real(real_scores) + self.fake(fake_scores)


def adversarial_loss(name: str) -> AdversarialLoss:
    """The record of a name.

    Raises:
        ValueError: another name.

    Example:
        >>> import numpy as np
        >>> from faceaging_tf.losses import adversarial_loss
        >>> float(adversarial_loss("least_squares").generator(np.array([[0.5]]))[0])
        0.25
    """
    if name not in LOSSES:
        known = ", ".join(sorted(LOSSES))
        raise ValueError(f"There is no adversarial loss {name!r}; known are {known}.")
    return LOSSES[name]


def _each(function):
    """The mean of a function of scores over each picture's, in float32."""

    def per_picture(scores):
        scores = ops.cast(scores, "float32")
        return ops.mean(ops.reshape(function(scores), (ops.shape(scores)[0], -1)), axis=-1)

    return per_picture


LOSSES = {
    # `(D(y) - 1)^2 + D(G(x))^2` and `(D(G(x)) - 1)^2` (Mao et al., ICCV 2017), the paper's; the
    # reference CycleGAN halves the discriminator's, which is a matter of the learning rate.
    "least_squares": AdversarialLoss(
        name="least_squares",
        real=_each(lambda scores: ops.square(scores - 1.0)),
        fake=_each(ops.square),
        generator=_each(lambda scores: ops.square(scores - 1.0)),
        belief=lambda scores: scores,
        blind=0.5,
    ),
    # `max(0, 1 - D(y)) + max(0, 1 + D(G(x)))` and `-D(G(x))` (Lim and Ye 2017; Miyato et al.,
    # ICLR 2018).
    "hinge": AdversarialLoss(
        name="hinge",
        real=_each(lambda scores: ops.relu(1.0 - scores)),
        fake=_each(lambda scores: ops.relu(1.0 + scores)),
        generator=_each(lambda scores: -scores),
        belief=lambda scores: (scores + 1.0) / 2.0,
        blind=2.0,
    ),
    # `-log s(D(y)) - log(1 - s(D(G(x))))` and `-log s(D(G(x)))`, s the logistic function
    # (Goodfellow et al., NeurIPS 2014).
    "logistic": AdversarialLoss(
        name="logistic",
        real=_each(lambda scores: ops.softplus(-scores)),
        fake=_each(ops.softplus),
        generator=_each(lambda scores: ops.softplus(-scores)),
        belief=ops.sigmoid,
        blind=1.3862944,
    ),
}
