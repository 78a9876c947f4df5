"""Aligning a face: five landmarks onto a template, by a similarity.

Every network of this package sees faces that sit in their square in the same
place, at the same size and upright. A similarity (turn, scale, shift: four
numbers) brings the five landmarks of a face as near as it can to the five
points of a template; it never squeezes or shears a face.

Coordinates: `(x, y)` in pixels with the centre of the first pixel at (0, 0),
as scikit-image, OpenCV and most detectors count. Templates are fractions of
the square's side with its edges at 0 and 1, so that the point `t` lies at pixel
`t * size - 0.5`: a face aligned at 192 px and shrunk by area to 128 px is then
the face aligned at 128 px.

Landmarks come in this order: left eye, right eye, nose, left mouth corner,
right mouth corner, "left" as seen in the picture.
"""

import math

import numpy as np

from faceaging_tf.geometry.templates import MESH_TEMPLATE, TEMPLATE, nearest_similarity
from faceaging_tf.geometry.warping import each_channel, warped

__all__ = ["MESH_TEMPLATE", "TEMPLATE", "align_face", "cut_square", "similarity_to_template"]


def similarity_to_template(landmarks, size, template=TEMPLATE):
    """The similarity that brings a face's landmarks onto a template, see `nearest_similarity`.

    Args:
        landmarks: `(5, 2)` `(x, y)` in pixels of the photo.
        size: side of the aligned square in pixels.
        template: `(5, 2)` fractions of the side; that of the detector the
            landmarks come from.

    Returns:
        `(2, 3)` float64 matrix from pixels of the photo to pixels of the square.

    Raises:
        ValueError: landmarks or template of another shape, not finite, or all
            in one place.

    Example:
        >>> import numpy as np
        >>> from faceaging_tf.geometry.align import TEMPLATE, similarity_to_template
        >>> matrix = similarity_to_template(TEMPLATE * 256 - 0.5, size=128)
        >>> float(round(matrix[0, 0], 6))
        0.5
    """
    landmarks = _points("landmarks", landmarks)
    template = _points("template", template)
    if size < 1:
        raise ValueError(f"The aligned square's side was {size} pixels; it must be 1 or more.")
    spread = np.linalg.norm(landmarks - landmarks.mean(axis=0), axis=1).max()
    if spread < 1e-3:
        raise ValueError(
            f"All five landmarks lie at {landmarks[0].tolist()}: no face can be aligned by them. "
            "Pass the landmarks of one face, in pixels."
        )
    matrix = nearest_similarity(landmarks, template * size - 0.5)
    if np.hypot(*matrix[:, 0]) < 1e-12 * size:
        raise ValueError(
            f"No similarity brings the landmarks {landmarks.tolist()} onto the template: they are "
            "the mirror image of a face, or no face. Pass the landmarks of one face, in pixels."
        )
    return matrix


def align_face(pixels, landmarks, size, template=TEMPLATE):
    """Cut one face out of a photo, upright and at the place of the template.

    Big faces are shrunk by area (every pixel of the photo counts), so that
    nothing aliases. Where the square reaches over the photo's edge the photo
    is continued by its mirror image.

    Args:
        pixels: `(H, W, 3)` uint8, the photo.
        landmarks: `(5, 2)` `(x, y)` in pixels of the photo.
        size: side of the aligned square in pixels.
        template: `(5, 2)` fractions of the side; that of the detector the
            landmarks come from.

    Returns:
        `(size, size, 3)` uint8.

    Raises:
        ValueError: pixels that are not `(H, W, 3)` uint8, or landmarks that
            `similarity_to_template` refuses.

    Example:
        >>> from skimage.data import astronaut
        >>> from faceaging_tf.geometry.align import align_face
        >>> landmarks = [(203, 101), (244, 102), (224, 126), (203, 140), (243, 141)]
        >>> align_face(astronaut(), landmarks, size=128).shape
        (128, 128, 3)
    """
    return cut_square(pixels, similarity_to_template(landmarks, size, template), size)


def cut_square(pixels, matrix, size):
    """Cut the square that a similarity maps onto `(size, size)` out of a photo.

    Args:
        pixels: `(H, W, 3)` uint8, the photo.
        matrix: `(2, 3)` similarity from the photo's pixels to the square's.
        size: side of the square in pixels.

    Returns:
        `(size, size, 3)` uint8.

    Raises:
        ValueError: pixels that are not `(H, W, 3)` uint8.
    """
    pixels = np.asarray(pixels)
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or not pixels.size:
        raise ValueError(
            f"A photo must be (height, width, 3) uint8; got shape {pixels.shape} of {pixels.dtype}."
        )
    square_to_photo = np.linalg.inv(np.vstack([matrix, (0, 0, 1)]))
    photo_pixels_a_pixel = math.sqrt(abs(np.linalg.det(square_to_photo[:2, :2])))
    # A whole-number shrink first keeps the means below narrow, however large the face. A factor of
    # two or more is left to them, because a turned face needs it; less between three and four,
    # where the window is large.
    shrink = max(1, min(2, int(photo_pixels_a_pixel / 1.5)), int(photo_pixels_a_pixel / 2))
    window, window_to_photo = _window(pixels, square_to_photo, size, shrink)
    matrix = np.linalg.inv(window_to_photo) @ square_to_photo
    square = np.empty((size, size, 3), np.uint8)

    def cut(channel):
        values = _block_means(window[..., channel], shrink)
        values = _means_around(values, photo_pixels_a_pixel / shrink)
        sampled = warped(values, matrix, (size, size), 3, "symmetric")
        square[..., channel] = np.clip(np.rint(sampled, out=sampled), 0, 255, out=sampled)

    each_channel(cut)
    return square


def _window(pixels, square_to_photo, size, shrink):
    """The part of the photo under the square, with whole blocks of `shrink` pixels.

    Returns the window, uint8, and the matrix from its blocks to the photo's pixels.
    """
    edges = np.array([(-0.5, -0.5, 1), (size, -0.5, 1), (-0.5, size, 1), (size, size, 1)])
    corners = (edges @ square_to_photo.T)[:, :2]
    # Bicubic sampling reaches two (shrunk) pixels further, and the mean one more.
    margin = 4 * shrink + 1
    limits = np.array([pixels.shape[1], pixels.shape[0]])
    first = np.clip(np.floor(corners.min(axis=0)) - margin, 0, limits).astype(int)
    last = np.clip(np.ceil(corners.max(axis=0)) + margin, 0, limits).astype(int)
    if (last - first < 1).any():
        raise ValueError(
            f"The face's square, with corners {np.rint(corners).astype(int).tolist()}, lies outside the photo of "
            f"{limits[0]}x{limits[1]} pixels. Pass landmarks in pixels of this photo."
        )
    window = pixels[first[1] : last[1], first[0] : last[0]]
    missing = -np.array(window.shape[:2]) % shrink
    if missing.any():
        window = np.pad(window, ((0, missing[0]), (0, missing[1]), (0, 0)), mode="symmetric")
    shift = np.array([[1, 0, first[0]], [0, 1, first[1]], [0, 0, 1]], dtype=np.float64)
    return window, shift @ _pixels_of_size(shrink)


def _block_means(values, side):
    """`(h, w)` float32 of `(h * side, w * side)`: the mean of each block of `side` x `side`."""
    if side == 1:
        return np.ascontiguousarray(values, np.float32)
    height, width = values.shape
    # Whole numbers add up exactly, and in less memory.
    kind = np.uint32 if values.dtype == np.uint8 else np.float32
    rows = values.reshape(height // side, side, width).sum(axis=1, dtype=kind)
    blocks = rows.reshape(height // side, width // side, side).sum(axis=2, dtype=np.float32)
    return blocks / np.float32(side * side)


def _means_around(values, width):
    """`(h, w)` float32: around each pixel the mean over so many, 3 at most, so that a sample of it
    stands for the area of a larger pixel.

    It has the variance of `n` points evenly over the width, of one for each pixel; up to a quarter
    more than one pixel, one point misses nothing that would show.
    """
    points = max(math.ceil(width - 0.25), 1)
    beside = np.float32(width**2 / 24 * (1 - 1 / points**2))
    if not beside:
        return values
    for _ in range(2):
        mean = (1 - 2 * beside) * values
        values *= beside
        mean[1:] += values[:-1]
        mean[:-1] += values[1:]
        mean[0] += values[0]
        mean[-1] += values[-1]
        values = np.ascontiguousarray(mean.T)
    return values


def _pixels_of_size(factor):
    """The matrix from pixels of side `factor` to pixels of side 1, both with their first corner in
    one place.
    """
    shift = (factor - 1) / 2
    return np.array([[factor, 0, shift], [0, factor, shift], [0, 0, 1]])


def _points(name, points):
    points = np.asarray(points, dtype=np.float64)
    if points.shape != (5, 2) or not np.isfinite(points).all():
        raise ValueError(
            f"{name} must be five finite (x, y) points: left eye, right eye, nose, left and right "
            f"mouth corner; got {points.tolist()}."
        )
    return points
