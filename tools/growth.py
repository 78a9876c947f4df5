"""Growth: whether a child made older gets an adult's proportions, or stays a child with an adult's
skin.

Distances are those between landmarks of the face mesh (`face_mesh.py`), over either of two scales,
for a face has no length that does not grow:

- "centroid size" of the five points that faces are aligned by, the centres of the eyes, the tip of
  the nose and the corners of the mouth (root of the summed squared distances to their mean;
  Bookstein, *Morphometric Tools for Landmark Data*, 1991). An aligner brings it to one size, so
  that an output and a real adult are compared as if each had been aligned anew. It grows with the
  height of the face: children's eyes and cheeks are large over it, their jaws are not small.
- "face width" at the cheeks: over it children's jaws are narrow and short, and in FairFace their
  eyes are large.

A landmark detector has noise, which means take away, and a prior: it expects adults' faces, and
follows shading as well as outlines.
"""

import numpy as np

# Pairs of landmarks; a distance of several pairs is their mean.
DISTANCES = {
    "face width at the cheeks": ((234, 454),),
    "jaw width": ((172, 397),),
    "lower face height": ((2, 152),),
    "eye width": ((33, 133), (362, 263)),
    "eye opening": ((159, 145), (386, 374)),
    "outer eye corners": ((33, 263),),
}
# What the summary is over: jaw and eyes.
SUMMED = ("jaw width", "lower face height", "eye width", "eye opening", "outer eye corners")
CHEEKS = "face width at the cheeks"
SCALES = ("centroid size", "face width")
EYES, NOSE, MOUTH = ((33, 133), (362, 263)), 1, (61, 291)
# Children and adults differ where their means are more standard errors apart.
STANDARD_ERRORS = 4.0
RESAMPLES = 1000


def distances(landmarks, scale):
    """The distances of faces.

    Args:
        landmarks: `(N, 468, 2)`, in any unit that is the same across and down.
        scale: one of `SCALES`.

    Returns:
        A dict from the names of `DISTANCES`, less that which is the scale, to `(N,)`, in units of
        the scale.
    """
    between = lambda first, second: np.linalg.norm(
        landmarks[:, first] - landmarks[:, second], axis=1
    )
    found = {
        name: np.mean([between(*pair) for pair in pairs], axis=0)
        for name, pairs in DISTANCES.items()
    }
    unit = found.pop(CHEEKS) if scale == "face width" else _centroid_size(landmarks)
    return {name: value / unit for name, value in found.items()}


def _centroid_size(landmarks):
    eyes = [landmarks[:, list(corners)].mean(axis=1) for corners in EYES]
    five = np.stack(
        [*eyes, landmarks[:, NOSE], *(landmarks[:, corner] for corner in MOUTH)], axis=1
    )
    return np.sqrt(((five - five.mean(axis=1, keepdims=True)) ** 2).sum(axis=(1, 2)))


def shares(children, outputs, adults, sexes, adult_sexes, seed=0):
    """How much of the way from a child's mean to an adult's mean the outputs have gone:
    `(output - child) / (adult - child)`.

    The adults' mean is that of each sex, weighted as the children's sexes are.

    Args:
        children: dict from a distance's name to `(N,)`.
        outputs: the same of the children made older, in that order.
        adults: the same of `M` adults.
        sexes: `(N,)` of the children; each is found among the adults.
        adult_sexes: `(M,)`.
        seed: of the resampling of children and adults.

    Returns:
        A dict: `distances`, by name the means of `child`, `adult` and `output`, and `share` of the
        way with `low` and `high`, the ends of its 95 % interval, None where children and adults do
        not differ by four standard errors; and `summary`, the mean share over jaw and eyes, or
        None.
    """
    names, (kinds, sexes) = list(children), np.unique(sexes, return_inverse=True)
    child, output, adult = (
        np.stack([values[name] for name in names], axis=1) for values in (children, outputs, adults)
    )
    pools = [np.flatnonzero(adult_sexes == kind) for kind in kinds]
    weights = np.bincount(sexes) / len(sexes)
    target = sum(
        weight * adult[pool].mean(axis=0) for weight, pool in zip(weights, pools, strict=True)
    )
    error = np.sqrt(
        child.var(axis=0, ddof=1) / len(child)
        + sum(
            w**2 * adult[p].var(axis=0, ddof=1) / len(p)
            for w, p in zip(weights, pools, strict=True)
        )
    )
    differ = np.abs(target - child.mean(axis=0)) > STANDARD_ERRORS * error
    known = [name for name, found in zip(names, differ, strict=True) if found]
    share = (output - child)[:, differ].mean(axis=0) / (target - child.mean(axis=0))[differ]
    samples, rng = [], np.random.default_rng(seed)
    for _ in range(RESAMPLES):
        rows = rng.integers(len(child), size=len(child))
        drawn = np.bincount(sexes[rows], minlength=len(kinds)) / len(rows)
        goal = sum(
            weight * adult[rng.choice(pool, len(pool))].mean(axis=0)
            for weight, pool in zip(drawn, pools, strict=True)
        )
        samples.append(
            (output - child)[rows][:, differ].mean(axis=0)
            / (goal - child[rows].mean(axis=0))[differ]
        )
    samples = np.array(samples)
    ends = lambda drawn: dict(
        zip(("low", "high"), np.percentile(drawn, [2.5, 97.5]).round(3).tolist(), strict=True)
    )
    written = lambda value, drawn: {"share": round(float(value), 3), **ends(drawn)}
    figures = {}
    for place, name in enumerate(names):
        means = {
            "child": child[:, place].mean(),
            "adult": target[place],
            "output": output[:, place].mean(),
        }
        figures[name] = {key: round(float(value), 4) for key, value in means.items()}
        figures[name] |= (
            written(share[known.index(name)], samples[:, known.index(name)])
            if name in known
            else {"share": None}
        )
    summed = [place for place, name in enumerate(known) if name in SUMMED]
    summary = written(share[summed].mean(), samples[:, summed].mean(axis=1)) if summed else None
    return {"children": len(child), "adults": len(adult), "distances": figures, "summary": summary}
