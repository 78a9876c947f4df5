"""Mean opinion scores with intervals, and how far raters agree."""

import dataclasses
import math

import krippendorff
import numpy as np
from scipy import stats

CONFIDENCE = 0.95
WORST, BEST = 1, 5


@dataclasses.dataclass(frozen=True)
class Score:
    """A mean opinion score.

    Attributes:
        mean: mean of the stars.
        low: lower end of the 95 % interval, or None where one rater alone was heard.
        high: upper end, or None.
        ratings: how many ratings there are.
        raters: how many people they are from.
    """

    mean: float
    low: float | None
    high: float | None
    ratings: int
    raters: int


def mean_opinion_score(stars, raters):
    """The mean of ratings, and the interval that follows from how much raters differ.

    Several ratings of one person are not independent, so the variance is that of a mean with
    clusters, the raters:

        v = R / (R - 1) * sum_r (sum_{i of r} (s_i - m))^2 / n^2,    m +- t(R - 1, 97.5 %) * sqrt(v)

    for n ratings of R raters with the mean m. With one rating a rater it is the usual interval of
    Student's t. The ends are held to the scale. (Cochran, Sampling Techniques: a ratio estimated
    from clusters.) It covers other raters of these same pictures, not other faces.

    Args:
        stars: `(n,)` numbers from 1 to 5, one or more.
        raters: `(n,)` names or numbers of the raters.

    Returns:
        A `Score`.

    Example:
        >>> score = mean_opinion_score([2, 4, 3, 3], ["ann", "bob", "cem", "dan"])
        >>> score.mean, round(score.low, 2), round(score.high, 2)
        (3.0, 1.7, 4.3)
    """
    stars, (names, rows) = np.asarray(stars, "float64"), np.unique(raters, return_inverse=True)
    mean = float(stars.mean())
    if len(names) < 2:
        return Score(mean, None, None, len(stars), len(names))
    sums = np.bincount(rows, stars - mean)
    variance = len(names) / (len(names) - 1) * float(sums @ sums) / len(stars) ** 2
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, len(names) - 1)) * math.sqrt(variance)
    return Score(mean, max(mean - half, WORST), min(mean + half, BEST), len(stars), len(names))


def agreement(stars, raters, pairs):
    """Krippendorff's alpha for ordered categories: 1 for raters who agree, 0 for agreement by
    chance alone.

    Args:
        stars: `(n,)` whole numbers from 1 to 5.
        raters: `(n,)` names or numbers of the raters.
        pairs: `(n,)` names of the pairs; a rater rates a pair once at most.

    Returns:
        The alpha, or None where no pair was rated twice, or where all ratings are the same.
    """
    (rater_names, rows), (pair_names, columns) = (
        np.unique(names, return_inverse=True) for names in (raters, pairs)
    )
    table = np.full((len(rater_names), len(pair_names)), np.nan)
    table[rows, columns] = stars
    together = table[:, np.sum(~np.isnan(table), axis=0) > 1]
    if len(np.unique(together[~np.isnan(together)])) < 2:
        return None
    return float(
        krippendorff.alpha(
            together, level_of_measurement="ordinal", value_domain=range(WORST, BEST + 1)
        )
    )
