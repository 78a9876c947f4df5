"""The change that facial prototypes make to a face of known landmarks: what a generator is taught
first.
"""

import itertools

import numpy as np
from keras import layers, ops

from faceaging_tf.data.face_outline import inside_softly
from faceaging_tf.layers import FaceWarp
from faceaging_tf.layers.luminance import luminance

# Years at which a face has grown.
GROWN_UP = 20.0
# Logarithms of luminance. What is darker than the mean skin by less than the first brightens no
# more than by the third, what is darker by the first and the second freely.
ALMOST_SKIN, FALL, MOST_BRIGHTENING = 0.15, 0.35, 0.06


class PrototypeChange(layers.Layer):
    """How `faceaging_tf.data.prototypes` age a face whose place in the mean shape is known; no
    weights to train.

    With b the difference of `age_basis` at the two ages, L the logarithm of the face's pixels, and
    all of the prototypes brought to the shape of the face:

        L' = L + greying(texture * (b . texture)) + bright(skin * sum over bands of (exp(energy * (b
        . energy) / 2) - 1) * band(L)) flow(q) = -shape * (b . shape)(q + flow(q)), and 0 beyond the
        face's outline

    Four things are held back (ours). The flow ends at the outline, or hair and background would be
    moved with the face. Eyes and mouth take a third of the change of texture, for an average mouth
    is closed and would darken teeth. `greying`: what brightens, in the average, is dark hair that
    turns grey; on a shaven lip it would paint a white moustache, so places brighten only as far as
    they are darker than the face. `bright`: fine detail grows less upwards than downwards, for
    folds are dark.

    Colour beside luminance takes `colour` of the strength, and at most a tenth: few faces are old,
    and their average has the cast of their photographs.

    Args:
        prototypes: a `faceaging_tf.data.prototypes.Prototypes`.
        image_size: side of the faces in pixels.
        older: strengths `(texture, energy, shape)` for years above 0: an average of many is milder
            than any one of them.
        younger: for years below 0.
        growth: strength of shape, either way, for the years before 20, in which heads grow; None
            for that of `older` and `younger`.
        most: logarithms of energy grow at most by so much.
        bright: share of the growth of bright detail.
        bands: shares of `older` and `younger` that each band of detail takes, finest first: the
            coarsest are shadows of the light, not folds.
        colour: share of the strength of texture that colours take.

    Call it with a dict of faces `face` `(N, S, S, 3)` in -1 to 1, `place` `(N, g, g, 2)` (the
    displacement from the face to the mean shape), `age`, `years` and `male` `(N,)`; it returns the
    changed faces `(N, S, S, 3)`, not moved yet and not clipped, and the flow `(N, g, g, 2)`.
    """

    def __init__(
        self,
        prototypes,
        image_size=128,
        older=(1.3, 2.0, 1.2),
        younger=(1.2, 1.8, 0.7),
        growth=None,
        most=2.4,
        bright=0.6,
        bands=(1.0, 1.0, 0.6, 0.4),
        colour=0.5,
        **kwargs,
    ):
        super().__init__(**{**kwargs, "dtype": "float32", "trainable": False})
        self.image_size, self.older, self.younger, self.growth = image_size, older, younger, growth
        self.most, self.bright, self.colour = most, bright, colour
        self.basis = {
            name: np.array(getattr(prototypes, name), "float32")
            for name in ("texture", "energy", "shape")
        }
        self.basis["energy"] *= np.array(bands, "float32")[None, :, None, None]
        place = (np.arange(len(prototypes.face)) + 0.5) / len(prototypes.face)
        # Brows are higher, and turn grey.
        features = ((place > 0.265) & (place < 0.85))[:, None] & (abs(place - 0.5) < 0.3)
        self.basis["texture"] *= (
            1.0
            - 0.67
            * (np.clip(prototypes.face - prototypes.skin, 0.0, 1.0) * features)[None, :, :, None]
        )
        self.knots, self.dark = prototypes.knots, prototypes.dark
        self.skin = prototypes.skin[None, :, :, None].astype("float32")
        self.kernels = [_gaussian(scale * image_size) for scale in prototypes.scales]
        self.warp = FaceWarp(name="warp")
        # Neither has weights; on JAX, `fit` runs a model that holds a layer not yet built.
        self.warp.built = self.built = True

    def call(self, faces):
        face = ops.cast(faces["face"], "float32")
        age, years, male = (
            ops.reshape(ops.cast(faces[name], "float32"), (-1,))
            for name in ("age", "years", "male")
        )
        is_older = ops.cast(years > 0, "float32")[:, None, None, None]
        strength = lambda place: (
            is_older * self.older[place] + (1.0 - is_older) * self.younger[place]
        )
        between = lambda start, end: _hats(end, self.knots) - _hats(start, self.knots)
        texture, energy = (
            self._weighted(name, between(age, age + years), male) for name in ("texture", "energy")
        )
        grown_up = lambda ages: ops.maximum(ages, GROWN_UP)
        shape = strength(2) * self._weighted(
            "shape", between(grown_up(age), grown_up(age + years)), male
        )
        growing = lambda ages: ops.minimum(ages, GROWN_UP)
        grown = self._weighted("shape", between(growing(age), growing(age + years)), male)
        shape = shape + (strength(2) if self.growth is None else self.growth) * grown
        darker = luminance(texture)
        texture = strength(0) * darker + ops.clip(
            self.colour * strength(0) * (texture - darker), -0.1, 0.1
        )
        energy = ops.transpose(energy, (0, 2, 3, 1))
        gain = (ops.exp(0.5 * ops.clip(strength(1) * energy, -1.5, self.most)) - 1.0) * self.skin
        place = ops.cast(faces["place"], "float32")
        half = texture.shape[1:3]
        everywhere = ops.concatenate(
            [texture, gain, ops.broadcast_to(self.skin, ops.shape(gain[..., :1]))], axis=-1
        )
        moved = self.warp([everywhere, ops.image.resize(place, half, interpolation="bilinear")])
        moved = ops.image.resize(
            moved, (self.image_size, self.image_size), interpolation="bilinear"
        )
        logs = ops.log((face + 1.0) * 127.5 + self.dark)
        logs = logs + _greying(moved[..., :3], luminance(logs), moved[..., -1:], self.kernels[2])
        light = luminance(logs)
        smooth = [_blurred(light, kernel) for kernel in self.kernels]
        bands = ops.concatenate(
            [fine - coarse for fine, coarse in itertools.pairwise(smooth)], axis=-1
        )
        detail = ops.sum(bands * moved[..., 3:-1], axis=-1, keepdims=True)
        logs = logs + ops.where((detail > 0) & (is_older > 0), self.bright * detail, detail)
        changed = (ops.exp(logs) - self.dark) / 127.5 - 1.0
        shift = self.warp([shape, place])
        flow = ops.zeros_like(shift)
        for _ in range(5):
            flow = -self.warp([shift, flow])
        return changed, flow * inside_softly(flow.shape[1])[None, :, :, None]

    def _weighted(self, name, difference, male):
        """The basis weighted by a difference of ages `(N, knots)`, for each sex."""
        coefficients = ops.concatenate(
            [difference, difference * (2.0 * male[:, None] - 1.0)], axis=1
        )
        basis = self.basis[name]
        rows = ops.matmul(coefficients, ops.convert_to_tensor(basis.reshape(len(basis), -1)))
        return ops.reshape(rows, (-1, *basis.shape[1:]))


def _greying(texture, light, skin, kernel):
    """The change of texture, brightening held to what is darker than the face's skin by a sixth and
    more.
    """
    mean = ops.sum(light * skin, axis=(1, 2, 3), keepdims=True) / (
        ops.sum(skin, axis=(1, 2, 3), keepdims=True) + 1e-3
    )
    darker = ops.clip((mean - _blurred(light, kernel) - ALMOST_SKIN) / FALL, 0.0, 1.0)
    brightens = ops.relu(luminance(texture))
    return texture - (brightens - ops.minimum(brightens, MOST_BRIGHTENING)) * (1.0 - darker)


def _hats(ages, knots):
    """`(N, len(knots))`: linear between the knots."""
    ages = ops.clip(ages, knots[0], knots[-1])
    columns = []
    for number, knot in enumerate(knots):
        hat = ops.ones_like(ages)
        if number > 0:
            hat = ops.minimum(hat, (ages - knots[number - 1]) / (knot - knots[number - 1]))
        if number < len(knots) - 1:
            hat = ops.minimum(hat, (knots[number + 1] - ages) / (knots[number + 1] - knot))
        columns.append(ops.relu(hat))
    return ops.stack(columns, axis=1)


def _gaussian(sigma):
    radius = max(int(4.0 * sigma + 0.5), 1)
    weight = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    return (weight / weight.sum()).astype("float32")


def _blurred(plane, kernel):
    radius = len(kernel) // 2
    for shape, padding in (
        ((-1, 1, 1, 1), ((0, 0), (radius, radius), (0, 0), (0, 0))),
        ((1, -1, 1, 1), ((0, 0), (0, 0), (radius, radius), (0, 0))),
    ):
        padded = ops.pad(plane, padding, mode="symmetric")
        plane = ops.conv(padded, ops.convert_to_tensor(kernel.reshape(shape)), padding="valid")
    return plane
