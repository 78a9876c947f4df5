"""Detectability: how often a small classifier, trained to tell aged faces from real ones of that
age, is right about people that it has not seen.

The classifier is logistic regression with a squared penalty on features that are brought to mean 0
and deviation 1 (Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning*, 2009,
4.4). Classifiers as a measure of whether two samples are of one kind: Lopez-Paz and Oquab,
"Revisiting Classifier Two-Sample Tests", ICLR 2017. 50 % is indistinguishable to it, which is not
indistinguishable: a better classifier may find more.
"""

import dataclasses

import numpy as np

from faceaging_tf.evaluate.bootstrap import Figure, figure_of, weights_of
from faceaging_tf.evaluate.realism import FEWEST

FOLDS = 5
# Weight of half the squared length of the classifier's weights, beside the mean loss of a face.
PENALTY = 0.1
# Classifiers of overlapping trainings err together, which drawing people again does not show: the
# variance of k parts' mean is 1 + k / (k - 1) times as large (Nadeau and Bengio, "Inference for the
# Generalization Error", Machine Learning 52, 2003; on the safe side).
WIDER = (1 + FOLDS / (FOLDS - 1)) ** 0.5


@dataclasses.dataclass(frozen=True)
class Detection:
    """What a classifier said of faces that it was not trained on.

    Attributes:
        right: `(N,)` bool, outputs that it took for outputs.
        real_right: `(M,)` bool, real faces that it took for real.
        matches: `(N, M)` bool, which real faces stand for which output.
        people: `(N,)` whole numbers, who is seen in each output.
        real_people: `(M,)` the same of the real faces.
    """

    right: np.ndarray
    real_right: np.ndarray
    matches: np.ndarray
    people: np.ndarray
    real_people: np.ndarray

    def accuracy(self, members=None, columns=None, seed=0):
        """The mean of the shares of outputs and of real faces that were recognised, with its
        interval over people.

        Every output has the same weight; a real face has the weight of the outputs that it stands
        for, as in `realism.kid`. The classifiers are not trained again for the interval, which is
        made wider by half instead (see `WIDER`).

        Args:
            members: `(N,)` bool, the outputs of a group; None for all.
            columns: `(M,)` bool, the real faces of that group; None for all.
            seed: of the resampling.

        Returns:
            A `Figure`, or None for fewer than ten faces in either set.
        """
        matches = self.matches.copy()
        if members is not None:
            matches[~members] = False
        if columns is not None:
            matches[:, ~columns] = False
        rows, reals = np.flatnonzero(matches.any(axis=1)), np.flatnonzero(matches.any(axis=0))
        if min(len(rows), len(reals)) < FEWEST:
            return None
        share = _shares(matches[np.ix_(rows, reals)])
        everyone, number = np.unique(
            np.concatenate([self.people[rows], self.real_people[reals]]), return_inverse=True
        )
        drawn = weights_of(len(everyone), seed)
        weights = drawn[:, number[: len(rows)]]
        real_weights = (weights @ share) * drawn[:, number[len(rows) :]]
        samples = (
            _mean(self.right[rows], weights) + _mean(self.real_right[reals], real_weights)
        ) / 2
        return _widened(figure_of(samples[0], samples[1:], len(rows)))


def detect(outputs, reals, matches, people, real_people, seed=0):
    """Trains and tests classifiers, so that every face is tested once, by one that was trained on
    other people.

    People are dealt at random into five parts; a part is tested by the classifier of the four
    others. In training, both classes weigh the same and have the same ages: a real face weighs as
    much as the outputs that it stands for.

    Args:
        outputs: `(N, d)` features.
        reals: `(M, d)` features.
        matches: `(N, M)` bool, which real faces stand for which output; outputs that none stands
            for are not trained on.
        people: `(N,)` whole numbers, who is seen in each output; an output and its untouched
            photograph are one.
        real_people: `(M,)` the same of the real faces.
        seed: of the dealing.

    Returns:
        A `Detection`, or None where fewer than ten outputs or real faces match, or a training would
        have one class only.
    """
    if min(matches.any(axis=1).sum(), matches.any(axis=0).sum()) < FEWEST:
        return None
    everyone, number = np.unique(np.concatenate([people, real_people]), return_inverse=True)
    order = np.random.default_rng([seed, len(everyone)]).permutation(len(everyone))
    part = (order % FOLDS)[number]
    part, real_part = part[: len(outputs)], part[len(outputs) :]
    right, real_right = np.zeros(len(outputs), bool), np.zeros(len(reals), bool)
    for fold in range(FOLDS):
        train, real_train = part != fold, real_part != fold
        share = _shares(matches[np.ix_(train, real_train)])
        if not share.any():
            return None
        score = fit_logistic(
            outputs[train], reals[real_train], share.sum(axis=1), share.sum(axis=0)
        )
        right[~train], real_right[~real_train] = (
            score(outputs[~train]) > 0,
            score(reals[~real_train]) <= 0,
        )
    return Detection(right, real_right, matches, people, real_people)


def detect_halves(reals, chosen, people, seed=0):
    """The floor: real faces against real faces, as `detect`; one half of them is called outputs.

    Args:
        reals: `(M, d)` features.
        chosen: `(M,)` bool, those that stand for a requested age.
        people: `(M,)` whole numbers, who is seen in each.
        seed: of the split and the dealing.

    Returns:
        A `Figure`, or None for fewer than twenty faces.
    """
    order = np.random.default_rng([seed, len(reals)]).permutation(np.flatnonzero(chosen))
    first, second = order[::2], order[1::2]
    detection = detect(
        reals[first],
        reals[second],
        np.ones((len(first), len(second)), bool),
        people[first],
        people[second],
        seed,
    )
    return None if detection is None else detection.accuracy(seed=seed)


def fit_logistic(positive, negative, weights, other_weights, penalty=PENALTY):
    """Logistic regression: minimises the mean of `log(1 + exp(-s (w . x + b)))`, s = 1 or -1, and
    `penalty |w|^2 / 2`; x is standardised.

    Args:
        positive: `(N, d)` features.
        negative: `(M, d)` features.
        weights: `(N,)` how often each positive one counts; both classes are brought to half of the
            whole.
        other_weights: `(M,)` the same of the negative ones.
        penalty: how much large weights cost.

    Returns:
        A function from features `(K, d)` to scores `(K,)`, above 0 for the positive class.
    """
    from scipy.optimize import minimize
    from scipy.special import expit

    x = np.concatenate([positive, negative]).astype("float64")
    sign = np.concatenate([np.ones(len(positive)), -np.ones(len(negative))])
    share = np.concatenate([weights / np.sum(weights), other_weights / np.sum(other_weights)]) / 2
    mean = share @ x
    deviation = np.sqrt(share @ (x - mean) ** 2)
    scale = np.divide(1, deviation, out=np.zeros_like(deviation), where=deviation > 1e-9)
    x = (x - mean) * scale

    def loss(parameters):
        margin = sign * (x @ parameters[:-1] + parameters[-1])
        slope = -share * sign * expit(-margin)
        gradient = np.append(x.T @ slope + penalty * parameters[:-1], slope.sum())
        return share @ np.logaddexp(0, -margin) + penalty * (
            parameters[:-1] ** 2
        ).sum() / 2, gradient

    found = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B").x
    return lambda features: ((features - mean) * scale) @ found[:-1] + found[-1]


def _shares(matches):
    """Each output's weight of 1, dealt evenly to the real faces that stand for it: `(N, M)`."""
    return matches / np.maximum(matches.sum(axis=1, keepdims=True), 1)


def _widened(figure):
    ends = (
        max(0.0, figure.value - WIDER * (figure.value - figure.low)),
        min(1.0, figure.value + WIDER * (figure.high - figure.value)),
    )
    return Figure(figure.value, *ends, figure.faces)


def _mean(values, weights):
    total = weights.sum(axis=1)
    return np.divide(
        weights @ values.astype("float64"), total, out=np.full(len(total), np.nan), where=total > 0
    )
