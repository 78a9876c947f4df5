"""Pictures made smaller by area."""

import numpy as np
from PIL import Image


def shrunk(images, size):
    """Images `(N, S, S)` float32, or `(N, S, S, 3)` uint8, shrunk by area to `size`; as they are
    where they are no larger.
    """
    if images.shape[1] <= size:
        return images
    resize = lambda image: np.asarray(
        Image.fromarray(image).resize((size, size), Image.Resampling.BOX)
    )
    return (
        np.stack([resize(image) for image in images])
        if len(images)
        else np.zeros((0, size, size, *images.shape[3:]), images.dtype)
    )
