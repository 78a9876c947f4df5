"""What ageing does to the relief of skin, as a layer whose weights lie in the mean face.

In the mean face a wrinkle has one place, whoever has it. The face parser says where each pixel of a
head lies there (its *flow*), along which the maps are looked up.
"""

import keras
import numpy as np
from keras import ops

from faceaging_tf.layers.ageing_years import GROWN, adult_years
from faceaging_tf.layers.bare_skin import between
from faceaging_tf.layers.futures import FUTURES
from faceaging_tf.layers.gaussian import blurred, enlarged, halved, mixed, pyramid, shrunk
from faceaging_tf.layers.grey_hair import paleness
from faceaging_tf.layers.guided_filter import box
from faceaging_tf.layers.luminance import log_luminance
from faceaging_tf.layers.mean_face_part import MAP_SIDE, MeanFacePart, columns, mean_of, planes
from faceaging_tf.layers.sampling import SampleAlongFlow
from faceaging_tf.layers.wanted_hair import BELOW_NOSE, places_of

# The part of the mean face that has relief: left, top, and side, fractions of the whole-head
# square; in whole pixels of 256, so that positions in it are exact in half precision.
WINDOW = (32 / 256, 42 / 256, 192 / 256)
# Side of the map of coarse relief in pixels.
COARSE_SIDE = 128
# Side at which bands are taken: a Gaussian of one pixel there is one of 1/256 of the head's square.
BAND_SIDE = 256
BANDS = 4
# How much of an exemplar's relief is laid on without its crispness, and how much of that comes to
# it where skin has pores: crisp lines on smooth skin look drawn. What is not crisp is blurred by
# these Gaussians, for a sharp and for a hazy picture, fractions of the relief map's side.
SOFTLY, CRISPLY, SOFT = 0.84, 0.7, (2.0 / 384, 3.2 / 384)
# How far around a line its strength is told, likewise.
AROUND = 4.0 / 384
# Sharpness, negative, up to which a picture is sharp, and from which it is hazy.
HAZY = (-0.15, -0.105)
# A beard is paler than the skin by such a share of what would be grey, or darker by so much of log
# luminance.
PALER, DARKER = (0.2, 0.45), (0.3, 0.55)
PARTS = ("wrinkles", "tone", "shape", "hair", "refinement")


def _limited(change, up, down):
    """A change softly held between `-down` and `up`."""
    return ops.where(change > 0, up * ops.tanh(change / up), down * ops.tanh(change / down))


def _compressed(change, up, down):
    """A change held between `-down` and `up` so gently that what is deeper stays deeper: a fold
    with a flat bottom looks like a stain.
    """
    return change / (1.0 + ops.maximum(change, 0.0) / up + ops.maximum(-change, 0.0) / down)


def _weakened(lines, most):
    """Lines `(N, R, R, 1)`, weaker where their mean around is not far below `most`. Each keeps its
    profile: held pixel by pixel, it would be a strip of one shade with hard edges.
    """
    size = lines.shape[1]
    around = enlarged(blurred(halved(ops.abs(lines)), AROUND * (size // 2)), size)
    return lines / (1.0 + around / most)


@keras.saving.register_keras_serializable(package="faceaging_tf")
class Relief(MeanFacePart):
    """The change of log luminance by folds, lines and pores:
    `m * limit(a * (own bands' change + d * exemplar's relief))`, d the larger, the darker the skin.

    Older: relief of the exemplar that suits the face best, and the face's own bands stronger.
    Younger: the face's own bands, weaker.

    Weights:
        fine `(K, R * R)`: fine relief of K exemplars in the window of the mean face, multiplied by
        where it shows skin, R pixels a side. coarse `(2, 128, 128, 1)`: coarse relief of men and of
        women in that window: old less young, averaged over many, so that what all share stays and
        whose folds they are goes. places `(64, 64, 2)`: in the mean face, 0 to 1, the forehead;
        eyes and nose. traits `(K, 5)`: of the exemplars, see `networks.face_parser.TRAITS` without
        the first. roles `(K, 3)`: 1 where an exemplar serves men, women, any forehead. ages `(K,)`:
        years. sharpness `(K,)`: see `sharpness_of`. own `(2, 4)`: what becomes of the face's own
        bands at full strength, older and younger, finest first.

    Args:
        exemplars: K.
        side: R.
        bank: another `Relief`, whose exemplars and places this one uses; only coarse relief and the
            weights of the face's own bands are then its own. None for a bank of its own.

    Input: a list of face `(N, S, S, 3)` in 0 to 1, flow, traits `(N, 6)`, skin `(N, 128, 128, 1)`,
    years `(N, 1)`, age `(N, 1)`, strength `(N, 1)`; and where it knows several futures `(N, 4)`,
    the first four of `faceaging_tf.layers.futures.Future`. Output: `(N, S, S, 1)` float32.
    """

    # How far relief may brighten and darken, limits of log luminance; fine and coarse relief by
    # themselves, too.
    LINE_LIMIT, FOLD_LIMITS = 0.2, (0.05, 0.32)
    OLDER_LIMITS = (0.12, 0.4)
    YOUNGER_LIMITS = (0.35, 0.6)
    # A line is what is darker by so much of log luminance than this level of the pyramid; it goes
    # where the second of its own bands is weakened by so much.
    LINE, LINE_LEVEL, LINES_GONE = 0.06, 3, 0.56
    # Older, so much of the folds of averages, for exemplars have folds, too; younger, own bands are
    # weakened by so much less, for lines go by themselves.
    FOLDED, WEAKENED = 0.7, 0.75
    # A face has as much of the exemplar's relief as it has of the way to the exemplar's age, times
    # the first of these, and the second at most; all of it would take its own skin away.
    STRONGER, STRONGEST = 1.2, 1.6
    # Made younger, a beard keeps so much of its own relief, which is no wrinkles.
    BEARD_KEPT = 0.85
    # Relief is in proportion to this over the luminance of the face's skin, within limits.
    SHADE, BY_SHADE = 0.6, (0.75, 1.9)

    def __init__(self, exemplars=16, side=384, bank=None, **kwargs):
        super().__init__(**kwargs)
        if isinstance(bank, dict):
            bank = keras.saving.deserialize_keras_object(bank)
        self.bank = bank
        self.exemplars, self.side = (
            (exemplars, side) if bank is None else (bank.exemplars, bank.side)
        )
        self.in_window = SampleAlongFlow(WINDOW, name="in_window")
        if bank is None:
            self.fine = self.map_weight("fine", exemplars, side * side)
        self.coarse = self.map_weight("coarse", 2, COARSE_SIDE, COARSE_SIDE, 1)
        if bank is None:
            self.places = self.map_weight("places", MAP_SIDE, MAP_SIDE, 2)
            # What is known of the exemplars: nothing to train.
            self.traits = self.map_weight("traits", exemplars, 5, trainable=False)
            self.roles = self.map_weight("roles", exemplars, 3, trainable=False)
            self.ages = self.map_weight("ages", exemplars, trainable=False)
            self.sharpness = self.map_weight("sharpness", exemplars, trainable=False)
        self.own = self.add_weight(name="own", shape=(2, BANDS), initializer="ones")

    def _known(self):
        # No property: Keras would look into it for weights, and into itself.
        return self if self.bank is None else self.bank

    def call(self, inputs):
        face, flow, traits, skin, years, age, strength, *future = inputs
        rank, lines, folded, own = columns(future[0]) if future else (None, 1.0, 1.0, 1.0)
        size = face.shape[1]
        older = ops.cast(years > 0, "float32")
        years = adult_years(years, age)
        light = log_luminance(face)
        base = shrunk(light, BAND_SIDE)
        levels = pyramid(base, BANDS)
        female = ops.sigmoid(traits[:, :1])
        chosen, forehead = self._chosen(traits[:, 1:], female, rank)
        exemplar_age, exemplar_sharpness = (
            ops.matmul(chosen, each[:, None])
            for each in (self._known().ages, self._known().sharpness)
        )
        own_sharpness = sharpness_of(base, levels[0])
        sharp = ops.clip(own_sharpness / ops.maximum(exemplar_sharpness, 1e-3), 0.4, 1.0)
        missing = ops.maximum(exemplar_age - ops.maximum(age, GROWN), 25.0)
        older_amount = ops.clip(self.STRONGER * years / missing, 0.0, self.STRONGEST)
        # A face of 60 has more lines to lose than one of 30.
        younger_amount = ops.clip(
            -years / 40.0 * ops.clip((age - 15.0) / 40.0, 0.2, 1.25), 0.0, 1.15
        )
        amount = ops.where(years > 0, older_amount, younger_amount)
        amount = amount * strength
        places = self.look_up([self._known().places[None], enlarged(flow, MAP_SIDE)])
        # Around eyes and nose, another's relief would not lie where the face's own forms are.
        lent = 1.0 - 0.7 * enlarged(places[..., 1:], skin.shape[1])
        fine = self._fine(chosen, forehead)
        soft, softest = (blurred(fine, share * self.side) for share in SOFT)
        hazy = planes(between(-own_sharpness, *HAZY))
        soft = soft + hazy * (softest - soft)
        crisp = crispness_of(base, levels[0], enlarged(skin * lent, BAND_SIDE))
        # Relief finer than the face's own sharpness looks pasted.
        crisply = planes(sharp**2 * crisp)
        fine = planes(older * amount * lines) * (SOFTLY * soft + CRISPLY * crisply * (fine - soft))
        change = self.in_window([_weakened(fine, self.LINE_LIMIT), flow], size=size)
        coarse = self.in_window(
            [ops.concatenate([self.coarse[:1], self.coarse[1:]], axis=-1), flow], size=skin.shape[1]
        )
        coarse = coarse[..., :1] * planes(1.0 - female) + coarse[..., 1:] * planes(female)
        around = levels[self.LINE_LEVEL] / pyramid(ops.ones_like(base), BANDS)[self.LINE_LEVEL]
        shading = shading_of(levels[1], around, skin)
        folds = _compressed(
            planes(self.FOLDED * older * amount * folded * shading) * coarse, *self.FOLD_LIMITS
        )
        shade = self._shade(base, skin)
        change = shade * enlarged(lent, size) * (change + enlarged(folds, size))
        # What a compressed or enlarged picture has in its bands is not skin; it is strengthened
        # less.
        change = change + planes(amount * own * (1.0 - 0.5 * older * (1.0 - crisp))) * mixed(
            light, levels, self._own_weights(older)
        )
        # Made younger, weaker bands would leave a deep line alone on smooth skin.
        line = ops.minimum(light - enlarged(around, size) + self.LINE, 0.0)
        gone = ops.clip(amount * (1.0 - self.own[1, 1]) / self.LINES_GONE, 0.0, 1.0)
        change = change - planes((1.0 - older) * gone) * line
        up, down = (
            planes(older * old + (1.0 - older) * young)
            for old, young in zip(self.OLDER_LIMITS, self.YOUNGER_LIMITS, strict=True)
        )
        change = _limited(change, shade * up, shade * down)
        grey = enlarged(0.6 * _grey_highlights(face, older), size)
        change = ops.where(change < 0, change * (1.0 - grey), change)
        # Made younger, eyes, nose and forehead keep more of their own, and beards most of it.
        younger = planes(1.0 - older)
        kept = ops.maximum(1.0 - lent, self.BEARD_KEPT * _beard(face, base, flow, skin))
        mask = enlarged(skin * (1.0 - younger * kept), size)
        return change * mask * (1.0 - 0.4 * younger * enlarged(places[..., :1], size))

    def _shade(self, light, skin):
        """How much stronger relief is on dark skin than on light, as a factor of log luminance,
        `(N, 1, 1, 1)`: texture is about as strong in a picture's values on skin of every shade.
        """
        mean = ops.exp(mean_of(shrunk(light, skin.shape[1]), skin))
        return ops.clip(self.SHADE / mean, *self.BY_SHADE)

    def _chosen(self, traits, female, rank=None):
        """Which exemplar serves face and forehead, as rows of one 1, `(N, K)` each: the nearest in
        traits, or the one of a rank, `(N, 1)`, behind it.
        """
        distance = ops.sum(ops.abs(traits[:, None] - self._known().traits[None]), axis=-1)
        man, woman, any_forehead = (self._known().roles[:, number][None] for number in range(3))
        serves = ops.where(female > 0.5, woman, man)

        # Not `ops.argmin`, which tells -0 from 0 by bits, an operation that LiteRT does not have.
        def one(rows):
            count = 1 if rank is None else min(len(FUTURES), self.exemplars)
            nearest = ops.one_hot(ops.top_k(-rows, count)[1], self.exemplars, dtype="float32")
            if rank is None:
                return nearest[:, 0]
            places = ops.convert_to_tensor(np.arange(count, dtype="float32"))
            of_rank = ops.cast(ops.abs(ops.minimum(rank, count - 1.0) - places) < 0.5, "float32")
            return ops.sum(of_rank[:, :, None] * nearest, axis=1)

        return one(distance + 1e3 * (1.0 - serves)), one(distance + 1e3 * (1.0 - any_forehead))

    def _fine(self, chosen, forehead):
        """One exemplar's fine relief over the face and another's over the forehead, in the window,
        `(N, R, R, 1)`.
        """
        # One product for both: the runtime keeps a copy of the maps for each.
        rows = ops.concatenate([chosen, forehead], axis=0)
        face, forehead = (
            ops.reshape(each, (-1, self.side, self.side, 1))
            for each in ops.split(ops.matmul(rows, self._known().fine), 2, axis=0)
        )
        # At the map's own density, and times one, which no converter knows: it would store the
        # enlarged places.
        dense = max(self.side // 8, 1)
        places = self._window(self._known().places[None, :, :, :1], dense)
        places = enlarged(places * planes(ops.sum(chosen, axis=1)), self.side)
        return face + (forehead - face) * places

    def _window(self, maps, size):
        """Maps of the mean face `(1, 64, 64, C)` over its window, `(1, size, size, C)`."""
        left, top, side = WINDOW
        axis = (np.arange(size, dtype="float32") + 0.5) / size
        x, y = np.meshgrid(left + side * axis - axis, top + side * axis - axis)
        return self.look_up([maps, ops.convert_to_tensor(np.stack([x, y], axis=-1)[None])])

    def _own_weights(self, older):
        """Weights of the plane and of its pyramid's levels that make `sum_i (own_i - 1) * band_i`,
        `(N, 5)`.
        """
        less = older * (self.own[:1] - 1.0) + self.WEAKENED * (1.0 - older) * (self.own[1:] - 1.0)
        nothing = ops.zeros_like(less[:, :1])
        return ops.concatenate([less, nothing], axis=-1) - ops.concatenate([nothing, less], axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[0][:-1], 1)

    def get_config(self):
        return {
            **super().get_config(),
            "exemplars": self.exemplars,
            "side": self.side,
            "bank": keras.saving.serialize_keras_object(self.bank),
        }


def sharpness_of(light, blurred_light):
    """How sharp a head is, `(N, 1)`: the finest band's deviation over the whole's, inside the
    face's square.

    Args:
        light: `(N, 256, 256, 1)` log luminance of a whole head.
        blurred_light: the same, blurred by one pixel.
    """
    size = light.shape[1]
    rows, columns = (
        slice(int(low * size), int(high * size)) for low, high in ((0.35, 0.88), (0.29, 0.71))
    )
    cut = lambda plane: plane[:, rows, columns]
    deviation = lambda plane: ops.sqrt(
        ops.mean(ops.square(plane - ops.mean(plane, axis=(1, 2, 3), keepdims=True)), axis=(1, 2, 3))
        + 1e-8
    )
    return ops.reshape(
        deviation(cut(light - blurred_light)) / ops.maximum(deviation(cut(light)), 0.03), (-1, 1)
    )


def crispness_of(light, blurred_light, skin):
    """How much texture the skin has, `(N, 1)`: 0 where it is as smooth as paint, 1 where pores are
    seen. Crisp lines on smooth skin look drawn.

    Args:
        light: `(N, 256, 256, 1)` log luminance of a whole head.
        blurred_light: the same, blurred by one pixel.
        skin: `(N, S, S, 1)` in 0 to 1.
    """
    skin = shrunk(skin, light.shape[1])
    # Edges are not texture: what is stronger counts no more than pores do.
    texture = ops.minimum(ops.abs(light - blurred_light), 0.006)
    return ops.reshape(between(mean_of(texture, skin), 0.0036, 0.0056), (-1, 1))


def shading_of(light, around, skin):
    """How much light and shadow a face has, `(N, 1)`: 1 where the light shows its forms, less in a
    flat or hazy picture, which shows hardly any folds either.

    Args:
        light: `(N, S, S, 1)` log luminance of a whole head, blurred by two pixels of 256.
        around: the same, blurred by eight, of another size.
        skin: `(N, S, S, 1)` in 0 to 1.
    """
    # Brows and lips are dark in any light: what is stronger counts no more than a fold does.
    forms = ops.minimum(ops.abs(light - enlarged(around, light.shape[1])), 0.05)
    seen = between(mean_of(forms, shrunk(skin, light.shape[1])), 0.026, 0.04)
    return ops.reshape(0.35 + 0.65 * seen, (-1, 1))


def _beard(face, light, flow, skin):
    """Where a beard may lie over the skin, `(N, h, h, 1)` in 0 to 1: below the nose, what is paler
    or darker than the skin; shadows, too.

    Args:
        face, light: `(N, S, S, 3)` in 0 to 1, and its log luminance, of another size.
        flow: `(N, k, k, 2)` of the parser.
        skin: `(N, h, h, 1)` in 0 to 1, beards included.
    """
    small, light = shrunk(face, skin.shape[1]), shrunk(light, skin.shape[1])
    pale = paleness(mean_of(small, skin))
    paler = (paleness(small) - pale) / ops.maximum(1.0 - pale, 0.1)
    darker = mean_of(light, skin) - light
    other = ops.maximum(between(paler, *PALER), between(darker, *DARKER))
    height = enlarged(places_of(flow)[..., 1:], skin.shape[1])
    return box(other, 1) * between(height, *BELOW_NOSE)


def _grey_highlights(face, older):
    """Where grey hair or a highlight lies over the skin, `(N, S/4, S/4, 1)` in 0 to 1: bright and
    without colour; less is darkened there.
    """
    small = halved(halved(face))
    span = ops.max(small, axis=-1, keepdims=True) - ops.min(small, axis=-1, keepdims=True)
    return (
        planes(older)
        * between(log_luminance(small), -0.3, -0.1)
        * between(-span, -60 / 255, -20 / 255)
    )
