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
    return ops.average_pool(
        ops.average_pool(planes, (side, 1), 1, padding="same"), (1, side), 1, padding="same"
    )


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
    squares = ops.concatenate(
        [red * red, green * green, blue * blue, red * green, red * blue, green * blue], axis=-1
    )
    means = box(ops.concatenate([small, squares, mask, small * mask], axis=-1), radius)
    part = lambda number: means[..., number : number + 1]
    r, g, b, share = part(0), part(1), part(2), part(9)
    rr, gg, bb = (
        part(3) - r * r + smoothness,
        part(4) - g * g + smoothness,
        part(5) - b * b + smoothness,
    )
    rg, rb, gb = part(6) - r * g, part(7) - r * b, part(8) - g * b
    with_red, with_green, with_blue = (
        part(10) - r * share,
        part(11) - g * share,
        part(12) - b * share,
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
    slopes = ops.concatenate([by_red, by_green, by_blue], axis=-1)
    offset = share - ops.sum(slopes * (means[..., :3] + MIDDLE), axis=-1, keepdims=True)
    fitted = enlarged(box(ops.concatenate([slopes, offset], axis=-1), radius), images.shape[1])
    return ops.clip(
        ops.sum(fitted[..., :3] * images, axis=-1, keepdims=True) + fitted[..., 3:], 0.0, 1.0
    )
