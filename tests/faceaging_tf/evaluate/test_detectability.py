"""Classifiers that tell outputs from real faces: where the answer is known, and that nobody is
tested by a classifier that has seen them.
"""

import numpy as np
import pytest

from faceaging_tf.data.drawn_faces import draw_faces
from faceaging_tf.evaluate.detectability import Detection, detect, detect_halves, fit_logistic
from faceaging_tf.evaluate.texture import texture_features


def detected(outputs, reals, people=None, real_people=None, seed=0):
    people = np.arange(len(outputs)) if people is None else people
    real_people = 10_000 + np.arange(len(reals)) if real_people is None else real_people
    return detect(
        outputs, reals, np.ones((len(outputs), len(reals)), bool), people, real_people, seed
    )


@pytest.mark.parametrize("seed", range(5))
def test_two_sets_of_one_kind_are_not_told_apart(seed):
    rng = np.random.default_rng(seed)
    figure = detected(rng.normal(size=(150, 20)), rng.normal(size=(200, 20)), seed=seed).accuracy(
        seed=seed
    )
    assert figure.low <= 0.5 <= figure.high and figure.high - figure.low < 0.25


@pytest.mark.parametrize("seed", range(5))
def test_the_floor_is_one_half(seed):
    reals = np.random.default_rng(seed).normal(size=(200, 20))
    figure = detect_halves(reals, np.arange(200) < 180, np.arange(200), seed)
    assert figure.faces == 90 and figure.low <= 0.5 <= figure.high


def test_a_constant_shift_is_found():
    rng = np.random.default_rng(0)
    figure = detected(rng.normal(1.5, 1, (100, 10)), rng.normal(size=(150, 10))).accuracy()
    assert figure.value > 0.9 and figure.low > 0.8


def test_nobody_is_tested_by_a_classifier_that_has_seen_them():
    # Half of the people are seen in outputs only, the others in real photographs only, six of each:
    # who someone is gives the answer away, and nothing else does.
    rng = np.random.default_rng(0)
    people = np.repeat(np.arange(40), 6)
    faces = rng.normal(size=(80, 300))[people] + 0.1 * rng.normal(size=(240, 300))
    others = 40 + people
    faces_of_others = rng.normal(size=(80, 300))[people] + 0.1 * rng.normal(size=(240, 300))
    as_people, as_photographs = (people, others), (np.arange(240), 240 + np.arange(240))
    by_person, by_photograph = (
        detected(faces, faces_of_others, *who).accuracy() for who in (as_people, as_photographs)
    )
    assert by_person.low <= 0.5 <= by_person.high and by_photograph.value > 0.95


def test_a_drawn_face_with_a_crude_change_is_detected():
    people, others = np.arange(60), 1000 + np.arange(60)
    real = texture_features(draw_faces(others, [50.0] * 60, 48))
    older = draw_faces(people, [50.0] * 60, 48)
    darker_lines = older.copy()
    darker_lines[:, 28:40:3] = (older[:, 28:40:3] * 0.8).astype("uint8")
    honest, crude = (
        detected(texture_features(faces), real, people, others).accuracy()
        for faces in (older, darker_lines)
    )
    assert honest.low <= 0.5 <= honest.high + 0.05 and crude.value > 0.9


def test_the_accuracy_weighs_real_faces_by_the_outputs_they_stand_for():
    matches = np.zeros((20, 20), bool)
    matches[:15, :10] = True
    matches[15:, 10:] = True
    right, real_right = np.arange(20) < 5, np.arange(20) < 10
    found = Detection(right, real_right, matches, np.arange(20), 20 + np.arange(20))
    # 5 of 20 outputs; the first ten real faces stand for 15 of 20 outputs.
    assert found.accuracy().value == pytest.approx((5 / 20 + 15 / 20) / 2)
    # Without the last five outputs the others stand for nothing.
    assert found.accuracy(np.arange(20) < 15).value == pytest.approx((5 / 15 + 1) / 2)
    assert found.accuracy(np.arange(20) < 9) is None


def test_too_few_faces_are_not_measured():
    assert (
        detected(np.zeros((9, 4)), np.zeros((50, 4))) is None
        and detect_halves(np.zeros((19, 4)), np.ones(19, bool), np.arange(19)) is None
    )


def test_one_person_alone_cannot_be_trained_on():
    assert (
        detected(np.zeros((20, 4)), np.zeros((20, 4)), np.zeros(20, int), np.zeros(20, int)) is None
    )


def test_the_classifier_is_at_the_minimum_of_its_loss():
    rng = np.random.default_rng(0)
    positive, negative = rng.normal(0.3, 2, (40, 3)), rng.normal(size=(30, 3))
    weights, others = rng.uniform(0.5, 2, 40), rng.uniform(0.5, 2, 30)
    score = fit_logistic(positive, negative, weights, others, penalty=0.2)
    x = np.concatenate([positive, negative])
    share = np.concatenate([weights / weights.sum(), others / others.sum()]) / 2
    mean = share @ x
    z = (x - mean) / np.sqrt(share @ (x - mean) ** 2)
    bias = score(mean[None])[0]
    w = np.linalg.lstsq(z, score(x) - bias, rcond=None)[0]
    truth = np.concatenate([np.ones(40), np.zeros(30)])
    residual = share * (1 / (1 + np.exp(-score(x))) - truth)
    # The gradient by hand, in the weights and in the bias.
    np.testing.assert_allclose(z.T @ residual + 0.2 * w, 0, atol=1e-4)
    assert residual.sum() == pytest.approx(0, abs=1e-4)
