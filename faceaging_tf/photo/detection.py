"""Finding the faces of a photo, with five landmarks each."""

import concurrent.futures
import dataclasses
import functools
import threading
from typing import Protocol

import numpy as np

from faceaging_tf.errors import PhotoError
from faceaging_tf.geometry.align import MESH_TEMPLATE, TEMPLATE, similarity_to_template
from faceaging_tf.runtime.face_detector import BORDER, FaceSearch, shrunk
from faceaging_tf.runtime.face_detector import SMALLEST as SMALLEST_SEARCHED
from faceaging_tf.runtime.landmarks import FaceLandmarks, five_of
from faceaging_tf.runtime.litert import NetworkFileError

# The search reports every place that may hold a face, and the face mesh says whether it does: where
# it is no face, it knows better. Tiles are many.
PLACE_SCORE, TILE_SCORE = 0.15, 0.25
# Nobody ages a face of fewer pixels, and the mesh is not to be trusted there.
SMALLEST = 20
# Where there is none, the photo is looked at once more with a wider border, and turned: degrees,
# and border by the longer side.
LOOKS = ((0, 0.35), (180, BORDER), (90, BORDER), (270, BORDER))
# Places with a lower score are looked at again, upright and at one size, where a face gets a higher
# one; a cat does not.
SURE, CLOSE_SCORE = 0.7, 0.55
# A mesh of a face seen the wrong way up, mouth for eyes, has a lower score, and a lower one than
# the right one.
POSSIBLE, CLEAR = 0.7, 0.9995
# A box from so many pixels on has all that the mesh can see in the shrunk photo too.
LARGE = 128
# So much of the mesh lies in the photo, and so much of the five landmarks: the rest is guessed.
WITHIN, MOST_OF_FIVE = 0.6, 0.8
# The mesh ends at the forehead's middle, and a face's box does not: on every side it is wider by so
# much of the mesh.
MARGIN = 0.06
# Between the corners of a mouth lies so much of the distance between the eyes.
MOUTH = 0.87


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
    """

    box: np.ndarray
    landmarks: np.ndarray
    score: float

    def moved(self, matrix: np.ndarray) -> "Face":
        """The face in another picture, whose pixels a `(2, 3)` matrix without a turn gives."""
        scale, shift = matrix[:, :2], matrix[:, 2]
        box = (self.box.reshape(2, 2) @ scale.T + shift).ravel()
        return Face(box, self.landmarks @ scale.T + shift, self.score)

    @property
    def size(self) -> float:
        """The longer side of the box, in pixels of the photo."""
        return float(max(self.box[2] - self.box[0], self.box[3] - self.box[1]))


class Detector(Protocol):
    """Anything that finds faces: a callable from pixels to faces.

    `template` (optional) is where this detector sees the landmarks of an aligned
    face, `(5, 2)` fractions of the side; without it its landmarks are taken to
    agree with `faceaging_tf.geometry.align.TEMPLATE`.
    """

    def __call__(self, pixels: np.ndarray) -> list[Face]:
        """Find the faces in `(H, W, 3)` uint8 pixels, the largest first."""


class FaceDetector:
    """Faces by MediaPipe's networks on LiteRT: BlazeFace says where there may be one, the face mesh
    whether there is, and where its landmarks are.

    The whole photo is searched at one look and then in tiles, so that small faces are found; where
    there is none, also upside down and lying on either side. A face may be turned by half a right
    angle wherever it is. The networks are loaded at the first photo.

    Args:
        smallest: height of the smallest faces that are searched for, by the photo's longer side;
            faces below 20 pixels are left out.
        minimum_score: faces of which the mesh is less sure, 0 to 1, are not reported.
        threads: tiles and faces that are looked at at a time.

    Raises:
        ValueError: a `smallest` that is not above 0, and 1 at most, or a score outside 0 to 1.

    Example:
        >>> from skimage.data import astronaut
        >>> from faceaging_tf.photo.detection import FaceDetector
        >>> faces = FaceDetector()(astronaut())
        >>> len(faces), faces[0].landmarks.shape
        (1, (5, 2))
    """

    template = MESH_TEMPLATE

    def __init__(self, smallest: float = 1 / 80, minimum_score: float = 0.9, threads: int = 2):
        if not 0 < smallest <= 1:
            raise ValueError(
                f"The smallest face was {smallest} of the photo's longer side; it must be above 0, and 1 at most."
            )
        if not 0 <= minimum_score <= 1:
            raise ValueError(
                f"The minimum score must lie in 0 to 1; got minimum_score={minimum_score}."
            )
        self.smallest = smallest
        self.minimum_score = minimum_score
        self.threads = threads
        self._search = self._meshes = None
        # A network's input and output are its own, and not a caller's.
        self._turn = threading.Lock()

    def __call__(self, pixels: np.ndarray) -> list[Face]:
        """Find the faces of a photo.

        Args:
            pixels: `(H, W, 3)` uint8, upright.

        Returns:
            A list of `Face`, the largest first; empty where none was found.

        Raises:
            PhotoError: the networks are not installed.
        """
        with self._turn:
            return self._found(pixels)

    def _found(self, pixels):
        if self._search is None:
            try:
                self._meshes = [FaceLandmarks() for _ in range(self.threads)]
                self._search = FaceSearch(self.threads)
            except NetworkFileError as error:
                raise PhotoError(str(error)) from error
        smallest = max(SMALLEST, self.smallest * max(pixels.shape[:2]))
        # As large as the search's last level, where the smallest face has as many pixels as it
        # needs.
        small, to_photo = shrunk(pixels, SMALLEST_SEARCHED / smallest)
        smallest /= to_photo[0, 0]
        faces = self._confirmed(
            pixels, small, to_photo, self._search(small, smallest, PLACE_SCORE, TILE_SCORE)
        )
        for degrees, border in LOOKS:
            if not faces:
                places = self._search.whole(small, PLACE_SCORE, degrees, border)
                faces = self._confirmed(pixels, small, to_photo, places)
        return sorted(without_duplicates(faces), key=lambda face: face.size, reverse=True)

    def _mesh(self, pixels, five, thread):
        """Points and score of the mesh, the right way up."""
        mesh, score = self._meshes[thread](pixels, five)
        if POSSIBLE <= score < CLEAR:
            other, other_score = self._meshes[thread](pixels, _upside_down(mesh))
            if other_score > score:
                return other, other_score
        return mesh, score

    def _confirmed(self, photo, small, to_photo, places):
        """The `Face`s at those of the shrunk photo's `Boxes` where the mesh sees one."""
        large = places.boxes[:, 2] - places.boxes[:, 0] >= LARGE
        with concurrent.futures.ThreadPoolExecutor(self.threads) as pool:
            faces = [face.moved(to_photo) for face in self._seen(small, places[large], pool)]
            rest = places[~large].mapped(to_photo)
            return faces + self._seen(photo, rest[~_within_faces(rest.boxes, faces)], pool)

    def _seen(self, pixels, places, pool):
        """The faces at places, in their order; each thread has networks of its own."""
        found = [None] * len(places)

        def look(thread):
            for number in range(thread, len(places), self.threads):
                found[number] = self._face_at(pixels, places[number : number + 1], thread)

        for _ in pool.map(look, range(self.threads)):
            pass
        return [face for face in found if face is not None]

    def _face_at(self, pixels, place, thread):
        """The `Face` at one of `Boxes`, or None."""
        try:
            mesh, score = self._mesh(pixels, _five_of_four(place.points[0]), thread)
        except ValueError:
            # Points in one place or outside the photo: not a face.
            return None
        five = five_of(mesh)
        if (
            score < self.minimum_score
            or not _meets(place.boxes[0], mesh)
            or _share_within(mesh, pixels) < WITHIN
            or _share_within(five, pixels) < MOST_OF_FIVE
        ):
            return None
        if place.scores[0] < SURE:
            alone = similarity_to_template(five, 1, MESH_TEMPLATE)
            if self._search.sees(pixels, alone, thread) < CLOSE_SCORE:
                return None
        return Face(_box_of(mesh), five, score)


class KnownFaces:
    """A detector of one photo, in which another has found the faces already.

    Args:
        detector: that other.
        pixels: `(H, W, 3)` uint8, the photo.
    """

    def __init__(self, detector: Detector, pixels: np.ndarray):
        self.template = getattr(detector, "template", TEMPLATE)
        self._faces = detector(pixels)

    def __call__(self, pixels: np.ndarray) -> list[Face]:
        """The faces that were found, whatever the pixels."""
        return self._faces


@functools.cache
def default_detector() -> FaceDetector:
    """The `FaceDetector` of whoever has none of his own; its networks are loaded once."""
    return FaceDetector()


def _upside_down(mesh):
    """Five landmarks of the same place, the other way up."""
    return mesh.min(axis=0) + mesh.max(axis=0) - five_of(mesh)


def _five_of_four(points):
    """Five landmarks, roughly, of the eyes, the nose and the middle of the mouth `(4, 2)`."""
    left_eye, right_eye, nose, mouth = points
    corner = (right_eye - left_eye) * MOUTH / 2
    return np.stack([left_eye, right_eye, nose, mouth - corner, mouth + corner])


def _meets(box, mesh):
    """Whether the mesh lies where the box is: beside it stands another face, which has a box of its
    own.
    """
    return bool(((box[:2] < mesh.mean(axis=0)) & (mesh.mean(axis=0) < box[2:])).all())


def _within_faces(boxes, faces):
    """Which boxes `(N, 4)` lie in the box of a face: what is seen there is the same one."""
    within = np.zeros(len(boxes), bool)
    for face in faces:
        within |= (boxes[:, :2] >= face.box[:2]).all(axis=1) & (boxes[:, 2:] <= face.box[2:]).all(
            axis=1
        )
    return within


def _share_within(points, pixels):
    """How many of a face's points lie in the photo, and not in the mirror image around it."""
    return (
        ((points >= -0.5) & (points < (pixels.shape[1] - 0.5, pixels.shape[0] - 0.5)))
        .all(axis=1)
        .mean()
    )


def _box_of(mesh):
    low, high = mesh.min(axis=0), mesh.max(axis=0)
    return np.concatenate([low - MARGIN * (high - low), high + MARGIN * (high - low)])


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
