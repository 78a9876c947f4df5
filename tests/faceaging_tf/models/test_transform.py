"""The contract of every model: `transform` and `estimate_ages`."""

import json

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from tiny import faces

from faceaging_tf.models.base import per_face

AGES = np.array([25.0, 45.0, 70.0])


@pytest.mark.parametrize("size", [32, 48, 20])
def test_faces_of_any_size_come_back_at_their_own(model, size):
    output = model.transform(faces(3, size), 30, AGES)
    assert (
        isinstance(output, np.ndarray)
        and output.shape == (3, size, size, 3)
        and output.dtype == np.uint8
    )


def test_faces_are_changed(model):
    changed = np.abs(model.transform(faces(3), [30, 30, -40], AGES).astype(int) - faces(3)).mean(
        axis=(1, 2, 3)
    )
    assert changed.min() > 1


@pytest.mark.parametrize("size", [32, 48])
def test_zero_years_give_every_byte_back(model, size):
    np.testing.assert_array_equal(model.transform(faces(2, size), 0), faces(2, size))


def test_of_several_faces_only_those_with_years_change(model):
    output = model.transform(faces(3), [0, 30, 0], AGES)
    np.testing.assert_array_equal(output[[0, 2]], faces(3)[[0, 2]])
    assert not np.array_equal(output[1], faces(3)[1])


def test_each_face_gets_its_own_years(model):
    years = [30.0, -25.5, -40.0]
    together = model.transform(faces(3), years, AGES)
    for row in range(3):
        alone = model.transform(faces(3)[row : row + 1], years[row], AGES[row])
        assert np.abs(together[row].astype(int) - alone[0]).max() <= 1


def test_the_batch_size_makes_no_difference(model):
    together, apart = (
        model.transform(faces(3), 30, AGES, batch_size=size).astype(int) for size in (16, 1)
    )
    assert np.abs(together - apart).max() <= 1


def test_without_ages_the_estimates_are_taken(model):
    np.testing.assert_array_equal(
        model.transform(faces(2), 30), model.transform(faces(2), 30, model.estimate_ages(faces(2)))
    )


def test_the_input_is_not_written_to(model):
    given = faces(2)
    model.transform(given, 30)
    np.testing.assert_array_equal(given, faces(2))


def test_no_faces_give_no_faces(model):
    assert model.transform(faces(0), 30).shape == (0, 32, 32, 3)


def test_estimated_ages_are_years(model):
    ages = model.estimate_ages(faces(3, 48))
    assert (
        ages.shape == (3,)
        and ages.dtype == np.float32
        and (0 <= ages).all()
        and (ages <= 100).all()
    )


def test_the_configuration_is_json_and_makes_the_same_model(model):
    config = model.get_config()
    again = type(model).from_config(json.loads(json.dumps(config)))
    assert again.get_config() == json.loads(json.dumps(config))
    assert [weight.shape for weight in again.weights] == [weight.shape for weight in model.weights]


def test_on_larger_faces_the_change_is_enlarged_and_added(cyclegan):
    import tensorflow as tf

    # In good light: dim ones would be brightened first.
    large = 255 - faces(2, 64) // 3
    small = tf.image.resize(large.astype("float32"), (32, 32), antialias=True) / 127.5 - 1
    # Smoothed before it is enlarged, so that its edges show no steps.
    change = gaussian_filter(
        cyclegan.averages["aging"](small) - small, (0, 0.6, 0.6, 0), mode="nearest"
    )
    expected = large / 127.5 - 1 + tf.image.resize(change, (64, 64), method="bicubic").numpy()
    expected = np.clip(np.rint((expected + 1) * 127.5), 0, 255)
    # A resampler's rounding may tip a level over.
    assert np.abs(cyclegan.transform(large, 40, 25) - expected).max() <= 1


@pytest.mark.parametrize(
    "given",
    [
        faces(2)[0],
        faces(2)[..., :1],
        faces(2)[:, :, :16],
        faces(2).astype("float32"),
        faces(2).tolist(),
    ],
    ids=["one face", "grey", "not square", "floats", "int64"],
)
def test_what_are_no_faces_is_refused(model, given):
    with pytest.raises(
        ValueError,
        match=r"transform got faces of shape .* and type .*; it needs aligned square faces \(N, H, H, 3\), uint8",
    ):
        model.transform(given, 30)
    with pytest.raises(ValueError, match="estimate_ages got faces of shape"):
        model.estimate_ages(given)


@pytest.mark.parametrize(
    "years", ["thirty", None, [10, 20, 30], [[10], [20]], np.nan, [10, np.inf]], ids=str
)
def test_years_that_are_no_numbers_are_refused(cyclegan, years):
    with pytest.raises(ValueError, match="^years was .*; it needs a (finite )?number, or one"):
        cyclegan.transform(faces(2), years)


def test_ages_that_are_no_numbers_are_refused(cyclegan):
    with pytest.raises(ValueError, match="^ages was .*one for each of the 2 faces"):
        cyclegan.transform(faces(2), 10, ages=[1, 2, 3])


def test_a_number_is_spread_over_the_faces():
    values = per_face(7, 3, "years")
    assert values.tolist() == [7, 7, 7] and values.dtype == np.float32
