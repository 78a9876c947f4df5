"""Hair that greys, or gets its colour back."""

import keras
from keras import ops

from faceaging_tf.layers.bare_skin import between
from faceaging_tf.layers.gaussian import enlarged, shrunk
from faceaging_tf.layers.guided_filter import box, guided
from faceaging_tf.layers.luminance import luminance
from faceaging_tf.layers.mean_face_part import MAP_SIDE, MeanFacePart, mean_of, planes
from faceaging_tf.layers.wanted_hair import wanted_hair

# Radius in pixels of the hair's mask, and smoothness, of the guided filter that makes a matte of
# it.
MATTE = (3, 3e-4)
# Radius in pixels of the hair's mask over which hair is of one lightness.
BROAD = 10


@keras.saving.register_keras_serializable(package="faceaging_tf")
class HairTone(MeanFacePart):
    """Hair that greys, or gets its colour back: lightness towards that of grey hair, less chroma;
    brows a fifth as much.

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
    GREYEST = (0.9, 0.5)
    BROW_SHARE = 0.2
    LIGHTEST = 0.75
    # Where it is said how grey: the brows' share, and what comes to the lightness and to the share
    # of chroma, for nobody's hair is grey all over by the years alone.
    WISHED_BROW_SHARE, WISHED_LIGHT, WISHED_CHROMA = 0.6, 0.08, 0.05

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
        greyness = lambda at: ops.clip(
            (at - self.curve[0]) / (self.curve[1] - self.curve[0]), 0.0, 1.0
        )
        before, after = greyness(age), greyness(age + years)
        greyer = strength * ops.maximum(after - before, 0.0) / ops.maximum(1.0 - before, 0.05)
        darker = strength * ops.maximum(before - after, 0.0) / ops.maximum(before, 0.05)
        greyer, darker = (
            planes(greyer) * (self.GREYEST[0] * (1.0 - female) + self.GREYEST[1] * female),
            planes(darker),
        )
        # Where somebody says how grey it is to be, the years do not count.
        wished = 0.0
        small_face = shrunk(face, hair.shape[1])
        if wanted:
            wished = planes(ops.cast(wanted[0] >= 0, "float32"))
            greyer = ops.where(wished > 0, planes(wanted[0]), greyer)
            darker = darker * (1.0 - wished)
            wanted_there, beard, fair = wanted_hair(face, flow, skin, hair, female)
            hair = hair + wished * (wanted_there - hair)
        greyer, darker = (ops.clip(each, 0.0, 1.0) for each in (greyer, darker))
        # A little hair is a haze, and most of it all of it.
        mask = between(guided(hair, face, *MATTE), 0.2, 0.85)
        brows = enlarged(self.look_up([self.brows[None], enlarged(flow, MAP_SIDE)]), hair.shape[1])
        light = luminance(face)
        small = luminance(small_face)
        # A brow is what is darker than the skin around it.
        around = enlarged(box(small, 8), size)
        brows = enlarged(brows, size) * between(1.0 - light / ops.maximum(around, 0.05), 0.1, 0.4)
        share = self.BROW_SHARE + (self.WISHED_BROW_SHARE - self.BROW_SHARE) * wished
        mask = ops.maximum(mask, share * brows * ops.cast(greyer > 0, "float32"))
        mean = mean_of(small, hair)
        near = lambda radius: box(small * hair, radius) / ops.maximum(box(hair, radius), 0.05)
        local = enlarged(near(3), size)
        if wanted:
            # Each strand of hair by what it is, so that a grey head does not keep a dark beard.
            mean = mean + wished * (enlarged(near(BROAD), size) - mean)
        chroma = face - light
        power = lambda values, exponent: ops.exp(exponent * ops.log(values))
        # Strands keep their contrast; broad light and shade a good part of theirs.
        strands = ops.clip(ops.maximum(light, 0.01) / ops.maximum(local, 0.03), 0.2, 1.9)
        shade = ops.clip(power(ops.maximum(local, 0.01) / ops.maximum(mean, 0.03), 0.8), 0.35, 1.5)
        # The lighter a pixel is already, the less it is lifted.
        headroom = ops.clip(
            (self.LIGHTEST - light) / ops.maximum(self.LIGHTEST - mean, 0.05), 0.0, 1.0
        )
        # Skin that shines through is not lifted: it would become a pale rim at the hairline, and a
        # veil on a shaved head.
        from_skin = self._from_skin(face, small_face, skin, hair, wished)
        if wanted:
            sure = enlarged(ops.maximum(beard, fair), size)
            from_skin = ops.maximum(from_skin, wished * ops.maximum(sure, brows))
            strands = strands + wished * (ops.minimum(ops.sqrt(strands), 1.4 / shade) - strands)
        lift = ops.clip(self.grey[0] + self.WISHED_LIGHT * wished - mean, 0.0, 0.23 + 0.13 * wished)
        grey = light + greyer * lift * strands * shade * headroom * from_skin
        dark = grey + darker * (ops.minimum(mean, self.dark[0]) + 0.85 * (grey - mean) - grey)
        # Lighter hair shows its colour more: of brown hair that greys, warm grey remains.
        gain = ops.clip(grey / ops.maximum(light, 0.02), 1.0, 4.0)
        faded = from_skin
        if wanted:
            # Where no skin is near, all of the matte is hair, and fades up to its outer rim.
            apart = 1.0 - between(box(skin, 3), 0.02, 0.2)
            faded = ops.maximum(from_skin, wished * enlarged(apart, size))
        chroma = (
            chroma
            * (1.0 - mask * faded * (self.grey[1] + self.WISHED_CHROMA * wished) * greyer)
            * (1.0 + mask * (power(gain, 0.8) - 1.0) * (1.0 - 0.6 * wished * greyer))
        )
        warm = ops.reshape(self.dark[1:], (1, 1, 1, 3)) * ops.minimum(dark / self.dark[0], 1.5)
        chroma = chroma + mask * 0.6 * darker * (warm - chroma)
        return light + mask * (dark - light) + chroma

    def _from_skin(self, face, small_face, skin, hair, wished):
        """How much of each pixel's change is due, `(N, S, S, 1)`.

        All of it deep in the hair, unless it has the skin's colour and nobody wished for it; at the
        border, as far as its colour lies on the way from the skin's to the hair's; none where both
        are alike.
        """
        deep = enlarged(between(box(hair, 3), 0.6, 1.0), face.shape[1])
        skin, hair = mean_of(small_face, skin), mean_of(small_face, hair)
        way = hair - skin
        length = ops.sum(way * way, axis=-1, keepdims=True)
        along = ops.sum((face - skin) * way, axis=-1, keepdims=True) / ops.maximum(length, 1e-4)
        return ops.maximum(
            0.6 * between(along, 0.3, 0.9), deep * ops.maximum(between(along, 0.05, 0.4), wished)
        ) * between(ops.sqrt(length), 0.08, 0.2)

    def compute_output_shape(self, input_shape):
        return input_shape[0]
