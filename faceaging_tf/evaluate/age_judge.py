"""The age judge: any network that estimates ages and that no generator was trained against, and how
far it can be trusted.
"""

import numpy as np

from faceaging_tf.evaluate.bootstrap import mean_figure


def errors_by_decade(estimates, corpus, seed=0):
    """How many years a judge is off, over all faces and by decade of their true age.

    Where only a range is known, the error is the distance to the range: 0 inside it.

    Args:
        estimates: `(N,)` years.
        corpus: the `FaceCorpus` of the N faces.
        seed: of the intervals.

    Returns:
        A dict with `mean_absolute_error` and `by_decade`, a dict from "30-39" to a `Figure`; and
        `ages`: "exact", "ranges" or "both".
    """
    errors = np.abs(signed_errors(estimates, corpus))
    decade = (corpus.age // 10).astype(int)
    exact = corpus.age_min == corpus.age_max
    return {
        "ages": "exact" if exact.all() else "both" if exact.any() else "ranges",
        "mean_absolute_error": mean_figure(errors, seed),
        "by_decade": {
            decade_name(one): mean_figure(errors[decade == one], seed) for one in np.unique(decade)
        },
    }


def signed_errors(estimates, corpus):
    """Estimate less true age `(N,)`, years; less the nearer end where a range is known."""
    estimates = np.asarray(estimates, "float64")
    return estimates - np.clip(estimates, corpus.age_min, corpus.age_max)


def agreement_of_errors(estimates, others, corpus):
    """How far two networks err together: two judges that always do are one.

    Args:
        estimates: `(N,)` years, the one network's.
        others: `(N,)` years, the other's.
        corpus: the `FaceCorpus` of the N faces.

    Returns:
        A dict: `correlation`, Pearson's, of the two networks' signed errors; and
        `correlation_within_decades`, the same after each decade's mean error is subtracted (every
        network takes the old for younger, which alone correlates). None where a network never errs
        or there are fewer than three faces.
    """
    decade = (corpus.age // 10).astype(int)
    both = [signed_errors(years, corpus) for years in (estimates, others)]
    return {
        "correlation": _correlation(*both),
        "correlation_within_decades": _correlation(
            *(_without_means(errors, decade) for errors in both)
        ),
    }


def decade_name(decade):
    """`3` to `"30-39"`."""
    return f"{10 * decade}-{10 * decade + 9}"


def _without_means(errors, groups):
    centred = errors.copy()
    for group in np.unique(groups):
        centred[groups == group] -= errors[groups == group].mean()
    return centred


def _correlation(first, second):
    if len(first) < 3 or np.ptp(first) < 1e-9 or np.ptp(second) < 1e-9:
        return None
    return float(np.corrcoef(first, second)[0, 1])
