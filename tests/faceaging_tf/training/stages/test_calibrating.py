"""Calibration: asking for more of who moves less."""

import numpy as np
import pytest

from faceaging_tf.training.stages.calibrating import AIM, inverted, measure_calibration


class Less:
    """A model that darkens faces by .96 of a level for each year that it is asked for, and by .9
    from 45 on.
    """

    def transform(self, faces, years, ages):
        rate = np.where(np.asarray(ages) < 45, 0.96, 0.9)
        return (faces - (rate * years)[:, None, None, None]).clip(0, 255)


def judge(faces):
    return 200.0 - faces.mean(axis=(1, 2, 3))


def test_what_is_asked_is_what_would_be_seen_as_wanted():
    ages = np.repeat([30.0, 60.0], 8)
    faces = (200.0 - ages)[:, None, None, None] * np.ones((1, 4, 4, 3))
    found = measure_calibration(
        Less(),
        judge,
        faces,
        ages,
        {"aging": (10, 20), "rejuvenation": (10,)},
        {"aging": (20, 40, 80), "rejuvenation": (20, 40, 80)},
    )
    assert found["aging"]["ages"] == [30, 60] and found["aging"]["years"] == [10, 20]
    np.testing.assert_allclose(
        found["aging"]["asked"],
        AIM * np.array([[10 / 0.96, 20 / 0.96], [10 / 0.9, 20 / 0.9]]),
        atol=0.05,
    )
    np.testing.assert_allclose(
        found["rejuvenation"]["asked"], AIM * np.array([[10 / 0.96], [10 / 0.9]]), atol=0.05
    )


def test_no_more_is_asked_than_was_tried():
    assert inverted([10, 14], [10, 15], [9.5, 12], most=2)[1] == 15.0


def test_no_more_is_asked_than_a_picture_bears():
    assert inverted([10, 20], [10, 50], [2, 10], most=1.25) == [12.5, 25]


def test_a_judge_that_sees_less_for_more_is_taken_to_see_the_same():
    assert inverted([5, 9], [10, 20, 30], [10, 4, 12], most=2)[0] == pytest.approx(AIM * 5)


def test_an_age_that_nobody_has_is_left_out():
    faces = np.full((8, 4, 4, 3), 100.0)
    found = measure_calibration(
        Less(),
        judge,
        faces,
        np.full(8, 25.0),
        {"aging": (10,), "rejuvenation": (10,)},
        {"aging": (20,), "rejuvenation": (20,)},
    )
    assert found["aging"]["ages"] == [20, 30] and found["rejuvenation"]["ages"] == [30]
