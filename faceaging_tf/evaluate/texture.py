"""Texture and colour of a face, described by hand: what the eye of a network that was trained on
faces may not look at.

No generator is trained on these numbers. In each of 4 x 4 cells of the picture:

- local binary patterns, uniform and rotation invariant, 8 neighbours at 1 and at 2 pixels (Ojala et
  al., "Multiresolution Gray-Scale and Rotation Invariant Texture Classification with Local Binary
  Patterns", PAMI 2002; in cells of a face: Ahonen et al., PAMI 2006): how often each of ten
  patterns of brighter and darker neighbours comes, whatever the contrast;
- colour moments (Stricker and Orengo, "Similarity of color images", SPIE 1995) in CIE Lab: mean,
  standard deviation, and the cube root of the third central moment of each channel.
"""

import numpy as np

CELLS = 4
NEIGHBOURS = 8
RADII = (1, 2)
FEATURES = CELLS * CELLS * (len(RADII) * (NEIGHBOURS + 2) + 9)


def texture_features(faces):
    """The features of faces.

    Args:
        faces: `(N, S, S, 3)` uint8, aligned; S at least 8 pixels.

    Returns:
        `(N, 464)` float32: 16 cells, row by row, of ten shares of patterns a radius and nine colour
        moments.

    Example:
        >>> texture_features(np.zeros((1, 32, 32, 3), "uint8")).shape
        (1, 464)
    """
    return (
        np.stack([_of_one(face) for face in faces])
        if len(faces)
        else np.zeros((0, FEATURES), "float32")
    )


def _of_one(face):
    from skimage.color import rgb2gray, rgb2lab
    from skimage.feature import local_binary_pattern

    grey = np.round(255 * rgb2gray(face)).astype("uint8")
    parts = []
    for radius in RADII:
        patterns = local_binary_pattern(grey, NEIGHBOURS, radius, "uniform")
        parts.append(_cells(patterns[..., None] == np.arange(NEIGHBOURS + 2), np.mean))
    lab = rgb2lab(face)
    return (
        np.concatenate(
            [*parts, _cells(lab, np.mean), _cells(lab, np.std), _cells(lab, _skewness)], axis=1
        )
        .astype("float32")
        .ravel()
    )


def _skewness(values, axis):
    return np.cbrt(((values - values.mean(axis=axis, keepdims=True)) ** 3).mean(axis=axis))


def _cells(image, statistic):
    """A statistic of each cell of an image `(S, S, C)`: `(16, C)`."""
    rows = [
        part
        for band in np.array_split(image, CELLS, axis=0)
        for part in np.array_split(band, CELLS, axis=1)
    ]
    return np.stack([statistic(part.reshape(-1, image.shape[-1]), axis=0) for part in rows])
