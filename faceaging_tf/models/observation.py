"""Outputs and scores of a model's networks on a few faces, in one direction."""

import dataclasses
import typing

from faceaging_tf.losses import AdversarialLoss


@dataclasses.dataclass(frozen=True)
class Observation:
    """Tensors or arrays, as the networks gave them.

    Attributes:
        faces: `(N, S, S, 3)` in -1 to 1, what a generator was given.
        outputs: what it made of them.
        real_scores: `(M, h, w, 1)`, the discriminator's on real faces.
        fake_scores: `(N, h, w, 1)`, its on the outputs.
        adversarial: the `AdversarialLoss`, which says what the scores are to be.
        skin: `(N, S, S, 1)` in 0 to 1, where the faces show skin; None for a model that does not
            know.
    """

    faces: typing.Any
    outputs: typing.Any
    real_scores: typing.Any
    fake_scores: typing.Any
    adversarial: AdversarialLoss
    skin: typing.Any = None
