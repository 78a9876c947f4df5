"""Where landmarks lie in aligned faces, fractions of the square's side, and what brings them there,
in NumPy alone; see `align` for their order.
"""

import numpy as np

LANDMARKS = ("left eye", "right eye", "nose", "left mouth corner", "right mouth corner")

# Where the training faces have their landmarks.
TEMPLATE = np.array(
    [(0.31, 0.31), (0.69, 0.31), (0.50, 0.52), (0.335, 0.69), (0.665, 0.69)], dtype=np.float64
)
TEMPLATE.flags.writeable = False

# Each detector has its own idea of where an eye or a mouth corner is, 1 to 3 % of the side away
# from the next detector's: faces aligned with its landmarks on TEMPLATE would all sit a little off.
# This is where the means of points of MediaPipe's face mesh, see
# `faceaging_tf.runtime.landmarks.five_of`, lie in faces on TEMPLATE: the faces of the whole-head
# corpora were aligned by these very points, with the eyes at (.372, .455) and (.628, .455) of the
# whole-head frame.
MESH_TEMPLATE = np.array(
    [
        (0.312865, 0.317310),
        (0.687135, 0.317310),
        (0.5, 0.548304),
        (0.337719, 0.694503),
        (0.662281, 0.694503),
    ],
    dtype=np.float64,
)
MESH_TEMPLATE.flags.writeable = False


def nearest_similarity(points, goal):
    """The `(2, 3)` matrix of the turn, scale and shift that brings points `(N, 2)` nearest to
    others: least squares (Umeyama, "Least-squares estimation of transformation parameters between
    two point patterns", PAMI 1991).
    """
    centre, middle = points.mean(axis=0), goal.mean(axis=0)
    # As complex numbers, a turn and a scale are one factor.
    start, end = (points - centre) @ (1, 1j), (goal - middle) @ (1, 1j)
    factor = np.vdot(start, end) / np.vdot(start, start)
    turn = np.array([[factor.real, -factor.imag], [factor.imag, factor.real]])
    return np.column_stack([turn, middle - turn @ centre])
