"""From a corpus to the batches that each model trains on."""

import numpy as np

from faceaging_tf.data import (
    AgeShiftBatches,
    CorpusError,
    DomainBatches,
    GroupBatches,
    LabelledBatches,
)
from faceaging_tf.data.batches import Batches


def faces_between(corpus, low, high):
    """The faces whose age is from `low` to below `high` years.

    Raises:
        CorpusError: there is none.
    """
    rows = np.flatnonzero((corpus.age >= low) & (corpus.age < high))
    if not len(rows):
        raise CorpusError(
            f"The corpus has no face of {low} to {high} years, which training needs; its ages go from {corpus.age.min():.0f} to {corpus.age.max():.0f}."
        )
    return corpus.take(rows)


def cyclegan_batches(model, corpus, **options):
    """`DomainBatches` of the model's two domains; `options` of
    `faceaging_tf.data.batches.Batches`.
    """
    return DomainBatches(
        faces_between(corpus, *model.younger), faces_between(corpus, *model.older), **options
    )


def group_gan_batches(model, corpus, **options):
    """`GroupBatches` of the model's groups; the last is open above."""
    groups = {}
    for name, (low, high) in zip(model.names, model.groups, strict=True):
        groups[name] = faces_between(corpus, low, 200 if name == model.names[-1] else high)
    return GroupBatches(groups, **options)


def fa_gan_batches(model, corpus, years="even", **options):
    """`AgeShiftBatches`; where the corpus knows ages as ranges, the age network's estimates, held
    to the range, are the ages.
    """
    if (corpus.age_min < corpus.age_max).any():
        estimates = model.estimate_ages(corpus.faces)
        corpus = corpus.with_age(np.clip(estimates, corpus.age_min, corpus.age_max))
    return AgeShiftBatches(corpus, years=years, **options)


def f_gan_batches(model, corpus, **options):
    """Batches of both parts side by side."""
    return _Both(
        fa_gan=fa_gan_batches(model.fa_gan, corpus, **options),
        group_gan=group_gan_batches(model.group_gan, corpus, **options),
        **options,
    )


def age_regressor_batches(model, corpus, **options):
    """`LabelledBatches`; exact ages and ranges alike."""
    return LabelledBatches(corpus, **options)


class _Both(Batches):
    """Batches of several kinds under their names."""

    def __init__(self, fa_gan, group_gan, **options):
        super().__init__(**options)
        self.parts = {"fa_gan": fa_gan, "group_gan": group_gan}

    def draw(self, rng):
        return ({name: part.draw(rng)[0] for name, part in self.parts.items()},)
