"""Means and their intervals."""

import numpy as np
import pytest
import scipy.stats

from faceaging_tf.evaluate.bootstrap import mean_figure, mean_over_pairs, pair_figure

VALUES = np.random.default_rng(1).exponential(size=80)


def test_the_interval_is_that_of_scipy():
    figure = mean_figure(VALUES, resamples=20_000)
    expected = scipy.stats.bootstrap(
        (VALUES,), np.mean, method="percentile", n_resamples=20_000, rng=np.random.default_rng(0)
    )
    assert figure.value == pytest.approx(VALUES.mean())
    assert [figure.low, figure.high] == pytest.approx(list(expected.confidence_interval), abs=0.01)


def test_the_interval_covers_the_truth_about_nineteen_times_in_twenty():
    samples = np.random.default_rng(2).normal(3.0, 1.0, (300, 40))
    covered = [
        figure.low <= 3.0 <= figure.high
        for figure in (mean_figure(sample, resamples=300) for sample in samples)
    ]
    assert 0.89 < np.mean(covered) < 0.98


def test_equal_values_have_no_interval():
    assert mean_figure(np.full(7, 0.1)).to_json() == {
        "value": 0.1,
        "low": 0.1,
        "high": 0.1,
        "faces": 7,
    }


def test_what_is_not_known_is_left_out():
    assert mean_figure([1.0, np.nan, 3.0]).faces == 2


def test_without_a_value_there_is_no_figure():
    assert (
        mean_figure([]) is None
        and mean_figure([np.nan]) is None
        and pair_figure(np.ones((1, 1))) is None
    )


def test_the_mean_over_pairs_is_that_of_a_loop():
    rng = np.random.default_rng(3)
    kernel, weights = rng.normal(size=(6, 6)), rng.integers(0, 3, (4, 6)).astype(float)
    kernel += kernel.T
    pairs = [(i, j) for i in range(6) for j in range(6) if i != j]
    expected = [
        sum(w[i] * w[j] * kernel[i, j] for i, j in pairs) / sum(w[i] * w[j] for i, j in pairs)
        for w in weights
    ]
    np.testing.assert_allclose(mean_over_pairs(kernel, weights), expected)


def test_another_seed_draws_others():
    assert mean_figure(VALUES, seed=0) == mean_figure(VALUES, seed=0) != mean_figure(VALUES, seed=1)
