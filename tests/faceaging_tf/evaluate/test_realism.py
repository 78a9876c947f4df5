"""KID against plain loops, and what it is told to leave out."""

import numpy as np
import pytest

from faceaging_tf.errors import EvaluationError
from faceaging_tf.evaluate import realism

RNG = np.random.default_rng(0)


def plain_kid(first, second):
    """Binkowski et al., equation 4, pair by pair."""
    kernel = lambda x, y: (x @ y / len(x) + 1) ** 3
    within = lambda rows: np.mean(
        [kernel(x, y) for i, x in enumerate(rows) for j, y in enumerate(rows) if i != j]
    )
    return (
        within(first) + within(second) - 2 * np.mean([kernel(x, y) for x in first for y in second])
    )


def test_it_is_the_papers():
    first, second = RNG.normal(size=(12, 5)), RNG.normal(0.3, 1.2, size=(15, 5))
    assert realism.kid(first, second).value == pytest.approx(plain_kid(first, second))


def test_a_real_face_weighs_as_much_as_the_outputs_that_it_stands_for():
    outputs, reals = RNG.normal(size=(20, 4)), RNG.normal(size=(20, 4))
    matches = np.zeros((20, 20), bool)
    matches[:, :10] = True
    assert realism.kid(outputs, reals, matches).value == pytest.approx(
        plain_kid(outputs, reals[:10])
    )


def test_outputs_that_no_real_face_stands_for_are_left_out():
    outputs, reals = RNG.normal(size=(20, 4)), RNG.normal(size=(15, 4))
    matches = np.ones((20, 15), bool)
    matches[12:] = False
    figure = realism.kid(outputs, reals, matches)
    assert figure.value == pytest.approx(plain_kid(outputs[:12], reals)) and figure.faces == 12


def test_a_photograph_is_not_compared_with_itself():
    reals = RNG.normal(size=(60, 4))
    other = realism.kid(reals, reals, different=~np.eye(60, dtype=bool))
    assert realism.kid(reals, reals).value < -0.01 and other.value == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_two_halves_of_one_set_are_within_the_interval_of_0(seed):
    figure = realism.kid_of_halves(np.random.default_rng(seed).normal(size=(80, 16)), seed=seed)
    assert figure.low <= 0 <= figure.high


def test_another_distribution_is_beyond_it():
    assert realism.kid(RNG.normal(size=(60, 8)), RNG.normal(1.0, 1.0, size=(60, 8))).low > 0


def test_too_few_faces_have_no_distance():
    assert (
        realism.kid(np.ones((9, 4)), np.ones((50, 4))) is None
        and realism.kid_of_halves(np.ones((19, 4))) is None
    )


def test_scaled_embeddings_make_the_kernel_one_of_the_cosine():
    embeddings = np.array([[1.0, 0.0], [0.6, 0.8]])
    scaled = realism.scaled_embeddings(embeddings)
    np.testing.assert_allclose(
        realism.polynomial_kernel(scaled, scaled), [[8, 1.6**3], [1.6**3, 8]]
    )


def test_real_faces_near_the_target_stand_for_it():
    assert realism.near_ages([30, 60], [25, 35.1, 58]).tolist() == [
        [True, False, False],
        [False, False, True],
    ]


@pytest.mark.parametrize("content", [None, b"no weights"])
def test_weights_that_are_none_are_refused(tmp_path, content):
    path = tmp_path / "inception.h5"
    if content:
        path.write_bytes(content)
    with pytest.raises(
        EvaluationError, match="There are no weights at|holds no weights of InceptionV3"
    ):
        realism.inception_features(str(path))


@pytest.mark.slow
def test_inception_features_come_from_the_weights_given(tmp_path):
    import keras

    network = keras.applications.InceptionV3(
        weights=None, include_top=False, pooling="avg", input_shape=(299, 299, 3)
    )
    network.save_weights(tmp_path / "inception.weights.h5")
    faces = np.random.default_rng(0).integers(0, 256, (2, 299, 299, 3), dtype="uint8")
    expected = network(faces.astype("float32") / 127.5 - 1, training=False)
    found = realism.inception_features(str(tmp_path / "inception.weights.h5"))(faces)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
