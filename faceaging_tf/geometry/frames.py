"""Frames: how much of a head the aligned square shows."""

import dataclasses

import numpy as np

from faceaging_tf.geometry.templates import TEMPLATE


@dataclasses.dataclass(frozen=True)
class Frame:
    """An aligned square: the tight template, scaled about one point and moved to another.

    Attributes:
        name: "tight" or "whole_head".
        scale: size of a face in this frame over its size in the tight one.
        anchor: the point `(x, y)` of the tight frame that is scaled about, fractions of the side.
        position: where that point lies in this frame, fractions of its side.
    """

    name: str
    scale: float
    anchor: tuple[float, float]
    position: tuple[float, float]

    def template(self, tight=TEMPLATE):
        """Where landmarks lie in this frame.

        Args:
            tight: `(5, 2)` fractions of the tight frame's side: `TEMPLATE`, or where a detector
                sees the landmarks of faces that lie on it.

        Returns:
            `(5, 2)` float64, fractions of this frame's side.

        Example:
            >>> from faceaging_tf.geometry.frames import WHOLE_HEAD
            >>> WHOLE_HEAD.template().round(3).tolist()[0]
            [0.37, 0.45]
        """
        # Written so that the tight frame gives the very numbers back.
        return np.asarray(tight, "float64") * self.scale + (
            np.array(self.position) - np.array(self.anchor) * self.scale
        )

    def window(self, other):
        """Where another frame's square lies in this one: `(left, top, right, bottom)`, fractions of
        this frame's side.

        Example:
            >>> from faceaging_tf.geometry.frames import TIGHT, WHOLE_HEAD
            >>> [round(edge, 3) for edge in WHOLE_HEAD.window(TIGHT)]
            [0.158, 0.238, 0.842, 0.922]
        """
        corner = (other._corner() - self.anchor) * self.scale + self.position
        side = self.scale / other.scale
        return tuple(float(edge) for edge in (*corner, *(corner + side)))

    def _corner(self):
        """This frame's first corner, in the tight frame."""
        return np.array(self.anchor) - np.array(self.position) / self.scale


TIGHT = Frame("tight", 1.0, (0.5, 0.31), (0.5, 0.31))
WHOLE_HEAD = Frame("whole_head", 0.684, (0.5, 0.31), (0.5, 0.45))
FRAMES = {frame.name: frame for frame in (TIGHT, WHOLE_HEAD)}


def frame_of(name, user):
    """The `Frame` of a name; `user` begins the sentence of the error.

    Raises:
        ValueError: another name.

    Example:
        >>> from faceaging_tf.geometry.frames import frame_of
        >>> frame_of("tight", "This model").scale
        1.0
    """
    if name not in FRAMES:
        raise ValueError(
            f"{user} got frame={name!r}; it needs one of {', '.join(repr(known) for known in FRAMES)}."
        )
    return FRAMES[name]


def frame_of_model(model):
    """The `Frame` that a model's faces are aligned in: the tight one for a model that says nothing.

    Args:
        model: an ageing model, with or without a `frame`.
    """
    return frame_of(getattr(model, "frame", TIGHT.name), type(model).__name__)
