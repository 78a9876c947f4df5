"""Strands of grey among dark ones: a texture that runs along the hair of a picture."""

import functools

import numpy as np
from keras import ops

from faceaging_tf.layers.bare_skin import between
from faceaging_tf.layers.gaussian import enlarged, halved, shrunk
from faceaging_tf.layers.guided_filter import box
from faceaging_tf.layers.luminance import luminance
from faceaging_tf.layers.mean_face_part import planes

# So many directions, half a turn in all; tiles of so many pixels.
DIRECTIONS, TILE = 6, 64
# Length of a strand, and widths of the finest and of tufts, in pixels: sigmas.
LENGTH, FINEST, TUFT, TUFTS = 9.0, 0.36, 1.3, 0.5
# Gradients are of log luminance of heads so large at most, smoothed over such a radius of half the
# size, and near the edge of the hair over the second: it lies as it does farther inside. Darkness
# below the floor has none.
GRADIENT_SIDE, SMOOTHED, FLOOR = 256, (2, 7), 0.04
# Where there is no gradient, hair falls away from the crown, here in fractions of the square; that
# counts as much as such a squared gradient.
CROWN, FALLING = (0.5, 0.02), 2e-4
# Hair goes one way from the second of these shares of all its gradients on, and is curls up to the
# first, in which so much of the texture is left.
ONE_WAY, IN_CURLS = (0.3, 0.6), 0.3
# What is left of the texture where a picture is not sharp is so much of it as is coarse.
COARSE = 1.2
# A picture is sharp from the second of these on, and enlarged below the first; see `_sharpness`.
SHARP = (0.47, 0.62)


def strands(face, mask, inside):
    """Noise that is drawn out along the hair, `(N, S, S, 1)` float32, mean 0 and deviation about 1,
    less where the picture was enlarged or is blurred; and how sharp it is, `(N, 1, 1, 1)`.

    Along which way hair lies is told by the smoothed structure tensor (Bigun and Granlund, 1987).

    Args:
        face: `(N, S, S, 3)` in 0 to 1.
        mask: `(N, h, h, 1)` in 0 to 1, where sharpness is measured.
        inside: likewise, where hair ends nowhere near: strands do not run along its edge.
    """
    size = face.shape[1]
    light = ops.log(ops.maximum(luminance(face), 0.0) + FLOOR)
    half = halved(light)
    sharp = planes(between(_sharpness(light, half, mask), *SHARP))
    small = shrunk(half, GRADIENT_SIDE)
    across = ops.conv(small, ops.convert_to_tensor(_derivatives()), padding="same")
    x, y = across[..., :1], across[..., 1:]
    products = halved(ops.concatenate([y * y - x * x, -2.0 * x * y, x * x + y * y], axis=-1))
    inside = shrunk(inside, products.shape[1])
    here, around = (
        box(products * inside, radius) / (box(inside, radius) + 0.02) for radius in SMOOTHED
    )
    products = around + inside * (here - around)
    double = products[..., :2] + ops.convert_to_tensor(_falling(products.shape[1]))
    length = ops.sqrt(ops.sum(double * double, axis=-1, keepdims=True) + 1e-12)
    # In curls no direction is any strand's.
    one_way = between(length / (products[..., 2:] + FALLING), *ONE_WAY)
    # The double angle's cosine with each direction's.
    angles = 2.0 * np.pi * np.arange(DIRECTIONS, dtype="float32") / DIRECTIONS
    directions = np.stack([np.cos(angles), np.sin(angles)]).astype("float32")
    near = ops.maximum(ops.matmul(double / length, ops.convert_to_tensor(directions)), 0.0)
    weights = near * near * near
    weights = weights * weights
    weights = weights / ops.sqrt(ops.sum(weights * weights, axis=-1, keepdims=True) + 1e-6)
    weights = weights * (IN_CURLS + (1.0 - IN_CURLS) * one_way)

    # Multiplied first, so that no converter can store the repeated tiles.
    times = -(-size // TILE)
    tiles = ops.tile(ops.convert_to_tensor(_tiles()) * (0.3 + 0.7 * sharp), (1, times, times, 1))
    texture = ops.matmul(
        enlarged(weights, size) * tiles[:, :size, :size], np.ones((DIRECTIONS, 1), "float32")
    )
    coarse = box(texture, 1)
    return coarse * COARSE + sharp * (texture - COARSE * coarse), sharp


def _sharpness(light, half, mask):
    """How much stronger the finest octave is than the next one, `(N,)`: about .7 where a picture is
    as sharp as its pixels, .45 where it was enlarged.
    """
    quarter = halved(half)
    finest = halved(halved(ops.abs(light - enlarged(half, light.shape[1]))))
    next_one = halved(ops.abs(half - enlarged(quarter, half.shape[1])))
    mask = enlarged(mask, quarter.shape[1])
    total = lambda values: ops.sum(shrunk(values, mask.shape[1]) * mask, axis=(1, 2, 3))
    return total(finest) / ops.maximum(total(next_one), 1e-6)


def _derivatives():
    """Derivatives of a Gaussian of one pixel, along x and y, `(7, 7, 1, 2)`."""
    axis = np.arange(-3, 4)
    gaussian = np.exp(-0.5 * axis**2)
    gaussian = gaussian / gaussian.sum()
    along_x = gaussian[:, None] * (axis * gaussian)[None]
    return np.stack([along_x, along_x.T], axis=-1)[:, :, None].astype("float32")


def _falling(size):
    """The double angle of hair that falls away from the crown, `(1, size, size, 2)`."""
    y, x = (np.mgrid[:size, :size] + 0.5) / size
    x, y = x - CROWN[0], y - CROWN[1]
    squared = x * x + y * y + 1e-6
    double = np.stack([(x * x - y * y) / squared, 2.0 * x * y / squared], axis=-1)
    return (FALLING * double[None]).astype("float32")


@functools.cache
def _tiles():
    """Noise drawn out along each direction, periodic, `(1, TILE, TILE, DIRECTIONS)` float32."""
    draw = np.random.default_rng(5)
    x, y = 2.0 * np.pi * np.fft.fftfreq(TILE)[None], 2.0 * np.pi * np.fft.fftfreq(TILE)[:, None]
    low = lambda frequency, sigma: np.exp(-0.5 * (frequency * sigma) ** 2)
    tiles = []
    for number in range(DIRECTIONS):
        angle = np.pi * number / DIRECTIONS
        along = x * np.cos(angle) + y * np.sin(angle)
        across = y * np.cos(angle) - x * np.sin(angle)
        widths = low(across, FINEST) + TUFTS * low(across, TUFT)
        # No tuft is as broad as half a head.
        passed = low(along, LENGTH) * widths * (1.0 - low(across, 2.5 * TUFT))
        tile = np.real(np.fft.ifft2(np.fft.fft2(draw.standard_normal((TILE, TILE))) * passed))
        tiles.append(tile / tile.std())
    return np.stack(tiles, axis=-1)[None].astype("float32")
