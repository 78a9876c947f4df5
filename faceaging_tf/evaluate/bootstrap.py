"""Figures with 95 % intervals, by the bootstrap: the faces drawn again, with replacement, many
times.

Every figure here is a mean over faces, or a mean over pairs of faces. Both are written with
weights, one per face, so that drawing again is drawing other weights (how often each face was
drawn), and a thousand resamples are one matrix product.

Source: Efron and Tibshirani, *An Introduction to the Bootstrap*, 1993 (percentile intervals).
"""

import dataclasses
import functools

import numpy as np

RESAMPLES = 1000
CONFIDENCE = 0.95
# Decimals that figures are written with: beyond what any of them means, and the same on every
# machine.
DECIMALS = 4


@dataclasses.dataclass(frozen=True)
class Figure:
    """A figure and how sure it is.

    Attributes:
        value: the figure.
        low: lower end of its 95 % interval.
        high: upper end.
        faces: how many faces it comes from.
    """

    value: float
    low: float
    high: float
    faces: int

    def to_json(self):
        """A dict of plain numbers."""
        return {
            "value": _rounded(self.value),
            "low": _rounded(self.low),
            "high": _rounded(self.high),
            "faces": self.faces,
        }


def mean_figure(values, seed=0, resamples=RESAMPLES):
    """The mean of one value per face, with its interval.

    Args:
        values: `(N,)` numbers or booleans; those that are not finite are left out.
        seed: of the resampling.
        resamples: how often faces are drawn again.

    Returns:
        A `Figure`, or None where no value is left.

    Example:
        >>> mean_figure([1.0, 1.0, 1.0]).low
        1.0
    """
    values = np.asarray(values, "float64")
    values = values[np.isfinite(values)]
    if not len(values):
        return None
    return figure_of(
        values.mean(), draws(len(values), seed, resamples) @ values / len(values), len(values)
    )


def pair_figure(kernel, seed=0):
    """The mean of `kernel[i, j]` over pairs of different faces, with its interval.

    Args:
        kernel: `(N, N)`, symmetric.
        seed: of the resampling; a face drawn twice makes no pair with itself.

    Returns:
        A `Figure`, or None for fewer than two faces.
    """
    number = len(kernel)
    if number < 2:
        return None
    means = mean_over_pairs(kernel, weights_of(number, seed))
    return figure_of(means[0], means[1:], number)


def mean_over_pairs(kernel, weights):
    """`sum_{i != j} w_i w_j K_ij / sum_{i != j} w_i w_j` for each row of weights.

    Args:
        kernel: `(N, N)`.
        weights: `(B, N)`, not negative; a row that weighs fewer than two faces gives nan.

    Returns:
        `(B,)`.
    """
    own = weights**2
    total = ((weights @ kernel) * weights).sum(axis=1) - own @ np.diagonal(kernel)
    pairs = weights.sum(axis=1) ** 2 - own.sum(axis=1)
    return np.divide(total, pairs, out=np.full(len(pairs), np.nan), where=pairs > 1e-9)


@functools.lru_cache(maxsize=64)
def draws(number, seed, resamples=RESAMPLES):
    """How often each of `number` faces is drawn, `(resamples, number)` float64; the same for the
    same arguments.
    """
    generator = np.random.default_rng([seed, number])
    counts = generator.multinomial(number, np.full(number, 1 / number), size=resamples).astype(
        "float64"
    )
    counts.flags.writeable = False
    return counts


def weights_of(number, seed, resamples=RESAMPLES):
    """`draws` behind a row of ones, the faces as they are: `(1 + resamples, number)`."""
    return np.concatenate([np.ones((1, number)), draws(number, seed, resamples)])


def figure_of(value, samples, faces):
    """A `Figure` whose interval are percentiles of the resampled values `(B,)`; nan among them are
    left out.
    """
    samples = samples[np.isfinite(samples)]
    if not len(samples):
        return None
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(samples, [tail, 100 - tail])
    return Figure(float(value), float(low), float(high), int(faces))


def _rounded(value):
    # Never -0.0, which would read as another number.
    return round(float(value), DECIMALS) + 0.0
