"""Changed rates and weights take effect in a step that is compiled already."""

import keras
import numpy as np
import pytest
import tiny

from faceaging_tf.losses import Ramp
from faceaging_tf.models import FGAN
from faceaging_tf.training import LinearDecay
from faceaging_tf.training.adjustment import (
    Adjustment,
    ScaledRate,
    adjust,
    reseed,
    strengthened,
)


def moved(model, start):
    """How far one step of `fit` from given weights moves the generators and the discriminators."""
    model.set_weights(start)
    model.fit(tiny.Steps(tiny.domain_batch, 1), shuffle=False, verbose=0)
    distance = {
        id(variable): np.square(variable.numpy() - old).sum()
        for variable, old in zip(model.weights, start, strict=True)
    }
    return [
        sum(distance[id(v)] for n in networks.values() for v in n.trainable_variables) ** 0.5
        for networks in (model.generators, model.discriminators)
    ]


def background_weights(model):
    """The weights of the losses that hold the background, at the first step."""
    return {name: float(model.ramps[name](0)) for name in model.background_losses}


def test_rates_schedules_and_the_weight_take_effect_in_a_compiled_step():
    """With all other weights 0 a step is as long as weak L1's weight is large."""
    weights = {"adversarial": 0.0, "cycle": 0.0, "identity": 0.0, "weak_l1": 0.1}
    model = tiny.randomized(tiny.cyclegan(**tiny.FEW_LAYERS, pool_size=0, weights=weights))
    schedule = LinearDecay(1e-3, 100, 100)
    model.compile(keras.optimizers.SGD(1e-3), keras.optimizers.SGD(schedule))
    start = model.get_weights()
    generators, discriminators = moved(model, start)
    for adjustment, generators_factor, discriminators_factor in (
        (Adjustment(generator_rate=0.5, discriminator_rate=0.25), 0.5, 0.25),
        (Adjustment(background=4.0), 4.0, 1.0),
    ):
        adjust(model, adjustment)
        assert moved(model, start) == [
            pytest.approx(generators_factor * generators, rel=1e-2),
            pytest.approx(discriminators_factor * discriminators, rel=1e-2),
        ]


def test_factors_refer_to_what_was_compiled_not_to_what_was_set_before():
    model = tiny.cyclegan()
    model.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(LinearDecay(1e-3, 10, 10)))
    for factor in (0.5, 0.25):
        adjust(model, Adjustment(factor, factor, 2.0))
    assert float(model.generator_optimizer.learning_rate) == pytest.approx(2.5e-4)
    assert float(model.discriminator_optimizer.learning_rate) == pytest.approx(2.5e-4)
    # CycleGAN trains without weak L1; the first doubling gives it the paper's weight.
    assert float(model.ramps["weak_l1"](0)) == 0.5


def test_a_scaled_schedule_still_falls_and_comes_back_from_its_configuration():
    optimizer = keras.optimizers.Adam(ScaledRate(LinearDecay(0.2, 100, 200), 0.5))
    again = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    assert float(again.learning_rate) == pytest.approx(0.1)
    assert float(ScaledRate(LinearDecay(0.2, 100, 200), 0.5)(200)) == pytest.approx(0.05)


def test_a_ramp_is_strengthened_at_both_ends():
    assert strengthened(Ramp(0.1, 0.5, 3, 9), 2.0) == Ramp(0.2, 1.0, 3, 9) and strengthened(
        Ramp(0.0, 0.0), 2.0
    ) == Ramp(0.5, 0.5)


def test_group_gans_near_pairs_get_the_term_and_far_pairs_get_more_of_it():
    model = tiny.group_gan(groups=((0, 30), (30, 60), (60, 100)), far=2, weak_l1=0.5)
    model.compile()
    adjust(model, Adjustment(background=2.0))
    assert background_weights(model) == {"weak_l1": 1.0, "near_weak_l1": 0.5}
    adjust(model, Adjustment())
    assert background_weights(model) == {"weak_l1": 0.5, "near_weak_l1": 0.0}


def test_fgan_holds_the_background_of_group_gan():
    model = FGAN(tiny.SIZE, tiny.fagan(), tiny.group_gan(groups=((0, 40), (40, 100))))
    model.compile()
    adjust(model, Adjustment(background=2.0))
    assert background_weights(model) == {"group_gan_weak_l1": 1.0, "group_gan_near_weak_l1": 0.5}


def test_a_new_seed_is_another_state_and_the_same_seed_the_same():
    def states(seed):
        model = tiny.fagan()
        reseed(model, seed)
        return [
            v.numpy().tolist()
            for v in model.non_trainable_variables
            if v.path.endswith("seed_generator_state")
        ]

    assert states(1) == states(1) and len(states(1)) >= 2
    assert all(one != two for one, two in zip(states(1), states(2), strict=True))
