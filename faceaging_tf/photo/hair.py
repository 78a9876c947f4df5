"""Hair as light as somebody else's. Where a head's hair is, and how it greys, is what a model of
whole heads changes when it is asked for hair alone.
"""

import dataclasses

import numpy as np

from faceaging_tf.geometry.exposure import LUMINANCE
from faceaging_tf.photo.skin import SIDE
from faceaging_tf.resampling import by_matrices, resize_matrix

# Years at an age that grey hair wholly, and that give all its colour back.
GREYING, DARKENING = (50.0, 45.0), (-50.0, 95.0)
# Changes of luminance (0 to 1) by greying and by darkening from which a pixel surely is hair; how
# much of the square is hair at least.
SURELY_HAIR, LEAST_HAIR = (0.06, 0.1), 0.004
# Saturation up to which hair is grey, and from which it is coloured.
GREY, COLOURED = 0.15, 0.3
# How much of the model's greying is taken at most: with all of it, skin that shines through at the
# hairline becomes a pale rim.
MOST_GREYING = 0.85


@dataclasses.dataclass(frozen=True, eq=False)
class Hair:
    """What is seen of a head's hair.

    Attributes:
        mask: `(256, 256)` float32 in 0 to 1.
        greyed, darkened: `(S, S, 3)` float32, what grey hair and hair that has all its colour
            change, in levels of 0 to 255.
        light: its luminance, 0 to 1; NaN where hardly any is seen.
        grey: how grey it is, 0 to 1.
    """

    mask: np.ndarray
    greyed: np.ndarray
    darkened: np.ndarray
    light: float
    grey: float


def hair_of(face, model, thing=None):
    """The `Hair` of an aligned head.

    Args:
        face: `(S, S, 3)` uint8, RGB.
        model: of whole heads, with `parts`, one of them hair.
        thing: `(256, 256)` in 0 to 1, where something lies on it; None where nothing does.
    """
    alone = {part: float(part == "hair") for part in model.parts}
    changes = [
        np.float32(model.transform(face[None], years=years, ages=age, strengths=alone)[0]) - face
        for years, age in (GREYING, DARKENING)
    ]
    small = resize_matrix(len(face), SIDE)
    mask = np.max(
        [
            np.abs(by_matrices(change, small) @ LUMINANCE) / (255 * sure)
            for change, sure in zip(changes, SURELY_HAIR, strict=True)
        ],
        axis=0,
    ).clip(0, 1)
    mask = mask if thing is None else mask * (1 - thing)
    if mask.mean() < LEAST_HAIR:
        return Hair(mask, *changes, np.nan, 0.0)
    colour = np.tensordot(mask, by_matrices(face, small), 2) / (255 * mask.sum())
    saturation = np.ptp(colour) / max(colour.max(), 0.02)
    grey = np.clip((COLOURED - saturation) / (COLOURED - GREY), 0, 1)
    return Hair(mask, *changes, float(colour @ LUMINANCE), float(grey))


def change_towards(own, others, amount, older):
    """What hair changes to become as light as others'.

    Coloured hair lends no lightness: nobody greys to blond; and nobody made older gets darker hair.

    Args:
        own: the `Hair` of the head.
        others: that of one other person, in one picture or more.
        amount: how much of the difference, 1 for all.
        older: whether the head is made older.

    Returns:
        `(S, S, 3)` float32 in levels of 0 to 255; None where either hair is not seen.
    """
    seen = [other for other in others if np.isfinite(other.light)]
    if not seen or not np.isfinite(own.light):
        return None
    change = own.greyed if older else own.darkened
    luminance = change @ LUMINANCE
    small = by_matrices(luminance[..., None], resize_matrix(len(change), SIDE))[..., 0]
    possible = (small * own.mask).sum() / (255 * own.mask.sum())
    wanted = amount * np.mean(
        [(other.grey if older else 1.0) * (other.light - own.light) for other in seen]
    )
    if abs(possible) < 0.01 or wanted * possible <= 0:
        return np.zeros_like(change)
    share = min(wanted / possible, MOST_GREYING if older else 1.0)
    # Twice the loss of colour would be another colour.
    return share * luminance[..., None] + min(share, 1.0) * (change - luminance[..., None])
