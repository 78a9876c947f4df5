"""What is released: the averaged generators and the age network."""

import numpy as np
import pytest
import tiny
from tiny import faces


@pytest.fixture
def release(model):
    return model.for_release()


def test_a_release_gives_the_averaged_models_faces_holds_no_discriminator_and_cannot_be_trained(
    model, release
):
    assert release.discriminators == {} and release.averages == {}
    assert release.get_config() == {**model.get_config(), **release.release_config()}
    years, ages = [30, -30, 10], [25, 60, 45]
    np.testing.assert_array_equal(
        release.transform(faces(3), years, ages), model.transform(faces(3), years, ages)
    )
    np.testing.assert_array_equal(release.estimate_ages(faces(3)), model.estimate_ages(faces(3)))
    with pytest.raises(
        ValueError,
        match=f"This {type(model).__name__} holds generators alone, .*it cannot be trained. Build one with discriminators",
    ):
        release.compile()


def test_the_averages_are_released_and_not_the_last_weights(cyclegan):
    released = cyclegan.for_release().aging_generator.get_weights()[0]
    np.testing.assert_array_equal(released, cyclegan.average_aging_generator.get_weights()[0])
    assert not np.array_equal(released, cyclegan.aging_generator.get_weights()[0])


def test_a_release_of_a_release_is_the_same(cyclegan):
    release = cyclegan.for_release()
    np.testing.assert_array_equal(
        release.for_release().transform(faces(1), 30), release.transform(faces(1), 30)
    )


def test_a_releases_weights_load_into_another(fagan, tmp_path):
    fagan.for_release().save_weights(tmp_path / "release.weights.h5")
    other = tiny.fagan(discriminator=None)
    other.load_weights(tmp_path / "release.weights.h5")
    np.testing.assert_array_equal(
        other.transform(faces(2), 20, 30), fagan.transform(faces(2), 20, 30)
    )
