"""Heads of plain colours with hair above, before and after a `HairTone`."""

import numpy as np
from plain_heads import MAN, REGIONS, SIZE, column, everywhere, half, nowhere, person, still

from faceaging_tf.layers.hair_tone import HairTone
from faceaging_tf.layers.luminance import luminance

BROWN, PALE = np.float32([0.24, 0.15, 0.09]), np.float32([0.8, 0.6, 0.5])
PALE_LIGHT = float(PALE @ np.float32([0.299, 0.587, 0.114]))
BEGINS, ENDS = 40.0, 70.0


def greyed(picture, years, age, skin=None, hair=None, strength=1.0, brows=None, sex=MAN, wish=None):
    """A picture after a `HairTone` that greys from 40 to 70; all of it is hair unless told
    otherwise.
    """
    layer = HairTone()
    layer.curve.assign([BEGINS, ENDS])
    if brows is not None:
        layer.brows.assign(brows)
    masks = [nowhere() if skin is None else skin, everywhere() if hair is None else hair]
    given = [picture, still(), person(sex), *masks, column(years), column(age), column(strength)]
    return np.array(layer(given + ([] if wish is None else [column(wish)])))


def haired(years, age, colour=BROWN, **given):
    """A picture of one colour, greyed."""
    return greyed(np.broadcast_to(np.float32(colour), (1, SIZE, SIZE, 3)), years, age, **given)


def head(hair=BROWN, skin=PALE, soft=0):
    """Hair above, skin below, mixed over `soft` rows, and what the parser says of them: a picture,
    skin, hair.
    """
    share = np.clip((SIZE // 2 + soft / 2 - np.arange(SIZE) - 0.5) / max(soft, 1), 0, 1).astype(
        "float32"
    )[:, None, None] * np.ones((1, SIZE, 1), "float32")
    return (share * hair + (1 - share) * skin)[None], 1 - half(REGIONS)[None], half(REGIONS)[None]


def lightness(picture):
    return float(np.mean(luminance(picture)))
