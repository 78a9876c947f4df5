"""A discriminator that looks at a face through the features of a trained network, and at its fine detail."""

import keras
from keras import layers

from faceaging_tf.layers import AgeProjection, SpectralNormalization
from faceaging_tf.networks import registry
from faceaging_tf.networks.patch_discriminator import FineDetail

# Scores stand on a grid of an eighth of the side.
GRID = 8
STAGES = (2, 3)


@registry.network
def feature_discriminator(image_size=128, backbone=None, filters=64, gain=1.5, detail=6.0, conditioned=True, bins=10):
    """Scores places of a face as real or fake, by features of a frozen network and by the picture itself (ours).

    (Projected discriminators: Sauer et al., "Projected GANs Converge Faster", NeurIPS 2021.) A patch discriminator that starts
    from nothing needs very many faces before it objects to etched skin; the features of a trained network are a start. Beside its generators it still
    learnt little in some thousand steps, see `docs/experiments.md`. A branch of spectrally normalized convolutions reads the backbone's second and third stage each, at a quarter and an eighth of the
    side, and one more reads the picture with its fine detail, so that what the features do not show is seen too. Each gives
    its own score at every place.

    Args:
        image_size: side of the face in pixels, a multiple of 8.
        backbone: specification of a residual `age_network` with three stages or more; its weights are frozen: give it trained ones
            (`backbone_of`).
        filters: channels of each branch's last convolution but one; the last has twice as many.
        gain: of each spectrally normalized convolution.
        detail: of the fine detail, see `FineDetail`.
        conditioned: whether the age is an input, projected into each branch's features.
        bins: Gaussian bins of the age.

    Returns:
        A `keras.Model` from `image` `(N, image_size, image_size, 3)` in -1 to 1 (and, conditioned, `age` `(N, 1)` in years) to
        scores `(N, image_size / 8, image_size / 8, 3)`, float32, one channel a branch.

    Raises:
        ValueError: a side that is no multiple of 8, or a backbone with fewer than three stages.

    Example:
        >>> from faceaging_tf.networks import feature_discriminator
        >>> small = {"network": "age_network", "widths": (4, 4, 4), "blocks": (1, 1, 1)}
        >>> feature_discriminator(image_size=32, backbone=small, filters=4).output_shape
        (None, 4, 4, 3)
    """
    if image_size % GRID:
        raise ValueError(f"feature_discriminator got image_size={image_size}; it needs a multiple of {GRID}.")
    backbone = registry.build(backbone or {"network": "age_network"}, image_size=image_size)
    image = keras.Input((image_size, image_size, 3), name="image")
    age = keras.Input((1,), name="age") if conditioned else None

    def branch(x, name):
        """Convolutions down to the grid, then a score a place."""
        halvings = (x.shape[1] // (image_size // GRID)).bit_length() - 1
        number = max(halvings, 2)
        for place in range(1, number + 1):
            stride = 2 if place > number - halvings else 1
            width = max(2 * filters // 2 ** (number - place), 1)
            convolution = layers.Conv2D(width, 3, stride, padding="same", name=f"{name}_convolution{place}")
            x = SpectralNormalization(convolution, gain, name=f"{name}_spectral{place}")(x)
            x = layers.LeakyReLU(0.2, name=f"{name}_activation{place}")(x)
        convolution = layers.Conv2D(1, 3, padding="same", name=f"{name}_scores_convolution")
        scores = SpectralNormalization(convolution, gain, name=f"{name}_scores")(x)
        if conditioned:
            projected = AgeProjection(bins, name=f"{name}_age_projection")([x, age])
            scores = layers.Add(name=f"{name}_conditioned_scores")([scores, projected])
        return scores

    scores = [branch(FineDetail(detail, name="fine_detail")(image), "picture")]
    for stage, x in zip(STAGES, _stages(backbone)(image, training=False), strict=True):
        # Without learned parameters, so that no branch sees a stage's scale, only what stands out in it.
        x = layers.LayerNormalization(center=False, scale=False, epsilon=1e-3, name=f"stage{stage}_normalization")(x)
        scores.append(branch(x, f"stage{stage}"))
    scores = layers.Concatenate(name="scores")(scores)
    scores = layers.Activation("linear", name="output", dtype="float32")(scores)
    return keras.Model([image, age] if conditioned else image, scores, name="feature_discriminator")


def backbone_of(discriminator):
    """The frozen network inside a `feature_discriminator`, up to its third stage.

    Its weights, in order, are the first ones of the age network that it was cut from: `set_weights(age_network.get_weights()[:n])`.
    """
    return discriminator.get_layer("backbone")


def _stages(network):
    """The network cut after its third stage, frozen: from faces to the features of `STAGES`."""
    last = {}
    for layer in network.layers:
        stage, _, rest = layer.name.partition("_")
        if stage.startswith("stage") and rest.endswith("_activation"):
            last[stage] = layer.output
    names = [f"stage{stage}" for stage in STAGES]
    if not set(names) <= set(last):
        raise ValueError(f"feature_discriminator got a backbone with the stages {', '.join(last) or 'none'}; it needs three or more.")
    stages = keras.Model(network.inputs[0], [last[name] for name in names], name="backbone")
    stages.trainable = False
    return stages
