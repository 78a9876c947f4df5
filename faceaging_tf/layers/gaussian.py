"""Gaussians and the bands between them."""

import numpy as np
from keras import ops

from faceaging_tf.layers.resizing import resize_by_matrices


def kernel(sigma):
    """The weights of a Gaussian, `(2 * reach + 1,)` float32, which sum to 1; reach is three sigmas,
    at least one pixel.
    """
    reach = max(int(np.ceil(3.0 * sigma)), 1)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    return (weights / weights.sum()).astype("float32")


def blurred(planes, sigma, inside=False):
    """Planes `(N, H, W, 1)` blurred by a Gaussian of `sigma` pixels, zeros beyond the border; where
    `inside`, what would lie there counts for nothing.

    All columns are the channels of one convolution, and then all rows: convolutions of one channel
    leave most of a processor idle.
    """
    weights = kernel(sigma)

    def down(turned):
        height, width = turned.shape[1], turned.shape[3]
        found = ops.depthwise_conv(
            turned,
            ops.convert_to_tensor(np.tile(weights[:, None, None, None], (width, 1))),
            padding="same",
        )
        if not inside:
            return found
        # Of each axis by itself: a file would hold the product of both.
        present = np.convolve(np.pad(np.ones(height), len(weights) // 2), weights, "valid")
        return found / ops.convert_to_tensor(present.astype("float32")[None, :, None, None])

    # (N, H, 1, W), then (N, W, 1, H).
    across = down(ops.transpose(down(ops.transpose(planes, (0, 1, 3, 2))), (0, 3, 2, 1)))
    return ops.transpose(across, (0, 3, 1, 2))


def halved(images):
    """Images `(N, H, W, C)` at half their size, by area."""
    return ops.average_pool(images, 2, 2, padding="valid")


def shrunk(images, size):
    """Images `(N, H, W, C)` halved until they are no larger than `size`."""
    while images.shape[1] > size:
        images = halved(images)
    return images


def pyramid(plane, levels):
    """A plane blurred by 1, 2, 4, ... pixels, each at the size where that is one pixel: a Gaussian
    pyramid (Burt and Adelson, 1983).

    A plane that is blurred by one pixel and halved is blurred by .5 of the new ones and by the
    averaging itself (variance 1/16); what is missing to one is added.

    Args:
        plane: `(N, S, S, 1)` float32 tensor, S a multiple of `2 ** (levels - 1)`.
        levels: how many.

    Returns:
        A list of tensors, `(N, S, S, 1)`, `(N, S/2, S/2, 1)`, and so on.
    """
    found = [blurred(plane, 1.0)]
    rest = float(np.sqrt(1.0 - 0.25 - 1 / 16))
    for _ in range(levels - 1):
        found.append(blurred(halved(found[-1]), rest))
    return found


def mixed(plane, levels, weights):
    """A weighted sum of a plane and of its pyramid, made from the coarsest level up.

    Args:
        plane: `(N, S, S, 1)`.
        levels: of `pyramid`.
        weights: `(N, 1 + len(levels))`, the plane's first.

    Returns:
        `(N, S, S, 1)` float32.
    """
    share = lambda number: ops.reshape(weights[:, number], (-1, 1, 1, 1))
    total = share(len(levels)) * levels[-1]
    for number in range(len(levels) - 2, -1, -1):
        total = enlarged(total, levels[number].shape[1]) + share(number + 1) * levels[number]
    return enlarged(total, plane.shape[1]) + share(0) * plane


def enlarged(images, size):
    """Images `(N, H, H, C)` at a larger size, linearly; those of that size as they are.

    Planes that grow much are enlarged by matrices: LiteRT's resizing keeps ten times the bytes of
    a large plane, at each place that it is called.
    """
    if images.shape[-1] == 1 and size >= 4 * images.shape[1]:
        return resize_by_matrices(images, size)
    return (
        images
        if images.shape[1] == size
        else ops.image.resize(images, (size, size), interpolation="bilinear")
    )
