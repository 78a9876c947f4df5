"""The one training step, against steps that are written out plainly."""

import warnings

import keras
import numpy as np
import plain_steps
import pytest
import tiny

from faceaging_tf.models import AdversarialModel

LOSSES = {"cycle": 10.0, "identity": 2.0, "weak_l1": 0.5}
RAMPS = {"adversarial": 0.5, "age": [0.0, 1.0, 0, 2], "cycle": [2.0, 4.0, 0, 4]}
RATES = 0.05, 0.1


def of_networks(model):
    """The weights of all networks by name: trained ones, averages, the discriminators' state."""
    every = {
        **model.generators,
        **{f"average {name}": network for name, network in model.averages.items()},
        **model.discriminators,
    }
    return {
        f"{name} {number} {weight.name}": np.array(weight)
        for name, network in every.items()
        for number, weight in enumerate(network.weights)
    }


def assert_same_weights(model, reference, before, tolerance=1e-5):
    expected, found = of_networks(reference), of_networks(model)
    for name in expected:
        np.testing.assert_allclose(found[name], expected[name], atol=tolerance, err_msg=name)
    moved = max(np.abs(found[name] - before[name]).max() for name in found)
    assert moved > 1000 * tolerance, "the step is too small to tell a wrong one"


def pair_of(make):
    """A model and its twin of the same weights."""
    model, twin = make(), make()
    tiny.randomized(model)
    twin.set_weights(model.get_weights())
    return model, twin


def test_a_step_of_cyclegan_is_two_tapes_and_two_optimizers():
    model, twin = pair_of(lambda: tiny.cyclegan(weights=LOSSES, momentum=0.5))
    before = of_networks(model)
    model.compile(*(tiny.sgd(rate) for rate in RATES))
    model.train_step((tiny.domain_batch(),))
    plain_steps.cyclegan_step(twin, tiny.domain_batch(), *(tiny.sgd(rate) for rate in RATES))
    assert_same_weights(model, twin, before)


@pytest.mark.parametrize(
    "make", [tiny.fagan, pytest.param(tiny.whole_fagan, marks=pytest.mark.slow)]
)
def test_two_steps_of_fagan_are_two_tapes_and_two_optimizers(make):
    model, twin = pair_of(lambda: tiny.without_augmentation(make(weights=RAMPS, momentum=0.5)))
    before = of_networks(model)
    model.compile(*(tiny.sgd(rate) for rate in RATES))
    optimizers = [tiny.sgd(rate) for rate in RATES]
    for step, weights in enumerate(
        [
            {"adversarial": 0.5, "age": 0.0, "cycle": 2.0},
            {"adversarial": 0.5, "age": 0.5, "cycle": 2.5},
        ]
    ):
        batch = tiny.age_shift_batch(seed=step)
        model.train_step((batch,))
        plain_steps.fagan_step(twin, batch, *optimizers, weights)
    assert_same_weights(model, twin, before)


def test_the_pool_keeps_the_fakes_that_the_discriminator_saw():
    model, twin = pair_of(tiny.cyclegan)
    model.compile(tiny.sgd(0.05), tiny.sgd(0.1))
    fakes = np.asarray(twin.aging_generator(plain_steps.scaled(tiny.domain_batch()["younger"])))
    model.train_step(tiny.domain_batch())
    np.testing.assert_allclose(np.asarray(model.older_pool.images)[:2], fakes, atol=1e-5)
    assert int(model.older_pool.count) == 2


@pytest.fixture(scope="module")
def compiled():
    model = tiny.cyclegan()
    model.compile()
    return model


def test_by_default_both_optimizers_are_cyclegans_adam(compiled):
    for optimizer in (compiled.generator_optimizer, compiled.discriminator_optimizer):
        assert isinstance(optimizer, keras.optimizers.Adam) and optimizer.beta_1 == 0.5
        assert float(optimizer.learning_rate) == pytest.approx(2e-4)


def test_each_optimizer_has_the_variables_of_its_own(compiled):
    for networks, optimizer in (
        (compiled.generators, compiled.generator_optimizer),
        (compiled.discriminators, compiled.discriminator_optimizer),
    ):
        own = {
            id(variable)
            for network in networks.values()
            for variable in network.trainable_variables
        }
        assert {id(variable) for variable in optimizer._trainable_variables} == own


def test_compiled_or_not_the_weights_are_the_same_and_load_either_way(compiled, tmp_path):
    plain = tiny.randomized(tiny.cyclegan())
    assert [weight.shape for weight in plain.weights] == [
        weight.shape for weight in compiled.weights
    ]
    plain.save_weights(tmp_path / "plain.weights.h5")
    with warnings.catch_warnings():
        # There is no optimizer's state in the file.
        warnings.simplefilter("ignore", UserWarning)
        compiled.load_weights(tmp_path / "plain.weights.h5")
    compiled.save_weights(tmp_path / "compiled.weights.h5")
    other = tiny.cyclegan()
    other.load_weights(tmp_path / "compiled.weights.h5")
    for name, weight in of_networks(plain).items():
        np.testing.assert_array_equal(of_networks(other)[name], weight, err_msg=name)


def test_one_optimizer_for_both_is_refused():
    optimizer = keras.optimizers.Adam()
    with pytest.raises(
        ValueError, match="one optimizer for both; generators and discriminators need one each"
    ):
        tiny.cyclegan().compile(optimizer, optimizer)


def test_trainable_weights_that_belong_to_nobody_are_refused():
    model = tiny.cyclegan()
    model.stranger = keras.layers.Dense(1)
    model.stranger.build((None, 1))
    with pytest.raises(ValueError, match="belong to no generator and no discriminator: .*kernel"):
        model.compile()


def test_there_is_no_test_loss(compiled):
    with pytest.raises(NotImplementedError, match="has no test loss"):
        compiled.evaluate(tiny.Steps(tiny.domain_batch, 1), verbose=0)


def test_a_subclass_must_write_its_losses():
    class Lazy(AdversarialModel):
        pass

    model = Lazy(32, tiny.AGE_NETWORK)
    with pytest.raises(NotImplementedError):
        model.generator_losses({})
    with pytest.raises(NotImplementedError):
        model.discriminator_losses({}, [])


@pytest.fixture
def policy(request):
    keras.mixed_precision.set_global_policy(request.param)
    yield request.param
    keras.mixed_precision.set_global_policy("float32")


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "float32"], indirect=True)
def test_without_float16_no_loss_is_scaled(policy):
    model = tiny.cyclegan()
    model.compile()
    assert not isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)


@pytest.mark.parametrize("policy", ["mixed_float16"], indirect=True)
def test_under_float16_the_loss_is_scaled_and_only_steps_that_are_taken_count(policy):
    model = tiny.cyclegan()
    model.compile()
    assert isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
    counts = (
        model.optimizer.iterations,
        model.generator_optimizer.iterations,
        model.discriminator_optimizer.iterations,
    )
    for skipped in range(10):
        logs = model.train_step(tiny.domain_batch())
        assert all(np.isfinite(float(value)) for value in logs.values())
        if int(counts[0]):
            break
        # Too large a scale for float16: halved, and the step is not taken.
        assert float(model.optimizer.dynamic_scale) == 2.0 ** (14 - skipped)
    assert [int(count) for count in counts] == [1, 1, 1]


def test_scaling_the_loss_does_not_scale_the_step():
    model, twin = pair_of(lambda: tiny.cyclegan(weights=LOSSES, momentum=0.5))
    before = of_networks(model)
    model.compile(*(tiny.sgd(rate) for rate in RATES))
    # As compile does under mixed_float16, here on float32, so that the steps can be compared.
    optimizer = keras.optimizers.LossScaleOptimizer(model.optimizer)
    optimizer.build(model.trainable_variables)
    model.optimizer = optimizer
    model.train_step(tiny.domain_batch())
    plain_steps.cyclegan_step(twin, tiny.domain_batch(), *(tiny.sgd(rate) for rate in RATES))
    assert_same_weights(model, twin, before)
