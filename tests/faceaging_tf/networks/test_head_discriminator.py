"""The discriminator of whole heads: that it begins undecided, hangs on the age, and holds
statistics to what was seen.
"""

import numpy as np
import pytest

from faceaging_tf.networks import head_discriminator
from faceaging_tf.networks.head_discriminator import Standardized


def statistics(number=2, seed=0):
    return np.random.default_rng(seed).normal(size=(number, 3354)).astype("float32")


def test_the_score_hangs_on_the_age():
    model = head_discriminator(image_size=64, hidden=4)
    young, old = (np.asarray(model([statistics(), np.full((2, 1), age)])) for age in (20.0, 70.0))
    assert young.shape == (2, 1, 1, 1) and (np.abs(young - old) > 1e-6).all()


def test_without_an_age_it_takes_the_statistics_alone():
    assert head_discriminator(image_size=64, hidden=4, conditioned=False)(statistics()).shape == (
        2,
        1,
        1,
        1,
    )


def test_its_squared_weights_are_its_losses():
    model = head_discriminator(image_size=64, hidden=4, decay=0.5)
    weight = lambda name: np.square(model.get_layer(name).kernel).sum()
    expected = 0.5 * (0.3 * weight("hidden") + 0.1 * weight("hidden_scores"))
    assert float(sum(model.losses)) == pytest.approx(expected, rel=1e-4)


def test_mean_and_deviation_follow_what_is_seen():
    layer, seen = Standardized(), statistics(200)
    layer.build(seen.shape)
    layer.follow(seen, 1.0)
    found = np.asarray(layer(seen))
    np.testing.assert_allclose(
        found,
        0.2 * np.clip((seen - seen.mean(axis=0)) / (seen.std(axis=0) + 0.05), -4, 4),
        atol=1e-4,
    )
    layer.follow(seen + 1.0, 0.25)
    np.testing.assert_allclose(layer.mean, seen.mean(axis=0) + 0.25, atol=1e-4)


def test_a_side_that_has_no_sixteenths_is_refused():
    with pytest.raises(ValueError, match="image_size=100; it needs a multiple of 16"):
        head_discriminator(image_size=100)
