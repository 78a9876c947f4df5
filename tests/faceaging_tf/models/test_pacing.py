"""What a generator is asked for, against hand computation."""

import numpy as np
import pytest
import tiny

from faceaging_tf.models.pacing import along, checked_pace, checked_stretch, pace, stretched


def test_a_factor_multiplies_and_a_curve_is_followed_and_goes_on_in_proportion():
    np.testing.assert_allclose(stretched(np.array([4.0, 10.0]), 1.5), [6, 15], rtol=1e-6)
    curve = [[10.0, 12.0], [30.0, 40.0]]
    np.testing.assert_allclose(stretched(np.array([0.0, 5.0, 10.0, 20.0, 30.0, 45.0]), curve), [0, 6, 12, 26, 40, 60], rtol=1e-6)
    np.testing.assert_allclose(stretched(np.array([-20.0]), curve), [-26])


def test_a_curve_is_linear_between_its_knots_and_level_beyond():
    ages = np.array([-5, 10, 15, 20, 45, 70, 95], "float32")
    np.testing.assert_allclose(along([[10, 12], [20, 18], [70, 48]], ages), np.interp(ages, [10, 20, 70], [12, 18, 48]), atol=1e-5)
    assert along(None, ages) is ages


@pytest.mark.parametrize("wrong", [0.0, -1.0, [[10, 12], [5, 20]], [[10, 12], [20, 12]], [10, 20], [[0, 0], [10, 10]]])
def test_a_curve_that_does_not_rise_is_refused(wrong):
    with pytest.raises(ValueError, match="needs a factor above 0, or a curve"):
        checked_stretch(wrong)


@pytest.mark.parametrize("wrong", [{}, [[1, 2]], {"share": 2.0, "aging": [[1, 2]], "rejuvenation": [[1, 2]]}, {"share": 0.5, "aging": [[1, 2]]}, {"share": 0.5, "aging": [[9, 2], [1, 2]], "rejuvenation": [[1, 2]]}])
def test_a_pace_of_another_form_is_refused(wrong):
    with pytest.raises(ValueError, match=r"it needs None, or share \(0 to 1\), aging and rejuvenation"):
        checked_pace(wrong)


def test_a_face_that_moves_a_fifth_less_is_asked_for_a_quarter_more_if_the_network_is_believed_wholly():
    typical = [[20.0, 10.0], [40.0, 20.0]]
    ages, moved = np.array([30.0, 30.0, 60.0]), np.array([12.0, 15.0, 25.0])
    np.testing.assert_allclose(pace(moved, ages, typical, 1.0), [1.25, 1, 0.8], rtol=1e-5)
    np.testing.assert_allclose(pace(moved, ages, typical, 0.5), [1.25**0.5, 1, 0.8**0.5], rtol=1e-5)
    np.testing.assert_allclose(pace(np.array([5.0, 50.0]), ages[:2], typical, 1.0), [1.35, 1 / 1.35], rtol=1e-5)
    np.testing.assert_allclose(pace(moved, ages, typical, 0.0), [1, 1, 1])


def test_one_that_moves_the_wrong_way_or_not_at_all_is_asked_for_the_most():
    np.testing.assert_allclose(pace(np.array([-3.0, 0.0]), np.array([30.0, 30.0]), [[30.0, 10.0]], 0.5), [1.35, 1.35], rtol=1e-5)
    np.testing.assert_allclose(pace(np.array([-10.0]), np.array([30.0]), [[30.0, -10.0]], 1.0), [1])


def test_where_faces_hardly_move_all_are_asked_alike():
    np.testing.assert_allclose(pace(np.array([1.0, 9.0]), np.array([80.0, 80.0]), [[80.0, 4.0]], 1.0), [1, 1])


def test_a_paced_model_asks_each_face_for_its_own_years():
    typical = [[10.0, 12.0], [60.0, 14.0]]
    plain = tiny.randomized(tiny.fagan(discriminator=None, reach="image"))
    paced = type(plain).from_config({**plain.get_config(), "pace": {"share": 1.0, "aging": typical, "rejuvenation": [[0.0, -12.0]]}})
    paced.set_weights(plain.get_weights())
    faces = np.random.default_rng(0).integers(0, 256, (3, tiny.SIZE, tiny.SIZE, 3)).astype("uint8")
    for years, tried, curve in ((10.0, 30.0, typical), (-10.0, -20.0, [[0.0, -12.0]])):
        ages = np.full(3, 30.0, "float32")
        moved = plain.estimate_ages(plain.transform(faces, tried, ages)) - plain.estimate_ages(faces)
        asked = years * np.array(pace(moved, ages, curve, 1.0))
        np.testing.assert_allclose(paced.transform(faces, years, ages).astype(int), plain.transform(faces, asked, ages), atol=1)
        assert (asked != years).all()
