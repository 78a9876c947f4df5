"""The guided filter (He, Sun and Tang, 2010): a coarse mask that follows the edges and strands of a
picture.
"""

from keras import ops

from faceaging_tf.layers.gaussian import enlarged, shrunk

# Of colours in 0 to 1.
MIDDLE = 0.5


def box(planes, radius):
    """The mean `(N, H, W, C)` over squares of `2 * radius + 1` pixels; at the border over what lies
    inside.

    By pooling, which divides in full precision: `guided` takes the difference of such means, and of
    weights in half precision little of it would be left.
    """
    side = 2 * radius + 1
    if planes.shape[-1] > 1:
        return ops.average_pool(
            ops.average_pool(planes, (side, 1), 1, padding="same"), (1, side), 1, padding="same"
        )

    # The columns of a single plane are pooled as if they were its channels: at once.
    # Turned by three axes: of four, LiteRT's converter folds some away in a large network, wrongly.
    rows, columns = planes.shape[1:3]

    def down(plane, rows, columns):
        plane = ops.reshape(plane, (-1, rows, 1, columns))
        return ops.reshape(
            ops.average_pool(plane, (side, 1), 1, padding="same"), (-1, rows, columns)
        )

    across = ops.transpose(down(planes, rows, columns), (0, 2, 1))
    pooled = ops.transpose(down(across, columns, rows), (0, 2, 1))
    return ops.reshape(pooled, (-1, rows, columns, 1))


def guided(mask, images, radius=4, smoothness=1e-3):
    """A mask as a linear function of colour near each pixel: at its own size it is fitted, at that
    of the images it is evaluated (He and Sun, 2015).

    Args:
        mask: `(N, h, h, 1)` in 0 to 1.
        images: `(N, S, S, 3)` in 0 to 1, S = h times a power of two.
        radius: of the windows in pixels of the mask.
        smoothness: variance of colour up to which a window counts as flat; there the mask stays its
            mean.

    Returns:
        `(N, S, S, 1)` float32 in 0 to 1.
    """
    # Counted from the middle: of small numbers the squares, and the differences below, are exact to
    # more places.
    small = shrunk(images, mask.shape[1]) - MIDDLE
    red, green, blue = (small[..., number : number + 1] for number in range(3))
    mean = lambda plane: box(plane, radius)
    r, g, b, share = mean(red), mean(green), mean(blue), mean(mask)
    rr, gg, bb = (
        mean(red * red) - r * r + smoothness,
        mean(green * green) - g * g + smoothness,
        mean(blue * blue) - b * b + smoothness,
    )
    rg, rb, gb = mean(red * green) - r * g, mean(red * blue) - r * b, mean(green * blue) - g * b
    with_red, with_green, with_blue = (
        mean(red * mask) - r * share,
        mean(green * mask) - g * share,
        mean(blue * mask) - b * share,
    )
    # Colour by colour, as a symmetric matrix is factored (LDL^T). Cofactors are small differences
    # of large products where the colours of a window go together, as those of hair do: in float32
    # they left errors of a thousandth of the mask.
    green_of_red, blue_of_red = rg / rr, rb / rr
    gg, gb = gg - green_of_red * rg, gb - green_of_red * rb
    blue_of_green = gb / gg
    bb = bb - blue_of_red * rb - blue_of_green * gb
    with_green = with_green - green_of_red * with_red
    with_blue = with_blue - blue_of_red * with_red - blue_of_green * with_green
    by_blue = with_blue / bb
    by_green = with_green / gg - blue_of_green * by_blue
    by_red = with_red / rr - green_of_red * by_green - blue_of_red * by_blue
    offset = share - by_red * (r + MIDDLE) - by_green * (g + MIDDLE) - by_blue * (b + MIDDLE)
    # Enlarged apart: to take one channel of several is slow.
    slopes = ops.concatenate([mean(by_red), mean(by_green), mean(by_blue)], axis=-1)
    slopes, offset = (enlarged(planes, images.shape[1]) for planes in (slopes, mean(offset)))
    return ops.clip(ops.sum(slopes * images, axis=-1, keepdims=True) + offset, 0.0, 1.0)
