"""How dim the light is that a face was taken in, in NumPy alone."""

import numpy as np

# Levels of 0 to 255. A quarter of a lit face is brighter than the one, and a hundredth of a
# well-exposed picture brighter than the other; whichever is reached first is enough, so that dark
# skin in good light stays as it is.
FACE_LEVEL, PICTURE_LEVEL = 148.0, 200.0
FACE_SHARE, PICTURE_SHARE = 75, 99
MOST_GAIN = 16.0
# The ellipse of cheeks, nose and forehead in a frame's square: its middle and its radii (x, y),
# fractions of the side.
FACES = {"tight": ((0.5, 0.5), (0.29, 0.35)), "whole_head": ((0.5, 0.58), (0.198, 0.239))}
# Pixels a side that are looked at.
_LOOKED_AT = 128
# Rec. 601, the weights of JPEG's luminance.
LUMINANCE = np.array([0.299, 0.587, 0.114], "float32")
LUMINANCE.flags.writeable = False


def gains_of(faces, frame):
    """By how much faces must be multiplied to be seen in common light.

    Args:
        faces: `(N, H, H, 3)`, levels of 0 to 255, aligned in the frame.
        frame: "tight" or "whole_head" (see `faceaging_tf.geometry.frames`).

    Returns:
        `(N,)` float32 from 1, for faces that are bright enough, to 16.

    Raises:
        ValueError: another frame.

    Example:
        >>> import numpy as np
        >>> from faceaging_tf.geometry.exposure import gains_of
        >>> faces = np.stack([np.full((64, 64, 3), level) for level in (200, 148, 74)])
        >>> gains_of(faces, "tight").round(3).tolist()
        [1.0, 1.0, 2.0]
    """
    if not len(faces):
        return np.ones(0, "float32")
    step = max(faces.shape[1] // _LOOKED_AT, 1)
    light = np.asarray(faces[:, ::step, ::step], "float32") @ LUMINANCE
    inside = _face(light.shape[1], frame)
    face = np.percentile(light[:, inside], FACE_SHARE, axis=1)
    picture = np.percentile(light.reshape(len(light), -1), PICTURE_SHARE, axis=1)
    wanted = [
        goal / np.maximum(level, 1.0)
        for goal, level in ((FACE_LEVEL, face), (PICTURE_LEVEL, picture))
    ]
    return np.clip(np.minimum(*wanted), 1.0, MOST_GAIN).astype("float32")


def in_common_light(faces, frame):
    """Faces `(N, H, H, 3)` uint8, the dim ones multiplied by their `gains_of`; those in good light
    as they are.
    """
    gains = gains_of(faces, frame)
    dim = np.flatnonzero(gains != 1)
    if not len(dim):
        return faces
    lit = faces.copy()
    # One at a time: as floats, thousands of faces are more than a laptop's memory holds.
    for row in dim:
        lit[row] = np.clip(np.rint(faces[row] * gains[row]), 0, 255).astype("uint8")
    return lit


def _face(size, frame):
    """The pixels of a face in its square, `(size, size)` bool."""
    if frame not in FACES:
        raise ValueError(
            f"gains_of got frame={frame!r}; it needs one of {', '.join(map(repr, FACES))}."
        )
    (x, y), (across, down) = FACES[frame]
    place = (np.arange(size) + 0.5) / size
    return np.hypot((place[None, :] - x) / across, (place[:, None] - y) / down) < 1
