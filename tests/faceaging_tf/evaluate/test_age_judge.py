"""How far an age judge is off, and whether two err together."""

import numpy as np
import pytest

from faceaging_tf.data import FaceCorpus
from faceaging_tf.evaluate.age_judge import agreement_of_errors, errors_by_decade


def corpus(low, high=None):
    low = np.array(low, "float32")
    return FaceCorpus(
        np.zeros((len(low), 8, 8, 3), "uint8"),
        low,
        low if high is None else np.array(high, "float32"),
    )


def test_errors_by_decade_are_those_by_hand():
    errors = errors_by_decade([22, 26, 60], corpus([20, 29, 50]))
    assert errors["mean_absolute_error"].value == pytest.approx(5) and errors["ages"] == "exact"
    assert {name: figure.value for name, figure in errors["by_decade"].items()} == {
        "20-29": 2.5,
        "50-59": 10,
    }


def test_inside_a_range_nothing_is_wrong():
    errors = errors_by_decade([25, 35], corpus([20, 20], [29, 29]))
    assert errors["mean_absolute_error"].value == 3 and errors["ages"] == "ranges"


def test_networks_that_err_alike_agree():
    ages = np.full(50, 35.0)
    first, second = np.random.default_rng(0).normal(35, 5, (2, 50))
    assert agreement_of_errors(first, first + 1, corpus(ages))["correlation"] == pytest.approx(1)
    assert abs(agreement_of_errors(first, second, corpus(ages))["correlation"]) < 0.4


def test_an_error_of_whole_decades_is_taken_off():
    """Both take the old for younger; apart from that they have nothing in common."""
    rng = np.random.default_rng(0)
    ages = np.repeat([25.0, 75.0], 200)
    shift = np.where(ages > 50, -20, 0)
    agreement = agreement_of_errors(
        ages + shift + rng.normal(size=400), ages + shift + rng.normal(size=400), corpus(ages)
    )
    assert agreement["correlation"] > 0.9 and abs(agreement["correlation_within_decades"]) < 0.2


def test_a_network_that_never_errs_correlates_with_none():
    assert (
        agreement_of_errors([20, 30, 40], [21, 33, 40], corpus([20, 30, 40]))["correlation"] is None
    )
