"""Pacing: what a generator must be asked for, so that a face moves by the years that are wanted of it (ours).

Generators fall short of what they are asked for, and of some faces more than of others: smooth, retouched or dark skin shows age less. Both are measured once,
after training (`tools/calibrate.py`), and made good when the model is used.
"""

import numpy as np

# Years by which each face is tried, to see how readily it moves.
TRIED = {"aging": 30.0, "rejuvenation": -20.0}
# Where faces move by fewer years than this on average, as the very old do, the network's noise says more than they do: all are asked alike.
SURE = 10.0
# A face is asked for at most by so much more, or less: made-up, retouched skin that does not move would be pushed into dark patches.
MOST = 1.35


def stretched(years, stretch):
    """What to ask for, so that faces move by `years` on average.

    Args:
        years: `(N,)`, all of one sign.
        stretch: a factor, or a curve `[[wanted, asked], ...]` of rising numbers above 0, which begins at (0, 0), is linear between, and goes on
            in proportion after the last.

    Returns:
        `(N,)` float32, of the same sign.

    Example:
        >>> import numpy as np
        >>> stretched(np.array([-5.0, -10.0, -30.0]), [[10, 20], [20, 30]]).tolist()
        [-10.0, -20.0, -45.0]
    """
    if not np.ndim(stretch):
        return (years * stretch).astype("float32")
    wanted, asked = np.transpose([[0.0, 0.0], *stretch])
    size = np.abs(years)
    beyond = np.maximum(size / wanted[-1], 1.0)
    return (np.sign(years) * np.interp(size, wanted, asked) * beyond).astype("float32")


def checked_stretch(stretch):
    """The factor or curve as a float or lists of floats.

    Raises:
        ValueError: neither a factor above 0 nor a rising curve.
    """
    curve = np.array([[1.0, stretch]] if not np.ndim(stretch) else stretch, "float64")
    if curve.ndim != 2 or curve.shape[1] != 2 or not (np.diff(curve, axis=0, prepend=0.0) > 0).all():
        raise ValueError(f"stretch got {stretch!r}; it needs a factor above 0, or a curve [[wanted, asked], ...] of numbers that rise from above 0.")
    return float(stretch) if not np.ndim(stretch) else curve.tolist()


def pace(moved, ages, typical, share):
    """By what to multiply the years asked of each face: `(typical / moved)^share`, within 1 / `MOST` and `MOST`.

    Args:
        moved: `(N,)`, the years that the age network saw each face move by when it was tried.
        ages: `(N,)`, the ages now.
        typical: `[[age, moved], ...]`, what it sees on average in faces of an age, linear between.
        share: 0 leaves all faces alike, 1 believes the network wholly.

    Returns:
        `(N,)` float32; 1 where the typical years are fewer than `SURE`.

    Example:
        >>> import numpy as np
        >>> pace(np.array([16.0, 20.0]), np.array([30.0, 30.0]), [[20, 20], [40, 20]], 1.0).tolist()
        [1.25, 1.0]
    """
    ages_known, means = np.transpose(typical)
    expected = np.interp(ages, ages_known, means)
    ratio = expected / np.where(moved * expected > 0, moved, expected / 100.0)
    return np.where(np.abs(expected) < SURE, 1.0, np.clip(ratio**share, 1 / MOST, MOST)).astype("float32")
