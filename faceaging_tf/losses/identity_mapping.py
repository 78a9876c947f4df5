"""Identity mapping: what is in the target domain already stays as it is."""

import keras

from faceaging_tf.losses.mean_absolute import mean_absolute


def identity_mapping(images, mapped):
    """`E|G(y) - y|`, y of the domain that G maps *to* (Zhu et al., ICCV 2017, section 5.2): `(N, H, W, C)` each, to `(N,)`."""
    return mean_absolute(mapped, images)


@keras.saving.register_keras_serializable(package="faceaging_tf")
class IdentityMappingLoss(keras.losses.Loss):
    """`identity_mapping` as a `keras.losses.Loss`: `y_true` the images, `y_pred` what the generator makes of them."""

    def call(self, y_true, y_pred):
        return identity_mapping(y_true, y_pred)
