"""The stage that calibrates: what a generator must be asked for, so that an age judge sees the
requested years.
"""

import numpy as np

from faceaging_tf.layers.ageing_years import MOST_OLDER, MOST_YOUNGER

# Ages by which the table goes, how far from one a face may be to count for it, and at most how many
# faces count.
AGES = {"aging": (20, 30, 40, 50, 60, 70), "rejuvenation": (30, 40, 50, 60, 70)}
WANTED = {"aging": (10, 20, 30, 40), "rejuvenation": (10, 20, 30)}
ASKED = {"aging": (10, 20, 30, 42, 56, 70), "rejuvenation": (15, 30, 45, 66, 90)}
SIGNS = {"aging": 1, "rejuvenation": -1}
REACH, FACES, FEWEST = 7.5, 24, 6
# The share of the wanted years that is aimed at: the last twentieth costs more of the picture than
# it is worth.
AIM = 0.95
# At most so many times the wanted years are asked, by direction: beyond, the picture pays for what
# the judge does not see.
MOST = {"aging": MOST_OLDER, "rejuvenation": MOST_YOUNGER}


def measure_calibration(model, judge, faces, ages, wanted=None, asked=None):
    """What to ask a model for, by age and years, see `calibrated`.

    Faces near each age are aged by several numbers of years; what the judge sees them move by, on
    average, rises with what was asked; read backwards, it says what to ask. No more is asked than
    was tried, and no more than `MOST` of the direction times the wanted years.

    Args:
        model: an ageing model without a calibration, such as a `FAGAN`.
        judge: from faces `(N, S, S, 3)` uint8 in the model's frame to ages `(N,)`.
        faces: `(N, S, S, 3)` uint8 that the model was not trained on.
        ages: `(N,)`, as the model is conditioned on at use: its own estimates.
        wanted: for "aging" and "rejuvenation", the years of the table; `WANTED` when None.
        asked: likewise, what is tried; `ASKED` when None.

    Returns:
        `{"aging": curve, "rejuvenation": curve}`; a curve is None where no age has faces enough.
    """
    wanted, asked = wanted or WANTED, asked or ASKED
    before = judge(faces)
    found = {}
    for direction, sign in SIGNS.items():
        rows, table = [], []
        for age in AGES[direction]:
            near = np.argsort(np.abs(ages - age), kind="stable")[:FACES]
            near = near[np.abs(ages[near] - age) <= REACH]
            if len(near) < FEWEST:
                continue
            moved = [
                sign
                * (
                    judge(model.transform(faces[near], sign * years, ages[near])) - before[near]
                ).mean()
                for years in asked[direction]
            ]
            rows.append(age)
            table.append(inverted(wanted[direction], asked[direction], moved, MOST[direction]))
        found[direction] = (
            {"ages": rows, "years": list(wanted[direction]), "asked": table} if rows else None
        )
    return found


def inverted(wanted, asked, moved, most):
    """What to ask, so that `AIM` of the `wanted` years are seen: a list, rising, linear between
    what was tried, within it, and at most `most` times what is wanted.

    Args:
        wanted: rising numbers of years.
        asked: rising numbers that were tried.
        moved: what was seen of each, from noise made to rise.
        most: a factor.

    Example:
        >>> from faceaging_tf.training.stages.calibrating import inverted
        >>> inverted([10, 20], [10, 20, 40], [9.5, 19, 30], most=1.25)
        [10.0, 20.0]
    """
    rising = np.maximum.accumulate(np.concatenate([[0.0], moved]))
    rising = rising + 1e-6 * np.arange(len(rising))
    found = np.minimum(
        np.interp(AIM * np.asarray(wanted), rising, [0.0, *asked]), most * np.asarray(wanted)
    )
    return [round(float(value), 2) for value in found]
