"""Hair: whether its lightness and colour go where those of real people of the requested age are."""

import numpy as np

from faceaging_tf.evaluate.bootstrap import figure_of, mean_figure, weights_of
from faceaging_tf.evaluate.realism import FEWEST
from faceaging_tf.evaluate.shrinking import shrunk
from faceaging_tf.optional import HEADS, needed

# Side at which hair is looked for, and the smallest part of the picture that hair has to fill to be
# measured.
SIDE, SMALLEST = 256, 0.02
COLOURS = ("lightness", "chroma")


def hair_masks(heads, landmarks, masks, closed):
    """Where hair is, `(N, 256, 256)` bool: the hair of `faceaging_tf.teacher.regions`; nowhere in
    heads that are cut off, or whose hair fills less than a fiftieth of the picture.

    Args:
        heads: `(N, S, S, 3)` uint8.
        landmarks: `(N, 468, 2)`, fractions of the side.
        masks: `(N, h, h)` uint8, 255 where the person is.
        closed: `(N,)` bool, whether the whole head is seen.

    Raises:
        EvaluationError: OpenCV is not installed.
    """
    needed("cv2", HEADS, "Measuring hair")
    from faceaging_tf.teacher.regions import person_of, skin_and_hair

    found = np.zeros((len(heads), SIDE, SIDE), bool)
    for row in np.flatnonzero(closed):
        head, points = at_hair_side(heads[row]), landmarks[row] * SIDE - 0.5
        hair = skin_and_hair(head, points, person_of(masks[row]))[1] > 0.5
        if hair.mean() >= SMALLEST:
            found[row] = hair
    return found


def hair_colours(heads, hair):
    """Mean lightness (L of CIE Lab, 0 to 100) and the chroma of the mean colour inside the hair,
    `(N, 2)` float32; nan where there is none.

    Args:
        heads: `(N, S, S, 3)` uint8.
        hair: `(N, 256, 256)` bool.
    """
    from skimage.color import rgb2lab

    colours = np.full((len(heads), 2), np.nan, "float32")
    for row in np.flatnonzero(hair.any(axis=(1, 2))):
        light, red, yellow = rgb2lab(at_hair_side(heads[row])[hair[row]]).mean(axis=0)
        colours[row] = light, np.hypot(red, yellow)
    return colours


def at_hair_side(head):
    """A head `(S, S, 3)` uint8 at 256 pixels."""
    if head.shape[0] == SIDE:
        return head
    if head.shape[0] > SIDE:
        return shrunk(head[None], SIDE)[0]
    cv2 = needed("cv2", HEADS, "Measuring hair")
    return cv2.resize(head, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)


def hair_figures(before, after, reals, matches, seed=0):
    """How far hair went towards that of real people.

    Args:
        before: `(N, 2)` of the inputs, see `hair_colours`.
        after: `(N, 2)` of the outputs, in the inputs' hair.
        reals: `(M, 2)` of real people.
        matches: `(N, M)` bool, which of them stand for which output, such as those of the requested
            age and that sex.
        seed: of the intervals, for which outputs and real people are drawn again.

    Returns:
        A dict from `lightness` and `chroma` to a dict of `inputs`, `outputs`, `reals` (means, a
        `Figure` each; a real one weighs as much as the outputs that it stands for) and `share`: the
        mean change over the mean of what it would take, 1 for hair like theirs, None where the
        interval of what it would take holds 0. None for fewer than ten outputs or real people.
    """
    matches = (
        matches & np.isfinite(before[:, :1]) & np.isfinite(after[:, :1]) & np.isfinite(reals[:, 0])
    )
    rows, columns = np.flatnonzero(matches.any(axis=1)), np.flatnonzero(matches.any(axis=0))
    if min(len(rows), len(columns)) < FEWEST:
        return None
    matches = matches[np.ix_(rows, columns)].astype("float64")
    weights, drawn = weights_of(len(rows), seed), weights_of(len(columns), seed + 1)
    total = drawn @ matches.T
    figures = {}
    for number, colour in enumerate(COLOURS):
        start, end, real = (
            values.astype("float64")
            for values in (before[rows, number], after[rows, number], reals[columns, number])
        )
        # Whose real people were not drawn at all is left out of that resample.
        goal = np.divide(
            (drawn * real) @ matches.T, total, out=np.zeros_like(total), where=total > 0
        )
        known = weights * (total > 0)
        way = (known * (goal - start)).sum(axis=1)
        sure = figure_of(way[0], way[1:], len(rows))
        share = np.divide(
            (known * (end - start)).sum(axis=1),
            way,
            out=np.full(len(way), np.nan),
            where=np.abs(way) > 1e-9,
        )
        goals = (known * goal).sum(axis=1) / known.sum(axis=1)
        figures[colour] = {
            "inputs": mean_figure(start, seed),
            "outputs": mean_figure(end, seed),
            "reals": figure_of(goals[0], goals[1:], len(columns)),
            "share": figure_of(share[0], share[1:], len(rows))
            if sure.low * sure.high > 0
            else None,
        }
    return figures
