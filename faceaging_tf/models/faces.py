"""Faces between the two forms they have: uint8 pictures, and the -1 to 1 that networks work in."""

import dataclasses

import numpy as np
from keras import ops
from skimage.filters import gaussian

from faceaging_tf.geometry.exposure import gains_of
from faceaging_tf.layers import FaceWarp, resize_by_matrices
from faceaging_tf.networks.mobile_generator import parts_of


def to_range(faces):
    """uint8 0..255 (or floats of that range) to float32 -1..1; the inverse of `to_pixels`."""
    return ops.cast(faces, "float32") / 127.5 - 1.0


def column_of(values):
    """Numbers, one for each face, as networks are given them: `(N,)` or `(N, 1)` to `(N, 1)`
    float32.
    """
    return ops.reshape(ops.cast(values, "float32"), (-1, 1))


def to_pixels(faces):
    """A numpy array -1..1 to uint8 0..255, rounded and clipped."""
    return np.clip(np.rint((np.asarray(faces, "float32") + 1.0) * 127.5), 0, 255).astype("uint8")


def checked_faces(faces, user):
    """The faces as an array `(N, H, W, 3)` uint8.

    Raises:
        ValueError: another shape or type; the sentence begins with `user`, the name of who asked.
    """
    try:
        faces = np.asarray(faces)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{user} got faces as a {type(faces).__name__} of unequal parts; it needs aligned square faces (N, H, H, 3), uint8, RGB."
        ) from error
    if (
        0 in faces.shape[1:]
        or faces.ndim != 4
        or faces.shape[-1] != 3
        or faces.shape[1] != faces.shape[2]
        or faces.dtype != np.uint8
    ):
        raise ValueError(
            f"{user} got faces of shape {faces.shape} and type {faces.dtype}; it needs aligned square faces (N, H, H, 3), "
            "uint8, RGB. For one face, add an axis: face[None]."
        )
    return faces


def checked_mask(mask, size):
    """A mask as an array `(size, size)` or `(size, size, 2)` float32; None for None.

    Raises:
        ValueError: another shape, or values that are not from 0 to 1.
    """
    if mask is None:
        return None
    try:
        array = np.asarray(mask, "float32")
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"mask was a {type(mask).__name__}; it needs an array ({size}, {size}), or ({size}, {size}, 2), of numbers from 0 to 1."
        ) from error
    if array.shape not in ((size, size), (size, size, 2)) or not (
        np.isfinite(array).all() and 0 <= array.min() <= array.max() <= 1
    ):
        raise ValueError(
            f"mask has the shape {array.shape}; it needs the faces' own, ({size}, {size}), or ({size}, {size}, 2), and numbers from 0 to 1."
        )
    return array


def resized(images, size):
    """Images `(N, H, W, C)`, any range, as a float32 numpy array `(N, size, size, C)`: smoothed
    before shrinking.
    """
    images = np.asarray(images, "float32")
    if images.shape[1] == size:
        return images
    # "area" exists on TensorFlow alone; antialiased bilinear resizing is the same on every backend.
    return ops.convert_to_numpy(
        ops.image.resize(images, (size, size), interpolation="bilinear", antialias=True)
    )


@dataclasses.dataclass
class FaceEdit:
    """What a model does to faces, before it is done.

    Attributes:
        changed: `(N, S, S, 3)` float32 array, -1 to 1, the faces with other colours, not
            necessarily clipped.
        flow: `(N, h, w, 2)` float32 array, by which they are then moved (see `FaceWarp`), or None
            where nothing moves.
    """

    changed: np.ndarray
    flow: np.ndarray | None = None

    @classmethod
    def nothing(cls, faces, moves):
        """The edit that leaves faces as they are, to be filled by `put`; `moves`: whether anything
        will move, by a flow at a quarter of the size.
        """
        number, size = faces.shape[:2]
        return cls(
            np.array(faces, "float32"),
            np.zeros((number, size // 4, size // 4, 2), "float32") if moves else None,
        )

    def put(self, rows, changed, flow=None):
        """Takes over some rows' edit: their changed faces, and their flow where something moves."""
        self.changed[rows] = ops.convert_to_numpy(changed)
        if flow is not None:
            self.flow[rows] = ops.convert_to_numpy(flow)

    def faces(self):
        """The faces changed and moved, `(N, S, S, 3)` float32 array."""
        return (
            self.changed
            if self.flow is None
            else ops.convert_to_numpy(moved(self.changed, self.flow))
        )


def edit_by(generator, inputs):
    """What a generator does to faces, as tensors `(changed, flow)` (see `FaceEdit`); the flow is
    None if it moves nothing (see `networks.parts_of`).

    Args:
        generator: a generator.
        inputs: what it is called with.
    """
    parts = parts_of(generator)
    if parts is None:
        return generator(inputs, training=False), None
    _, changed, flow = parts(inputs, training=False)
    return changed, flow


def moved(faces, flow):
    """The faces moved by a flow of any size, brought to theirs smoothly; a tensor. Faces as they
    are where the flow is None.
    """
    if flow is None:
        return faces
    return FaceWarp()([faces, flow], kernel="cubic")


def lit(edited, frame):
    """An edit of faces that sees dim ones in common light, and scales back what it changes in them.

    A face x that wants the gain g (see `faceaging_tf.geometry.exposure`) becomes
    `x + (edited(g * x) - g * x) / g`, with levels counted from black; one in good light,
    `edited(x)`.

    Args:
        edited: from faces `(N, S, S, 3)` float32 in -1 to 1 to a `FaceEdit`, or to the changed
            faces.
        frame: the frame of the faces, "tight" or "whole_head".

    Returns:
        A function from the same faces to a `FaceEdit`.
    """

    def in_light(small):
        gains = gains_of((small + 1.0) * 127.5, frame)
        dim = np.flatnonzero(gains > 1)
        bright = small.copy()
        gain = gains[dim, None, None, None]
        bright[dim] = np.minimum((small[dim] + 1.0) * gain - 1.0, 1.0)
        edit = edited(bright)
        edit = edit if isinstance(edit, FaceEdit) else FaceEdit(ops.convert_to_numpy(edit))
        if not len(dim):
            return edit
        changed = np.array(edit.changed, "float32")
        changed[dim] = small[dim] + (changed[dim] - bright[dim]) / gain
        return FaceEdit(changed, edit.flow)

    return in_light


def changed_at_size(faces, size, edited, mask=None):
    """Faces edited at another size than theirs; the *change* is brought back to their own and
    added, so that their detail stays.

    Args:
        faces: `(N, H, H, 3)` uint8.
        size: side in pixels at which they are edited.
        edited: from `(N, size, size, 3)` float32 in -1 to 1 to the changed faces, the same shape
            and range, or to a `FaceEdit`.
        mask: `(H, H)` in 0 to 1, how much of the change and of the movement each pixel takes, or
            `(H, H, 2)`, of the one and of the other; None for all.

    Returns:
        `(N, H, H, 3)` uint8.
    """
    own = faces.shape[1]
    small = ops.convert_to_numpy(to_range(resized(faces, size)))
    edit = edited(small)
    edit = edit if isinstance(edit, FaceEdit) else FaceEdit(ops.convert_to_numpy(edit))
    if own == size and mask is None:
        return to_pixels(edit.faces())
    change, flow = edit.changed - small, edit.flow
    if own > size:
        # An edge drawn from one pixel to the next shows its steps when it is enlarged, even
        # bicubically.
        change = gaussian(
            change,
            sigma=(0, *2 * (0.6 * min(own / size - 1, 1),), 0),
            mode="nearest",
            preserve_range=True,
        )
    if own != size:
        change = ops.convert_to_numpy(resize_by_matrices(change, own, "cubic"))
    if flow is not None:
        flow = ops.convert_to_numpy(resize_by_matrices(flow, own, "cubic"))
    if mask is not None:
        mask = np.atleast_3d(np.asarray(mask, "float32"))[None]
        change, flow = mask[..., :1] * change, None if flow is None else mask[..., -1:] * flow
    return to_pixels(FaceEdit(ops.convert_to_numpy(to_range(faces)) + change, flow).faces())
