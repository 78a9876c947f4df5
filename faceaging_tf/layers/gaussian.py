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


def along_both(images, weights):
    """Images `(N, H, W, C)` with each pixel the weighted sum of its row, and then of its column,
    `(N, H, W, C)`; zeros beyond the border.

    All columns are the channels of one convolution, and then all rows: convolutions of few channels
    leave most of a processor idle.

    Args:
        weights: `(2 * reach + 1,)` float32.
    """
    height, width, channels = images.shape[1:]
    kernel = lambda count: ops.convert_to_tensor(np.tile(weights[:, None, None, None], (count, 1)))

    def down(turned, rows, count):
        flat = ops.reshape(turned, (-1, rows, 1, count))
        return ops.depthwise_conv(flat, kernel(count), padding="same")

    turned = ops.reshape(down(images, height, width * channels), (-1, height, width, channels))
    turned = down(ops.transpose(turned, (0, 2, 1, 3)), width, height * channels)
    return ops.transpose(ops.reshape(turned, (-1, width, height, channels)), (0, 2, 1, 3))


def blurred(planes, sigma):
    """Planes `(N, H, W, 1)` blurred by a Gaussian of `sigma` pixels, zeros beyond the border."""
    return along_both(planes, kernel(sigma))


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
