"""Flows between two shapes of a face: piecewise linear between landmarks."""

import numpy as np

from faceaging_tf.geometry.landmarks import above_oval

# The frame's border stays where it is.
BORDER = np.array(
    [
        (0, 0),
        (0.5, 0),
        (1, 0),
        (1, 0.5),
        (1, 1),
        (0.5, 1),
        (0, 1),
        (0, 0.5),
        (0.25, 0),
        (0.75, 0),
        (0, 0.25),
        (1, 0.25),
    ]
)


def anchors(landmarks):
    """The points that a flow goes by: landmarks, two rows of points above the hairline, the frame's
    border; `(502, 2)` of `(468, 2)`, fractions of the side.
    """
    return np.concatenate([landmarks, above_oval(landmarks, 0.35, 0.75), BORDER])


def flow_between(source, target, size):
    """Where each pixel of a face of the shape `target` lies in one of the shape `source`, as a
    flow.

    Args:
        source: `(468, 2)`, fractions of the side.
        target: likewise.
        size: of the flow, in pixels.

    Returns:
        `(size, size, 2)` float32, fractions of the side: a pixel at p lies at `p + flow` in the
        source.

    Example:
        >>> import numpy as np
        >>> from faceaging_tf.geometry.flow import flow_between
        >>> shape = np.random.default_rng(0).uniform(0.3, 0.7, (468, 2))
        >>> float(abs(flow_between(shape, shape, 8)).max())
        0.0
    """
    return flow_of(
        anchors(np.asarray(source, "float64")), anchors(np.asarray(target, "float64")), size
    )


def flow_of(start, end, size):
    """A flow that leads from points to where they came from, linear between them, 0 beyond.

    Args:
        start: `(K, 2)`, fractions of the side.
        end: where these points are to be, likewise.
        size: of the flow, in pixels.

    Returns:
        `(size, size, 2)` float32, see `flow_between`.
    """
    from scipy.interpolate import LinearNDInterpolator
    from scipy.spatial import Delaunay

    axis = (np.arange(size) + 0.5) / size
    x, y = np.meshgrid(axis, axis)
    moved = LinearNDInterpolator(Delaunay(end), start - end)(
        np.stack([x.ravel(), y.ravel()], axis=1)
    )
    return np.nan_to_num(moved).reshape(size, size, 2).astype("float32")
