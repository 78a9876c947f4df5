"""How a head's shape moves with age: growth, and what follows it."""

import keras
from keras import ops

from faceaging_tf.layers.ageing_years import GROWN, adult_years, growth_of, lines_of, wanted_years
from faceaging_tf.layers.gaussian import enlarged, shrunk
from faceaging_tf.layers.guided_filter import box
from faceaging_tf.layers.mean_face_part import MAP_SIDE, MeanFacePart, planes


@keras.saving.register_keras_serializable(package="faceaging_tf")
class HeadShape(MeanFacePart):
    """How a head's shape moves with age, as a flow: a child's along two lines of growth, an adult's
    along two lines of age, one from 18 and one more from 45 on. Beyond skin and hair it fades, so
    that what stands behind a person stays.

    Weights: change `(2, 2, 64, 64, 2)`: men and women; flow per 50 years, and per 50 years beyond
    45. growth `(2, 2, 64, 64, 2)`: men and women; flow of each span of `GROWTH_AGES`.

    Input: a list of flow, traits, skin and hair `(N, 128, 128, 1)`, years `(N, 1)`, age `(N, 1)`,
    strength `(N, 1)`. Output `(N, side, side, 2)` float32, fractions of the side.

    Args:
        side: of the output, in pixels.
        grower: another `HeadShape`, whose growth this one uses; None for growth of its own.
    """

    def __init__(self, side=64, grower=None, **kwargs):
        super().__init__(**kwargs)
        if isinstance(grower, dict):
            grower = keras.saving.deserialize_keras_object(grower)
        self.side, self.grower = side, grower
        self.change = self.map_weight("change", 2, 2, MAP_SIDE, MAP_SIDE, 2)
        if grower is None:
            self.growth = self.map_weight("growth", 2, 2, MAP_SIDE, MAP_SIDE, 2, trainable=False)

    def call(self, inputs):
        flow, traits, skin, hair, years, age, strength = inputs
        growth = (self if self.grower is None else self.grower).growth
        # Lines of one sex after the other, each of two channels.
        by_sex = [
            ops.concatenate(
                [each[sex, line][None] for each in (self.change, growth) for line in range(2)],
                axis=-1,
            )
            for sex in range(2)
        ]
        maps = self.look_up([ops.concatenate(by_sex, axis=-1), enlarged(flow, MAP_SIDE)])
        female = planes(ops.sigmoid(traits[:, :1]))
        maps = maps[..., :8] * (1.0 - female) + maps[..., 8:] * female
        # Growth goes by the years that are wanted: it would be over too soon.
        grown = age + wanted_years(years)
        start = ops.where(years > 0, ops.maximum(age, GROWN), age)
        end = start + adult_years(years, age)
        spans = zip(lines_of(start) + growth_of(age), lines_of(end) + growth_of(grown), strict=True)
        total = sum(
            planes((after - before) * strength) * maps[..., 2 * number : 2 * number + 2]
            for number, (before, after) in enumerate(spans)
        )
        person = shrunk(ops.maximum(skin, hair), MAP_SIDE)
        # Whole up to the outline, and over eyes and lips, which are no skin; nothing from a
        # twentieth of the side beyond it.
        return enlarged(
            total
            * enlarged(
                ops.minimum(2.2 * box(person, max(3 * person.shape[1] // MAP_SIDE, 1)), 1.0),
                MAP_SIDE,
            ),
            self.side,
        )

    def compute_output_shape(self, input_shape):
        return (input_shape[0][0], self.side, self.side, 2)

    def get_config(self):
        grower = keras.saving.serialize_keras_object(self.grower)
        return {**super().get_config(), "side": self.side, "grower": grower}
