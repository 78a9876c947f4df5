"""Sampling a picture along a matrix, by scikit-image's compiled loop alone."""

import concurrent.futures

import numpy as np

# Channels that are sampled at a time; the compiled loop leaves Python to others.
THREADS = 2

try:
    # `skimage.transform.warp` ends here too; what else its module imports of SciPy takes longer
    # than ageing a small photo.
    from skimage.transform._warps_cy import _warp_fast as compiled
except ImportError:  # Its name is scikit-image's own affair.
    compiled = None


def warped(values, matrix, shape, order, mode="edge", limits=None):
    """A picture at the places that a matrix leads to, as `skimage.transform.warp` gives it.

    Args:
        values: `(H, W)` float32.
        matrix: `(2, 3)` or `(3, 3)`, from pixels of the result to pixels of `values`.
        shape: rows and columns of the result.
        order: 1, linear; 3, cubic (Keys 1981, a = -0.5), which stays in the range of `values`.
        mode: what is beyond the edges: "edge", "symmetric", or "constant" for 0.
        limits: the least and the largest of `values`, where they are known.

    Returns:
        `shape` float32.

    Example:
        >>> import numpy as np
        >>> from faceaging_tf.geometry.warping import warped
        >>> warped(np.float32([[0, 2], [4, 6]]), [[1, 0, 0.5], [0, 1, 0]], (2, 1), order=1).tolist()
        [[1.0], [5.0]]
    """
    matrix = np.vstack([matrix, (0, 0, 1)])[:3].astype("float32")
    if compiled is None:
        from skimage.transform import warp

        return warp(values, matrix, output_shape=shape, order=order, mode=mode, preserve_range=True)
    # The compiled loop takes no array that cannot be written to.
    values = np.require(values, np.float32, ("C", "W"))
    sampled = np.asarray(compiled["float32_t"](values, matrix, shape, order, mode, 0.0))
    # Linear sampling, at most down to the 0 around the picture, cannot leave the range.
    if order == 1:
        return sampled
    return np.clip(sampled, *(limits or (values.min(), values.max())), out=sampled)


def each_channel(function):
    """What a function gives for each of the channels 0, 1 and 2, a list; some are done at a time.

    Large pictures are sampled a channel at a time, because all of them together take 100 MB and
    more.
    """
    return side_by_side(function, range(3))


def side_by_side(function, things):
    """What a function gives for each of some things, a list; some are done at a time."""
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(function, things))
