"""Following the faces of a video: found now and then, looked at again every few frames, carried in
between, started anew at cuts.
"""

import dataclasses

import numpy as np
from PIL import Image

from faceaging_tf.geometry.align import TEMPLATE, cut_square, similarity_to_template
from faceaging_tf.geometry.frames import frame_of_model
from faceaging_tf.video.carrying import carry

# Frames after which followed faces are looked at again; and all are searched, where the detector
# can look at known faces alone.
DETECT_EVERY, SEARCH_EVERY = 5, 25
# Mean change between thumbnails of two frames, in levels, that is a cut: the threshold of
# PySceneDetect's ContentDetector.
CUT = 27.0
THUMBNAIL = (64, 36)
OVERLAP = 0.3
# A face turned away or covered is given this many searches to come back.
MISSES = 2
# The age of a track is the median of this many estimates.
ESTIMATES = 7

# One row a track and frame: track, frame, whether it was found there, side of its square; by how
# much each of five points moved; where they were found.
COLUMNS = 24


@dataclasses.dataclass
class Live:
    """A face that is being followed.

    Attributes:
        number: of its track.
        landmarks: `(5, 2)` in pixels of the last frame.
        misses: searches in a row that did not find it.
        estimates: how many estimates of its age there are.
    """

    number: int
    landmarks: np.ndarray
    misses: int = 0
    estimates: int = 0

    def as_row(self):
        """The same as 13 numbers."""
        return np.concatenate([[self.number, self.misses, self.estimates], self.landmarks.ravel()])

    @classmethod
    def from_row(cls, row):
        """The inverse of `as_row`."""
        return cls(int(row[0]), row[3:].reshape(5, 2).copy(), int(row[1]), int(row[2]))


class Tracker:
    """Follows faces frame by frame, and writes down where they were.

    Args:
        detector: as in `faceaging_tf.photo.age_photo`; one that has `again` and `sees_others` (see
            `faceaging_tf.video.finding.FrameFinder`) is asked for all faces only every 25 frames,
            at cuts, where a face is lost and where another is seen.
        model: an ageing model, which estimates the ages.
        minimum_size: smaller faces, in pixels, are not followed.
        estimate: whether ages are wanted.

    Attributes:
        template: where the detector's landmarks lie in the square of the model's frame, `(5, 2)`
            fractions of its side.
        rows: a list of arrays of `COLUMNS` numbers.
        ages: a list of (track, age).
        cuts: numbers of the frames that begin a scene, the first frame's too.
        too_small: how many pixels the largest face had that was too small; 0 for none.
        left_alone: how many faces were too small at once, at most.
    """

    def __init__(self, detector, model, minimum_size, estimate=True):
        self.detector, self.model, self.minimum_size, self.estimate = (
            detector,
            model,
            minimum_size,
            estimate,
        )
        self.template = frame_of_model(model).template(getattr(detector, "template", TEMPLATE))
        self.live, self.next, self.too_small, self.left_alone = [], 0, 0.0, 0
        # Numbers of the frames at which known faces, and all faces, were looked for last.
        self.looked, self.searched = -DETECT_EVERY, -SEARCH_EVERY
        self.before = self.thumbnail = None
        self.begin_part()

    def begin_part(self):
        """Forgets what was written down; the faces are followed on."""
        self.rows, self.ages, self.cuts = [], [], []

    def state(self):
        """What `restore` needs to go on, as arrays."""
        live = np.array([face.as_row() for face in self.live]).reshape(-1, 13)
        counters = (self.next, self.searched, self.too_small, self.left_alone, self.looked)
        return {"live": live, "counters": np.array(counters)}

    def restore(self, live, counters, before):
        """Goes on from a state and the frame that was looked at last, `(H, W, 3)` uint8."""
        self.live = [Live.from_row(row) for row in live]
        self.next, self.searched, self.left_alone, self.looked = (
            int(counters[place]) for place in (0, 1, 3, 4)
        )
        self.too_small = float(counters[2])
        self.before, self.thumbnail = before, _thumbnail(before)

    def look_at(self, index, pixels):
        """Takes the next frame: its number, and `(H, W, 3)` uint8."""
        thumbnail = _thumbnail(pixels)
        cut = self.before is None or np.abs(thumbnail - self.thumbnail).mean() > CUT
        if cut:
            self.live = []
            self.cuts.append(index)
        places = {face.number: carry(face.landmarks, self.before, pixels) for face in self.live}
        lost = any(place is None for place in places.values())
        found = {}
        if cut or lost:
            found = self._search(index, pixels, places)
        elif index - self.looked >= DETECT_EVERY:
            found = self._look_again(index, pixels, places)
            if found is None:
                found = self._search(index, pixels, places)
        for face in self.live:
            was, carried = face.landmarks, places.get(face.number)
            face.landmarks = found.get(face.number, carried)
            moved = (carried if carried is not None else face.landmarks) - (
                was if face.number in places else face.landmarks
            )
            seen = found.get(face.number, np.full((5, 2), np.nan))
            head = [face.number, index, face.number in found, side_of(face.landmarks)]
            self.rows.append(np.concatenate([head, moved.ravel(), seen.ravel()]))
            if face.number in found and self.estimate and face.estimates < ESTIMATES:
                self._estimate(face, pixels)
        self.before, self.thumbnail = pixels, thumbnail

    def _look_again(self, index, pixels, places):
        """Where the faces that are followed are seen again, by track; None where all faces must be
        searched.
        """
        if not hasattr(self.detector, "again") or index - self.searched >= SEARCH_EVERY:
            return None
        found = {}
        for track in self.live:
            place = self.detector.again(pixels, places[track.number])
            if place is None or overlap(places[track.number], place) < OVERLAP:
                return None
            found[track.number] = place
        if self.detector.sees_others(pixels, list(found.values())):
            return None
        self.looked = index
        for track in self.live:
            track.misses = 0
        return found

    def _search(self, index, pixels, places):
        """Where the detector sees the faces that are followed, by track; those that it misses are
        given up in the end, and new ones followed.
        """
        self.searched = self.looked = index
        faces = sorted(self.detector(pixels), key=lambda face: face.size, reverse=True)
        found, followed = {}, []
        pairs = [
            (overlap(_expected(track, places), face.landmarks), track, number)
            for track in self.live
            for number, face in enumerate(faces)
        ]
        taken = set()
        for share, track, number in sorted(pairs, key=lambda pair: -pair[0]):
            if share >= OVERLAP and track.number not in found and number not in taken:
                found[track.number] = faces[number].landmarks
                taken.add(number)
        for track in self.live:
            track.misses = 0 if track.number in found else track.misses + 1
            if track.number in found or (
                track.misses < MISSES and places[track.number] is not None
            ):
                followed.append(track)
        small = 0
        for number, face in enumerate(faces):
            if number in taken:
                continue
            if face.size < self.minimum_size:
                self.too_small = max(self.too_small, face.size)
                small += 1
                continue
            followed.append(Live(self.next, face.landmarks))
            found[self.next] = face.landmarks
            self.next += 1
        self.live, self.left_alone = followed, max(self.left_alone, small)
        return found

    def _estimate(self, face, pixels):
        size = self.model.image_size
        crop = cut_square(pixels, similarity_to_template(face.landmarks, size, self.template), size)
        self.ages.append((face.number, float(np.asarray(self.model.estimate_ages(crop[None]))[0])))
        face.estimates += 1


def side_of(landmarks):
    """Side of the tight square of a face, in pixels of its picture."""
    return 1 / np.sqrt(np.linalg.det(similarity_to_template(landmarks, 1)[:, :2]))


def overlap(first, second):
    """The shared area of two faces' squares by their joint one, 0 to 1; of landmarks `(5, 2)`."""
    sides = [side_of(landmarks) for landmarks in (first, second)]
    apart = np.abs(first.mean(axis=0) - second.mean(axis=0))
    shared = np.prod(np.clip(sum(sides) / 2 - apart, 0, min(sides)))
    return shared / (sides[0] ** 2 + sides[1] ** 2 - shared)


def _expected(track, places):
    place = places[track.number]
    return track.landmarks if place is None else place


def _thumbnail(pixels):
    # Means of areas: noise and edges that move a little are no change.
    return np.asarray(
        Image.fromarray(pixels).resize(THUMBNAIL, Image.Resampling.BOX), dtype=np.float32
    )
