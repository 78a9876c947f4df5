"""Finding the faces of a video: everywhere now and then, and in between only where they are known
to be.
"""

from faceaging_tf.photo.detection import FaceDetector
from faceaging_tf.runtime.face_detector import FaceSearch
from faceaging_tf.runtime.landmarks import FaceLandmarks, five_of

# How sure the search must be that there is another face, seen at one look at the whole frame.
ANOTHER = 0.5


class FrameFinder:
    """A `FaceDetector` that also looks quickly at frames in which faces are known.

    Args:
        detector: what finds all faces of a frame.

    Attributes:
        template: see `faceaging_tf.photo.detection.Detector`.

    Raises:
        NetworkFileError: the networks are not installed.
    """

    def __init__(self, detector=None):
        self.detector = FaceDetector() if detector is None else detector
        self.template = self.detector.template
        self._landmarks, self._search = FaceLandmarks(), FaceSearch()

    def __call__(self, pixels):
        """All faces, see `FaceDetector`."""
        return self.detector(pixels)

    def again(self, pixels, landmarks):
        """A face found again near where it was.

        Args:
            pixels: `(H, W, 3)` uint8.
            landmarks: `(5, 2)`, roughly where its landmarks are.

        Returns:
            `(5, 2)`; None where it is not surely there.
        """
        try:
            points, score = self._landmarks(pixels, landmarks)
        except ValueError:
            return None
        within = (points > 0).all() and (points < (pixels.shape[1], pixels.shape[0])).all()
        return five_of(points) if within and score >= self.detector.minimum_score else None

    def sees_others(self, pixels, faces):
        """Whether there may be a face, of a tenth of the frame or more, beside those that are
        known.

        Args:
            pixels: `(H, W, 3)` uint8.
            faces: a list of landmarks `(5, 2)`.
        """
        boxes = self._search.whole(pixels, ANOTHER).boxes
        middles = (boxes[:, :2] + boxes[:, 2:]) / 2
        # Beyond the frame lies its mirror image.
        inside = ((middles > 0) & (middles < (pixels.shape[1], pixels.shape[0]))).all(axis=1)
        return any(
            not any(
                ((face.min(axis=0) < middle) & (middle < face.max(axis=0))).all() for face in faces
            )
            for middle in middles[inside]
        )
