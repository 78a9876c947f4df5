"""The age network: a distribution over the ages 0 to 100."""

from collections.abc import Sequence

import keras
from keras import layers

from faceaging_tf.networks.registry import network

AGES = 101


@network
def age_network(
    image_size: int = 128,
    widths: Sequence[int] = (24, 48, 96, 160),
    blocks: Sequence[int] = (1, 2, 2, 1),
    kind: str = "residual",
    dropout: float = 0.2,
) -> keras.Model:
    """Estimates an age: a softmax over 0..100 years, whose expected value is the age (DEX).

    (Rothe et al., "DEX: Deep EXpectation of apparent age from a single image", ICCV Workshops 2015.
    DEX uses VGG-16 of ImageNet; this is a small residual network, or a plain one, trained from
    nothing.) Batch normalization, so that it costs nothing once folded.

    Args:
        image_size: side of the face in pixels.
        widths: channels of the four stages; each halves the side, the stem before them too.
        blocks: blocks of each stage.
        kind: "residual", or "plain" (convolutions and max pooling: another architecture, for a
            second opinion).
        dropout: share of the pooled features dropped in training.

    Returns:
        A `keras.Model` from faces `(N, image_size, image_size, 3)` in -1 to 1 to probabilities
        `(N, 101)`, float32.

    Raises:
        ValueError: an unknown kind, or widths and blocks of different lengths.

    Example:
        >>> from faceaging_tf.networks import age_network
        >>> age_network(image_size=32, widths=(4, 8), blocks=(1, 1)).output_shape
        (None, 101)
    """
    if kind not in ("residual", "plain"):
        raise ValueError(f'age_network got kind={kind!r}; it needs "residual" or "plain".')
    if len(widths) != len(blocks):
        raise ValueError(
            f"age_network got {len(widths)} widths and {len(blocks)} blocks; it needs one number of blocks a width."
        )
    faces = keras.Input((image_size, image_size, 3), name="face")
    x = _convolution(faces, widths[0], 3, 2, "stem")
    for stage, (width, number) in enumerate(zip(widths, blocks, strict=True), start=1):
        for block in range(1, number + 1):
            name = f"stage{stage}_block{block}"
            stride = 2 if block == 1 and stage > 1 else 1
            x = (
                _residual(x, width, stride, name)
                if kind == "residual"
                else _plain(x, width, stride, name)
            )
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dropout(dropout, seed=0, name="dropout")(x)
    x = layers.Dense(AGES, name="logits", dtype="float32")(x)
    x = layers.Softmax(name="age_distribution", dtype="float32")(x)
    return keras.Model(faces, x, name="age_network")


def _convolution(x, width, size, stride, name, activation=True):
    x = layers.Conv2D(
        width,
        size,
        stride,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
        name=f"{name}_convolution",
    )(x)
    x = layers.BatchNormalization(momentum=0.98, epsilon=1e-4, name=f"{name}_normalization")(x)
    return layers.ReLU(name=f"{name}_activation")(x) if activation else x


def _residual(x, width, stride, name):
    shortcut = x
    if stride > 1 or x.shape[-1] != width:
        shortcut = (
            layers.AveragePooling2D(stride, name=f"{name}_shortcut_pool")(x) if stride > 1 else x
        )
        shortcut = _convolution(shortcut, width, 1, 1, f"{name}_shortcut", activation=False)
    x = _convolution(x, width, 3, stride, f"{name}_first")
    x = _convolution(x, width, 3, 1, f"{name}_second", activation=False)
    return layers.ReLU(name=f"{name}_activation")(layers.Add(name=f"{name}_sum")([x, shortcut]))


def _plain(x, width, stride, name):
    if stride > 1:
        x = layers.MaxPooling2D(stride, name=f"{name}_pool")(x)
    return _convolution(x, width, 3, 1, name)
