"""The pool of past fakes: what goes in, what comes back, what is kept."""

import keras
import numpy as np
import pytest
from verbs import LayerVerbs

from faceaging_tf.layers import ImagePool


def numbered(first, number):
    """Images that are told apart by their one value: first, first + 1, ..."""
    return np.broadcast_to(
        np.arange(first, first + number, dtype="float32")[:, None, None, None], (number, 2, 2, 1)
    ).copy()


def numbers(images):
    return np.asarray(images)[:, 0, 0, 0].tolist()


def full_pool(size=4, seed=0):
    """A pool that holds the images 0 ... size - 1."""
    pool = ImagePool(size, seed)
    pool(numbered(0, size), training=True)
    return pool


class TestVerbs(LayerVerbs):
    layer_class, arguments, always_float32 = ImagePool, {"size": 3, "seed": 5}, True

    def inputs(self):
        return np.random.default_rng(0).normal(size=(2, 4, 4, 3)).astype("float32")


def test_while_it_fills_images_pass_through_and_are_kept():
    pool = ImagePool(4)
    assert numbers(pool(numbered(0, 3))) == [0, 1, 2]
    assert numbers(pool(numbered(3, 1))) == [3]
    assert numbers(pool.images) == [0, 1, 2, 3] and int(pool.count) == 4


def test_what_does_not_fit_any_more_passes_through():
    pool = ImagePool(4)
    pool(numbered(0, 3))
    assert numbers(pool(numbered(3, 2))) == [3, 4]
    assert numbers(pool.images) == [0, 1, 2, 3]


def test_once_full_each_image_is_exchanged_or_passes_through():
    pool = full_pool()
    for step in range(20):
        before = numbers(pool.images)
        new = numbered(100 + 2 * step, 2)
        for image, output in zip(numbers(new), numbers(pool(new)), strict=True):
            exchanged = output != image
            assert (output in before) if exchanged else (output == image)
            assert (image in numbers(pool.images)) == exchanged
            assert (output in numbers(pool.images)) == (not exchanged and output in before)


def test_nothing_is_ever_lost_or_doubled():
    pool, seen, given = full_pool(), [], list(range(4))
    for step in range(50):
        new = numbered(100 + 3 * step, 3)
        given += numbers(new)
        seen += numbers(pool(new))
    assert sorted(seen + numbers(pool.images)) == sorted(given)


def test_half_of_the_images_are_exchanged():
    pool = full_pool(50)
    new = [numbered(1000 + 50 * step, 50) for step in range(40)]
    exchanged = [
        output != image
        for batch in new
        for image, output in zip(numbers(batch), numbers(pool(batch)), strict=True)
    ]
    # 2000 draws: the standard deviation of the share is .011.
    assert abs(np.mean(exchanged) - 0.5) < 0.045


def test_every_place_is_exchanged_alike():
    pool, places = full_pool(4), np.zeros(4)
    for step in range(160):
        before = numbers(pool.images)
        pool(numbered(1000 + step, 1))
        places += np.array(before) != np.array(numbers(pool.images))
    # 20 each are expected, with a standard deviation of 4.2.
    assert places.min() > 4 and places.max() < 36


def test_two_images_of_a_batch_never_take_one_place():
    pool = full_pool(3)
    for step in range(30):
        new = numbered(100 + 3 * step, 3)
        exchanged = sum(
            output != image for image, output in zip(numbers(new), numbers(pool(new)), strict=True)
        )
        assert sum(image in numbers(new) for image in numbers(pool.images)) == exchanged


def test_of_a_batch_larger_than_the_pool_the_surplus_passes_through():
    pool = full_pool(2)
    outputs = numbers(pool(numbered(10, 5)))
    assert len(outputs) == 5 and outputs[2:] == [12, 13, 14]


def test_a_pool_of_size_zero_passes_everything_through():
    assert numbers(ImagePool(0)(numbered(0, 3))) == [0, 1, 2]


def test_in_inference_it_changes_nothing():
    pool = full_pool()
    assert numbers(pool(numbered(10, 4), training=False)) == [10, 11, 12, 13]
    assert numbers(pool.images) == [0, 1, 2, 3]


def test_a_batch_of_unknown_size_is_pooled_too():
    import tensorflow as tf

    pool = ImagePool(4)
    pool.build((None, 2, 2, 1))
    traced = tf.function(
        lambda images: pool(images, training=True), input_signature=[tf.TensorSpec((None, 2, 2, 1))]
    )
    assert numbers(traced(numbered(0, 3))) == [0, 1, 2]
    assert numbers(pool.images)[:3] == [0, 1, 2] and int(pool.count) == 3


def test_no_gradient_flows_into_the_kept_images():
    import tensorflow as tf

    pool, new = full_pool(), tf.Variable(numbered(10, 4))
    with tf.GradientTape() as tape:
        outputs = pool(new)
        total = tf.reduce_sum(outputs)
    passed = np.array(numbers(outputs)) >= 10
    np.testing.assert_array_equal(tape.gradient(total, new)[:, 0, 0, 0], passed.astype("float32"))


def saved_and_loaded(pool, path):
    images = keras.Input((2, 2, 1))
    keras.Model(images, pool(images)).save_weights(path)
    other = ImagePool(pool.size, seed=99)
    keras.Model(images, other(images)).load_weights(path)
    return other


@pytest.mark.parametrize("given", [3, 8])
def test_images_number_and_random_state_are_saved_exactly(tmp_path, given):
    pool = ImagePool(4)
    for image in range(given):
        pool(numbered(image, 1))
    other = saved_and_loaded(pool, tmp_path / "pool.weights.h5")
    assert int(other.count) == min(given, 4)
    for step in range(10):
        assert numbers(pool(numbered(100 + 2 * step, 2))) == numbers(
            other(numbered(100 + 2 * step, 2))
        )
    assert numbers(pool.images) == numbers(other.images)


def test_images_of_unknown_size_are_refused():
    with pytest.raises(ValueError, match="it needs a known height, width and channels"):
        ImagePool().build((None, None, 8, 3))


def test_a_negative_size_is_refused():
    with pytest.raises(ValueError, match=r"size=-1; it needs 0 \(no pool\) or more"):
        ImagePool(-1)
