"""FA-GAN: told the years and the age, by one generator for both directions or one for each."""

import keras
import numpy as np
import pytest
import tiny
from tiny import faces

from faceaging_tf.models import FAGAN
from faceaging_tf.models.faces import moved, to_pixels, to_range
from faceaging_tf.networks import parts_of

TWICE = {"ages": [20, 60], "years": [10, 40], "asked": [[20, 80], [20, 80]]}
HALF = {"ages": [50], "years": [20], "asked": [[10]]}
WITHOUT_REFINEMENT = {name: value for name, value in tiny.HEAD.items() if name != "refinement"}


def in_range(pictures):
    return pictures.astype("float32") / 127.5 - 1


def column(*values):
    return np.array(values, "float32")[:, None]


@pytest.fixture(scope="module")
def shared():
    """A whole-head release whose one generator serves both directions."""
    return tiny.randomized(tiny.whole_fagan(discriminator=None))


def test_years_above_zero_go_to_one_generator_and_below_to_the_other_each_asked_by_its_curve():
    model = tiny.randomized(
        tiny.fagan(discriminator=None, calibration={"aging": TWICE, "rejuvenation": HALF})
    )
    x, years, ages = in_range(faces(3)), np.array([12.5, -20.0, 30.0]), np.array([30.0, 50.0, 40.0])
    aged = model.aged(x, years.astype("float32"), ages.astype("float32"))
    for row, (name, asked) in enumerate(
        (("aging", 25.0), ("rejuvenation", -10.0), ("aging", 60.0))
    ):
        expected = model.generators[name]([x[row : row + 1], column(asked), column(ages[row])])
        np.testing.assert_allclose(aged[row : row + 1], expected, atol=1e-5)


def test_the_years_matter(fagan):
    assert not np.array_equal(fagan.transform(faces(1), 10, 30), fagan.transform(faces(1), 40, 30))


def test_the_age_matters(fagan):
    assert not np.array_equal(fagan.transform(faces(1), 20, 20), fagan.transform(faces(1), 20, 50))


def test_networks_given_as_specifications_or_models_are_the_same():
    from faceaging_tf import networks

    model = tiny.fagan(generator=networks.build(tiny.MOBILE, image_size=32, conditioned=True))
    assert model.get_config()["generator"] == tiny.fagan().get_config()["generator"]
    assert not {id(w) for w in model.aging_generator.weights} & {
        id(w) for w in model.rejuvenation_generator.weights
    }


def test_its_configuration_holds_every_network_and_argument():
    given = {
        "adversarial": "least_squares",
        "calibration": {"aging": TWICE, "rejuvenation": None},
        "momentum": 0.9,
        "seed": 5,
        "frame": "whole_head",
    }
    model = tiny.fagan(weights={"age": 2.0}, **given)
    config = model.get_config()
    assert config["age_network"] == {"image_size": 32, **tiny.AGE_NETWORK}
    assert (
        config["generator"]
        == config["rejuvenation_generator"]
        == {"image_size": 32, "conditioned": True, **tiny.MOBILE}
    )
    assert config["discriminator"] == {"image_size": 32, "conditioned": True, **tiny.SPECTRAL}
    assert {name: config[name] for name in given} == given
    assert config["weights"] == {"adversarial": 1.0, "age": 2.0, "cycle": 10.0}
    assert FAGAN.from_config(config).get_config() == config


def test_another_calibration_is_refused():
    with pytest.raises(
        ValueError, match="calibration got .*; it needs None, or aging and rejuvenation"
    ):
        tiny.fagan(calibration={"aging": TWICE})


def test_a_loss_that_is_not_the_papers_is_refused():
    with pytest.raises(
        ValueError, match="FAGAN got a weight for 'shade'; its losses are adversarial, age, cycle."
    ):
        tiny.fagan(weights={"shade": 1.0})


def test_each_way_can_have_a_generator_of_its_own():
    model = tiny.fagan(rejuvenation_generator={**tiny.MOBILE, "vector": 6})
    widths = lambda model: [
        generator.get_layer("condition_first").units
        for generator in (*model.generators.values(), *model.averages.values())
    ]
    assert widths(model) == widths(FAGAN.from_config(model.get_config())) == [4, 6, 4, 6]


def test_the_age_network_is_never_trained():
    model = tiny.fagan()
    trained = {id(variable) for variable in model.trainable_variables}
    assert not trained & {id(variable) for variable in model.age_regressor.network.variables}


@pytest.mark.parametrize("make", [tiny.fagan, tiny.whole_fagan])
def test_compiled_saved_and_loaded_it_is_the_same(make, tmp_path):
    model = make()
    model.compile(tiny.sgd(0.01), tiny.sgd(0.02))
    model.train_step(tiny.age_shift_batch())
    model.save(tmp_path / "fagan.keras")
    loaded = keras.saving.load_model(tmp_path / "fagan.keras")
    assert type(loaded) is FAGAN and loaded.shared == model.shared
    expected, found = tiny.everything(model), tiny.everything(loaded)
    assert expected.keys() == found.keys()
    for name in expected:
        np.testing.assert_array_equal(found[name], expected[name], err_msg=name)


def test_a_face_is_moved_at_its_own_size():
    model = tiny.randomized(tiny.moving_fagan())
    assert model.moves_faces and not tiny.fagan().moves_faces
    small = tiny.faces(1)
    edit = model.edited(np.array(to_range(small)), np.array([20.0], "float32"), np.array([30.0]))
    assert abs(edit.flow).max() > 1e-3
    np.testing.assert_allclose(
        model.aged(np.array(to_range(small)), np.array([20.0], "float32"), np.array([30.0])),
        moved(edit.changed, edit.flow),
        atol=1e-6,
    )
    # Twice as large, a face keeps detail that the model never saw: a checkerboard, moved with the
    # face.
    large = small.repeat(2, axis=1).repeat(2, axis=2)
    large[:, ::2, ::2] += 1
    aged = model.transform(large, 20, 30)
    still = model.transform(large, 20, 30, mask=np.zeros((64, 64)))
    np.testing.assert_array_equal(still, large)
    assert aged.shape == large.shape and (aged != large).any()


@pytest.mark.parametrize(
    "age, years, asked",
    [(6.0, -25.0, -6.0), (70.0, 45.0, 20.0), (95.0, 30.0, 0.5), (40.0, 30.0, 30.0)],
)
def test_no_face_is_asked_to_be_younger_than_new_born_or_older_than_ninety(age, years, asked):
    model = tiny.randomized(tiny.fagan(discriminator=None))
    x = in_range(faces(1))
    change = lambda k: model.aged(x, np.array([k], "float32"), np.array([age]))
    np.testing.assert_array_equal(change(years), change(asked))


def test_the_frame_of_its_faces_is_kept_and_told_to_what_sees_ages():
    model = tiny.fagan(frame="whole_head")
    assert FAGAN.from_config(model.get_config()).frame == model.frame == "whole_head"
    assert model.age_regressor.frame == "whole_head" and tiny.fagan().frame == "tight"


def test_a_shared_generator_is_there_once_and_its_average_too():
    model = tiny.whole_fagan()
    assert model.aging_generator is model.rejuvenation_generator and list(model.generators) == list(
        model.averages
    ) == ["aging"]
    assert (
        model.averaged("rejuvenation") is model.averaged("aging") is model.average_aging_generator
    )
    paths = [id(variable) for variable in model.trainable_variables]
    own = [*model.aging_generator.trainable_variables, *model.discriminator.trainable_variables]
    assert sorted(paths) == sorted({id(variable) for variable in own})
    assert (
        model.get_config()["rejuvenation_generator"] == "shared"
        and FAGAN.from_config(model.get_config()).shared
    )


def test_a_shared_generators_average_follows_it_and_is_what_is_released():
    model = tiny.randomized(tiny.whole_fagan(momentum=0.75))
    model.compile(tiny.sgd(0.05), tiny.sgd(0.1))
    before = model.average_aging_generator.get_weights()
    model.train_step(tiny.age_shift_batch())
    after = model.aging_generator.get_weights()
    for old, new, average in zip(
        before, after, model.average_aging_generator.get_weights(), strict=True
    ):
        np.testing.assert_allclose(average, old + 0.25 * (new - old), atol=1e-6)
    release = model.for_release()
    assert (
        release.shared
        and release.discriminators == {}
        and len(release.weights) < len(model.weights)
    )
    for years in (30, -30):
        np.testing.assert_array_equal(
            release.transform(faces(1), years, 45), model.transform(faces(1), years, 45)
        )


def test_a_shared_generators_weights_are_stored_once(shared, tmp_path):
    shared.save_weights(tmp_path / "both.weights.h5")
    other = tiny.whole_fagan(discriminator=None)
    other.load_weights(tmp_path / "both.weights.h5")
    for years in (20, -20):
        np.testing.assert_array_equal(
            other.transform(faces(1), years, 30), shared.transform(faces(1), years, 30)
        )
    two = tiny.fagan(generator=tiny.HEAD, discriminator=None)
    two.save_weights(tmp_path / "two.weights.h5")
    assert (tmp_path / "both.weights.h5").stat().st_size < 0.7 * (
        tmp_path / "two.weights.h5"
    ).stat().st_size


def test_strengths_reach_the_generator_in_the_order_of_its_parts(shared):
    x, years, ages = (
        in_range(faces(2)),
        np.array([30.0, -20.0], "float32"),
        np.array([30.0, 60.0], "float32"),
    )
    strengths = np.array([[0.5, 1.0, 0.0, 2.0, 1.0], [1.0, 0.25, 1.0, 1.0, 0.0]], "float32")
    future, hair = np.float32([[2], [0]]), np.float32([[0.5], [-1]])
    found = shared.edited(x, years, ages, strengths=strengths, future=future, hair=hair)
    _, changed, flow = parts_of(shared.aging_generator)(
        [x, years[:, None], ages[:, None], strengths, future, hair]
    )
    np.testing.assert_allclose(found.changed, changed, atol=1e-5)
    np.testing.assert_allclose(found.flow, flow, atol=1e-5)


def test_strengths_by_name_are_those_of_all_faces(shared):
    given = shared.transform(faces(2), [30, -20], [30, 60], strengths={"hair": 2, "wrinkles": 0.5})
    x = in_range(faces(2))
    edit = shared.edited(
        x,
        np.array([30.0, -20.0], "float32"),
        np.array([30.0, 60.0], "float32"),
        strengths=np.tile(np.float32([0.5, 1, 1, 2, 1]), (2, 1)),
    )
    assert np.abs(given.astype(int) - to_pixels(edit.faces())).max() <= 1
    assert not np.array_equal(given, shared.transform(faces(2), [30, -20], [30, 60]))


def test_a_future_and_hair_are_those_of_all_faces(shared):
    given = shared.transform(faces(2), [30, -20], [30, 60], future=1, hair=0.5)
    years, ages = np.float32([30, -20]), np.float32([30, 60])
    both = lambda value: np.full((2, 1), value, "float32")
    edit = shared.edited(in_range(faces(2)), years, ages, future=both(1), hair=both(0.5))
    assert np.abs(given.astype(int) - to_pixels(edit.faces())).max() <= 1
    assert shared.futures == 4


def test_the_first_future_and_hair_by_the_years_are_what_nobody_asks_for(shared):
    plain = shared.transform(faces(2), 30, 30)
    for nothing in ({"future": 0}, {"hair": "auto"}, {"hair": None}):
        np.testing.assert_array_equal(shared.transform(faces(2), 30, 30, **nothing), plain)
    assert (shared.transform(faces(2), 30, 30, future=3) != plain).any()


def test_strengths_of_one_are_those_that_nobody_names(shared):
    plain = shared.transform(faces(2), 30, 30)
    np.testing.assert_array_equal(
        shared.transform(faces(2), 30, 30, strengths={"hair": 1.0}), plain
    )
    np.testing.assert_array_equal(shared.transform(faces(2), 30, 30, strengths={}), plain)


def test_without_any_strength_nothing_changes(shared):
    strengths = dict.fromkeys(shared.parts, 0)
    # Not as bright as white, which hair cannot be.
    given = (0.9 * faces(2)).astype("uint8")
    assert (
        np.abs(shared.transform(given, 30, 30, strengths=strengths).astype(int) - given).max() <= 1
    )


def test_the_refinement_has_a_strength_where_there_is_one(shared):
    plain = tiny.whole_fagan(generator=WITHOUT_REFINEMENT, discriminator=None)
    assert shared.parts == ("wrinkles", "tone", "shape", "hair", "refinement") and plain.parts == (
        "wrinkles",
        "tone",
        "shape",
        "hair",
    )
    with pytest.raises(
        ValueError,
        match="strengths names 'refinement', which this model does not have; its parts are wrinkles, tone, shape, hair.",
    ):
        plain.transform(faces(1), 30, 30, strengths={"refinement": 0})
    full = [
        array.shape
        for array in plain._inputs(
            in_range(faces(1)), [3.0], [4.0], np.full((1, 4), 0.5, "float32")
        )
    ]
    assert full == [(1, 32, 32, 3), (1, 1), (1, 1), (1, 5), (1, 1), (1, 1)]


@pytest.mark.parametrize("strengths, sentence", [
    ({"nose": 1.0}, "strengths names 'nose', which this model does not have; its parts are wrinkles, tone, shape, hair, refinement."),
    ({"hair": 2.5}, "The strength of hair was 2.5; it needs a number from 0 to 2, where 1 is as learned."),
    ({"hair": -0.1}, "The strength of hair was -0.1; it needs a number from 0 to 2"),
    ({"hair": float("nan")}, "The strength of hair was nan; it needs a number"),
    ({"hair": "much"}, "The strength of hair was 'much'; it needs a number"),
    ({"hair": True}, "The strength of hair was True; it needs a number"),
    ([0.5], "strengths was .*; it needs a dict from a part to a number from 0 to 2; its parts are wrinkles"),
])  # fmt: skip
def test_other_strengths_are_refused_in_a_sentence(shared, strengths, sentence):
    with pytest.raises(ValueError, match=sentence):
        shared.transform(faces(1), 30, 30, strengths=strengths)


def test_a_model_of_one_piece_has_one_future_and_knows_no_hair(model):
    assert model.futures == 1
    for manner, sentence in (
        ({"future": 1}, "future was 1; it needs a whole number, and this model has one future"),
        ({"hair": "grey"}, "hair was 'grey', and this model does not know what to do with hair"),
    ):
        with pytest.raises(ValueError, match=sentence):
            model.transform(faces(1), 30, 30, **manner)


def test_a_model_of_one_piece_takes_no_strengths(model):
    assert model.parts == ()
    with pytest.raises(
        ValueError,
        match="strengths names 'hair', which this model does not have; it is of one piece.",
    ):
        model.transform(faces(1), 30, 30, strengths={"hair": 0.5})
