"""The CycleGAN paper's generator."""

import keras
from keras import layers

from faceaging_tf.layers import (
    AgeCondition,
    InstanceNormalization,
    ReflectionPadding2D,
    ResidualBlock,
)
from faceaging_tf.networks.registry import network


@network
def resnet_generator(
    image_size: int = 256,
    filters: int = 64,
    blocks: int = 9,
    conditioned: bool = False,
    padding: str = "reflect",
    strided_padding: str = "symmetric",
    affine: bool = False,
    epsilon: float = 1e-5,
) -> keras.Model:
    """c7s1-64, d128, d256, residual blocks, u128, u64, c7s1-3: the generator of Zhu et al., ICCV
    2017.

    11.378 M parameters with 9 blocks and 64 filters, as the reference implementation. Age and
    years, when asked for, enter as four more planes of the input.

    Args:
        image_size: side of the image in pixels, a multiple of 4; None takes any size.
        filters: channels of the first convolution.
        blocks: residual blocks; the paper's are 6 at 128 pixels and 9 from 256.
        conditioned: whether years and age are inputs.
        padding: "reflect" (the paper's) or "same" (zeros, faster on a phone).
        strided_padding: of the convolutions of stride 2, plain and transposed: "symmetric" (the
            reference's, one pixel on each side) or "same" (TensorFlow's, one pixel at the right and
            the bottom; that of generators that were trained with Keras 2).
        affine: whether instance normalizations learn a scale and a shift (the reference's do not).
        epsilon: of the instance normalizations.

    Returns:
        A `keras.Model` from `face` `(N, image_size, image_size, 3)` in -1 to 1 (and, conditioned,
        `years` `(N, 1)` and `age` `(N, 1)`, in years) to a face of the same shape in -1 to 1,
        float32.

    Raises:
        ValueError: image_size is no multiple of 4, or strided_padding is neither of the two.

    Example:
        >>> from faceaging_tf.networks import resnet_generator
        >>> resnet_generator(image_size=256).count_params()
        11378179
    """
    if image_size is not None and image_size % 4:
        raise ValueError(f"resnet_generator got image_size={image_size}; it needs a multiple of 4.")
    if strided_padding not in ("symmetric", "same"):
        raise ValueError(
            f'resnet_generator got strided_padding={strided_padding!r}; it needs "symmetric" or "same".'
        )
    face = keras.Input((image_size, image_size, 3), name="face")
    inputs, x = [face], face
    if conditioned:
        inputs += [keras.Input((1,), name="years"), keras.Input((1,), name="age")]
        x = AgeCondition(name="age_condition")(inputs)
    reflect, symmetric = padding == "reflect", strided_padding == "symmetric"
    strided = {
        "strides": 2,
        "padding": "valid" if symmetric else "same",
        "kernel_initializer": _normal(),
    }

    def seven(x, width, name, **kwargs):
        x = ReflectionPadding2D(3 if reflect else 0, name=f"{name}_padding")(x)
        return layers.Conv2D(
            width,
            7,
            padding="valid" if reflect else "same",
            kernel_initializer=_normal(),
            name=f"{name}_convolution",
            **kwargs,
        )(x)

    def normalized(x, name):
        return layers.ReLU(name=f"{name}_activation")(
            InstanceNormalization(epsilon, affine, name=f"{name}_normalization")(x)
        )

    x = normalized(seven(x, filters, "stem"), "stem")
    for number in (1, 2):
        if symmetric:
            x = layers.ZeroPadding2D(1, name=f"down{number}_padding")(x)
        x = layers.Conv2D(filters * 2**number, 3, name=f"down{number}_convolution", **strided)(x)
        x = normalized(x, f"down{number}")
    for number in range(1, blocks + 1):
        x = ResidualBlock(4 * filters, padding, affine, epsilon, name=f"block{number}")(x)
    for number in (2, 1):
        x = layers.Conv2DTranspose(
            filters * 2 ** (number - 1), 3, name=f"up{number}_convolution", **strided
        )(x)
        if symmetric:
            # Keras crops a "same" transposed convolution at the end; the reference pads by 1 and
            # adds one pixel there.
            x = layers.Cropping2D(((1, 0), (1, 0)), name=f"up{number}_cropping")(x)
        x = normalized(x, f"up{number}")
    x = seven(x, 3, "head", dtype="float32")
    x = layers.Activation("tanh", name="aged", dtype="float32")(x)
    return keras.Model(inputs if conditioned else face, x, name="resnet_generator")


def _normal():
    return keras.initializers.get({"class_name": "random_normal", "config": {"stddev": 0.02}})
