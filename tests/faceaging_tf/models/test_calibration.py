"""What is asked for the years that are wanted, against numpy's interpolation."""

import numpy as np
import pytest

from faceaging_tf.models.calibration import calibrated, checked_calibration, shares

CURVE = {
    "ages": [10.0, 30.0, 60.0],
    "years": [5.0, 20.0, 40.0],
    "asked": [[4.0, 18.0, 30.0], [6.0, 25.0, 55.0], [9.0, 30.0, 80.0]],
}


def by_hand(years, age):
    """Along the years within each age's row, then between the rows; level beyond the ages, in
    proportion beyond the years.
    """
    size = abs(years)
    rows = [
        np.interp(min(size, 40.0), [0.0, *CURVE["years"]], [0.0, *row]) for row in CURVE["asked"]
    ]
    return np.sign(years) * np.interp(age, CURVE["ages"], rows) * max(size / 40.0, 1.0)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_between_the_knots_it_is_numpys_interpolation(sign):
    years, ages = (
        part.ravel()
        for part in np.meshgrid(
            sign * np.array([0.0, 1.0, 5.0, 12.5, 20.0, 33.0, 40.0, 60.0]),
            [0.0, 10.0, 17.0, 30.0, 59.0, 60.0, 95.0],
        )
    )
    found = np.array(calibrated(years, ages, CURVE))
    np.testing.assert_allclose(
        found, [by_hand(*one) for one in zip(years, ages, strict=True)], rtol=1e-5, atol=1e-5
    )
    assert found.dtype == "float32"


def test_without_a_curve_it_is_what_was_requested():
    np.testing.assert_array_equal(
        calibrated(np.array([-3.0, 0.0, 12.5]), np.array([5.0, 6.0, 7.0]), None),
        np.float32([-3, 0, 12.5]),
    )


def test_one_age_and_one_number_of_years_are_a_factor():
    curve = {"ages": [40], "years": [10], "asked": [[15]]}
    np.testing.assert_allclose(
        calibrated(np.array([2.0, 10.0, 30.0]), np.array([1.0, 40.0, 90.0]), curve), [3, 15, 45]
    )


def test_the_shares_of_the_knots_sum_to_one():
    found = np.array(shares(np.float32([-5, 0, 2.5, 10, 15, 99]), [0.0, 10.0, 20.0]))
    np.testing.assert_allclose(
        found,
        [[1, 0, 0], [1, 0, 0], [0.75, 0.25, 0], [0, 1, 0], [0, 0.5, 0.5], [0, 0, 1]],
        atol=1e-6,
    )


@pytest.mark.parametrize(
    "given",
    [
        None,
        {"aging": CURVE, "rejuvenation": None},
        {"aging": None, "rejuvenation": None},
        {"aging": CURVE, "rejuvenation": CURVE},
    ],
)
def test_a_calibration_is_given_back(given):
    assert checked_calibration(given) == given


def changed(**changes):
    return {"aging": {**CURVE, **changes}, "rejuvenation": None}


@pytest.mark.parametrize("wrong", [
    [CURVE, CURVE],
    {"aging": CURVE},
    {"aging": CURVE, "rejuvenation": None, "sideways": None},
    {"aging": [1, 2], "rejuvenation": None},
    {"aging": {"ages": [10], "asked": [[1]]}, "rejuvenation": None},
    changed(ages=[10.0, 10.0, 60.0]),
    changed(ages=[]),
    changed(years=[0.0, 20.0, 40.0]),
    changed(years=[20.0, 5.0, 40.0]),
    changed(asked=[[4.0, 18.0, 30.0]]),
    changed(asked=[[0.0, 18.0, 30.0], [6.0, 25.0, 55.0], [9.0, 30.0, 80.0]]),
])  # fmt: skip
def test_another_form_is_refused(wrong):
    with pytest.raises(
        ValueError,
        match="calibration got .*; it needs None, or aging and rejuvenation, each None or rising ages",
    ):
        checked_calibration(wrong)
