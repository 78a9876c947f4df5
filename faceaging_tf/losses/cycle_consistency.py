"""Cycle consistency: there and back again is where one began."""

import keras

from faceaging_tf.losses.mean_absolute import mean_absolute


def cycle_consistency(images, cycled):
    """`E|F(G(x)) - x|` (Zhu et al., ICCV 2017): images and their round trip, `(N, H, W, C)` each, to `(N,)`."""
    return mean_absolute(cycled, images)


@keras.saving.register_keras_serializable(package="faceaging_tf")
class CycleConsistencyLoss(keras.losses.Loss):
    """`cycle_consistency` as a `keras.losses.Loss`: `y_true` the images, `y_pred` their round trip."""

    def call(self, y_true, y_pred):
        return cycle_consistency(y_true, y_pred)
