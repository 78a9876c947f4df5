"""Every loss against numpy."""

import numpy as np
import pytest

from faceaging_tf import losses


def scores(seed):
    return np.random.default_rng(seed).normal(size=(3, 4, 5, 1)).astype("float32")


def pictures(seed):
    return np.random.default_rng(seed).uniform(-1, 1, (3, 6, 5, 3)).astype("float32")


def per_picture(values):
    return values.reshape(3, -1).mean(axis=1)


def logistic(values):
    return 1 / (1 + np.exp(-values))


LEAST, HINGE, LOGISTIC = (
    losses.adversarial_loss(name) for name in ("least_squares", "hinge", "logistic")
)
REAL, FAKE, X, Y = scores(0), scores(1), pictures(2), pictures(3)
AGES, LATER, YEARS = np.array([[20, 30, 40], [45, 33, 10], [30, -5, -25]], "float32")

CASES = {
    "least_squares generator": (LEAST.generator, (FAKE,), per_picture((FAKE - 1) ** 2)),
    "least_squares discriminator": (
        LEAST.discriminator,
        (REAL, FAKE),
        per_picture((REAL - 1) ** 2 + FAKE**2),
    ),
    "hinge generator": (HINGE.generator, (FAKE,), per_picture(-FAKE)),
    "hinge discriminator": (
        HINGE.discriminator,
        (REAL, FAKE),
        per_picture(np.maximum(0, 1 - REAL) + np.maximum(0, 1 + FAKE)),
    ),
    "logistic generator": (LOGISTIC.generator, (FAKE,), per_picture(-np.log(logistic(FAKE)))),
    "logistic discriminator": (
        LOGISTIC.discriminator,
        (REAL, FAKE),
        per_picture(-np.log(logistic(REAL)) - np.log(1 - logistic(FAKE))),
    ),
    "cycle_consistency": (losses.cycle_consistency, (X, Y), per_picture(np.abs(X - Y))),
    "identity_mapping": (losses.identity_mapping, (X, Y), per_picture(np.abs(X - Y))),
    "weak_l1": (losses.weak_l1, (X, Y), per_picture(np.abs(X - Y))),
    "mean_absolute": (losses.mean_absolute, (X, Y), per_picture(np.abs(X - Y))),
    # 45 - 20 - 30, 33 - 30 + 5, 10 - 40 + 25
    "age_shift": (losses.age_shift, (AGES, LATER, YEARS), np.array([5.0, 8.0, 5.0])),
}


@pytest.mark.parametrize("name", CASES)
def test_a_loss_is_what_numpy_says(name):
    function, inputs, expected = CASES[name]
    np.testing.assert_allclose(function(*inputs), expected, rtol=1e-5)


@pytest.mark.parametrize("name", [name for name in CASES if name != "age_shift"])
def test_a_loss_of_float16_is_computed_in_float32(name):
    function, inputs, expected = CASES[name]
    output = function(*(x.astype("float16") for x in inputs))
    assert output.dtype == "float32"
    np.testing.assert_allclose(output, expected, rtol=1e-2)


@pytest.mark.parametrize("name, fake, real", [("least_squares", 0.0, 1.0), ("hinge", -1.0, 1.0)])
def test_beliefs_are_0_and_1_where_the_discriminator_wants_its_scores(name, fake, real):
    loss = losses.adversarial_loss(name)
    assert (loss.belief(fake), loss.belief(real)) == (0.0, 1.0)
    assert (
        float(loss.fake(np.full((1, 4), fake))[0])
        == float(loss.real(np.full((1, 4), real))[0])
        == 0.0
    )


@pytest.mark.parametrize("name", ["least_squares", "hinge", "logistic"])
def test_no_single_score_for_all_loses_less_than_a_blind_discriminator(name):
    loss = losses.adversarial_loss(name)
    scores = np.linspace(-2, 2, 401)[:, None]
    assert float(np.min(loss.discriminator(scores, scores))) == pytest.approx(loss.blind, abs=1e-4)


def test_an_unknown_loss_is_refused():
    with pytest.raises(
        ValueError,
        match="no adversarial loss 'wasserstein'; known are hinge, least_squares, logistic",
    ):
        losses.adversarial_loss("wasserstein")
