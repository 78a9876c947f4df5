"""Calibration: what a generator must be asked for, so that faces move by the years that are
requested of it (ours).

Measured once, after training, by an age judge on faces that were not trained on: for each age and
each number of years, what to ask.
"""

import itertools

import numpy as np
from keras import ops


def calibrated(years, ages, curve):
    """What to ask for, so that faces of these ages move by `years` on average.

    Args:
        years: `(N,)`, all of one sign.
        ages: `(N,)`, the ages now.
        curve: None, for what is requested itself, or
            `{"ages": [...], "years": [...], "asked": [[...], ...]}`: rising ages, rising numbers of
            years above 0, and for each age (a row) and number of years (a column) what to ask,
            above 0. Linear between, from 0 at 0 years; level beyond the ages, in proportion beyond
            the years.

    Returns:
        `(N,)` float32 tensor, of the same sign.

    Example:
        >>> import numpy as np
        >>> curve = {"ages": [20, 40], "years": [10, 20], "asked": [[10, 20], [20, 40]]}
        >>> years, ages = np.array([-10.0, -5.0, -40.0]), np.array([20.0, 30.0, 70.0])
        >>> np.array(calibrated(years, ages, curve)).tolist()
        [-10.0, -7.5, -80.0]
    """
    years, ages = ops.cast(years, "float32"), ops.cast(ages, "float32")
    if curve is None:
        return years
    size, last = ops.abs(years), float(curve["years"][-1])
    asked = ops.convert_to_tensor(np.pad(np.asarray(curve["asked"], "float32"), ((0, 0), (1, 0))))
    by_years = ops.matmul(shares(ages, curve["ages"]), asked)
    within = ops.sum(by_years * shares(size, [0.0, *curve["years"]]), axis=-1)
    return ops.sign(years) * within * ops.maximum(size / last, 1.0)


def shares(values, knots):
    """How much of each knot a value takes, linear between two, `(N, K)`: the rows sum to 1.

    Args:
        values: `(N,)` float32 tensor.
        knots: K rising numbers.
    """
    if len(knots) == 1:
        return ops.ones_like(values)[:, None]
    passed = [
        ops.clip((values - low) / (high - low), 0.0, 1.0) for low, high in itertools.pairwise(knots)
    ]
    columns = [
        1.0 - passed[0],
        *(before - after for before, after in itertools.pairwise(passed)),
        passed[-1],
    ]
    return ops.stack(columns, axis=-1)


def checked_calibration(calibration):
    """The calibration as it was given, if it is None or has its parts.

    Args:
        calibration: None, or `{"aging": curve, "rejuvenation": curve}`, see `calibrated`; a curve
            may be None.

    Raises:
        ValueError: another form.
    """
    if calibration is None:
        return None
    fits = (
        isinstance(calibration, dict)
        and set(calibration) == {"aging", "rejuvenation"}
        and all(map(_is_curve, calibration.values()))
    )
    if not fits:
        raise ValueError(
            f"calibration got {calibration!r}; it needs None, or aging and rejuvenation, each None or rising ages, rising years above 0 and asked, above 0, a row for each age."
        )
    return calibration


def _is_curve(curve):
    if curve is None:
        return True
    if not isinstance(curve, dict) or set(curve) != {"ages", "years", "asked"}:
        return False
    ages, years, asked = (np.asarray(curve[name], "float64") for name in ("ages", "years", "asked"))
    rising = lambda values: values.ndim == 1 and len(values) > 0 and (np.diff(values) > 0).all()
    return (
        rising(ages)
        and rising(years)
        and years[0] > 0
        and asked.shape == (len(ages), len(years))
        and bool((asked > 0).all())
    )
