"""Random changes that leave a face's age alone."""

import keras
import numpy as np
import pytest
from tiny import NO_AUGMENTATION
from verbs import LayerVerbs

from faceaging_tf.layers import FaceAugmentation


def noise(number=8, size=16):
    return np.random.default_rng(0).uniform(-1, 1, (number, size, size, 3)).astype("float32")


def alone(**strengths):
    """Only the named changes, the others at zero strength."""
    return FaceAugmentation(**{**NO_AUGMENTATION, **strengths})


class TestVerbs(LayerVerbs):
    layer_class, arguments, always_float32 = (
        FaceAugmentation,
        {"shift": 0.1, "grain": 0.2, "seed": 3},
        True,
    )

    def inputs(self):
        return noise()


def test_in_inference_it_changes_nothing():
    np.testing.assert_array_equal(FaceAugmentation()(noise(), training=False), noise())


def test_at_zero_strength_it_changes_nothing():
    np.testing.assert_allclose(alone()(noise()), noise(), atol=1e-6)


def test_the_mirror_only_mirrors_and_about_half_of_the_faces():
    faces = noise(64)
    outputs = np.asarray(alone(mirror=True)(faces))
    same = np.abs(outputs - faces).max(axis=(1, 2, 3)) < 1e-5
    mirrored = np.abs(outputs - faces[:, :, ::-1]).max(axis=(1, 2, 3)) < 1e-5
    assert (same ^ mirrored).all() and 16 <= mirrored.sum() <= 48


@pytest.mark.parametrize(
    "change", ["shift", "turn", "scale", "light", "colour", "blur", "grain", "retouch"]
)
def test_each_change_does_something_and_each_face_has_its_own(change):
    faces = np.repeat(noise(1), 16, axis=0)
    strength = {"turn": 20.0, "blur": 0.9, "retouch": 1.0}.get(change, 0.2)
    outputs = np.asarray(alone(**{change: strength})(faces))
    differing = np.abs(outputs - faces).max(axis=(1, 2, 3)) > 1e-4
    assert differing.sum() >= 4
    assert len(np.unique(outputs[differing].round(5), axis=0)) == differing.sum()


def test_a_shift_moves_by_no_more_than_its_share_of_the_side():
    ramp = np.broadcast_to(
        np.arange(32, dtype="float32")[None, None, :, None], (64, 32, 32, 3)
    ).copy()
    moved = np.asarray(alone(shift=0.1)(ramp))[:, 16, 16, 0] - 16
    assert 1.6 < np.abs(moved).max() <= 3.2


def test_a_turn_keeps_the_centre_and_its_angle_is_in_range():
    x = np.arange(33, dtype="float32") - 16
    ramp = np.broadcast_to(x[None, None, :, None], (64, 33, 33, 3)).copy()
    turned = np.asarray(alone(turn=10.0)(ramp))[..., 0]
    np.testing.assert_allclose(turned[:, 16, 16], 0, atol=1e-4)
    angles = np.degrees(np.arcsin((turned[:, 20, 16] - turned[:, 12, 16]) / 8))
    assert 5 < np.abs(angles).max() <= 10.01


def test_scaling_stays_in_range():
    x = np.arange(33, dtype="float32") - 16
    ramp = np.broadcast_to(x[None, None, :, None], (64, 33, 33, 3)).copy()
    slopes = np.diff(np.asarray(alone(scale=0.1)(ramp))[:, 16, 12:20, 0], axis=1).mean(axis=1)
    assert 1 / 1.1 - 1e-4 <= slopes.min() < 0.96 and 1.04 < slopes.max() <= 1 / 0.9 + 1e-4


def kept_by_retouching(line):
    """The least share of a line's swing that is left, of 64 faces that each are that line."""
    faces = np.broadcast_to(line.astype("float32")[None, None, :, None], (64, 32, 32, 3)).copy()
    return (
        np.ptp(np.asarray(alone(retouch=1.0)(faces))[:, 16, 8:24, 0], axis=1) / np.ptp(line)
    ).min()


def test_retouching_smooths_faint_detail_and_leaves_strong_edges():
    assert kept_by_retouching(np.where(np.arange(32) % 2, 0.01, -0.01)) < 0.3
    assert kept_by_retouching(np.where(np.arange(32) < 16, -0.9, 0.9)) > 0.99


def test_one_seed_gives_one_sequence():
    first, second, other = (FaceAugmentation(seed=seed) for seed in (1, 1, 2))
    for _ in range(2):
        outputs = np.asarray(first(noise()))
        np.testing.assert_array_equal(outputs, second(noise()))
    assert not np.array_equal(outputs, other(noise()))


def test_two_calls_draw_anew():
    layer = FaceAugmentation()
    assert not np.array_equal(layer(noise()), layer(noise()))


def test_gradients_flow_to_every_pixel_of_the_middle():
    import tensorflow as tf

    faces = tf.Variable(noise())
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(FaceAugmentation()(faces))
    gradient = tape.gradient(total, faces).numpy()
    assert np.isfinite(gradient).all() and (gradient[:, 4:-4, 4:-4] != 0).all()


def test_its_random_state_is_saved_and_restored(tmp_path):
    face = keras.Input((16, 16, 3))
    layer, other = FaceAugmentation(seed=1), FaceAugmentation(seed=2)
    layer(noise())
    keras.Model(face, layer(face)).save_weights(tmp_path / "view.weights.h5")
    keras.Model(face, other(face)).load_weights(tmp_path / "view.weights.h5")
    np.testing.assert_array_equal(layer(noise()), other(noise()))


def test_images_of_unknown_size_are_refused():
    with pytest.raises(
        ValueError, match=r"FaceAugmentation got a shape .*\(N, H, W, C\) with known H, W, C"
    ):
        FaceAugmentation().build((None, None, None, 3))
