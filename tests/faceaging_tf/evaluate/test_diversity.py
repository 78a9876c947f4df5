"""One change for all, or to each their own."""

import numpy as np
import pytest

from faceaging_tf.evaluate.diversity import change_maps, diversity

FACES = np.random.default_rng(0).integers(60, 190, (12, 32, 32, 3), dtype="uint8")


def changed(changes):
    return (FACES + changes[..., None]).astype("uint8")


def test_one_change_for_all_is_collapsed():
    change = np.random.default_rng(1).integers(-30, 30, (1, 32, 32))
    figure, collapsed = diversity(change_maps(FACES, changed(np.repeat(change, 12, axis=0))))
    assert collapsed and figure.value == pytest.approx(0, abs=0.01)


def test_a_change_of_different_strength_is_still_one():
    change = np.random.default_rng(1).integers(-5, 5, (1, 32, 32)) * np.arange(1, 13)[:, None, None]
    assert diversity(change_maps(FACES, changed(change)))[1]


def test_unrelated_changes_have_a_diversity_of_1():
    figure, collapsed = diversity(
        change_maps(FACES, changed(np.random.default_rng(1).integers(-30, 31, (12, 32, 32))))
    )
    assert not collapsed and figure.value == pytest.approx(1, abs=0.05)


def test_the_cosine_is_that_of_every_pair():
    maps = change_maps(
        FACES, np.random.default_rng(2).integers(0, 256, FACES.shape, dtype="uint8")
    ).astype("float64")
    cosines = [maps[i] @ maps[j] for i in range(12) for j in range(i)]
    assert diversity(maps)[0].value == pytest.approx(1 - np.mean(cosines))


def test_without_a_change_there_is_no_diversity():
    assert diversity(change_maps(FACES, FACES)) == (None, False)
