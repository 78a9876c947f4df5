"""Faces between the two forms they have: uint8 pictures, and the -1 to 1 that networks work in."""

import numpy as np
from keras import ops


def to_range(faces):
    """uint8 0..255 (or floats of that range) to float32 -1..1; the inverse of `to_pixels`."""
    return ops.cast(faces, "float32") / 127.5 - 1.0


def to_pixels(faces):
    """A numpy array -1..1 to uint8 0..255, rounded and clipped."""
    return np.clip(np.rint((np.asarray(faces, "float32") + 1.0) * 127.5), 0, 255).astype("uint8")


def checked_faces(faces, user):
    """The faces as an array `(N, H, W, 3)` uint8.

    Raises:
        ValueError: another shape or type; the sentence begins with `user`, the name of who asked.
    """
    faces = np.asarray(faces)
    if faces.ndim != 4 or faces.shape[-1] != 3 or faces.shape[1] != faces.shape[2] or faces.dtype != np.uint8:
        raise ValueError(
            f"{user} got faces of shape {faces.shape} and type {faces.dtype}; it needs aligned square faces (N, H, H, 3), "
            "uint8, RGB. For one face, add an axis: face[None]."
        )
    return faces


def resized(images, size):
    """Images `(N, H, W, C)`, any range, as a float32 numpy array `(N, size, size, C)`: smoothed before shrinking."""
    images = np.asarray(images, "float32")
    if images.shape[1] == size:
        return images
    # "area" exists on TensorFlow alone; antialiased bilinear resizing is the same on every backend.
    return ops.convert_to_numpy(ops.image.resize(images, (size, size), interpolation="bilinear", antialias=True))


def changed_at_size(faces, size, changed):
    """Faces changed at another size than theirs; the *change* is brought back to their own and added, so that their detail stays.

    Args:
        faces: `(N, H, H, 3)` uint8.
        size: side in pixels at which they are changed.
        changed: from `(N, size, size, 3)` float32 in -1 to 1 to the changed faces, the same shape and range.

    Returns:
        `(N, H, H, 3)` uint8.
    """
    small = ops.convert_to_numpy(to_range(resized(faces, size)))
    output = ops.convert_to_numpy(changed(small))
    if faces.shape[1] == size:
        return to_pixels(output)
    change = ops.image.resize(output - small, faces.shape[1:3], interpolation="bicubic")
    return to_pixels(ops.convert_to_numpy(to_range(faces)) + ops.convert_to_numpy(change))
