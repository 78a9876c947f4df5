"""The figures and the signs, by hand."""

import dataclasses

import keras
import numpy as np
import pytest
import tiny

from faceaging_tf.data.face_outline import outside
from faceaging_tf.losses import adversarial_loss
from faceaging_tf.models.observation import Observation
from faceaging_tf.training import Limits
from faceaging_tf.training import health as h


def greys(*values, size=32):
    """A picture of one grey for each value, in -1 to 1."""
    return (
        np.ones((len(values), size, size, 3), "float32")
        * np.array(values, "float32")[:, None, None, None]
    )


HEALTHY = h.Health(
    spread=1.0,
    cosine=0.3,
    mean_change=10.0,
    colour=2.0,
    outside=5.0,
    real_score=0.6,
    fake_score=0.4,
    lead=0.2,
    real=0.6,
    accuracy=0.7,
    blind_loss=0.5,
)


def kinds(discriminator_loss=0.4, **changes):
    return set(
        h.signs(
            {"aging": HEALTHY, "rejuvenation": dataclasses.replace(HEALTHY, **changes)},
            discriminator_loss,
            Limits(),
        )
    )


def test_the_spread_is_of_pairs():
    # Faces differ by .2, .6 and .4, outputs by .1, .1 and 0.
    assert h.output_spread(greys(0.0, 0.2, 0.6), greys(0.5, 0.6, 0.6)) == pytest.approx(0.2 / 1.2)


def test_the_cosine_is_of_pairs_of_changes():
    changes = np.zeros((3, 1, 2, 1), "float32")
    changes[0, 0, 0], changes[1, 0, 0], changes[2, 0, 1] = 1.0, 5.0, 2.0
    # The first two are parallel, the third is at a right angle to both.
    assert h.change_cosine(np.zeros_like(changes), changes) == pytest.approx(1 / 3)


def test_no_change_has_a_cosine_of_zero():
    assert h.change_cosine(greys(0.1, 0.2), greys(0.1, 0.2)) == 0


def test_outside_counts_the_outside_alone():
    faces = greys(0.0, 0.0)
    inside, beyond = faces.copy(), faces.copy()
    inside[:, ~outside(32)] += 1.0
    beyond[:, outside(32)] += 0.2
    assert h.outside_change(faces, inside) == 0 and h.outside_change(
        faces, beyond
    ) == pytest.approx(0.2 * 127.5, rel=1e-5)


def test_colour_is_what_lightness_does_not_explain_and_of_skin_alone():
    faces = np.zeros((1, 1, 3, 3), "float32")
    # Lighter by .4; red by .6, of which .2 is lightness; beyond the skin.
    change = np.array([[0.4, 0.4, 0.4], [0.6, 0.0, 0.0], [0.9, 0.0, 0.0]])
    skin = np.array([0.5, 1.0, 0.0]).reshape(1, 1, 3, 1)
    # (.4 + .2 + .2) / 3 over one and a half pixels of skin.
    assert h.colour_change(faces, faces + change, skin) == pytest.approx(
        127.5 * (0.8 / 3) / 1.5, rel=1e-5
    )


def test_where_skin_is_unknown_its_colour_is_no_figure():
    scores = np.zeros((2, 1, 1, 1), "float32")
    found = h.health(
        Observation(greys(0, 1), greys(0, 1), scores, scores, adversarial_loss("logistic"))
    )
    assert found.colour is None and "colour" not in h.worst({"aging": found})
    assert h.PAINTED not in h.signs_of(found, Limits())


@pytest.mark.parametrize(
    "adversarial, lead, real, blind",
    [
        ("least_squares", 0.75, 1.0, 0.5),
        ("hinge", 0.375, 1.0, 2.0),
        # Of scores of 1 and .25 the logistic function makes .731 and .562; guessing costs 2 log 2.
        ("logistic", 0.7310586 - 0.5621765, 0.7310586, 2 * 0.6931472),
    ],
)
def test_scores_are_measured_against_what_is_taught(adversarial, lead, real, blind):
    scores = lambda value: np.full((2, 4, 4, 1), value, "float32")
    found = h.health(
        Observation(
            greys(0, 1), greys(0.1, 0.9), scores(1.0), scores(0.25), adversarial_loss(adversarial)
        )
    )
    assert (found.lead, found.real, found.blind_loss) == (
        pytest.approx(lead),
        pytest.approx(real),
        pytest.approx(blind),
    )
    assert (found.real_score, found.fake_score) == (
        1.0,
        0.25,
    ) and found.mean_change == pytest.approx(12.75)


def test_a_healthy_model_shows_no_sign():
    assert kinds() == set()


@pytest.mark.parametrize(
    "changes, kind",
    [
        ({"spread": 0.1}, h.COLLAPSED),
        ({"cosine": 0.95, "mean_change": 40.0}, h.COLLAPSED),
        ({"colour": 7.0}, h.PAINTED),
        ({"outside": 70.0}, h.INVERTED),
        ({"lead": 1.0}, h.WON),
        ({"real": 0.01}, h.DEAD),
        ({"accuracy": 0.5}, h.BLIND),
        ({"discriminator_loss": 5.0}, h.DIVERGED),
    ],
)
def test_a_sign_of_one_way_is_a_sign(changes, kind):
    assert kinds(**changes) == {kind}


def test_a_small_change_that_is_the_same_for_all_is_none():
    assert kinds(cosine=0.95, mean_change=20.0) == set()


def test_what_was_seen_names_the_way_and_the_figures():
    figures = {"aging": HEALTHY, "rejuvenation": dataclasses.replace(HEALTHY, outside=100.4)}
    assert (
        h.signs(figures, 0.4, Limits())[h.INVERTED]
        == "rejuvenation: 100 levels of 255 changed outside the faces (most 64)"
    )


def test_an_inverted_picture_of_all_greys_is_twice_over_the_limit():
    faces = np.random.default_rng(0).uniform(-1, 1, (2, 32, 32, 3))
    assert h.outside_change(faces, -faces) == pytest.approx(2 * Limits().most_outside, rel=0.05)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_one_value_that_is_not_finite_is_found(value):
    good, bad = (
        keras.Variable(np.ones(5, "float32")),
        keras.Variable(np.array([0, 1, value], "float32")),
    )
    assert h.not_finite({"cycle": 1.0}, [good]) is None
    assert (
        h.not_finite({"cycle": 1.0}, [good, bad])
        == "1 of 2 weights hold values that are not finite"
    )


def test_losses_that_are_not_finite_are_named():
    assert h.not_finite({"cycle": 1.0, "age": float("nan")}, []) == "the losses age are nan"


def group_batch(model):
    return {name: tiny.faces(3, seed=place) for place, name in enumerate(model.names)}


def fgan():
    from faceaging_tf.models import FGAN

    return FGAN(tiny.SIZE, tiny.fagan(), tiny.group_gan(groups=((0, 40), (40, 100))))


MODELS = {
    "cyclegan": (tiny.cyclegan, lambda model: tiny.domain_batch(3), 2),
    "fagan": (tiny.fagan, lambda model: tiny.age_shift_batch(3), 2),
    "group_gan": (lambda: tiny.group_gan(groups=((0, 40), (40, 60), (60, 100))), group_batch, 6),
    "fgan": (
        fgan,
        lambda model: {
            "fa_gan": tiny.age_shift_batch(3),
            "group_gan": group_batch(model.group_gan),
        },
        4,
    ),
}


@pytest.mark.parametrize("kind", MODELS)
def test_every_model_can_be_observed_and_is_left_as_it_was(kind):
    make, make_batch, ways = MODELS[kind]
    model = make()
    before = [keras.ops.convert_to_numpy(variable) for variable in model.variables]
    figures = {
        way: h.health(observation) for way, observation in model.observe(make_batch(model)).items()
    }
    assert len(figures) == ways and all(
        of_way.colour is None and np.isfinite(list(h.worst({way: of_way}).values())).all()
        for way, of_way in figures.items()
    )
    for old, variable in zip(before, model.variables, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(variable), old)


def test_cyclegan_shows_its_own_outputs_and_scores():
    model, batch = tiny.cyclegan(), tiny.domain_batch(3)
    seen = model.observe(batch)["rejuvenation"]
    faces = batch["older"] / np.float32(127.5) - 1
    output = model.rejuvenation_generator(faces)
    np.testing.assert_allclose(seen.outputs, output, atol=1e-6)
    np.testing.assert_allclose(seen.fake_scores, model.younger_discriminator(output), atol=1e-6)
    np.testing.assert_allclose(
        seen.real_scores,
        model.younger_discriminator(batch["younger"] / np.float32(127.5) - 1),
        atol=1e-6,
    )


def test_no_sign_has_the_name_of_a_loss_beside_which_it_is_logged():
    from faceaging_tf.models import FAGAN, CycleGAN, GroupGAN

    signs = {field.name for field in dataclasses.fields(h.Health)}
    assert not signs & {*FAGAN.loss_names, *CycleGAN.loss_names, *GroupGAN.loss_names}
