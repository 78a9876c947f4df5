"""Pictures between their pixels, in NumPy alone."""

import concurrent.futures

import numpy as np

# Of a picture, sampled at once, and how many of these at a time where there are many.
_ROWS, _THREADS, _MANY = 32, 2, 16


def fetched(image, x, y):
    """The image at places between its pixels, linearly between four, edges repeated.

    Args:
        image: `(H, W, C)`.
        x, y: `(h, w)` each, pixels of the image.

    Returns:
        `(h, w, C)` float32.
    """
    height, width, channels = image.shape
    pixels = np.ascontiguousarray(image, "float32").reshape(-1, channels)
    result = np.empty((*x.shape, channels), "float32")
    # What lies between two steps then stays in the processor's cache.
    parts = [slice(start, start + _ROWS) for start in range(0, len(x), _ROWS)]

    def fetch(part):
        result[part] = _between_four(pixels, (height, width), x[part], y[part])

    if len(parts) < _MANY:
        for part in parts:
            fetch(part)
    else:
        with concurrent.futures.ThreadPoolExecutor(_THREADS) as pool:
            list(pool.map(fetch, parts))
    return result


def _between_four(pixels, shape, x, y):
    height, width = shape
    x, y = (
        np.clip(places, 0, most - 1).astype("float32") for places, most in ((x, width), (y, height))
    )
    left, top = x.astype("int32"), y.astype("int32")
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    across, down = (x - left)[..., None], (y - top)[..., None]

    def between(first, second, share):
        second -= first
        second *= share
        second += first
        return second

    rows = [
        between(*(pixels.take(row * width + column, axis=0) for column in (left, right)), across)
        for row in (top, bottom)
    ]
    return between(*rows, down)
