"""How a child's head grows: the face within it, the vault above it, learned of children of known
ages.

A face mesh is fitted to the face alone. How much wider a child's head is than its face says is
measured on the masks of people, at the height of the eyes; the crown, which pictures often cut
off, is taken to follow in proportion.
"""

import numpy as np

from faceaging_tf.geometry.flow import BORDER, flow_of
from faceaging_tf.geometry.landmarks import (
    BETWEEN_EYES,
    CHIN,
    LEFT_MOUTH,
    LEFT_SIDE,
    LOWER_LIP,
    NOSE_TIP,
    OVAL,
    RIGHT_MOUTH,
    RIGHT_SIDE,
    UPPER_LIP,
    above_oval,
)
from faceaging_tf.layers.ageing_years import GROWTH_AGES, growth_of
from faceaging_tf.layers.mean_face_part import MAP_SIDE
from faceaging_tf.teacher.mean_face import frontal, symmetric, turn_of

# Until this age faces are learned from: beyond it they age and grow no more.
LATEST = 30.0
# Fewer children of a sex than this say nothing of growth.
FEWEST = 40
# The landmarks of a face mesh follow a child's shape in part, for the mesh expects an adult's: of a
# head that is moved by a flow it reports less than two thirds, of the nose's width a quarter.
STRENGTH, NOSE_STRENGTH = 1.8, 3.0
# The Gaussian within which the nose widens by itself, in fractions of the side.
NOSE_REACH = 0.08
NOSE_WINGS = (129, 358)
# Rows of points above the oval that stand for the vault, shares of the distance from between the
# eyes.
VAULT = (0.35, 0.75)


def growth_change(heads, shape):
    """How heads move from the first to the second of `GROWTH_AGES` and on to the third,
    `(2, 2, 64, 64, 2)`: men and women; a flow for each of the two spans. 0 where there are too few
    children.

    Scale and height in the picture, which say nothing of growth, are such that the outline of the
    head moves the least: the face grows within it.

    Args:
        heads: `Heads` with exact ages.
        shape: `(468, 2)`, of the mean face.
    """
    young = frontal(heads) & (heads.corpus.age <= LATEST) & _with_children(heads)
    found = []
    for sex in ("male", "female"):
        part = heads.take(young & (heads.corpus.attributes["sex"] == sex))
        if (part.corpus.age < GROWTH_AGES[-1]).sum() < FEWEST:
            return np.zeros((2, 2, MAP_SIDE, MAP_SIDE, 2))
        found.append([_flow(shape, *span) for span in _spans(part)])
    return np.array(found)


def _with_children(heads):
    """Which heads are of a source that has children, `(N,)` bool: adults of another one alone would
    lend children the ways of its photographs.
    """
    source = heads.corpus.attributes.get("source", np.full(len(heads), ""))
    child = heads.corpus.age < GROWTH_AGES[-1]
    return np.isin(
        source, [name for name in np.unique(source) if child[source == name].sum() >= FEWEST]
    )


def _spans(heads):
    """For each span of ages: how landmarks move, `(468, 2)`, and by how much of itself the width of
    the head at the eyes changes.
    """
    points, age = heads.landmarks.astype("float64"), heads.corpus.age
    distance = lambda first, second: np.linalg.norm(points[:, first] - points[:, second], axis=1)
    turn = turn_of(points)
    # A share of the face's height, for noses lengthen as faces do.
    down = points[:, :, 1] - points[:, BETWEEN_EYES, 1, None]
    nod = down[:, NOSE_TIP] / down[:, CHIN]
    columns = [np.ones(len(age)), *(np.asarray(each) - 1.0 for each in growth_of(age))]
    columns += [
        x - x.mean()
        for x in (distance(UPPER_LIP, LOWER_LIP), distance(LEFT_MOUTH, RIGHT_MOUTH), turn, nod)
    ]
    columns = np.stack(columns, axis=1)
    moved = np.linalg.lstsq(columns, points.reshape(len(points), -1), rcond=None)[0][1:3]
    widths = np.array(
        [
            _width(mask, eyes)
            for mask, eyes in zip(heads.masks, points[:, BETWEEN_EYES, 1], strict=True)
        ]
    )
    whole = np.isfinite(widths)
    wider = np.linalg.lstsq(columns[whole], widths[whole], rcond=None)[0][:3]
    return [
        (move.reshape(-1, 2), change / wider[0])
        for move, change in zip(moved, wider[1:], strict=True)
    ]


def _width(mask, height):
    """How wide a person is at a height, fractions of the side; NaN where the picture's edges cut
    it off.
    """
    row = mask[int(np.clip(height, 0, 0.99) * len(mask))] > 127
    if row[0] or row[-1] or not row.any():
        return np.nan
    return (len(row) - row[::-1].argmax() - row.argmax()) / len(row)


def _flow(shape, moved, wider):
    """The flow of one span, from how landmarks move and the head widens."""
    eyes = shape[BETWEEN_EYES]
    vault = above_oval(shape, *VAULT)
    side = np.array([shape[LEFT_SIDE], shape[RIGHT_SIDE]])
    ears = np.concatenate([eyes + (side - eyes) * (1.2, share) for share in (1.0, 0.4, -0.2)])
    points = np.concatenate([shape, vault, ears])
    change = np.concatenate([STRENGTH * moved, wider * (np.concatenate([vault, ears]) - eyes)])
    # A nose broadens by more than its face does.
    broader = _relative(shape, moved, *NOSE_WINGS) - _relative(shape, moved, LEFT_SIDE, RIGHT_SIDE)
    middle = shape[list(NOSE_WINGS)].mean(axis=0)
    near = np.exp(-((points - middle) ** 2).sum(axis=1) / (2 * NOSE_REACH**2))
    change[:, 0] += NOSE_STRENGTH * broader * near * (points - middle)[:, 0]
    outline = np.concatenate(
        [
            [number for number in OVAL if shape[number, 1] > eyes[1]],
            np.arange(len(shape), len(points)),
        ]
    ).astype(int)
    # Scale and shift that keep the outline where it is, as far as may be.
    centred = points - points[outline].mean(axis=0)
    scale = (
        -(centred[outline] * (change - change[outline].mean(axis=0))[outline]).sum()
        / (centred[outline] ** 2).sum()
    )
    change = change - change[outline].mean(axis=0) + scale * centred
    change[:, 0] -= change[outline, 0].mean()
    start, end = (np.concatenate([each, BORDER]) for each in (points, points + change))
    return symmetric(flow_of(start, end, MAP_SIDE))


def _relative(shape, moved, left, right):
    """By how much of itself the distance between two landmarks changes, across."""
    return (moved[right] - moved[left])[0] / (shape[right] - shape[left])[0]
