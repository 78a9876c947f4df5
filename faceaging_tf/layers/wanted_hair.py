"""What greys: hair and beard, but neither what has another colour nor, where somebody says how grey
the hair is to be, a hat and the shine of a bald head.
"""

import numpy as np
from keras import ops

from faceaging_tf.layers.bare_skin import DARK, between
from faceaging_tf.layers.gaussian import blurred, enlarged, shrunk
from faceaging_tf.layers.guided_filter import box
from faceaging_tf.layers.luminance import log_luminance

# A beard's place in the mean face, fractions of the whole-head square: below the nose, down to the
# chin, and so far aside of the middle; a cheek's, above it.
BELOW_NOSE, CHIN, JAW = (0.635, 0.655), (0.85, 0.9), (0.19, 0.23)
CHEEK_ROWS, CHEEK_ASIDE = (0.52, 0.55, 0.62, 0.65), (0.05, 0.09, 0.13, 0.17)
# A beard is darker than the cheeks by such a share, and has so many times their texture, which a
# shadow has not; of less of its place than the last it is none.
DARKER, ROUGHER, LEAST = (0.2, 0.45), (1.3, 2.0), (0.08, 0.14)
# No hair is so much bluer or greener than it is red, or so red, as logarithms of ratios.
BLUER, REDDER = (0.2, 0.5), (1.0, 1.4)
# Nor so smooth: its texture, of log luminance, and as many times that of the cheeks.
SMOOTH, SMOOTHER = (0.015, 0.035), (0.6, 1.2)
# Fair hair is yellower than its person's skin, as logarithms of ratios.
YELLOWER = (0.05, 0.2)
# It is looked for where so much of what is around is hair.
FRINGE = (0.2, 0.5)
# What counts as much as this much of skin.
DOUBT = 0.15
# Texture is what a Gaussian of so many pixels takes away, of so large a head at most; how far
# around a place a hat, and a beard, are looked at, in pixels of the masks.
FINE, TEXTURE_SIDE, AROUND_HAIR, AROUND_BEARD = 1.5, 256, 8, 2


def wanted_hair(face, flow, skin, hair, female, wished):
    """Where hair is to grey, where a beard is, and what is as yellow as fair hair, each
    `(N, h, h, 1)` in 0 to 1.

    Args:
        face: `(N, S, S, 3)` in 0 to 1.
        flow: `(N, k, k, 2)` of the parser.
        skin: `(N, h, h, 1)` of the parser, which takes beards for skin.
        hair: `(N, h, h, 1)` of the parser, which takes hats for hair.
        female: `(N, 1, 1, 1)` in 0 to 1.
        wished: `(N, 1, 1, 1)`, 1 where somebody says how grey: what is smooth is no hair then, and
            what is in doubt is; 0 where hats are told by others, for dark hair of a poor picture is
            smooth too, and bald heads have to stay bald.
    """
    size = hair.shape[1]
    light = shrunk(log_luminance(face), min(TEXTURE_SIDE, face.shape[1]))
    texture = shrunk(ops.abs(light - blurred(light, FINE, inside=True)), size)
    face = shrunk(face, size)
    places = enlarged(places_of(flow), size)
    aside, height = places[..., :1] - 0.5, places[..., 1:]
    cheeks = skin * _inside(height, CHEEK_ROWS) * _inside(ops.abs(aside), CHEEK_ASIDE)
    beard = _beard(face, aside, height, skin, cheeks, texture) * (1.0 - female)
    rough = _near(texture, hair * (1.0 - skin), AROUND_HAIR)
    rougher = rough / ops.maximum(_mean(texture, cheeks), 1e-3)
    smooth = wished * (1.0 - between(rough, *SMOOTH)) * (1.0 - between(rougher, *SMOOTHER))
    # What is hair rather than skin, though the parser is not sure that it is hair.
    surer = ops.minimum((1.0 + DOUBT) * hair / (hair + skin + DOUBT), 1.0)
    hair = (hair + wished * (surer - hair)) * (
        1.0 - ops.maximum(smooth, _cloth(box(face, AROUND_HAIR)))
    )
    yellow = _log_ratio(face, 1, 2)
    fair = between(yellow - _mean(yellow, cheeks), *YELLOWER)
    # The parser takes a fair fringe for skin in part.
    fringe = fair * between(box(hair, AROUND_HAIR), *FRINGE)
    return ops.maximum(hair, ops.maximum(beard, fringe)), beard, fair


def places_of(flow):
    """Where the pixels of a parser's flow `(N, h, h, 2)` lie in the mean face, x and y in
    fractions of the side.
    """
    axis = (np.arange(flow.shape[1], dtype="float32") + 0.5) / flow.shape[1]
    return flow + ops.convert_to_tensor(np.stack(np.meshgrid(axis, axis), axis=-1)[None])


def _beard(face, aside, height, skin, cheeks, texture):
    """Where the lower face is darker and rougher than the cheeks."""
    place = (
        skin
        * between(height, *BELOW_NOSE)
        * (1.0 - between(height, *CHIN))
        * (1.0 - between(ops.abs(aside), *JAW))
    )
    light = ops.max(face, axis=-1, keepdims=True)
    darker = 1.0 - light / ops.maximum(_mean(light, cheeks), 0.05)
    rougher = box(texture, AROUND_BEARD) / ops.maximum(_mean(texture, cheeks), 1e-3)
    # Without its specks.
    beard = box(place * between(darker, *DARKER) * between(rougher, *ROUGHER), 1)
    # Light from one side makes half a beard of nothing.
    left, right = (
        _mean(beard, place * ops.cast(half, "float32")) for half in (aside < 0, aside > 0)
    )
    return beard * between(ops.minimum(left, right), *LEAST)


def _cloth(face):
    """Where a head has a colour that no hair has; black, grey and brown hats pass for hair."""
    red_green, green_blue, red_blue = (_log_ratio(face, *pair) for pair in ((0, 1), (1, 2), (0, 2)))
    cold = -ops.minimum(ops.minimum(red_green, green_blue), red_blue)
    return ops.maximum(between(cold, *BLUER), between(red_green, *REDDER))


def _log_ratio(face, first, second):
    logs = ops.log(ops.maximum(face, 0.0) + DARK)
    return logs[..., first : first + 1] - logs[..., second : second + 1]


def _inside(values, limits):
    """1 between the middle two of four limits, 0 beyond the outer ones."""
    return between(values, *limits[:2]) * (1.0 - between(values, *limits[2:]))


def _mean(plane, weights):
    return ops.sum(plane * weights, axis=(1, 2), keepdims=True) / ops.maximum(
        ops.sum(weights, axis=(1, 2), keepdims=True), 1.0
    )


def _near(plane, weights, radius):
    return box(plane * weights, radius) / ops.maximum(box(weights, radius), 0.05)
