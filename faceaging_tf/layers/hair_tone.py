"""Hair that greys, or gets its colour back."""

import keras
import numpy as np
from keras import ops

from faceaging_tf.layers.bare_skin import between
from faceaging_tf.layers.gaussian import enlarged, shrunk
from faceaging_tf.layers.guided_filter import box, guided
from faceaging_tf.layers.hair_strands import strands
from faceaging_tf.layers.luminance import luminance
from faceaging_tf.layers.mean_face_part import MAP_SIDE, MeanFacePart, mean_of, planes
from faceaging_tf.layers.wanted_hair import places_of, wanted_hair

# Radius in pixels of the hair's mask, and smoothness, of the guided filter that makes a matte of
# it.
MATTE = (3, 3e-4)
# Radii in pixels of the hair's mask: of a tuft, and over which hair is of one lightness.
LOCAL, BROAD = 3, 10
# Hair is fair rather than grey from the first of these on to the second: the span of its mean
# colour, as a share of the largest of the three.
FAIR = (0.2, 0.4)
# Heights in the mean face, crown and temples, fractions of the whole-head square.
TEMPLE = (0.15, 0.45)
# Hair that goes on beyond the square keeps its colour there, as if it had grown out: from the
# lower, side and upper border on, none of it changes up to the first of these, and all from the
# second on, in fractions of the square.
BORDERS = ((0.02, 0.22), (0.01, 0.14), (0.0, 0.05))
# What is added to lightness where it divides: hair of a dark picture has no contrast of its own.
DIM = 0.06
# Hair is black up to the first of these luminances, and not from the second on; it has no detail
# where it differs by no more than the first of these from its surroundings, and all from the second
# on. Black hair without detail gets so much of its lift.
BLACK, DETAIL, FLAT_LIFT = (0.05, 0.15), (0.002, 0.009), 0.35


def _power(values, exponent):
    return ops.exp(exponent * ops.log(values))


def _inside_the_square(size):
    """Factors that fall to 0 at the borders of the square, of rows `(1, size, 1, 1)` and of columns
    `(1, 1, size, 1)`.
    """
    place = (np.arange(size, dtype="float32") + 0.5) / size
    ramp = lambda distance, low, high: np.clip((distance - low) / (high - low), 0, 1)
    lower, side, upper = BORDERS
    rows = ramp(1 - place, *lower) * ramp(place, *upper)
    columns = ramp(np.minimum(place, 1 - place), *side)
    return (
        ops.convert_to_tensor(rows[None, :, None, None]),
        ops.convert_to_tensor(columns[None, None, :, None]),
    )


def _greyness(colour):
    """How grey hair of a mean colour `(N, 1, 1, 3)` is, 0 to 1: only it gets its colour back;
    fair hair has its own.
    """
    most = ops.max(colour, axis=-1, keepdims=True)
    span = most - ops.min(colour, axis=-1, keepdims=True)
    return 1.0 - between(span / ops.maximum(most, 0.05), *FAIR)


def _deep(hair):
    """How deep in the hair a place is, of `(N, h, h, 1)` likewise, in 0 to 1."""
    return between(box(hair, 3), 0.6, 1.0)


@keras.saving.register_keras_serializable(package="faceaging_tf")
class HairTone(MeanFacePart):
    """Hair that greys, strand by strand, or gets its colour back: lightness towards that of grey
    hair in the light that falls on the skin, less chroma; beards too, and brows less.

    Weights:
        brows `(64, 64, 1)`: in the mean face, 0 to 1. curve `(2,)`: the ages at which greying
        begins and would be complete, by the years that are asked of the generator, which are more
        than those that are wanted (see `calibrating`). grey `(2,)`: lightness of grey hair (0 to
        1), and the share of chroma that goes. dark `(4,)`: lightness of hair that has its colour
        back, at most, and its chroma red, green, blue.

    Input: a list of face `(N, S, S, 3)` in 0 to 1, flow, traits `(N, 6)`, skin and hair
    `(N, 128, 128, 1)`, years `(N, 1)`, age `(N, 1)`, strength `(N, 1)`; and where it takes a wish
    `(N, 1)`: how grey the hair is to be, 0 to 1, whatever the years, with beard and brows, or below
    0 for by the years. Output: the face `(N, S, S, 3)`.
    """

    # How much of their greying shows, men and women: many dye.
    GREYEST = (0.95, 0.75)
    BROW_SHARE = 0.6
    # What comes to the share of chroma that goes, and the chroma of grey hair, red, green, blue, as
    # shares of its lightness: it is warmer than dark hair, not less coloured.
    MORE_FADED, WARM_GREY = 0.12, (0.052, -0.009, -0.07)
    LIGHTEST = 0.8
    # Grey hair is as light as the light that falls on it has it, of which the skin tells: so much
    # of its lightness, and so much more for each unit of the skin's; at most so much is added.
    BY_SKIN, MOST_LIFT = (0.75, 0.7), 0.5
    # Of it in a picture that is not sharp, where lifted hair has no strands and looks painted.
    UNSHARP_LIFT = 0.7
    # How unequally strands are grey, in logits, and how unequally light, where they are lifted.
    UNEQUAL, VARIED = 0.2, 0.05
    # At its border hair is lifted by so much of it; where it passes into skin, strands differ by so
    # much more, and what is this far on the way from the skin's colour is skin.
    AT_BORDER, VARIED_AT_BORDER, STILL_SKIN = 0.7, 0.2, 0.15
    # How much earlier temples are grey than the crown, in logits.
    TEMPLES = 1.6

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        constant = lambda name, *values: self.add_weight(
            name=name,
            shape=(len(values),),
            initializer=lambda shape, dtype=None: ops.convert_to_tensor(values, "float32"),
        )
        self.brows = self.map_weight("brows", MAP_SIDE, MAP_SIDE, 1)
        self.curve = constant("curve", 45.0, 95.0)
        self.grey = constant("grey", 0.5, 0.72)
        self.dark = constant("dark", 0.34, 0.033, -0.004, -0.043)

    def call(self, inputs):
        face, flow, traits, skin, hair, years, age, strength, *wanted = inputs
        size = face.shape[1]
        female = planes(ops.sigmoid(traits[:, :1]))
        greyer, darker = self._asked(years, age, strength, female, *wanted)
        small_face = shrunk(face, hair.shape[1])
        light, small = luminance(face), luminance(small_face)
        wished = ops.cast(planes(wanted[0]) >= 0, "float32") if wanted else 0.0
        hair, beard, fair = wanted_hair(face, flow, skin, hair, female, wished)
        # A little hair is a haze, and most of it all of it.
        rows, columns = _inside_the_square(size)
        mask = between(guided(hair, face, *MATTE), 0.2, 0.85) * rows
        brows = self._brows(flow, light, small)
        # Not beside the rows: a converter would store the product of both.
        mask = columns * ops.maximum(
            mask, self.BROW_SHARE * brows * ops.cast(greyer > 0, "float32")
        )
        # Skin that shines through is not lifted: it would become a pale rim at the hairline, and a
        # veil on a shaved head.
        apart = enlarged(1.0 - between(box(skin, 3), 0.02, 0.2), size)
        due, unlike, deep = self._due(face, small_face, skin, hair, apart)
        due = ops.maximum(due, ops.maximum(enlarged(beard, size), brows))
        texture, sharp = strands(face, ops.maximum(hair, skin), between(box(hair, 5), 0.85, 1.0))
        # The odds that a strand is grey; some are before others, and temples before the crown.
        height = enlarged(places_of(flow)[..., 1:], hair.shape[1])
        temples = self.TEMPLES * (between(height, *TEMPLE) - 0.5) * (1.0 - wished)
        odds = greyer * ops.exp(self.UNEQUAL * texture + enlarged(temples, size))
        greyed = odds / (odds + 1.0 - greyer)
        mean = mean_of(small, hair)
        border = (1.0 - deep) * (1.0 - apart) * (1.0 - enlarged(beard, size))
        # On skin, a strand that is much lighter would look like a comb's tooth.
        varied = 1.0 + self.VARIED * ops.clip(texture, -2.0, 2.0)
        varied = varied + self.VARIED_AT_BORDER * border * ops.clip(texture, -2.0, 0.5)
        grey = light + greyed * due * varied * self._lift(
            light, small, mean, skin, hair, sharp, apart
        )
        darker = darker * _greyness(mean_of(small_face, hair)) * ops.maximum(due, unlike * deep)
        dark = grey + darker * (ops.minimum(mean, self.dark[0]) + 0.85 * (grey - mean) - grey)
        # Where no skin is near, all of the matte is hair, and fades up to its outer rim; fair hair
        # does beside the skin, too, whose colour is so like its own that nothing of it is lifted.
        faded = mask * ops.maximum(ops.maximum(due, unlike * apart), enlarged(fair, size)) * greyed
        # Lighter hair shows its colour more: of brown hair that greys, warm grey remains.
        gain = _power(ops.clip(grey / ops.maximum(light, 0.02), 1.0, 4.0), 0.5)
        chroma = (face - light) * (1.0 - faded * (self.grey[1] + self.MORE_FADED))
        chroma = chroma * (1.0 + mask * (gain - 1.0)) + faded * grey * ops.reshape(
            ops.convert_to_tensor(self.WARM_GREY), (1, 1, 1, 3)
        )
        warm = ops.reshape(self.dark[1:], (1, 1, 1, 3)) * ops.minimum(dark / self.dark[0], 1.5)
        chroma = chroma + mask * 0.6 * darker * (warm - chroma)
        return light + mask * (dark - light) + chroma

    def _brows(self, flow, light, small):
        """Where brows are, `(N, S, S, 1)`: in their place, what is darker than the skin around."""
        size = light.shape[1]
        place = enlarged(self.look_up([self.brows[None], enlarged(flow, MAP_SIDE)]), small.shape[1])
        around = enlarged(box(small, 8), size)
        return enlarged(place, size) * between(1.0 - light / ops.maximum(around, 0.05), 0.1, 0.4)

    def _lift(self, light, small, mean, skin, hair, sharp, apart):
        """What hair that is grey all over gains in lightness, `(N, S, S, 1)`."""
        # Where no hair is near, a pixel is its own neighbourhood.
        local, broad = (
            enlarged(
                (box(small * hair, radius) + 0.05 * small) / (box(hair, radius) + 0.05),
                light.shape[1],
            )
            for radius in (LOCAL, BROAD)
        )
        ratio = lambda one, other: (ops.maximum(one, 0.0) + DIM) / (other + DIM)
        seen = ops.minimum(ops.sum(skin, axis=(1, 2), keepdims=True), 1.0)
        by_skin = self.BY_SKIN[0] + self.BY_SKIN[1] * (mean_of(small, skin) + 0.6 * (1.0 - seen))
        # Broad light and shade are kept in part, and strands their contrast.
        wanted = self.grey[0] * by_skin * _power(ratio(broad, mean), 0.5)
        contrast = ops.clip(_power(ratio(light, local), 0.8), 0.4, 1.4) * ops.clip(
            _power(ratio(local, broad), 0.6), 0.5, 1.4
        )
        # The lighter a pixel is already, the less it is lifted.
        headroom = ops.clip(
            (self.LIGHTEST - light) / ops.maximum(self.LIGHTEST - broad, 0.05), 0.0, 1.0
        )
        # What is lighter at the border of the hair is skin: lifted more, it would become a rim.
        inside = _deep(hair)
        deep = enlarged(inside, light.shape[1])
        contrast = deep * contrast + (1.0 - deep) * self.AT_BORDER * ops.minimum(contrast, 1.0)
        # There a pixel is skin and hair mixed: light for its skin, it gets its hair's whole share,
        # or a dark line would remain between grey hair and forehead.
        mixed = (1.0 - deep) * (1.0 - apart)
        headroom = headroom + mixed * (1.0 - headroom)
        return (
            ops.clip(wanted - broad, 0.0, self.MOST_LIFT)
            * (self.UNSHARP_LIFT + (1.0 - self.UNSHARP_LIFT) * sharp)
            * contrast
            * headroom
            * enlarged(self._detailed(small, inside), light.shape[1])
        )

    def _detailed(self, small, inside):
        """How much of its lift hair gets for the detail it shows, `(N, h, h, 1)`: black without any
        would become a grey patch.
        """
        differs = ops.abs(small - box(small, 2))
        around = (box(differs * inside, LOCAL) + 0.02 * mean_of(differs, inside)) / (
            box(inside, LOCAL) + 0.02
        )
        flat = (1.0 - between(around, *DETAIL)) * (1.0 - between(box(small, LOCAL), *BLACK))
        return 1.0 - (1.0 - FLAT_LIFT) * flat

    def _asked(self, years, age, strength, female, wanted=None):
        """How much greyer and how much darker hair is to be, `(N, 1, 1, 1)` each, in 0 to 1."""
        greyness = lambda at: ops.clip(
            (at - self.curve[0]) / (self.curve[1] - self.curve[0]), 0.0, 1.0
        )
        before, after = greyness(age), greyness(age + years)
        greyer = planes(
            strength * ops.maximum(after - before, 0.0) / ops.maximum(1.0 - before, 0.05)
        )
        darker = planes(strength * ops.maximum(before - after, 0.0) / ops.maximum(before, 0.05))
        greyer = greyer * (self.GREYEST[0] * (1.0 - female) + self.GREYEST[1] * female)
        if wanted is not None:
            # Where somebody says how grey it is to be, the years do not count.
            wished = planes(wanted) >= 0
            greyer = ops.where(wished, planes(wanted), greyer)
            darker = ops.where(wished, 0.0, darker)
        return (ops.clip(each, 0.0, 1.0) for each in (greyer, darker))

    def _due(self, face, small_face, skin, hair, apart):
        """How much of each pixel's change is due, `(N, S, S, 1)`, how unlike skin the hair is,
        `(N, 1, 1, 1)`, and how deep in the hair a pixel is, `(N, S, S, 1)`.

        All of it deep in the hair, and where skin is near unless it has the skin's colour; at the
        border, as far as its colour lies on the way from the skin's to the hair's; none where both
        are alike.
        """
        deep = enlarged(_deep(hair), face.shape[1])
        skin, hair = mean_of(small_face, skin), mean_of(small_face, hair)
        way = hair - skin
        length = ops.sum(way * way, axis=-1, keepdims=True)
        along = ops.sum((face - skin) * way, axis=-1, keepdims=True) / ops.maximum(length, 1e-4)
        # Dark skin and dark hair are apart by less.
        unlike = between(ops.sqrt(length) / (luminance(skin) + 0.1), 0.13, 0.3)
        inside = deep * ops.maximum(apart, between(along, 0.3, 0.95))
        return (
            ops.maximum(between(along, self.STILL_SKIN, 1.0), inside) * unlike,
            unlike,
            deep,
        )

    def compute_output_shape(self, input_shape):
        return input_shape[0]
