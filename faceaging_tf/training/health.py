"""How healthy an adversarial model is: a few figures of a few faces, and the signs that a run has
failed.
"""

import dataclasses

import numpy as np
from keras import ops

from faceaging_tf.data.face_outline import outside

# Of the range -1 to 1, in levels of 0..255.
LEVELS = 127.5

NOT_FINITE = "values that are not finite"
COLLAPSED = "mode collapse"
INVERTED = "background inversion"
PAINTED = "one pattern of colour on all skin"
WON = "a discriminator that has won"
DEAD = "a discriminator that has stopped working"
BLIND = "a blind discriminator"
DIVERGED = "a discriminator that diverges"
# Of one way's figures.
SIGNS = (COLLAPSED, PAINTED, INVERTED, WON, DEAD, BLIND)


@dataclasses.dataclass(frozen=True)
class Limits:
    """From where on a figure is a sign. The paper's authors looked at pictures and say no numbers:
    all of these are ours.

    Attributes:
        least_spread: outputs of different faces that differ by less than this share of what the
            faces differ by are one picture for all.
        most_cosine: changes of different faces whose mean cosine is above are one change for all
            (`faceaging_tf.evaluate.diversity`'s limit).
        least_change: levels of 0..255; smaller changes are not judged by their cosine: at first, a
            healthy generator tints all faces alike.
        most_colour: levels; healthy generators change the colour of skin by 1 to 2.4, at a rate a
            hundred times too high by 5.
        most_outside: levels; half of what the inversion of a background of all greys alike changes
            (127.5 on average).
        most_lead: how far real faces' scores are above the outputs', as a share of what the
            discriminator is taught (1): above, there is nothing left for it to learn and hardly
            anything for the generators to gain.
        least_real: where real faces' scores lie between what is taught for fakes (0) and for real
            ones (1): below, it takes all for false (docs/experiments.md tells of one that did so
            behind a loss that looked healthy).
        least_accuracy: share of real faces and outputs that the discriminator tells right: below,
            it sees nothing that could teach (half is guessing).
        most_loss: the discriminators' loss over the epoch, in losses of discriminators that cannot
            tell real from false: above, its steps are too long for it to learn at all.
        warmup: epochs at first in which only values that are not finite count.
        patience: epochs in a row that must show a sign before it counts; a value that is not finite
            counts at once.
        discriminator_patience: the same for a discriminator that has won or stopped working, which
            may pass.
        blind_patience: the same for a blind discriminator, which at first every one is.
        restarts: how often a run may go back; then it stops with an error.
    """

    least_spread: float = 0.2
    most_cosine: float = 0.9
    least_change: float = 32.0
    most_colour: float = 4.0
    most_outside: float = 64.0
    most_lead: float = 0.97
    least_real: float = 0.05
    least_accuracy: float = 0.52
    most_loss: float = 4.0
    warmup: int = 3
    patience: int = 2
    discriminator_patience: int = 5
    blind_patience: int = 20
    restarts: int = 6


@dataclasses.dataclass(frozen=True)
class Health:
    """One way's figures.

    Attributes:
        spread: see `output_spread`.
        cosine: see `change_cosine`.
        mean_change: absolute, over pixels and channels, levels of 0..255.
        colour: see `colour_change`; None where nobody knows where skin is.
        outside: the same as `mean_change` beyond the face's outline.
        real_score: the discriminator's mean score of real faces.
        fake_score: its mean score of the outputs.
        lead: the mean belief in real faces less that in outputs (see `AdversarialLoss.belief`): 1
            is all that is taught.
        real: the mean belief in real faces, 0 to 1.
        accuracy: share of real faces and outputs that are classified correctly, both weighing the
            same; a belief of just one half is half right.
        blind_loss: of a discriminator that cannot tell real from false.
    """

    spread: float
    cosine: float
    mean_change: float
    colour: float | None
    outside: float
    real_score: float
    fake_score: float
    lead: float
    real: float
    accuracy: float
    blind_loss: float


def output_spread(faces, outputs):
    """Mean absolute difference between two outputs over that between two of the faces they were
    made of, all pairs.

    Example:
        >>> faces = np.array([0.0, 1.0, 3.0]).reshape(3, 1, 1, 1)
        >>> output_spread(faces, 1 - faces), output_spread(faces, 0 * faces)
        (1.0, 0.0)
    """
    first, second = np.triu_indices(len(faces), 1)
    between = lambda images: float(np.abs(images[first] - images[second]).mean())
    return between(outputs) / max(between(faces), 1e-6)


def change_cosine(faces, outputs):
    """Mean cosine between the changes of two faces, all pairs: 1 is one change for all. Faces that
    did not change count as 0.

    Example:
        >>> faces = np.zeros((2, 1, 2, 1))
        >>> change_cosine(faces, np.array([[3.0, 0.0], [4.0, 0.0]]).reshape(2, 1, 2, 1))
        1.0
    """
    change = (outputs - faces).reshape(len(faces), -1)
    length = np.linalg.norm(change, axis=1, keepdims=True)
    unit = np.divide(change, length, out=np.zeros_like(change), where=length > 1e-6)
    return float((unit @ unit.T)[np.triu_indices(len(faces), 1)].mean())


def colour_change(faces, outputs, skin):
    """Mean absolute change of colour on skin, levels of 0..255: of each channel, less the change of
    the mean of the three.

    A `head_generator` holds lightness within limits and keeps background and hair from what it does
    to skin, so that no value of its maps makes one picture of all faces: with steps far too long it
    paints the same colours on each.

    Example:
        >>> faces = np.zeros((1, 1, 2, 3))
        >>> painted = faces + np.array([0.3, 0.0, 0.0])
        >>> round(colour_change(faces, painted, np.array([1.0, 0.0]).reshape(1, 1, 2, 1)), 2)
        17.0
    """
    change = outputs - faces
    colour = np.abs(change - change.mean(axis=-1, keepdims=True)).mean(axis=-1, keepdims=True)
    return LEVELS * float((skin * colour).sum() / max(skin.sum(), 1e-6))


def outside_change(faces, outputs):
    """Mean absolute change beyond the outline of aligned faces, levels of 0..255."""
    mask = outside(faces.shape[1])
    return LEVELS * float(np.abs(outputs[:, mask] - faces[:, mask]).mean())


def health(observation):
    """The figures of a `faceaging_tf.models.observation.Observation` of two faces or more."""
    arrays = lambda values: ops.convert_to_numpy(ops.cast(values, "float32"))
    faces, outputs = arrays(observation.faces), arrays(observation.outputs)
    real, fake = arrays(observation.real_scores), arrays(observation.fake_scores)
    skin, loss = observation.skin, observation.adversarial
    real_belief, fake_belief = (
        ops.convert_to_numpy(loss.belief(scores)) for scores in (real, fake)
    )
    return Health(
        spread=output_spread(faces, outputs),
        cosine=change_cosine(faces, outputs),
        mean_change=LEVELS * float(np.abs(outputs - faces).mean()),
        colour=None if skin is None else colour_change(faces, outputs, arrays(skin)),
        outside=outside_change(faces, outputs),
        real_score=float(real.mean()),
        fake_score=float(fake.mean()),
        lead=float(real_belief.mean() - fake_belief.mean()),
        real=float(real_belief.mean()),
        accuracy=(told_real(real_belief) + 1.0 - told_real(fake_belief)) / 2.0,
        blind_loss=loss.blind,
    )


def told_real(belief):
    """The share of pictures that are classified as real by their mean belief, `(N, ...)`; one of
    just a half counts half.

    Example:
        >>> told_real(np.array([0.9, 0.5, 0.2, 0.1]))
        0.375
    """
    each = belief.reshape(len(belief), -1).mean(axis=1)
    return float((np.sign(each - 0.5) / 2.0 + 0.5).mean())


def signs_of(health, limits):
    """What one way's figures show: dict from a sign to a sentence, in the order of `SIGNS`."""
    real, fake = f"{health.real_score:.2f} on real faces", f"{health.fake_score:.2f} on outputs"
    seen = {}
    if health.spread < limits.least_spread:
        seen[COLLAPSED] = (
            f"outputs of different faces differ by {health.spread:.2f} of what the faces differ by (least {limits.least_spread:g})"
        )
    elif health.cosine > limits.most_cosine and health.mean_change > limits.least_change:
        seen[COLLAPSED] = (
            f"the changes of different faces have a mean cosine of {health.cosine:.2f} (most {limits.most_cosine:g})"
        )
    if health.colour is not None and health.colour > limits.most_colour:
        seen[PAINTED] = (
            f"the colour of skin changed by {health.colour:.1f} levels of 255 (most {limits.most_colour:g})"
        )
    if health.outside > limits.most_outside:
        seen[INVERTED] = (
            f"{health.outside:.0f} levels of 255 changed outside the faces (most {limits.most_outside:g})"
        )
    if health.lead > limits.most_lead:
        seen[WON] = (
            f"scores of {real} and {fake}, a lead of {health.lead:.2f} (most {limits.most_lead:g})"
        )
    if health.real < limits.least_real:
        seen[DEAD] = f"a score of {real}, {fake}: it takes all for false"
    if health.accuracy < limits.least_accuracy:
        seen[BLIND] = (
            f"{health.accuracy:.0%} of real faces and outputs told right (least {limits.least_accuracy:.0%}; half is guessing)"
        )
    return seen


def not_finite(losses, variables):
    """What is infinite or no number; None where nothing is.

    Args:
        losses: dict from a loss's name to its mean over the epoch.
        variables: Keras variables: weights, EMA generators, state of optimizers.
    """
    bad = [name for name, value in losses.items() if not np.isfinite(value)]
    if bad:
        return f"the losses {', '.join(bad)} are {', '.join(f'{losses[name]}' for name in bad)}"
    number = sum(not _finite(ops.convert_to_numpy(variable)) for variable in variables)
    return (
        f"{number} of {len(variables)} weights hold values that are not finite" if number else None
    )


def _finite(array):
    # One sum instead of an array of booleans: it is infinite or no number where a value is.
    return array.dtype.kind != "f" or bool(np.isfinite(array.sum(dtype="float64")))


def discriminator_diverged(loss, figures, limits):
    """What shows that the discriminators' steps are too long; None where nothing does.

    Args:
        loss: all discriminators' losses together, mean over the epoch.
        figures: dict from a way's name to its `Health`.
        limits: a `Limits`.
    """
    blind = sum(of_way.blind_loss for of_way in figures.values())
    if figures and loss > limits.most_loss * blind:
        return f"the discriminators lose {loss:.1f}, {loss / blind:.1f} times what they would if they could not tell real from false (most {limits.most_loss:g})"
    return None


def signs(figures, discriminator_loss, limits):
    """All signs in a finite model: dict from what was seen (`COLLAPSED`, `PAINTED`, `INVERTED`,
    `WON`, `DEAD`, `BLIND`, `DIVERGED`) to a sentence.

    Args:
        figures: dict from a way's name to its `Health`; of several ways that show a sign, the first
            is named.
        discriminator_loss: all discriminators' losses together, mean over the epoch.
        limits: a `Limits`.
    """
    found = {way: signs_of(of_way, limits) for way, of_way in figures.items()}
    seen = {}
    for kind in SIGNS:
        told = [f"{way}: {each[kind]}" for way, each in found.items() if kind in each]
        seen |= {kind: told[0]} if told else {}
    diverged = discriminator_diverged(discriminator_loss, figures, limits)
    return seen | ({DIVERGED: diverged} if diverged else {})


def worst(figures):
    """The worst of each figure over all ways, for a log; without those that a way does not have."""
    pick = {"spread": min, "cosine": max, "mean_change": max, "colour": max, "outside": max}
    pick |= {"real_score": min, "fake_score": min, "lead": max, "accuracy": min}
    values = {name: [getattr(of_way, name) for of_way in figures.values()] for name in pick}
    return {name: pick[name](each) for name, each in values.items() if each and None not in each}
