"""Fits what tells headwear, `faceaging_tf/photo/headwear.npy`, on heads that were looked at one by
one, and on heads of these that hoods, knitted hats and caps are drawn onto:
`python tools/fit_headwear.py CORPORA --out headwear.npy`.

CORPORA holds the folders that the column `file` of `tools/headwear.csv` begins with. Its column
`wears` is nothing, hat or hood (scarves too); heads that could not be told are not in it.
"""

import argparse
import csv
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from scipy.optimize import minimize

from faceaging_tf.geometry.exposure import in_common_light
from faceaging_tf.geometry.frames import WHOLE_HEAD
from faceaging_tf.geometry.landmarks import CHIN, OVAL
from faceaging_tf.photo.colours import log_colour
from faceaging_tf.photo.headwear import headwear_features, upright
from faceaging_tf.photo.skin import SIDE
from faceaging_tf.runtime.landmarks import FaceLandmarks

TABLE = Path(__file__).with_name("headwear.csv")
# Side of what is drawn on; what is drawn is shrunk.
DRAWN = 2 * SIDE
# Weight decay; how much a head with headwear counts, and one that it is drawn onto.
DECAY, WORN, PAINTED = 0.01, 8.0, 0.5
# Colours of cloth.
CLOTH = [
    *((25, 24, 26), (35, 38, 55), (92, 64, 44), (120, 118, 115), (60, 45, 38), (150, 120, 90)),
    *((45, 60, 45), (120, 30, 35), (200, 195, 185), (80, 80, 84), (70, 50, 90)),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    with TABLE.open() as file:
        rows = list(csv.DictReader(file))
    heads = [(row, *found) for row in rows if (found := head(options.corpora / row["file"]))]
    rng = np.random.default_rng(1)
    features = [headwear_features(log_colour(face), points) for _, face, points in heads]
    worn = [row["wears"] for row, _, _ in heads]
    weights = [WORN if each else 1.0 for each in worn]
    for row, face, points in heads:
        if not row["wears"] and not row["file"].startswith("fairface"):
            kind, drawn = dressed(face, points, rng)
            features.append(
                headwear_features(log_colour(drawn), points + rng.normal(0, 0.004, (468, 2)))
            )
            worn.append("hood" if kind is hood else "hat")
            weights.append(PAINTED)
    x, worn, weights = np.array(features), np.array(worn), np.array(weights)
    dressed_ones = worn != ""
    looks = fitted(x, dressed_ones, weights)
    hoods = fitted(x[dressed_ones], worn[dressed_ones] == "hood", weights[dressed_ones])
    np.save(options.out, np.stack([looks, hoods]).astype("float32"))
    print(f"{len(heads)} heads, {sum(map(bool, worn[: len(heads)]))} with headwear: {options.out}")


def head(path):
    """A head `(256, 256, 3)` and its points; None where the mesh sees no face."""
    picture = Image.open(path).convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX)
    face = in_common_light(np.asarray(picture)[None], "whole_head")[0]
    points, score = MESH(face, WHOLE_HEAD.template() * SIDE - 0.5)
    return (face, (points + 0.5) / SIDE) if score > 0.5 else None


MESH = FaceLandmarks()


def fitted(x, is_so, weights):
    """A bias and a weight per feature, `(897,)`, of a logistic regression on heads and these
    mirrored.
    """
    middle, scale = x.mean(axis=(0, 1, 2)), x.std(axis=(0, 1, 2))
    mirrored = x[:, :, ::-1].copy()
    # Directions that rise to the right, and to the left.
    mirrored[..., [8, 10]] = mirrored[..., [10, 8]]
    inputs = ((np.concatenate([x, mirrored]) - middle) / scale).reshape(2 * len(x), -1)
    is_so, weights = np.tile(np.float64(is_so), 2), np.tile(weights, 2) / weights.sum() / 2

    def loss(b):
        odds = inputs @ b[1:] + b[0]
        error = weights * (1 / (1 + np.exp(-odds)) - is_so)
        value = (weights * (np.logaddexp(0, odds) - is_so * odds)).sum()
        gradient = np.r_[error.sum(), inputs.T @ error + DECAY * b[1:]]
        return value + DECAY * (b[1:] ** 2).sum() / 2, gradient

    start = np.zeros(inputs.shape[1] + 1)
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    each = best[1:].reshape(x.shape[1:]) / scale
    return np.r_[best[0] - (each * middle).sum(), each.ravel()]


def dressed(face, points, rng):
    """What was drawn, and the head with it, half of them blurred."""
    large = cv2.resize(face, (DRAWN, DRAWN), interpolation=cv2.INTER_CUBIC).astype("float32")
    kind = (hood, knitted, cap)[rng.integers(3)]
    colour = np.array(CLOTH[rng.integers(len(CLOTH))]) * rng.uniform(0.7, 1.3) + rng.normal(0, 6, 3)
    drawn = kind(large, points, rng, np.clip(colour, 8, 240))
    if rng.random() < 0.5:
        drawn = cv2.resize(drawn, (SIDE // 2, SIDE // 2), interpolation=cv2.INTER_AREA)
        return kind, cv2.resize(drawn, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    return kind, cv2.resize(drawn, (SIDE, SIDE), interpolation=cv2.INTER_AREA)


def hood(face, points, rng, colour):
    _, right, up, width = upright(points)
    middle, tall = points[list(OVAL)].mean(axis=0), np.linalg.norm(points[10] - points[CHIN])
    turn, gap = np.linspace(0, 2 * np.pi, 80)[:, None], rng.uniform(1.08, 1.3)
    ring = lambda w, h: (
        middle + np.cos(turn) * w * width / 2 * right + np.sin(turn) * h * tall / 2 * up
    )
    shoulders = [(-1.6, -0.75 * tall), (1.6, -0.75 * tall), (1.8, -3.0), (-1.8, -3.0)]
    body = np.array([middle + x * width * right + y * up for x, y in shoulders])
    around = np.maximum(area(ring(1.95, 1.75)), area(body))
    cloth = around * (1 - area(ring(gap, gap) + 0.03 * tall * up))
    return put(shaded(face, cloth), cloth, colour * folds(rng, 0.12))


def dome(points, low):
    brows, right, up, width = upright(points)
    x = np.linspace(-0.62, 0.62, 41)[:, None]
    turn = np.linspace(0, np.pi, 41)[:, None]
    end = low - 0.25 * 0.62**2
    edge = brows + width * (x * right + (low - 0.25 * x**2) * up)
    top = brows + width * (0.62 * np.cos(turn) * right + (end + 0.95 * np.sin(turn)) * up)
    return area(np.concatenate([edge, top]))


def knitted(face, points, rng, colour):
    cloth = dome(points, rng.uniform(0.08, 0.3))
    y, x = np.mgrid[:DRAWN, :DRAWN]
    ribs = 0.14 * np.sin(2 * np.pi * x / 9) + 0.07 * np.sin(
        2 * np.pi * y / 7 + np.pi * (x // 9 % 2)
    )
    return put(shaded(face, cloth), cloth, colour * folds(rng, 0.06) * (1 + ribs[..., None]))


def cap(face, points, rng, colour):
    brows, right, up, width = upright(points)
    low = rng.uniform(0.12, 0.3)
    cloth, x = dome(points, low), np.linspace(-0.48, 0.48, 41)[:, None]
    under = brows + width * (x * right + (low - 0.16 + 0.1 * (x / 0.48) ** 2) * up)
    over = brows + width * (x * right + (low + 0.06 - 0.2 * x**2) * up)
    brim = area(np.concatenate([under, over[::-1]]))
    drawn = put(shaded(face, np.maximum(cloth, brim)), cloth, colour * folds(rng, 0.08))
    return put(drawn, brim, 0.75 * colour * folds(rng, 0.0))


def area(outline):
    """What lies within an outline, `(512, 512, 1)`, with a soft edge."""
    large = np.zeros((4 * DRAWN, 4 * DRAWN), "uint8")
    cv2.fillPoly(large, [np.int32(np.round(outline * 4 * DRAWN))], 255)
    small = cv2.resize(large, (DRAWN, DRAWN), interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(np.float32(small) / 255, (0, 0), 1.2)[..., None]


def shaded(face, cloth):
    """The shadow of cloth on what is below it."""
    shadow = cv2.GaussianBlur(np.roll(cloth[..., 0], 4, axis=0), (0, 0), 7)
    return face * (1 - 0.35 * shadow[..., None])


def folds(rng, amount):
    """Folds and weave, factors `(512, 512, 1)`."""
    noise = rng.standard_normal((2, DRAWN, DRAWN)).astype("float32")
    coarse, fine = (
        cv2.GaussianBlur(noise[0], (0, 0), 30, sigmaY=60),
        cv2.GaussianBlur(noise[1], (0, 0), 0.8),
    )
    return ((1 + amount * coarse / coarse.std()) * (1 + 0.03 * fine / fine.std()))[..., None]


def put(face, cloth, colour):
    return np.uint8(np.clip(face * (1 - cloth) + colour * cloth, 0, 255))


if __name__ == "__main__":
    main()
