"""A drawn head with things painted onto it."""

import numpy as np
from drawn_heads import draw_head, hair_mask, shape

from faceaging_tf.geometry.landmarks import CHIN, LEFT_EYE, NOSE_BASE

POINTS = shape()
# Pupils make eyes of what is drawn white.
FACE = draw_head(POINTS, bald=True)[0]
for _corners in ((33, 133), (263, 362)):
    _x, _y = (POINTS[list(_corners)].mean(axis=0) * 256).astype(int)
    FACE[_y - 4 : _y + 4, _x - 3 : _x + 3] = (40, 25, 20)
HEIGHT = lambda number: int(POINTS[number, 1] * 256)
MOUTH = slice(HEIGHT(NOSE_BASE) - 14, HEIGHT(CHIN))
EYES = slice(HEIGHT(LEFT_EYE[12]) - 10, HEIGHT(LEFT_EYE[4]) + 12)
# From the brows' upper end on.
HAT = slice(0, HEIGHT(105) - 8)


def painted(rows, colour, columns=slice(None)):
    """The face with rows of another colour, a little uneven as cloth is."""
    face = FACE.copy()
    weave = np.random.default_rng(0).uniform(0.97, 1.03, (256, 256, 1))
    face[rows, columns] = np.clip(np.array(colour) * weave, 0, 255)[rows, columns]
    return face


def haired(colour):
    """The face with hair, whose edge on the forehead is as ragged as hair's."""
    face, hair = FACE.copy(), hair_mask(POINTS)
    ends = HAT.stop + np.random.default_rng(1).integers(-9, 10, 256)
    above = np.arange(256)[:, None] < ends
    face[hair & (above | (draw_head(POINTS)[0] != draw_head(POINTS, bald=True)[0]).any(-1))] = (
        colour
    )
    return face
