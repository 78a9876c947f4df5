"""A visitor's photo: its faces are found once, and then aged as often as asked. Nothing here knows
of a page.
"""

import dataclasses

import numpy as np
from PIL import Image

from faceaging_tf.manner import asked
from faceaging_tf.photo import PhotoError, age_photo, read_photo, strip
from faceaging_tf.photo.aging import align_faces
from faceaging_tf.photo.detection import Face
from faceaging_tf.video import Clip, sweep

MEBIBYTE = 2**20
LARGEST_FILE = 50 * MEBIBYTE
# Of the photo as the page shows it; what is saved has the photo's own size.
LONGER_SIDE = 1280
# Strips that are kept of a photo.
STRIPS = 3
STRIP = (-20, -10, 0, 10, 20, 30, 40)
SWEEP = Clip(seconds=3.0, rate=12.0, boomerang=True)
SWEEP_SIDE = 640


@dataclasses.dataclass(frozen=True, eq=False)
class FoundFaces:
    """A `faceaging_tf.photo.Detector` that has looked already.

    Attributes:
        faces: a list of `Face`.
        template: where the detector that found them sees the landmarks of an aligned face, `(5, 2)`
            fractions of the side.
    """

    faces: list[Face]
    template: np.ndarray

    def __call__(self, pixels):
        """The faces that were found."""
        return self.faces

    def only(self, chosen):
        """Those of some numbers, counted from 0."""
        return FoundFaces([self.faces[number] for number in chosen], self.template)

    def moved(self, left, top):
        """The same faces in the photo without its first columns and rows."""
        return self._placed(lambda points: points - np.array([left, top]))

    def scaled(self, scale):
        """The same faces, in the same order, in the photo made `scale` times as large."""
        return self._placed(lambda points: (points + 0.5) * scale - 0.5)

    def _placed(self, placed):
        faces = [
            dataclasses.replace(
                face, box=placed(face.box.reshape(2, 2)).ravel(), landmarks=placed(face.landmarks)
            )
            for face in self.faces
        ]
        return FoundFaces(faces, self.template)


@dataclasses.dataclass(frozen=True, eq=False)
class VisitorPhoto:
    """A photo in memory whose faces are known.

    Attributes:
        name: of the file.
        content: the file's bytes, from which the picture to save is made.
        shape: `(height, width)` of the photo.
        found: its faces, the largest first.
        preview: `(h, w, 3)` uint8, the photo as the page shows it.
        found_in_preview: the same faces there.
        too_small: how many faces are left alone because of their size.
        ages: by entry, `(N,)` float32, what its age network sees; filled as entries are used.
        strips: by entry, manner and chosen faces, what `aged_strip` made last.
    """

    name: str
    content: bytes
    shape: tuple[int, int]
    found: FoundFaces
    preview: np.ndarray
    found_in_preview: FoundFaces
    too_small: int
    ages: dict[str, np.ndarray] = dataclasses.field(default_factory=dict)
    strips: dict[tuple, np.ndarray] = dataclasses.field(default_factory=dict)

    @property
    def size(self):
        """Bytes that it takes in memory, about: with a few strips, which are no larger together."""
        return len(self.content) + 2 * self.preview.nbytes


def open_visitor_photo(name, content, model, detector):
    """Reads a photo, finds its faces and shrinks it for the page.

    Args:
        name: what the file is called.
        content: its bytes.
        model: an ageing model, which says how large a face must be cut out.
        detector: a `faceaging_tf.photo.Detector` with a `template`.

    Returns:
        A `VisitorPhoto`.

    Raises:
        PhotoError: too large, no photo, or no face in it.
    """
    if len(content) > LARGEST_FILE:
        raise PhotoError(
            f"'{name}' has {len(content) / MEBIBYTE:.0f} MB; up to {LARGEST_FILE // MEBIBYTE} MB are taken. Save it smaller first."
        )
    pixels = read_photo(name, content=content).pixels
    aligned = align_faces(pixels, model, detector)
    found = FoundFaces(aligned.faces, detector.template)
    preview = _shrunk(pixels, LONGER_SIDE)
    in_preview = found.scaled(max(preview.shape) / max(pixels.shape))
    return VisitorPhoto(
        name, content, pixels.shape[:2], found, preview, in_preview, len(aligned.too_small)
    )


def ages_seen(photo, entry, model):
    """The ages that a model sees, `(N,)` float32 in years; estimated once for each entry."""
    if entry not in photo.ages:
        crops = align_faces(photo.preview, model, photo.found_in_preview, minimum_face_size=0).crops
        photo.ages[entry] = np.asarray(model.estimate_ages(crops), "float32")
    return photo.ages[entry]


def aged_preview(photo, entry, model, years, chosen, **manner):
    """The preview with its chosen faces aged.

    Args:
        photo: a `VisitorPhoto`.
        entry: name that the model goes by.
        model: an ageing model.
        years: a number, negative to make younger.
        chosen: numbers of faces, from 0.
        **manner: of ageing, as in `faceaging_tf.photo.age_photo`.

    Returns:
        `(h, w, 3)` uint8.
    """
    if not years or not chosen:
        return photo.preview
    ages = ages_seen(photo, entry, model)[chosen]
    return age_photo(
        photo.preview, model, years, ages, photo.found_in_preview.only(chosen), 0, **manner
    ).pixels


def aged_strip(photo, entry, model, chosen, **manner):
    """The largest chosen face at the years of `STRIP`, youngest first, with captions: `(H, W, 3)`
    uint8; None where no face is chosen.
    """
    if not chosen:
        return None
    key = (entry, repr(sorted(asked(**manner).items())), *chosen)
    if key not in photo.strips:
        ages = ages_seen(photo, entry, model)[chosen]
        while len(photo.strips) >= STRIPS:
            photo.strips.pop(next(iter(photo.strips)))
        found = photo.found_in_preview.only(chosen)
        made = strip(photo.preview, model, STRIP, ages, found, minimum_face_size=0, **manner)
        photo.strips[key] = made.pixels
    return photo.strips[key]


def aged_whole(photo, entry, model, years, chosen, **manner):
    """The photo at its own size with its chosen faces aged.

    Returns:
        The `faceaging_tf.photo.Photo` of the file, and `(H, W, 3)` uint8, its aged pixels.

    Raises:
        PhotoError: no face is chosen.
    """
    _need_faces(chosen)
    original = read_photo(photo.name, content=photo.content)
    ages = ages_seen(photo, entry, model)[chosen]
    return original, age_photo(
        original, model, years, ages, photo.found.only(chosen), **manner
    ).pixels if years else original.pixels


def around(faces, shape):
    """The surroundings of faces in a photo of a shape, as slices of rows and columns; the whole
    photo for no face.
    """
    if not faces:
        return slice(0, shape[0]), slice(0, shape[1])
    first = np.min([face.box[:2] - face.size / 2 for face in faces], axis=0)
    last = np.max([face.box[2:] + face.size / 2 for face in faces], axis=0)
    left, top, right, bottom = np.clip([*first, *last], 0, 2 * shape[1::-1]).astype(int)
    return slice(top, bottom), slice(left, right)


def write_sweep(path, photo, entry, model, chosen, **manner):
    """Writes the surroundings of the chosen faces, from youngest to oldest and back, as a video.

    Raises:
        PhotoError: no face is chosen, or they are so far apart that they are too small in a video.
        VideoError: it cannot be written.
    """
    _need_faces(chosen)
    found = photo.found.only(chosen)
    rows, columns = around(found.faces, photo.shape)
    pixels = _shrunk(
        read_photo(photo.name, content=photo.content).pixels[rows, columns], SWEEP_SIDE
    )
    scale = max(pixels.shape) / max(rows.stop - rows.start, columns.stop - columns.start)
    found = found.moved(columns.start, rows.start).scaled(scale)
    ages = ages_seen(photo, entry, model)[chosen]
    first, last = STRIP[0], STRIP[-1]
    sweep(pixels, model, first, last, path, ages=ages, clip=SWEEP, detector=found, **manner)


def _need_faces(chosen):
    if not chosen:
        raise PhotoError("No face is chosen; choose one below the picture.")


def _shrunk(pixels, longer_side):
    height, width = pixels.shape[:2]
    shrink = max(height, width) / longer_side
    if shrink <= 1:
        return pixels
    size = (max(1, round(width / shrink)), max(1, round(height / shrink)))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))
