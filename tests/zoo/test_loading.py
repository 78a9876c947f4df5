"""Loading by name, by folder, with other weights; and a whole photo aged."""

import numpy as np
import pytest

import zoo
from faceaging_tf.models import FAGAN
from faceaging_tf.photo import NoFaceError
from zoo import loading


@pytest.fixture
def faces():
    return np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), dtype="uint8")


def test_an_entry_without_weights_says_how_to_get_some(unreleased):
    with pytest.raises(
        zoo.ZooError,
        match="No weights are released for 'unreleased' yet; use weights=None.*faceaging train unreleased",
    ):
        zoo.load("unreleased")


def test_an_entry_is_loaded_once_its_preset_is_there(unreleased, tiny_fagan, faces):
    zoo.save(tiny_fagan, unreleased.preset)
    np.testing.assert_array_equal(
        zoo.load("unreleased").transform(faces, 30), tiny_fagan.transform(faces, 30)
    )


def test_a_fresh_model_can_be_compiled(unreleased):
    zoo.load("unreleased", weights=None).compile()


def test_a_loaded_model_with_discriminators_can_be_compiled(unreleased, tmp_path):
    folder = zoo.save(zoo.load("unreleased", weights=None), tmp_path / "whole")
    zoo.load(folder).compile()


def test_the_papers_size_is_another_architecture(unreleased):
    assert zoo.load("unreleased", weights=None, architecture="paper").image_size == 64


def test_no_weights_of_the_papers_size_are_released(unreleased, tiny_fagan):
    zoo.save(tiny_fagan, unreleased.preset)
    with pytest.raises(zoo.ZooError, match="paper architecture"):
        zoo.load("unreleased", architecture="paper")


def test_an_unknown_architecture_is_refused(unreleased):
    with pytest.raises(zoo.ZooError, match='"released", "paper" or "small"'):
        zoo.load("unreleased", architecture="papers")


def test_weights_can_come_from_a_presets_folder(unreleased, tiny_fagan, tiny_preset, faces):
    np.testing.assert_array_equal(
        zoo.load("unreleased", weights=tiny_preset).transform(faces, 30),
        tiny_fagan.transform(faces, 30),
    )


def test_another_image_size_holds_for_every_network(tiny_preset):
    model = zoo.load(tiny_preset, image_size=64)
    assert model.aging_generator.input_shape[0][1:3] == (64, 64)
    assert model.age_regressor.network.input_shape[1:3] == (64, 64)


def test_an_override_replaces_an_argument(unreleased):
    assert (
        zoo.load("unreleased", weights=None, adversarial="least_squares").adversarial
        == "least_squares"
    )


def test_an_override_may_be_an_argument_that_every_adversarial_model_takes(unreleased):
    assert zoo.load("unreleased", weights=None, momentum=0.5).momentum == 0.5


def test_an_argument_that_a_class_does_not_pass_on_is_refused():
    with pytest.raises(zoo.ZooError, match="FGAN has no argument 'momentum'"):
        zoo.load("fgan", weights=None, momentum=0.5)


def test_an_unknown_override_is_refused(unreleased):
    with pytest.raises(zoo.ZooError, match="no argument 'imagesize'. Did you mean 'image_size'"):
        zoo.load("unreleased", weights=None, imagesize=64)


def test_a_number_is_no_name():
    with pytest.raises(zoo.ZooError, match="zoo.load got int"):
        zoo.load(3)


def test_describing_an_entry_without_weights_counts_its_parameters(unreleased):
    model = FAGAN(**unreleased.architecture).for_release()
    count = sum(int(np.prod(weight.shape)) for weight in model.weights)
    text = zoo.describe("unreleased")
    assert f"Parameters: {count:,}" in text and "none released yet" in text


def test_a_photo_is_aged_in_one_call(photo, tiny_fagan, tmp_path):
    out = tmp_path / "older.png"
    aged = zoo.age(photo, 30, entry=tiny_fagan, ages=40, out=out)
    assert aged.pixels.shape == (512, 512, 3) and aged.ages.tolist() == [40.0] and out.is_file()


def test_pixels_are_aged_like_a_photo(tiny_fagan):
    from skimage.data import astronaut

    assert zoo.age(astronaut(), -10, entry=tiny_fagan).years.tolist() == [-10.0]


def test_a_photo_without_a_face_is_refused(landscape, tiny_fagan):
    with pytest.raises(NoFaceError):
        zoo.age(landscape, 30, entry=tiny_fagan)


def test_the_output_may_not_be_the_photo(photo, tiny_fagan):
    with pytest.raises(zoo.ZooError, match="never overwritten"):
        zoo.age(photo, 30, entry=tiny_fagan, out=photo)


def test_what_a_verb_loads_is_kept_until_it_is_forgotten(tiny_preset):
    first = loading.aging_model(tiny_preset)
    assert loading.aging_model(str(tiny_preset)) is first and zoo.load(tiny_preset) is not first
    zoo.forget()
    assert loading.aging_model(tiny_preset) is not first


def test_a_preset_that_was_saved_anew_is_loaded_anew(tiny_fagan, tmp_path, faces):
    folder = zoo.save(tiny_fagan, tmp_path / "mine")
    before = loading.aging_model(folder).transform(faces, 30)
    other = zoo.load(folder)
    for variable in other.aging_generator.trainable_variables:
        variable.assign(1.5 * variable)
    zoo.save(other, folder, overwrite=True)
    after = loading.aging_model(folder).transform(faces, 30)
    np.testing.assert_array_equal(after, other.transform(faces, 30))
    assert not np.array_equal(before, after)


def test_another_precision_is_another_model(tiny_preset):
    import keras

    first = loading.aging_model(tiny_preset)
    policy = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    try:
        assert loading.aging_model(tiny_preset) is not first
    finally:
        keras.mixed_precision.set_global_policy(policy)


def test_a_kept_preset_that_is_gone_is_told(tiny_fagan, tmp_path):
    folder = zoo.save(tiny_fagan, tmp_path / "mine")
    loading.aging_model(folder)
    folder.rename(tmp_path / "elsewhere")
    with pytest.raises(zoo.ZooError, match="mine"):
        loading.aging_model(folder)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"batch_size": -1}, "batch_size was -1; it needs a whole number, 1 or more"),
        ({"batch_size": 0}, "batch_size was 0"),
        ({"batch_size": 2.0}, "batch_size was 2.0"),
        (
            {"mask": np.ones((3, 3))},
            r"mask has the shape \(3, 3\); it needs the faces' own, \(32, 32\)",
        ),
        ({"mask": np.full((32, 32), 2.0)}, "numbers from 0 to 1"),
        ({"ages": 2014}, "ages was 2014; it needs years from 0 to 150"),
        ({"years": 1e6}, "years was 1000000.0; it needs years from -150 to 150"),
        ({"strengths": 0}, "strengths was 0; it needs a dict"),
    ],
)
def test_what_transform_cannot_do_is_never_passed_over(tiny_fagan, faces, options, message):
    with pytest.raises(ValueError, match=message):
        tiny_fagan.transform(faces, **{"years": 30, **options})


def test_ages_are_not_estimated_in_batches_of_none(tiny_fagan, faces):
    with pytest.raises(ValueError, match="batch_size was -1"):
        tiny_fagan.age_regressor.estimate_ages(faces, batch_size=-1)


def test_a_size_that_is_none_is_refused(tiny_preset):
    with pytest.raises(
        zoo.ZooError, match="image_size was 0; it needs a whole number, from 1 to 8,192"
    ):
        zoo.load(tiny_preset, image_size=0)


def test_a_role_that_there_is_not_is_refused():
    with pytest.raises(
        zoo.ZooError, match="role was 'ageing'; it needs one of 'aging', 'estimating'"
    ):
        zoo.list("ageing")
