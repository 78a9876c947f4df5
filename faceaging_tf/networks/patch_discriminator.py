"""The 70x70 PatchGAN discriminator."""

import keras
from keras import layers, ops

from faceaging_tf.layers import AgeProjection, InstanceNormalization, SpectralNormalization
from faceaging_tf.layers.luminance import luminance
from faceaging_tf.networks.registry import network


@keras.saving.register_keras_serializable(package="faceaging_tf")
class FineDetail(layers.Layer):
    """Appends the fine detail of the luminance, `gain * (Y - mean of Y over 5x5 pixels)`, as a
    fourth channel.

    Input `(N, H, W, 3)`; output `(N, H, W, 4)`.
    """

    def __init__(self, gain=4.0, **kwargs):
        super().__init__(**kwargs)
        self.gain = gain

    def build(self, input_shape):
        pass

    def call(self, image):
        light = luminance(image)
        detail = light - ops.average_pool(light, 5, strides=1, padding="same")
        return ops.concatenate([image, self.gain * detail], axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], 4)

    def get_config(self):
        return {**super().get_config(), "gain": self.gain}


@network
def patch_discriminator(
    image_size: int = 128,
    filters: int = 64,
    stages: int = 3,
    spectral: bool = False,
    conditioned: bool = False,
    bins: int = 10,
    gain: float = 1.0,
    detail: float = 0.0,
) -> keras.Model:
    """Scores overlapping patches as real or fake: C64-C128-C256-C512, then one channel.

    The reference's (Isola et al., CVPR 2017; Zhu et al., ICCV 2017): 4x4 convolutions padded by one
    pixel, the first three of stride 2, leaky ReLU 0.2, instance normalization without learned
    parameters but in the first. 2.765 M parameters at 64 filters. Spectral normalization, when
    asked for, replaces instance normalization; an age, when asked for, is projected into the last
    features.

    Args:
        image_size: side of the image in pixels; None takes any size.
        filters: channels of the first convolution, doubled by each, up to eight times it.
        stages: convolutions of stride 2; 3 see 70x70 pixels, 2 see 34x34.
        spectral: whether the kernels are spectrally normalized.
        conditioned: whether the age is an input.
        bins: Gaussian bins of the age.
        gain: of each spectrally normalized convolution, see `SpectralNormalization` (ours).
        detail: above 0, the luminance less its mean over 5x5 pixels, times so much, is one more
            channel of the image, so that what is small and faint, such as etched skin, weighs as
            much as what is large (ours).

    Returns:
        A `keras.Model` from `image` `(N, image_size, image_size, 3)` in -1 to 1 (and, conditioned,
        `age` `(N, 1)` in years) to scores `(N, h, w, 1)`, float32; h is 14 at 128 pixels and 30 at
        256.

    Raises:
        ValueError: the image is too small for the stages.

    Example:
        >>> from faceaging_tf.networks import patch_discriminator
        >>> patch_discriminator(image_size=256).count_params()
        2764737
    """
    if image_size is not None and image_size < 8 * 2**stages // 2:
        raise ValueError(
            f"patch_discriminator got image_size={image_size} with stages={stages}; it needs at least {4 * 2**stages} pixels, or fewer stages."
        )
    image = keras.Input((image_size, image_size, 3), name="image")
    x = FineDetail(detail, name="fine_detail")(image) if detail else image
    convolution = lambda x, filters, stride, name: _convolution(
        x, filters, stride, gain if spectral else None, name
    )
    for number in range(stages + 1):
        stride = 2 if number < stages else 1
        x = convolution(x, filters * min(2**number, 8), stride, f"stage{number + 1}")
        if number and not spectral:
            x = InstanceNormalization(affine=False, name=f"stage{number + 1}_normalization")(x)
        x = layers.LeakyReLU(0.2, name=f"stage{number + 1}_activation")(x)
    scores = convolution(x, 1, 1, "scores")
    inputs = [image]
    if conditioned:
        age = keras.Input((1,), name="age")
        inputs.append(age)
        # The scores' 4x4 convolution leaves one row and one column less than the features have.
        features = layers.AveragePooling2D(2, strides=1, name="age_features")(x)
        projected = AgeProjection(bins, name="age_projection")([features, age])
        scores = layers.Add(name="conditioned_scores")([scores, projected])
    scores = layers.Activation("linear", name="output", dtype="float32")(scores)
    return keras.Model(inputs if conditioned else image, scores, name="patch_discriminator")


def _convolution(x, filters, stride, gain, name):
    x = layers.ZeroPadding2D(1, name=f"{name}_padding")(x)
    # Normal of 0.02, as the reference initializes; spectral normalization makes the scale
    # immaterial.
    initializer = keras.initializers.RandomNormal(stddev=0.02)
    convolution = layers.Conv2D(
        filters, 4, stride, kernel_initializer=initializer, name=f"{name}_convolution"
    )
    return (
        convolution(x)
        if gain is None
        else SpectralNormalization(convolution, gain, name=f"{name}_spectral")(x)
    )
