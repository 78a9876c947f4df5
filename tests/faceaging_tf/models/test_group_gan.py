"""Group-GAN: six pairs, twelve directions, and the way from group to group."""

import keras
import numpy as np
import pytest
import tiny
from tiny import faces

from faceaging_tf import networks
from faceaging_tf.models import CycleGAN

TWO = ((20, 40), (60, 100))
THREE = ((0, 20), (20, 40), (40, 100))


def in_range(pictures):
    return pictures.astype("float32") / 127.5 - 1


def translated(model, x, *steps):
    """Faces through the averaged generators of the named pairs and directions."""
    for younger, older, direction in steps:
        x = np.asarray(model.pair(younger, older).averages[direction](x))
    return x


def test_four_groups_make_six_pairs_and_twelve_directions(group_gan):
    assert len(group_gan.pairs) == 6 and all(isinstance(pair, CycleGAN) for pair in group_gan.pairs)
    assert (
        len(group_gan.generators) == len(group_gan.averages) == len(group_gan.discriminators) == 12
    )


def test_the_groups_are_the_papers(group_gan):
    assert group_gan.names == ("0-20", "20-40", "40-60", "60+")


def test_no_two_pairs_share_a_weight(group_gan):
    every = [
        *group_gan.generators.values(),
        *group_gan.averages.values(),
        *group_gan.discriminators.values(),
    ]
    weights = [id(weight) for network in every for weight in network.weights]
    assert len(weights) == len(set(weights))


@pytest.mark.parametrize("as_model", [True, False])
def test_networks_given_as_models_or_specifications_are_made_anew_for_each_pair(as_model):
    given = {"generator": tiny.RESNET, "discriminator": tiny.DISCRIMINATOR}
    if as_model:
        given = {
            name: networks.build(specification, image_size=32)
            for name, specification in given.items()
        }
    model = tiny.group_gan(groups=THREE, **given)
    every = [*model.generators.values(), *model.averages.values(), *model.discriminators.values()]
    weights = [id(weight) for network in every for weight in network.weights]
    assert len(every) == 18 and len(weights) == len(set(weights))


def test_only_far_pairs_have_the_weak_l1_term(group_gan):
    weights = {
        places: group_gan.pairs[number].weights_of_losses["weak_l1"]
        for places, number in group_gan._places.items()
    }
    assert weights == {(0, 1): 0, (0, 2): 0, (0, 3): 0.5, (1, 2): 0, (1, 3): 0, (2, 3): 0}


def test_a_pair_translates_between_its_groups(group_gan):
    pair = group_gan.pair("60+", "20-40")
    assert pair is group_gan.pair("20-40", "60+") and (pair.younger, pair.older) == (
        (20, 40),
        (60, 100),
    )


@pytest.mark.parametrize("names", [("20-40", "20-40"), ("20-40", "60-80")])
def test_what_is_no_pair_is_refused(group_gan, names):
    with pytest.raises(
        ValueError, match=r"pair got .*; it needs two different ones of 0-20, 20-40, 40-60, 60\+"
    ):
        group_gan.pair(*names)


def test_a_group_begins_at_its_edge(group_gan):
    ages = [-3, 0, 19.99, 20, 39.99, 40, 59.99, 60, 120]
    assert group_gan.group_of(ages).tolist() == [0, 0, 0, 1, 1, 2, 2, 3, 3]


def test_the_route_is_direct():
    model = tiny.group_gan(groups=TWO, discriminator=None)
    assert (
        model.route(0, 3) == [(0, 3)] and model.route(3, 1) == [(3, 1)] and model.route(2, 2) == []
    )


def test_chained_the_route_goes_through_the_neighbours():
    model = tiny.group_gan(groups=TWO, discriminator=None, chained=True)
    assert (
        model.route(0, 3) == [(0, 1), (1, 2), (2, 3)]
        and model.route(3, 1) == [(3, 2), (2, 1)]
        and model.route(2, 2) == []
    )


def test_a_face_is_taken_to_the_group_of_its_later_age(group_gan):
    x = in_range(faces(3))
    aged = group_gan.aged(x, np.array([30.0, -50.0, 55.0]), np.array([15.0, 65.0, 18.0]))
    np.testing.assert_allclose(
        aged[:1], translated(group_gan, x[:1], ("0-20", "40-60", "aging")), atol=1e-5
    )
    np.testing.assert_allclose(
        aged[1:2], translated(group_gan, x[1:2], ("0-20", "60+", "rejuvenation")), atol=1e-5
    )
    np.testing.assert_allclose(
        aged[2:], translated(group_gan, x[2:], ("0-20", "60+", "aging")), atol=1e-5
    )


def test_chained_a_face_goes_through_the_groups_between(group_gan):
    x = in_range(faces(1))
    group_gan.chained = True
    try:
        aged = group_gan.aged(x, np.array([40.0]), np.array([15.0]))
    finally:
        group_gan.chained = False
    np.testing.assert_allclose(
        aged,
        translated(group_gan, x, ("0-20", "20-40", "aging"), ("20-40", "40-60", "aging")),
        atol=1e-4,
    )


def test_within_a_group_nothing_changes(group_gan):
    np.testing.assert_array_equal(group_gan.transform(faces(2), 15, 22), faces(2))


def test_its_losses_are_its_pairs_summed_and_unweighted():
    model = tiny.group_gan(groups=THREE, far=2, weights={"cycle": 3.0, "identity": 2.0})
    batch = {name: faces(2, seed=number) for number, name in enumerate(model.names)}
    totals, fakes = model.generator_losses(batch)
    expected = dict.fromkeys(model.loss_names, 0.0)
    for younger, older, weak_l1 in (
        ("0-20", "20-40", "near_weak_l1"),
        ("0-20", "40+", "weak_l1"),
        ("20-40", "40+", "near_weak_l1"),
    ):
        own, _ = model.pair(younger, older).generator_losses(
            {"younger": batch[younger], "older": batch[older]}
        )
        for name, loss in own.items():
            expected[weak_l1 if name == "weak_l1" else name] += float(loss)
    assert {name: float(value) for name, value in totals.items()} == pytest.approx(
        expected, rel=1e-5
    )
    assert len(fakes) == 3 and expected["identity"] > 0


def test_its_weights_are_in_one_place():
    model = tiny.group_gan(groups=TWO, weights={"cycle": 3.0}, weak_l1=0.25)
    model.compile()
    assert {name: float(ramp(0)) for name, ramp in model.ramps.items()} == {
        "adversarial": 1.0,
        "cycle": 3.0,
        "identity": 0.0,
        "weak_l1": 0.25,
        "near_weak_l1": 0.0,
    }


def test_a_weight_may_change_over_the_run():
    model = tiny.group_gan(groups=TWO, weights={"cycle": [2.0, 4.0, 0, 100]})
    model.compile()
    assert [float(model.ramps["cycle"](step)) for step in (0, 50, 200)] == [2.0, 3.0, 4.0]


def test_its_configuration_makes_the_same_weights_again():
    model = tiny.group_gan(groups=TWO, weights={"near_weak_l1": 0.1}, weak_l1=0.25)
    again = type(model).from_config(model.get_config())
    assert again.weights_of_losses == model.weights_of_losses
    assert again.weights_of_losses["weak_l1"] == 0.25


def test_a_weight_for_a_loss_that_it_does_not_have_is_refused():
    with pytest.raises(ValueError, match="GroupGAN got a weight for 'age'; its losses are"):
        tiny.group_gan(groups=TWO, weights={"age": 1.0})


def test_a_step_moves_every_generator_and_every_discriminator():
    model = tiny.group_gan(groups=THREE)
    model.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))
    before = {
        name: network.get_weights()
        for name, network in (model.generators | model.discriminators).items()
    }
    model.train_step({name: faces(2, seed=number) for number, name in enumerate(model.names)})
    for name, network in (model.generators | model.discriminators).items():
        assert not np.array_equal(network.get_weights()[0], before[name][0]), name


def test_a_pair_can_be_trained_alone(tmp_path):
    model = tiny.group_gan(groups=TWO)
    pair = model.pair("20-40", "60+")
    pair.compile()
    before = pair.aging_generator.get_weights()[0]
    pair.train_step(tiny.domain_batch())
    assert not np.array_equal(model.generators["pair_0_1_aging"].get_weights()[0], before)


def test_saved_and_loaded_it_ages_the_same(tmp_path):
    model = tiny.randomized(tiny.group_gan(groups=TWO))
    model.save(tmp_path / "group.keras")
    loaded = keras.saving.load_model(tmp_path / "group.keras")
    np.testing.assert_array_equal(
        loaded.transform(faces(2), 40, 30), model.transform(faces(2), 40, 30)
    )


@pytest.mark.parametrize(
    "groups",
    [((0, 20),), ((20, 40), (0, 20)), ((0, 30), (20, 40))],
    ids=["one", "backwards", "overlapping"],
)
def test_groups_that_are_not_in_order_are_refused(groups):
    with pytest.raises(ValueError, match="GroupGAN got groups=.*two or more"):
        tiny.group_gan(groups=groups)
