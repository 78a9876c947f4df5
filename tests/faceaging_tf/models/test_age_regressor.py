"""The age network with what trains it."""

import json

import keras
import numpy as np
import pytest
from skimage.data import astronaut
from tiny import AGE_NETWORK, NO_AUGMENTATION, faces

import zoo
from faceaging_tf.geometry.align import align_face
from faceaging_tf.geometry.frames import TIGHT, WHOLE_HEAD
from faceaging_tf.models import AgeRegressor
from faceaging_tf.models.age_regressor import mean_age_error


@pytest.fixture(scope="module")
def regressor():
    model = AgeRegressor(32, AGE_NETWORK)
    rng = np.random.default_rng(0)
    for variable in model.trainable_variables:
        variable.assign_add(rng.normal(scale=0.3, size=variable.shape))
    return model


def expected_ages(model, pictures):
    return np.asarray(model.network(pictures.astype("float32") / 127.5 - 1)) @ np.arange(101)


def test_an_estimate_is_the_mean_over_a_face_and_its_mirror(regressor):
    expected = (
        expected_ages(regressor, faces(3)) + expected_ages(regressor, faces(3)[:, :, ::-1])
    ) / 2
    np.testing.assert_allclose(regressor.estimate_ages(faces(3)), expected, rtol=1e-4)


def test_the_batch_size_makes_no_difference(regressor):
    np.testing.assert_allclose(
        regressor.estimate_ages(faces(5), batch_size=2),
        regressor.estimate_ages(faces(5)),
        rtol=1e-4,
    )


def test_a_face_and_its_mirror_are_of_one_age(regressor):
    np.testing.assert_allclose(
        regressor.estimate_ages(faces(2)), regressor.estimate_ages(faces(2)[:, :, ::-1]), rtol=1e-5
    )


def test_the_differentiable_age_is_the_networks(regressor):
    x = faces(3).astype("float32") / 127.5 - 1
    np.testing.assert_allclose(regressor.age(x), expected_ages(regressor, faces(3)), rtol=1e-4)


def test_a_network_with_a_size_of_its_own_sees_faces_at_that_size(regressor):
    own = AgeRegressor(48, regressor.network)
    large = faces(3).repeat(2, axis=1).repeat(2, axis=2)
    assert own.image_size == 32
    np.testing.assert_allclose(own.estimate_ages(large), regressor.estimate_ages(large), rtol=1e-5)
    # Enlarged without smoothing and shrunk again, the faces are nearly what they were.
    np.testing.assert_allclose(
        own.age(large.astype("float32") / 127.5 - 1),
        own.age(faces(3).astype("float32") / 127.5 - 1),
        atol=1.0,
    )


def test_in_inference_it_is_the_network_of_faces_in_range(regressor):
    np.testing.assert_array_equal(
        regressor(faces(2)), regressor.network(faces(2).astype("float32") / 127.5 - 1)
    )


def test_in_training_faces_are_augmented():
    plain = AgeRegressor(32, {**AGE_NETWORK, "dropout": 0.0}, {**NO_AUGMENTATION})
    mirrored = AgeRegressor(32, plain.network, {**NO_AUGMENTATION, "light": 0.5})
    inputs, state = faces(4), plain.network.get_weights()
    outputs = np.asarray(plain(inputs, training=True))
    plain.network.set_weights(state)
    assert not np.allclose(mirrored(inputs, training=True), outputs)


def test_robustness_moves_half_of_the_batch_along_the_gradient_of_the_age():
    import tensorflow as tf

    model = AgeRegressor(32, AGE_NETWORK, robustness=0.02)
    x = tf.constant(faces(4).astype("float32") / 127.5 - 1)
    with tf.GradientTape() as tape:
        tape.watch(x)
        ages = tf.reduce_sum(model.age(x))
    direction = tape.gradient(ages, x).numpy()[:2]
    direction /= np.sqrt((direction**2).mean(axis=(1, 2, 3), keepdims=True))
    change = model._moved_along_gradient(x).numpy() - x.numpy()
    np.testing.assert_array_equal(change[2:], 0)
    share = (change[:2] * direction).mean(axis=(1, 2, 3))
    assert (np.abs(share) <= 0.02).all() and len(set(share)) == 2
    np.testing.assert_allclose(change[:2], share[:, None, None, None] * direction, atol=1e-5)


def test_it_learns_by_fit():
    keras.utils.set_random_seed(0)
    model = AgeRegressor(32, {**AGE_NETWORK, "dropout": 0.0}, NO_AUGMENTATION, robustness=0.01)
    model.compile(keras.optimizers.Adam(0.02), "categorical_crossentropy", metrics=[mean_age_error])
    dark_and_bright = (
        np.repeat(np.array([[40], [200]], "uint8"), 8, axis=0)[:, :, None, None] + faces(16) // 8
    )
    targets = np.eye(101, dtype="float32")[np.repeat([10, 70], 8)]
    history = model.fit(dark_and_bright, targets, batch_size=16, epochs=40, verbose=0).history
    assert history["loss"][-1] < 0.3 * history["loss"][0] and history["mean_age_error"][-1] < 10


def test_the_error_is_between_the_expected_ages():
    targets, guesses = np.zeros((2, 101), "float32"), np.zeros((2, 101), "float32")
    targets[0, 30] = targets[1, 50] = 1
    guesses[0, [20, 60]] = 0.5
    guesses[1, [40, 44]] = 0.5
    # 40 for 30, 42 for 50.
    np.testing.assert_allclose(mean_age_error(targets, guesses), [10, 8], rtol=1e-5)


def test_the_configuration_is_json_and_makes_the_same_model():
    config = AgeRegressor(32, AGE_NETWORK, {"shift": 0.1}, 0.02, seed=4).get_config()
    again = AgeRegressor.from_config(json.loads(json.dumps(config)))
    assert again.get_config() == config and again.augment.shift == 0.1 and again.augment.seed == 4


def test_saved_and_loaded_it_estimates_the_same(regressor, tmp_path):
    regressor.save(tmp_path / "age.keras")
    loaded = keras.saving.load_model(tmp_path / "age.keras")
    np.testing.assert_array_equal(loaded.estimate_ages(faces(3)), regressor.estimate_ages(faces(3)))


def test_weights_saved_without_random_states_still_load(regressor, tmp_path):
    import h5py

    regressor.save_weights(tmp_path / "age.weights.h5")
    with h5py.File(tmp_path / "age.weights.h5", "a") as file:
        for name in [name for name in file["vars"] if name.endswith("seed_state")]:
            del file["vars"][name]
    other = AgeRegressor(32, AGE_NETWORK)
    other.load_weights(tmp_path / "age.weights.h5")
    np.testing.assert_array_equal(other.estimate_ages(faces(3)), regressor.estimate_ages(faces(3)))


def tight_and_whole(size, whole_size):
    """The astronaut's face in both frames, `(1, S, S, 3)` uint8 each."""
    landmarks = [(203, 101), (244, 102), (224, 126), (203, 140), (243, 141)]
    return [
        align_face(astronaut(), landmarks, side, frame.template())[None]
        for side, frame in ((size, TIGHT), (whole_size, WHOLE_HEAD))
    ]


def test_of_a_whole_head_it_is_shown_the_tight_face(regressor):
    tight, whole = tight_and_whole(32, 256)
    shown = AgeRegressor(32, AGE_NETWORK, frame="whole_head").tight(whole.astype("float32"))
    assert np.abs(np.asarray(shown) - tight).mean() < 4


def test_the_released_network_sees_one_age_in_both_frames():
    released = zoo.load("age_network")
    tight, whole = tight_and_whole(128, 256)
    of_whole_heads = AgeRegressor(128, released.network, frame="whole_head")
    assert abs(of_whole_heads.estimate_ages(whole)[0] - released.estimate_ages(tight)[0]) < 1


def test_ages_of_whole_heads_are_the_same_by_either_way(regressor):
    model = AgeRegressor(32, regressor.network, frame="whole_head")
    _, whole = tight_and_whole(32, 64)
    np.testing.assert_allclose(
        model.mirrored_age(whole.astype("float32") / 127.5 - 1),
        model.estimate_ages(whole),
        rtol=1e-4,
    )
    probabilities = np.asarray(model(whole))
    np.testing.assert_allclose(
        probabilities @ np.arange(101), model.age(whole.astype("float32") / 127.5 - 1), rtol=1e-4
    )


def test_another_frame_is_refused():
    with pytest.raises(ValueError, match="AgeRegressor got frame='body'"):
        AgeRegressor(32, AGE_NETWORK, frame="body")


def test_an_age_of_whole_heads_hangs_on_the_window_alone():
    import tensorflow as tf

    x = tf.constant(faces(1, 64).astype("float32") / 127.5 - 1)
    with tf.GradientTape() as tape:
        tape.watch(x)
        age = AgeRegressor(32, AGE_NETWORK, frame="whole_head").age(x)
    gradient = np.abs(tape.gradient(age, x).numpy()[0]).sum(axis=-1)
    # .158 to .842 across and .238 to .922 down, and a pixel more for the smoothing.
    inside = np.zeros((64, 64), bool)
    inside[14:61, 9:55] = True
    assert not gradient[~inside].any() and (gradient[17:57, 13:51] > 0).all()
