"""FA-GAN: one generator each way, told the years and the age."""

import keras
import numpy as np
import pytest
import tiny
from tiny import faces

from faceaging_tf.geometry.frames import TIGHT, WHOLE_HEAD
from faceaging_tf.layers import cut_window
from faceaging_tf.models import FAGAN
from faceaging_tf.models.fa_gan import _skin
from faceaging_tf.models.faces import moved, to_range
from faceaging_tf.networks import parts_of


def in_range(pictures):
    return pictures.astype("float32") / 127.5 - 1


@pytest.fixture(scope="module")
def everywhere():
    """A release whose change reaches the whole picture, and whose years are stretched."""
    return tiny.randomized(tiny.fagan(discriminator=None, reach="image", stretch=(1.5, 2.0)))


def test_years_above_zero_go_to_one_generator_and_below_to_the_other_stretched_each_by_its_factor(everywhere):
    x, years, ages = in_range(faces(3)), np.array([12.5, -20.0, 30.0]), np.array([30.0, 50.0, 40.0])
    aged = everywhere.aged(x, years.astype("float32"), ages.astype("float32"))
    for row, (name, asked) in enumerate((("aging", 18.75), ("rejuvenation", -40.0), ("aging", 45.0))):
        expected = everywhere.generators[name]([x[row : row + 1], np.array([[asked]], "float32"), ages[row, None, None].astype("float32")])
        np.testing.assert_allclose(aged[row : row + 1], expected, atol=1e-5)


@pytest.mark.parametrize("years, asked, times", [(40, 50, 1.2), (-30, -50, 1.2), (20, 30, 1.0), (50, 50, 1.5)])
def test_beyond_the_most_years_the_change_goes_on_in_proportion(everywhere, years, asked, times):
    x = in_range(faces(1))
    generator = everywhere.generators["aging" if years > 0 else "rejuvenation"]
    changed = np.asarray(generator([x, np.array([[asked]], "float32"), np.array([[40.0]], "float32")]))
    # Light as a factor, what colour is beside it as a sum; counted from a little below black.
    light = lambda pixels: np.maximum(pixels @ np.array([0.299, 0.587, 0.114], "float32") + 1.06, 0.06)[..., None]
    factor = light(changed) / light(x)
    cast = changed + 1.06 - (x + 1.06) * factor
    expected = (x + 1.06) * factor**times - 1.06 + times * cast
    np.testing.assert_allclose(everywhere.aged(x, np.array([years], "float32"), np.array([40.0])), expected, atol=1e-4)


def test_a_change_of_the_skin_leaves_eyes_and_surroundings_and_is_whole_on_the_cheeks(fagan):
    x = in_range(faces(1))
    change = fagan.aged(x, np.array([30.0], "float32"), np.array([40.0]))[0] - x[0]
    whole = np.asarray(fagan.averages["aging"]([x, np.array([[30.0]], "float32"), np.array([[40.0]], "float32")]))[0] - x[0]
    pixel = lambda across, down: (int(down * 32), int(across * 32))
    for left_alone in (pixel(0.31, 0.315), pixel(0.69, 0.315), (0, 0), (0, 31), (31, 0), (31, 31)):
        np.testing.assert_array_equal(change[left_alone], 0)
    for skin in (pixel(0.5, 0.52), pixel(0.35, 0.55), pixel(0.65, 0.55), pixel(0.5, 0.15)):
        np.testing.assert_allclose(change[skin], whole[skin], atol=1e-5)


def test_the_years_matter(fagan):
    assert not np.array_equal(fagan.transform(faces(1), 10, 30), fagan.transform(faces(1), 40, 30))


def test_the_age_matters(fagan):
    assert not np.array_equal(fagan.transform(faces(1), 20, 20), fagan.transform(faces(1), 20, 50))


def test_networks_given_as_specifications_or_models_are_the_same():
    from faceaging_tf import networks

    model = tiny.fagan(generator=networks.build(tiny.MOBILE, image_size=32, conditioned=True))
    assert model.get_config()["generator"] == tiny.fagan().get_config()["generator"]
    assert not {id(w) for w in model.aging_generator.weights} & {id(w) for w in model.rejuvenation_generator.weights}


def test_its_configuration_holds_every_network_and_argument():
    model = tiny.fagan(adversarial="least_squares", age_sees="image", reach="image", stretch=[1.5, 2.0], most=[40.0, 30.0], wrong_age=0.1, weights={"age": 2.0}, momentum=0.9, seed=5)
    config = model.get_config()
    assert config["age_network"] == {"image_size": 32, **tiny.AGE_NETWORK}
    assert config["generator"] == {"image_size": 32, "conditioned": True, **tiny.MOBILE}
    assert config["discriminator"] == {"image_size": 32, "conditioned": True, **tiny.SPECTRAL}
    assert {name: config[name] for name in ("adversarial", "age_sees", "reach", "stretch", "most", "wrong_age", "momentum", "seed")} == {
        "adversarial": "least_squares",
        "age_sees": "image",
        "reach": "image",
        "stretch": [1.5, 2.0],
        "most": [40.0, 30.0],
        "wrong_age": 0.1,
        "momentum": 0.9,
        "seed": 5,
    }
    assert config["weights"]["age"] == 2.0 and config["weights"]["cycle"] == [2.0, 4.0, 450, 1050]


def test_each_way_can_have_a_generator_of_its_own():
    model = tiny.fagan(generator={**tiny.MOBILE, "limit": [0.3, 0.1]}, rejuvenation_generator={**tiny.MOBILE, "limit": 0.2})
    limits = lambda model: [generator.get_layer("aged").limit for generator in (*model.generators.values(), *model.averages.values())]
    assert limits(model) == limits(FAGAN.from_config(model.get_config())) == [(0.3, 0.1), 0.2, (0.3, 0.1), 0.2]


def test_the_age_network_is_never_trained():
    model = tiny.fagan()
    trained = {id(variable) for variable in model.trainable_variables}
    assert not trained & {id(variable) for variable in model.age_regressor.network.variables}


def test_compiled_saved_and_loaded_it_is_the_same(tmp_path):
    model = tiny.fagan()
    model.compile(tiny.sgd(0.01), tiny.sgd(0.02))
    model.train_step(tiny.age_shift_batch())
    model.save(tmp_path / "fagan.keras")
    loaded = keras.saving.load_model(tmp_path / "fagan.keras")
    assert type(loaded) is FAGAN
    expected, found = tiny.everything(model), tiny.everything(loaded)
    assert expected.keys() == found.keys()
    for name in expected:
        np.testing.assert_array_equal(found[name], expected[name], err_msg=name)


def test_another_age_sees_is_refused():
    with pytest.raises(ValueError, match='age_sees=\'colour\'; it needs "luminance", "skin" or "image"'):
        tiny.fagan(age_sees="colour")


def test_another_reach_is_refused():
    with pytest.raises(ValueError, match='reach=\'face\'; it needs "skin" or "image"'):
        tiny.fagan(reach="face")


def test_the_guide_and_its_curve_stay_behind_when_a_model_is_released():
    model = tiny.fagan(guide=tiny.AGE_NETWORK, guide_curve=[[0, 5], [80, 60]])
    assert model.get_config()["guide"] == {"image_size": 32, **tiny.AGE_NETWORK}
    assert model.get_config()["guide_curve"] == [[0.0, 5.0], [80.0, 60.0]]
    assert not {id(variable) for variable in model.trainable_variables} & {id(variable) for variable in model.guide.variables}
    release = model.for_release().get_config()
    assert release["guide"] is None and release["guide_curve"] is None


def test_a_face_is_moved_at_its_own_size():
    model = tiny.randomized(tiny.moving_fagan(reach="image"))
    assert model.moves_faces and not tiny.fagan().moves_faces
    small = tiny.faces(1)
    edit = model.edited(np.array(to_range(small)), np.array([20.0], "float32"), np.array([30.0]))
    assert abs(edit.flow).max() > 1e-3
    np.testing.assert_allclose(model.aged(np.array(to_range(small)), np.array([20.0], "float32"), np.array([30.0])), moved(edit.changed, edit.flow), atol=1e-6)
    # Twice as large, a face keeps detail that the model never saw: a checkerboard, moved with the face.
    large = small.repeat(2, axis=1).repeat(2, axis=2)
    large[:, ::2, ::2] += 1
    aged = model.transform(large, 20, 30)
    still = model.transform(large, 20, 30, mask=np.zeros((64, 64)))
    np.testing.assert_array_equal(still, large)
    assert aged.shape == large.shape and (aged != large).any()


def test_more_years_than_most_move_the_face_on_in_proportion_and_its_light_by_the_same_factor():
    model = tiny.randomized(tiny.moving_fagan(reach="image", most=(20.0, 20.0), chroma=0.0))
    x, age = np.array(to_range(tiny.faces(1))), np.array([30.0])
    whole, more = (model.edited(x, np.array([years], "float32"), age) for years in (20.0, 30.0))
    np.testing.assert_allclose(more.flow, 1.5 * whole.flow, rtol=1e-5)
    counted = lambda pixels: pixels + 1.06
    np.testing.assert_allclose(counted(more.changed), counted(x) * (counted(whole.changed) / counted(x)) ** 1.5, atol=1e-4)


def test_the_age_network_counts_the_whole_change_and_teaches_the_skin_alone():
    model = tiny.without_augmentation(tiny.moving_fagan())
    batch = tiny.placed_batch()
    losses, _ = model.generator_losses(batch)
    seen = []
    for way in ("aging", "rejuvenation"):
        face, age, years = (np.array(batch[f"{way}_{name}"], "float32") for name in ("face", "age", "years"))
        changed = parts_of(model.generators[way])([np.array(to_range(face)), years[:, None], age[:, None]])[1]
        seen.append(abs(np.array(model.age_regressor.age(changed)) - np.clip(age + years, 0, 100)) / 10)
    assert float(losses["age"]) == pytest.approx(np.mean(seen), rel=1e-3)


@pytest.mark.parametrize("age, years, asked", [(6.0, -25.0, -6.0), (70.0, 45.0, 20.0), (95.0, 30.0, 0.5), (40.0, 30.0, 30.0)])
def test_no_face_is_asked_to_be_younger_than_new_born_or_older_than_ninety(age, years, asked):
    model = tiny.randomized(tiny.fagan(discriminator=None, reach="image"))
    x = in_range(faces(1))
    change = lambda k: model.aged(x, np.array([k], "float32"), np.array([age]))
    np.testing.assert_array_equal(change(years), change(asked))


def test_a_lesson_without_a_teacher_is_refused():
    model = tiny.moving_fagan()
    model.teacher = None
    with pytest.raises(ValueError, match="A loss 'prototype' needs a teacher"):
        model.generator_losses(tiny.placed_batch())


def test_a_share_of_the_change_of_colour_is_put_and_all_of_its_light():
    whole = tiny.randomized(tiny.fagan(discriminator=None, reach="image"))
    grey = FAGAN.from_config({**whole.get_config(), "chroma": 0.0})
    grey.set_weights(whole.get_weights())
    face, years, ages = np.zeros((1, tiny.SIZE, tiny.SIZE, 3), "float32"), np.full(1, 20.0, "float32"), np.full(1, 30.0, "float32")
    change, plain = whole.aged(face, years, ages), grey.aged(face, years, ages)
    light = np.maximum(change @ np.array([0.299, 0.587, 0.114], "float32"), -1.0)
    np.testing.assert_allclose(plain, light[..., None] * np.ones(3), atol=1e-5)
    assert np.abs(change - plain).max() > 0.01


def test_the_frame_of_its_faces_is_kept_and_told_to_what_sees_ages():
    model = tiny.fagan(frame="whole_head", guide=tiny.AGE_NETWORK)
    assert FAGAN.from_config(model.get_config()).frame == model.frame == "whole_head"
    assert model.age_regressor.frame == model.guide.frame == "whole_head" and tiny.fagan().frame == "tight"


def test_what_may_change_lies_at_the_same_place_of_the_face_in_both_frames():
    window = WHOLE_HEAD.window(TIGHT)
    np.testing.assert_allclose(cut_window(_skin(256, "whole_head"), window, 64), _skin(64), atol=0.1)
