"""Hair that greys, or gets its colour back."""

import keras
import numpy as np
from keras import ops

from faceaging_tf.layers.bare_skin import between
from faceaging_tf.layers.gaussian import enlarged, halved, shrunk
from faceaging_tf.layers.grey_hair import where_grey
from faceaging_tf.layers.guided_filter import box, guided
from faceaging_tf.layers.hair_strands import strands
from faceaging_tf.layers.luminance import luminance
from faceaging_tf.layers.mean_face_part import MAP_SIDE, MeanFacePart, mean_of, planes
from faceaging_tf.layers.wanted_hair import places_of, wanted_hair

# Radius in pixels of the hair's mask, and smoothness, of the guided filter that makes a matte of
# it.
MATTE = (3, 3e-4)
# Radii: of a tuft, in pixels of the hair's mask; and in twice such pixels, over which hair is of
# one colour, and skin beside it, where that of all of it counts as much as such a share.
LOCAL, BROAD, BESIDE, MEAN_COUNTS = 3, 5, 3, 0.03
# How far a pixel is on the way from the skin's colour to the hair's where it is still skin, and
# where it is all hair; the same deep in the hair; and by how many times the skin's luminance the
# two differ where they are alike, and where they are not.
SHARE, SURELY, UNLIKE = (0.2, 1.0), (0.15, 0.7), (0.13, 0.3)
# Heights in the mean face, crown and temples, fractions of the whole-head square.
TEMPLE = (0.15, 0.45)
# Hair that goes on beyond the square keeps its colour there, as if it had grown out: from the
# lower, side and upper border on, none of it changes up to the first of these, and all from the
# second on, in fractions of the square.
BORDERS = ((0.02, 0.22), (0.005, 0.1), (0.002, 0.03))
# What is added to lightness where it divides: hair of a dark picture has no contrast of its own.
DIM = 0.06
# Hair is black up to the first of these luminances, and not from the second on; it has no detail
# where it differs by no more than the first of these from its surroundings, and all from the second
# on. A head of black hair without detail gets so much of its lift.
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


def _way(start, end):
    """From colours `(N, h, w, 3)` to others, divided by its squared length, `(N, h, w, 3)`; and how
    unlike both are, `(N, h, w, 1)` in 0 to 1.
    """
    way = end - start
    squared = ops.sum(way * way, axis=-1, keepdims=True)
    # Dark skin and dark hair are apart by less.
    unlike = between(ops.sqrt(squared) / (luminance(start) + 0.1), *UNLIKE)
    return way / ops.maximum(squared, 1e-4), unlike


@keras.saving.register_keras_serializable(package="faceaging_tf")
class HairTone(MeanFacePart):
    """Hair that greys, strand by strand, or gets its colour back: lightness towards that of grey
    hair in the light that falls on the skin, less chroma; beards too, and brows less.

    Weights:
        brows `(64, 64, 1)`: in the mean face, 0 to 1. curve `(2,)`: the ages at which greying
        begins and would be complete, by the years that are asked of the generator, which are more
        than those that are wanted (see `calibrating`). grey `(2,)`: lightness of grey hair (0 to
        1), and the share of chroma that goes. dark `(2,)`: luminance of hair that has its colour
        back, as a share of the skin's, and its chroma, as a share of that of brown hair.

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
    BY_SKIN, MOST_LIFT = (0.68, 0.8), 0.5
    # Of it in a picture that is not sharp, where lifted hair has no strands and looks painted.
    UNSHARP_LIFT = 0.7
    # How unequally strands are grey, in logits, and how unequally light, where they are lifted.
    UNEQUAL, VARIED = 0.2, 0.05
    # At its border hair is lifted by so much of it; where it passes into skin, strands differ by so
    # much more.
    AT_BORDER, VARIED_AT_BORDER = 0.7, 0.2
    # How much earlier temples are grey than the crown, in logits.
    TEMPLES = 1.6
    # Hair is not grey where its mean luminance is no more than the first of these, and may be all
    # grey from the second on; of white hair's lightness at least so much stays.
    GREY_LIGHT, LEFT = (0.2, 0.3), 0.45
    # Hair that is grey now has greyed evenly from this age on; of the old, about so many times the
    # wanted years are asked.
    GREY_FROM, GREY_FOR = 35.0, 2.0
    # The chroma of brown hair, red, green, blue, as shares of its luminance: about that of people
    # of 20 to 40, the same from black to fair, and yellower, for what was grey looks mauve with it.
    BROWN = (0.14, -0.03, -0.2)

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
        self.dark = constant("dark", 0.38, 1.0)

    def call(self, inputs):
        face, flow, traits, skin, hair, years, age, strength, *wanted = inputs
        size = face.shape[1]
        full = lambda plane: enlarged(plane, size)
        female = planes(ops.sigmoid(traits[:, :1]))
        greyer, darker = self._asked(years, age, strength, female, *wanted)
        small_face = shrunk(face, hair.shape[1])
        light, small = luminance(face), luminance(small_face)
        wished = ops.cast(planes(wanted[0]) >= 0, "float32") if wanted else 0.0
        hair, beard, fair = wanted_hair(face, flow, skin, hair, female, wished)
        # How deep in the hair a place is, and how far from skin.
        small_deep = between(box(hair, 3), 0.6, 1.0)
        deep, bearded = full(small_deep), full(beard)
        apart = full(1.0 - between(box(skin, 3), 0.02, 0.2))
        # A little hair is a haze, and most of it all of it.
        rows, columns = _inside_the_square(size)
        matte = between(guided(hair, face, *MATTE), 0.2, 0.85)
        # Where no skin is near the matte tells what is hair; elsewhere it takes shadows for hair.
        near = full(between(box(hair * (1.0 - beard), 3), 0.1, 0.5))
        border = near + apart * (matte - near)
        share, unlike, light_of_hair = self._share(
            face, small_face, skin, hair, beard, small_deep, deep * (1.0 - bearded), apart, border
        )
        brows = self._brows(flow, light, small) * ops.cast(greyer > 0, "float32")
        share = ops.maximum(share, ops.maximum(matte * bearded, self.BROW_SHARE * brows))
        grey_share, how_grey = where_grey(face, small_face, skin, hair, ops.maximum(apart, deep))
        # Columns not beside the rows: a converter would store the product of both.
        darkened = columns * (rows * ops.maximum(share, border * grey_share))
        share = columns * (rows * share)
        mean = mean_of(small, hair)
        less, darkened = self._darker(
            light,
            light_of_hair,
            mean,
            mean_of(small, skin),
            deep,
            darker * how_grey * darkened,
        )
        # Fair hair fades beside the skin, too, whose colour is so like its own that nothing of it
        # is lifted.
        faded = ops.maximum(
            share, columns * (rows * matte * ops.maximum(full(fair), unlike * apart))
        )
        texture, sharp = strands(face, ops.maximum(hair, skin), between(box(hair, 5), 0.85, 1.0))
        # The odds that a strand is grey; some are before others, and temples before the crown.
        height = enlarged(places_of(flow)[..., 1:], hair.shape[1])
        temples = self.TEMPLES * (between(height, *TEMPLE) - 0.5) * (1.0 - wished)
        odds = greyer * ops.exp(self.UNEQUAL * texture + full(temples))
        greyed = odds / (odds + 1.0 - greyer)
        # On skin, a strand that is much lighter would look like a comb's tooth.
        border = (1.0 - deep) * (1.0 - apart) * (1.0 - bearded)
        varied = 1.0 + self.VARIED * ops.clip(texture, -2.0, 2.0)
        varied = varied + self.VARIED_AT_BORDER * border * ops.clip(texture, -2.0, 0.5)
        grey = light + greyed * varied * self._lift(
            light, small, light_of_hair, mean, skin, hair, small_deep, deep, sharp
        )
        after = light + share * (grey - light) - less
        # Lighter hair shows its colour more: of brown hair that greys, warm grey remains.
        gain = _power(ops.clip(after / ops.maximum(light, 0.02), 1.0, 4.0), 0.5)
        faded = faded * greyed
        kept = (
            (1.0 - faded * (self.grey[1] + self.MORE_FADED))
            * (1.0 + share * (gain - 1.0))
            * (1.0 - darkened)
        )
        colour = lambda values: ops.reshape(ops.convert_to_tensor(values), (1, 1, 1, 3))
        return (
            after
            + kept * (face - light)
            + faded * (1.0 - darkened) * after * colour(self.WARM_GREY)
            + darkened * ops.maximum(self.dark[1], 0.0) * after * colour(self.BROWN)
        )

    def _share(self, face, small_face, skin, hair, beard, small_deep, deep, apart, border):
        """Which share of each pixel is hair that is to change, `(N, S, S, 1)`, how unlike skin hair
        is on the whole, `(N, 1, 1, 1)`, and the luminance of the hair around, `(N, S, S, 1)`.

        Beside skin it is told by the pixel's colour: how far it lies on the way from the colour of
        the skin around, or whatever else is there, to that of the hair around. `border` is where
        there may be hair, 0 to 1. Hair of the skin's own colour does not change. `face`, `deep`
        (without beards), `apart` and `border` are `(N, S, S, C)`, the other arguments
        `(N, h, h, C)`.
        """
        full = lambda planes: enlarged(planes, face.shape[1])

        def around(mask, radius):
            # Colours that are smooth: half the size will do.
            sums = box(halved(ops.concatenate([small_face * mask, mask], axis=-1)), radius)
            return (sums[..., :3] + MEAN_COUNTS * mean_of(small_face, mask)) / (
                sums[..., 3:] + MEAN_COUNTS
            )

        not_hair = (0.05 + skin) * (1.0 - between(box(hair, 2), 0.02, 0.2))
        from_colour, to_colour = (
            around(not_hair, BESIDE),
            around(hair * ops.maximum(small_deep, beard), BROAD),
        )
        way, unlike = _way(from_colour, to_colour)
        start = ops.sum(from_colour * way, axis=-1, keepdims=True)
        along = ops.sum(face * full(way), axis=-1, keepdims=True) - full(start)
        unlike = full(unlike)
        at_border = border * between(along, *SHARE)
        inside = deep * ops.maximum(apart, between(along, *SURELY))
        share = unlike * ops.maximum(at_border, inside)
        _, unlike_on_the_whole = _way(mean_of(small_face, skin), mean_of(small_face, hair))
        return (
            unlike_on_the_whole * ops.maximum(share, apart * border * (1.0 - unlike)),
            unlike_on_the_whole,
            full(luminance(to_colour)),
        )

    def _brows(self, flow, light, small):
        """Where brows are, `(N, S, S, 1)`: in their place, what is darker than the skin around."""
        size = light.shape[1]
        place = enlarged(self.look_up([self.brows[None], enlarged(flow, MAP_SIDE)]), small.shape[1])
        around = enlarged(box(small, 8), size)
        return enlarged(place, size) * between(1.0 - light / ops.maximum(around, 0.05), 0.1, 0.4)

    def _lift(self, light, small, broad, mean, skin, hair, small_deep, deep, sharp):
        """What hair that is grey all over gains in lightness, `(N, S, S, 1)`, of the picture's
        luminance `light` and that of the hair around, `broad`, both `(N, S, S, 1)`.
        """
        size = light.shape[1]
        # Where no hair is near, a pixel is its own neighbourhood.
        local = enlarged(
            (box(small * hair, LOCAL) + 0.05 * small) / (box(hair, LOCAL) + 0.05), size
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
        # What is lighter at the border of the hair is so by its share of skin.
        at_border = self.AT_BORDER * ops.minimum(contrast, 1.0)
        return (
            ops.clip(wanted - broad, 0.0, self.MOST_LIFT)
            * (self.UNSHARP_LIFT + (1.0 - self.UNSHARP_LIFT) * sharp)
            * (at_border + deep * (contrast * headroom - at_border))
            * self._detailed(small, small_deep)
        )

    def _detailed(self, small, deep):
        """How much of its lift hair gets for the detail it shows, `(N, 1, 1, 1)`: black without any
        would become a grey patch.
        """
        differs = box(ops.abs(small - box(small, 2)), LOCAL)
        black = 1.0 - between(box(small, LOCAL), *BLACK)
        flat = mean_of(black * (1.0 - between(differs, *DETAIL)), deep)
        return 1.0 - (1.0 - FLAT_LIFT) * flat

    def _darker(self, light, broad, mean, skin, deep, share):
        """The luminance that grey hair loses which gets its colour back, and how much of its colour
        it gets, 0 to 1, `(N, S, S, 1)` each; nothing where it is dark already, or all of it is.

        Args:
            light, broad: `(N, S, S, 1)`, the luminance, and that of the hair around.
            mean, skin: `(N, 1, 1, 1)`, the mean luminance of all the hair, and of the skin.
            deep, share: `(N, S, S, 1)` in 0 to 1, where it is deep in the hair, and which share of
                the pixel is to change.
        """
        left = ops.clip(self.dark[0] * skin / ops.maximum(broad, 0.02), self.LEFT, 1.0)
        share = share * between(1.0 - left, 0.0, 0.2) * between(mean, *self.GREY_LIGHT)
        # Deep in the hair, and where it is lighter than hair and skin, strands keep their contrast;
        # what is skin in part gets as much darker as all hair.
        mixed = ops.minimum(light, broad) + ops.maximum(light - ops.maximum(broad, skin), 0.0)
        return share * (1.0 - left) * (mixed + deep * (light - mixed)), share

    def _asked(self, years, age, strength, female, wanted=None):
        """How much greyer and how much darker hair is to be, `(N, 1, 1, 1)` each, in 0 to 1."""
        greyness = lambda at: ops.clip(
            (at - self.curve[0]) / (self.curve[1] - self.curve[0]), 0.0, 1.0
        )
        before, after = greyness(age), greyness(age + years)
        greyer = planes(
            strength * ops.maximum(after - before, 0.0) / ops.maximum(1.0 - before, 0.05)
        )
        greying = self.GREY_FOR * ops.maximum(age - self.GREY_FROM, 10.0)
        darker = planes(strength * ops.maximum(-years, 0.0) / greying)
        greyer = greyer * (self.GREYEST[0] * (1.0 - female) + self.GREYEST[1] * female)
        if wanted is not None:
            # Where somebody says how grey it is to be, the years do not count.
            wished = planes(wanted) >= 0
            greyer = ops.where(wished, planes(wanted), greyer)
            darker = ops.where(wished, 0.0, darker)
        return (ops.clip(each, 0.0, 1.0) for each in (greyer, darker))

    def compute_output_shape(self, input_shape):
        return input_shape[0]
