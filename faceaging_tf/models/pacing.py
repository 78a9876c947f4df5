"""Pacing: what a generator must be asked for, so that a face moves by the years that are wanted of it (ours).

Generators fall short of what they are asked for, and of some faces more than of others: smooth, retouched or dark skin shows age less. Both are measured once,
after training (`tools/calibrate.py`), and made good when the model is used.
"""

import numpy as np
from keras import ops

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
        `(N,)` float32 tensor, of the same sign.

    Example:
        >>> import numpy as np
        >>> np.array(stretched(np.array([-5.0, -10.0, -30.0]), [[10, 20], [20, 30]])).tolist()
        [-10.0, -20.0, -45.0]
    """
    years = ops.cast(years, "float32")
    if not np.ndim(stretch):
        return years * float(stretch)
    knots = [[0.0, 0.0], *stretch]
    size = ops.abs(years)
    beyond = ops.maximum(size / float(knots[-1][0]), 1.0)
    return ops.sign(years) * along(knots, size) * beyond


def along(curve, values):
    """The curve's values at `values`, of knots `[[x, y], ...]` of rising x: linear between them, level beyond them; a tensor. The values themselves without a curve."""
    if curve is None:
        return values
    value = curve[0][1] + 0.0 * values
    for (low, start), (high, end) in zip(curve, curve[1:]):
        value = value + (end - start) * ops.clip((values - low) / (high - low), 0.0, 1.0)
    return value


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
        `(N,)` float32 tensor; 1 where the typical years are fewer than `SURE`.

    Example:
        >>> import numpy as np
        >>> np.array(pace(np.array([16.0, 20.0]), np.array([30.0, 30.0]), [[20, 20], [40, 20]], 1.0)).tolist()
        [1.25, 1.0]
    """
    moved, ages = ops.cast(moved, "float32"), ops.cast(ages, "float32")
    expected = along(typical, ages)
    # Away from 0 for the division alone: fewer typical years than SURE count as none.
    certain = ops.where(ops.abs(expected) < SURE, SURE, expected)
    ratio = certain / ops.where(moved * certain > 0, moved, certain / 100.0)
    return ops.where(ops.abs(expected) < SURE, 1.0, ops.clip(ops.power(ratio, share), 1 / MOST, MOST))


def checked_pace(pace):
    """The pace as it was given, if it is None or has its three parts.

    Raises:
        ValueError: another form, or curves whose ages do not rise.
    """
    if pace is None:
        return None
    parts = {"share", *TRIED}
    curves = [pace[way] for way in TRIED] if isinstance(pace, dict) and set(pace) == parts else []
    if not curves or not 0 <= pace["share"] <= 1 or not all(np.shape(each)[1:] == (2,) and (np.diff(np.array(each)[:, 0]) > 0).all() for each in curves):
        raise ValueError(
            f"pace got {pace!r}; it needs None, or share (0 to 1), aging and rejuvenation, the last two as [[age, moved], ...] with rising ages."
        )
    return pace
