"""Growth: whether a child made older gets the proportions that real people get.

Each proportion is a ratio of distances between landmarks of the face mesh, so that neither
alignment nor size enters. What years change in it is regressed on exact ages of people whom the
model has not seen, along three lines: to 10, to 18 and to 45 years; sex, the opening and the width
of the mouth, and a head that nods are regressors too. A share of 1 says that outputs changed as
people do.

The mesh has noise, which averages out, and expects adults' faces: of a child's proportions it sees
a part, and of those of a picture that was moved as well.
"""

import numpy as np

KNOTS = (2.0, 10.0, 18.0, 45.0)
EYES = ((33, 133, 159, 145), (263, 362, 386, 374))
TOP, CHIN, LEFT, RIGHT, BETWEEN_EYES, NOSE_TIP = 10, 152, 234, 454, 168, 1
# How far a nose may lie from the middle between the face's sides, in their distance.
FRONTAL = 0.1


def proportions(landmarks):
    """Dict from a name to `(N,)`, of landmarks `(N, 468, 2)` in any unit that is the same across
    and down.
    """
    points = np.asarray(landmarks, "float64")
    between = lambda first, second: np.linalg.norm(points[:, first] - points[:, second], axis=1)
    height, width = between(TOP, CHIN), between(LEFT, RIGHT)
    eyes = np.mean([points[:, list(eye), 1].mean(axis=1) for eye in EYES], axis=0)
    return {
        "eyes above the chin, of the face's height": (points[:, CHIN, 1] - eyes) / height,
        "height of the face, of its width": height / width,
        "width of the nose, of the face's": between(129, 358) / width,
        "width of the jaw, of the face's": between(172, 397) / width,
    }


def lines(age):
    """How far along each line of age, 0 to 1, `(N, 3)`."""
    age = np.asarray(age, "float64")
    return np.stack(
        [
            (np.clip(age, low, high) - low) / (high - low)
            for low, high in zip(KNOTS[:-1], KNOTS[1:], strict=True)
        ],
        axis=1,
    )


def regression(landmarks, age, male):
    """What age changes in each proportion.

    Args:
        landmarks: `(N, 468, 2)` of people; those beyond 45 years, or turned away, are left out.
        age: `(N,)`, years.
        male: `(N,)` bool.

    Returns:
        Dict from a proportion to the slopes along `lines`, `(3,)`, and their covariance.
    """
    side = lambda number: landmarks[:, number, 0]
    turn = (side(NOSE_TIP) - side(LEFT)) / (side(RIGHT) - side(LEFT)) - 0.5
    kept = (age <= KNOTS[-1]) & (np.abs(turn) < FRONTAL)
    points, age, male = landmarks[kept].astype("float64"), age[kept], male[kept]
    between = lambda first, second: np.linalg.norm(points[:, first] - points[:, second], axis=1)
    down = points[:, :, 1] - points[:, BETWEEN_EYES, 1, None]
    nod = down[:, NOSE_TIP] / down[:, CHIN]
    beside = [
        x - x.mean() for x in (male.astype("float64"), between(13, 14), between(61, 291), nod)
    ]
    columns = np.concatenate([lines(age), np.stack([np.ones(len(age)), *beside], axis=1)], axis=1)
    inverse, found = np.linalg.inv(columns.T @ columns), {}
    for name, values in proportions(points).items():
        slopes = inverse @ columns.T @ values
        found[name] = (slopes[:3], inverse[:3, :3] * (values - columns @ slopes).var())
    return found


def shares(before, after, ages, years, slopes):
    """How faces changed when they were made older, beside what people change.

    Args:
        before, after: landmarks `(N, 468, 2)`.
        ages: `(N,)`, of the inputs; years: by how many they were made older.
        slopes: see `regression`.

    Returns:
        Dict from a proportion to `output` and `people`, the mean changes, `people_error`, the
        standard error of the latter, and `share`.
    """
    way = (lines(np.asarray(ages) + years) - lines(ages)).mean(axis=0)
    old, new, found = proportions(before), proportions(after), {}
    for name, (slope, covariance) in slopes.items():
        output, people = float((new[name] - old[name]).mean()), float(way @ slope)
        found[name] = {
            "output": round(output, 4),
            "people": round(people, 4),
            "people_error": round(float(way @ covariance @ way) ** 0.5, 4),
            "share": round(output / people, 2),
        }
    return found
