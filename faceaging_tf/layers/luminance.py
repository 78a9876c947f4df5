"""Luminance: how light a colour is."""

from keras import ops

# Rec. 601, the weights of JPEG's luminance; `faceaging_tf.geometry.exposure` has the same in NumPy
# alone.
LUMINANCE = (0.299, 0.587, 0.114)
# The least luminance of which a logarithm is taken, on the scale 0 to 1.
DARKEST = 0.02


def luminance(images):
    """The luminance `(N, H, W, 1)` of images `(N, H, W, 3)`, on their scale."""
    return ops.sum(images * ops.convert_to_tensor(LUMINANCE, images.dtype), axis=-1, keepdims=True)


def log_luminance(images):
    """`log max(Y, .02)` `(N, H, W, 1)` of images `(N, H, W, 3)` in 0 to 1."""
    return ops.log(ops.maximum(luminance(images), DARKEST))
