"""The 70x70 PatchGAN discriminator."""

import keras
from keras import layers

from faceaging_tf.layers import AgeProjection, InstanceNormalization, SpectralNormalization
from faceaging_tf.networks.registry import network


@network
def patch_discriminator(
    image_size: int = 128,
    filters: int = 64,
    stages: int = 3,
    spectral: bool = False,
    conditioned: bool = False,
    bins: int = 10,
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
    x = image
    for number in range(stages + 1):
        stride = 2 if number < stages else 1
        x = _convolution(x, filters * min(2**number, 8), stride, spectral, f"stage{number + 1}")
        if number and not spectral:
            x = InstanceNormalization(affine=False, name=f"stage{number + 1}_normalization")(x)
        x = layers.LeakyReLU(0.2, name=f"stage{number + 1}_activation")(x)
    scores = _convolution(x, 1, 1, spectral, "scores")
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


def _convolution(x, filters, stride, spectral, name):
    x = layers.ZeroPadding2D(1, name=f"{name}_padding")(x)
    # Normal of 0.02, as the reference initializes; spectral normalization makes the scale
    # immaterial.
    initializer = {"class_name": "random_normal", "config": {"stddev": 0.02}}
    convolution = layers.Conv2D(
        filters, 4, stride, kernel_initializer=initializer, name=f"{name}_convolution"
    )
    if spectral:
        convolution = SpectralNormalization(convolution, name=f"{name}_spectral")
    return convolution(x)
