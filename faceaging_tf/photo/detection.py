"""Finding the faces of a photo, with five landmarks each."""

import dataclasses
import functools
from typing import Protocol

import numpy as np
from PIL import Image

from faceaging_tf.geometry.align import MTCNN_TEMPLATE, align_face, similarity_to_template

# The close look at a face: its aligned square with a border on every side, at
# the very size and border at which MTCNN_TEMPLATE was measured, so that the
# detector's bias, which grows for small faces (eyes 5 % further apart at 32 px
# than at 192 px), is the one the template takes away.
CLOSE_UP_FACE = 192
CLOSE_UP_BORDER = 36
CLOSE_UP_SIZE = CLOSE_UP_FACE + 2 * CLOSE_UP_BORDER

# Side of the crops that the second and third network see, and what multiple their number is filled up to: for each number of crops,
# TensorFlow keeps convolutions of their own, half a megabyte a thread, and a photo has any number from 1 to some hundreds.
_CROPS = {"RNet": (24, 16), "ONet": (48, 4)}


@dataclasses.dataclass(frozen=True, eq=False)
class Face:
    """One face of a photo.

    Attributes:
        box: `(4,)` float64 `(left, top, right, bottom)` in pixels of the photo;
            may reach over its edges.
        landmarks: `(5, 2)` float64 `(x, y)` in pixels of the photo, the centre
            of the first pixel at (0, 0): left eye, right eye, nose, left mouth
            corner, right mouth corner, "left" as seen in the picture.
        score: how sure the detector is, 0 to 1.
        template: where these landmarks lie in an aligned face, `(5, 2)` fractions of the tight frame's side, where that is not the detector's own template; None
            where it is.
    """

    box: np.ndarray
    landmarks: np.ndarray
    score: float
    template: np.ndarray | None = None

    @property
    def size(self):
        """The longer side of the box, in pixels of the photo."""
        return float(max(self.box[2] - self.box[0], self.box[3] - self.box[1]))

    def landmarks_on(self, template):
        """Where the landmarks of another template lie in this face, `(5, 2)` in pixels: whoever follows a face needs one template for all of its pictures.

        Args:
            template: `(5, 2)` fractions of the tight frame's side. Where the face has no template of its own, its landmarks are taken to be on this one.
        """
        if self.template is None:
            return self.landmarks
        to_unit = similarity_to_template(self.landmarks, 1, self.template)
        return (np.asarray(template) - 0.5 - to_unit[:, 2]) @ np.linalg.inv(to_unit[:, :2]).T


class Detector(Protocol):
    """Anything that finds faces: a callable from pixels to faces.

    `template` (optional) is where this detector sees the landmarks of an aligned
    face, `(5, 2)` fractions of the side; without it its landmarks are taken to
    agree with `faceaging_tf.geometry.align.TEMPLATE`.
    """

    def __call__(self, pixels: np.ndarray) -> list[Face]:
        """Find the faces in `(H, W, 3)` uint8 pixels, the largest first."""


class MTCNNDetector:
    """Faces by the `mtcnn` package: three small networks in a cascade, five landmarks.

    The photo is shrunk for the search; each face found is then looked at again
    alone, upright and at one size, and its landmarks are taken from there. A
    face that the closer look does not confirm is dropped unless the first one
    was sure of it. The networks are loaded at the first photo.

    Zhang et al., "Joint Face Detection and Alignment using Multi-task Cascaded
    Convolutional Networks", IEEE Signal Processing Letters 23(10), 2016.

    Args:
        maximum_side: the longer side of the photo during the search, in pixels.
            At 1600, faces from about 1/80 of the photo's longer side are found.
        minimum_score: faces below this score (0 to 1) are not reported.
        sure_score: faces from this score on need no confirmation.

    Raises:
        ValueError: a maximum side below 64 pixels, or a score outside 0 to 1.

    Example:
        >>> from skimage.data import astronaut
        >>> from faceaging_tf.photo.detection import MTCNNDetector
        >>> faces = MTCNNDetector()(astronaut())
        >>> len(faces), faces[0].landmarks.shape
        (1, (5, 2))
    """

    template = MTCNN_TEMPLATE

    def __init__(self, maximum_side=1600, minimum_score=0.9, sure_score=0.99):
        if maximum_side < 64:
            raise ValueError(f"maximum_side must be 64 pixels or more; got {maximum_side}.")
        if not 0 <= minimum_score <= 1 or not 0 <= sure_score <= 1:
            raise ValueError(f"Scores must lie in 0 to 1; got minimum_score={minimum_score}, sure_score={sure_score}.")
        self.maximum_side = maximum_side
        self.minimum_score = minimum_score
        self.sure_score = sure_score
        self._network = None

    def __call__(self, pixels):
        """Find the faces of a photo.

        Args:
            pixels: `(H, W, 3)` uint8, upright.

        Returns:
            A list of `Face`, the largest first; empty where none was found.
        """
        faces = self._search(pixels)
        if not faces:
            # A face that fills its picture to the edge is found once it has a
            # border, which its own mirror image provides.
            border = round(max(pixels.shape[:2]) * CLOSE_UP_BORDER / CLOSE_UP_FACE)
            bordered = np.pad(pixels, ((border, border), (border, border), (0, 0)), mode="symmetric")
            faces = [_moved(face, -border) for face in self._search(bordered)]
        looked_at = [self._look_closely(pixels, face) for face in faces]
        faces = without_duplicates([face for face in looked_at if face is not None])
        return sorted(faces, key=lambda face: face.size, reverse=True)

    def _search(self, pixels):
        """The faces of the whole photo, as they appear at `maximum_side`."""
        height, width = pixels.shape[:2]
        shrink = max(1.0, max(height, width) / self.maximum_side)
        if shrink > 1:
            size = (max(1, round(width / shrink)), max(1, round(height / shrink)))
            small = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))
        else:
            small = pixels
        scale = np.array([width / small.shape[1], height / small.shape[0]])
        return [
            Face(
                box=((face.box.reshape(2, 2) + 0.5) * scale - 0.5).ravel(),
                landmarks=(face.landmarks + 0.5) * scale - 0.5,
                score=face.score,
            )
            for face in self._detect(small)
            if face.score >= self.minimum_score
        ]

    def _look_closely(self, pixels, face):
        """The face with the landmarks of its close-up, or None where it is no face after all."""
        with_border = (self.template * CLOSE_UP_FACE + CLOSE_UP_BORDER) / CLOSE_UP_SIZE
        try:
            to_close_up = similarity_to_template(face.landmarks, CLOSE_UP_SIZE, with_border)
            close_up = align_face(pixels, face.landmarks, CLOSE_UP_SIZE, with_border)
        except ValueError:
            # Landmarks in one place or outside the photo: not a face.
            return None
        centre = np.full(2, (CLOSE_UP_SIZE - 1) / 2)
        candidates = [
            seen
            for seen in self._detect(close_up)
            if np.linalg.norm(seen.landmarks.mean(axis=0) - centre) < CLOSE_UP_FACE / 4
        ]
        if not candidates:
            return face if face.score >= self.sure_score else None
        seen = max(candidates, key=lambda candidate: candidate.size)
        to_photo = np.linalg.inv(np.vstack([to_close_up, (0, 0, 1)]))[:2]
        landmarks = seen.landmarks @ to_photo[:, :2].T + to_photo[:, 2]
        return dataclasses.replace(face, landmarks=landmarks, score=max(face.score, seen.score))

    def _detect(self, pixels):
        """What the networks see in these very pixels, unrounded."""
        # TensorFlow is loaded with the package: only where a photo needs it.
        if self._network is None:
            from mtcnn import MTCNN

            self._network = _compiled(MTCNN())
        # The package rounds landmarks to whole pixels in its dictionaries, but
        # not in its arrays: image, box, score, five x, five y. Its minimum face
        # size is left alone: from about 30 px on its pyramid ends in images
        # smaller than its networks' window, and it then reports no face at all.
        # Its pyramid is made of the type that it is given, of uint8 as float64: in float32 it is the same, exactly, and faster.
        pixels = pixels.astype(np.float32)
        found = self._network.detect_faces(pixels, output_type="numpy", box_format="xyxy", fit_to_image=False)
        return [
            Face(
                box=row[1:5].astype(np.float64),
                landmarks=np.stack([row[6:11], row[11:16]], axis=1).astype(np.float64),
                score=float(row[5]),
            )
            for row in found
        ]


def _compiled(network):
    """The cascade with its three networks as graphs: called one operation after the other, they spend most of their time in between."""
    import tensorflow as tf

    for stage in network.stages:
        side, multiple = _CROPS.get(type(stage.model).__name__, (None, 1))
        graph = functools.partial(_in_multiples, stage.model, multiple)
        stage._model = tf.function(graph, input_signature=[tf.TensorSpec((None, side, side, 3), tf.float32)])
    return network


def _in_multiples(model, multiple, images):
    """A network's outputs for images whose number is filled up to a multiple."""
    import tensorflow as tf

    count = tf.shape(images)[0]
    # Not by tf.pad: it would be merged into the convolution after it, which then sees every number again.
    filled = tf.concat([images, tf.zeros((-count % multiple, *images.shape[1:]))], axis=0) if multiple > 1 else images
    return [output[:count] for output in model(filled)]


def without_duplicates(faces):
    """Leave one face of those that are the same one seen twice: the one with the best score.

    Two are the same where the smaller box lies mostly (60 %) in the larger, or
    where the landmarks' centres are nearer than 30 % of the larger face.

    Args:
        faces: a list of `Face`.

    Returns:
        A list of `Face`, the best score first.
    """
    kept = []
    for face in sorted(faces, key=lambda face: (face.score, face.size), reverse=True):
        if not any(_same(face, other) for other in kept):
            kept.append(face)
    return kept


def split_by_size(faces, minimum_size):
    """Part the faces that are large enough to age from those that are too small.

    Args:
        faces: a list of `Face`.
        minimum_size: the smallest `Face.size`, in pixels of the photo.

    Returns:
        Two lists of `Face`, in the given order: large enough, too small.
    """
    large_enough = [face for face in faces if face.size >= minimum_size]
    too_small = [face for face in faces if face.size < minimum_size]
    return large_enough, too_small


def _same(face, other):
    low = np.maximum(face.box[:2], other.box[:2])
    high = np.minimum(face.box[2:], other.box[2:])
    shared = np.prod(np.maximum(high - low, 0))
    smaller = min(np.prod(face.box[2:] - face.box[:2]), np.prod(other.box[2:] - other.box[:2]))
    apart = np.linalg.norm(face.landmarks.mean(axis=0) - other.landmarks.mean(axis=0))
    return shared > 0.6 * smaller or apart < 0.3 * max(face.size, other.size)


def _moved(face, shift):
    return dataclasses.replace(face, box=face.box + shift, landmarks=face.landmarks + shift)
