"""How lips, eyes and brows stand out from the skin around them: less with age."""

import keras
from keras import ops

from faceaging_tf.layers.ageing_years import adult_years, lines_of
from faceaging_tf.layers.bare_skin import between
from faceaging_tf.layers.gaussian import enlarged, shrunk
from faceaging_tf.layers.guided_filter import box
from faceaging_tf.layers.luminance import DARKEST, LUMINANCE
from faceaging_tf.layers.mean_face_part import MeanFacePart

FEATURES = ("lips", "eyes", "brows")
# Side of the map of their places in pixels.
PLACES_SIDE = 128


@keras.saving.register_keras_serializable(package="faceaging_tf")
class FacialContrast(MeanFacePart):
    """The change of log colour by which lips and eyes come nearer to the colour of the skin around
    them, and brows to its light, or go farther from it: facial contrast falls with age, and people
    read age by it (Porcheron, Mauger and Russell, 2013).

    Weights, none to train:
        places `(128, 128, 3)`: in the mean face, 0 to 1, `FEATURES`. change `(2, 2, 3)`: men and
        women; of each feature's contrast, as a share of what it is at 18: per 50 years, and per 50
        years beyond 45.

    Input: a list of face `(N, S, S, 3)` in 0 to 1, flow, traits `(N, 6)`, skin `(N, 128, 128, 1)`,
    years `(N, 1)`, age `(N, 1)`, strength of tone and of hair `(N, 1)` each; and where it takes a
    wish `(N, 1)`, see `HairTone`, brows go by it. Output: `(N, 128, 128, 3)` float32.
    """

    # Contrast that is left at least and at most, as shares of what there was.
    LEAST, MOST = 0.3, 1.35
    # What brows lose that are to be quite grey.
    GREY_BROWS = 0.5
    # Contrast of light, in log colour, of which no more than this takes part: a pupil stays black.
    LIMITS = (0.4, 0.8, 1.0)
    # Lips fade rather than get lighter: so much of their darkness stays.
    LIPS_LIGHT_KEPT = 0.5
    # Teeth, which are lighter than lips' surroundings, lose so much of what lips lose.
    TEETH = 0.6
    # Radii in pixels of the skin's mask: of the skin around a feature, and within which there has
    # to be some: what lies behind dark lenses or a mask stays.
    AROUND, NEAR = 8, 6

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.places = self.map_weight("places", PLACES_SIDE, PLACES_SIDE, 3, trainable=False)
        self.change = self.map_weight("change", 2, 2, 3, trainable=False)

    def call(self, inputs):
        face, flow, traits, skin, years, age, tone, hair, *wanted = inputs
        gain = self._gain(years, age, ops.sigmoid(traits[:, :1]), tone, hair, *wanted)
        places = self.look_up([self.places[None], enlarged(flow, skin.shape[1])])
        light = ops.log(ops.maximum(shrunk(face, skin.shape[1]), DARKEST))
        bare = ops.square(skin) * (1.0 - ops.max(places, axis=-1, keepdims=True))
        around = box(light * bare, self.AROUND) / ops.maximum(box(bare, self.AROUND), 1e-3)
        places = places * between(box(bare, self.NEAR), 0.02, 0.1) * gain
        lips, eyes, brows = ops.split(places, 3, axis=-1)
        contrast = light - around
        dark = -ops.sum(contrast * ops.convert_to_tensor(LUMINANCE), axis=-1, keepdims=True)
        red = contrast[..., :1] - contrast[..., 1:2]
        lips = lips * ops.maximum(between(red, 0.0, 0.08), self.TEETH * between(-dark, 0.0, 0.15))
        brows = brows * between(dark, 0.05, 0.3)
        parted = ops.maximum(ops.abs(dark), 1e-3)
        lips, eyes, brows = (
            part * ops.minimum(1.0, limit / parted)
            for part, limit in zip((lips, eyes, brows), self.LIMITS, strict=True)
        )
        # Brows get lighter, not as red as the skin.
        kept = self.LIPS_LIGHT_KEPT * ops.maximum(dark, 0.0)
        return lips * (contrast + kept) + eyes * contrast - brows * dark

    def _gain(self, years, age, female, tone, hair, wanted=None):
        """What comes to each feature's contrast, as a share of it, `(N, 1, 1, 3)`."""
        years = adult_years(years, age)
        change = ops.reshape(self.change, (2, 6))
        change = ops.reshape(change[:1] * (1.0 - female) + change[1:] * female, (-1, 2, 3))

        def left(at):
            first, second = lines_of(at)
            return ops.maximum(
                1.0 + (first - 18.0 / 50.0) * change[:, 0] + second * change[:, 1], self.LEAST / 2
            )

        gain = ops.clip(left(age + years) / left(age), self.LEAST, self.MOST) - 1.0
        brows = hair * gain[:, 2:]
        if wanted is not None:
            brows = ops.where(wanted >= 0, -self.GREY_BROWS * hair * wanted, brows)
        return ops.reshape(
            ops.concatenate([tone * gain[:, :2], brows], axis=-1), (-1, 1, 1, len(FEATURES))
        )

    def compute_output_shape(self, input_shape):
        return (*input_shape[3][:-1], 3)
