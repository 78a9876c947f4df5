"""How age changes the colour of skin, as a layer whose weights lie in the mean face."""

import keras
from keras import ops

from faceaging_tf.layers.ageing_years import adult_years
from faceaging_tf.layers.gaussian import enlarged
from faceaging_tf.layers.mean_face_part import MAP_SIDE, MeanFacePart, planes


@keras.saving.register_keras_serializable(package="faceaging_tf")
class Tone(MeanFacePart):
    """The change of log colour that age brings to the average face of either sex, in proportion to
    the years.

    Weights: change `(2, 64, 64, 3)`, men and women, log colour per 40 years.

    Input: a list of flow, traits `(N, 6)`, skin `(N, 128, 128, 1)`, years `(N, 1)`, age `(N, 1)`,
    strength `(N, 1)`. Output `(N, 128, 128, 3)` float32.
    """

    # Older may darken and brighten by so much of log colour, the mean of its three, younger
    # likewise.
    OLDER_LIMITS = (-0.14, 0.03)
    YOUNGER_LIMITS = (-0.08, 0.1)
    # Backwards, so much of the change of light and of colour, of so many years at most.
    YOUNGER_YEARS = 48.0
    YOUNGER_LIGHT, YOUNGER_COLOUR = 0.45, 0.2

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.change = self.map_weight("change", 2, MAP_SIDE, MAP_SIDE, 3)

    def call(self, inputs):
        flow, traits, skin, years, age, strength = inputs
        years = adult_years(years, age)
        maps = self.look_up(
            [
                ops.concatenate([self.change[:1], self.change[1:]], axis=-1),
                enlarged(flow, MAP_SIDE),
            ]
        )
        female = planes(ops.sigmoid(traits[:, :1]))
        # What skin has of it is gone before the years are.
        years = ops.maximum(years, -self.YOUNGER_YEARS)
        change = (maps[..., :3] * (1.0 - female) + maps[..., 3:] * female) * planes(
            strength * years / 40.0
        )
        # Backwards, all of it costs more of the person than of the years, and its colour reddens.
        light = ops.mean(change, axis=-1, keepdims=True)
        older = planes(years) > 0
        change = light * ops.where(older, 1.0, self.YOUNGER_LIGHT) + (change - light) * ops.where(
            older, 1.0, self.YOUNGER_COLOUR
        )
        low, high = (
            ops.where(older, old, young)
            for old, young in zip(self.OLDER_LIMITS, self.YOUNGER_LIMITS, strict=True)
        )
        # All three colours by one factor: cut off one by one they would turn grey.
        light = ops.mean(change, axis=-1, keepdims=True)
        change = change * ops.minimum(
            1.0, ops.where(light > 0, high, -low) / ops.maximum(ops.abs(light), 1e-4)
        )
        return enlarged(change, skin.shape[1]) * skin

    def compute_output_shape(self, input_shape):
        return (*input_shape[2][:-1], 3)
