"""A visitor's photo: its faces are found once, and then aged as often as asked. Nothing here knows of a page."""

import dataclasses

import numpy as np
from PIL import Image

from faceaging_tf.photo import PhotoError, age_photo, read_photo, strip
from faceaging_tf.photo.aging import align_faces
from faceaging_tf.photo.detection import Face

MEBIBYTE = 2**20
LARGEST_FILE = 50 * MEBIBYTE
# Of the photo as the page shows it; what is saved has the photo's own size.
LONGER_SIDE = 1280
STRIP = (-20, -10, 0, 10, 20, 30, 40)
SWEEP = tuple(range(-20, 41, 4))
# Of a moment of the sweep, in milliseconds; of its first and last.
MOMENT, REST = 160, 800


@dataclasses.dataclass(frozen=True, eq=False)
class FoundFaces:
    """A `faceaging_tf.photo.Detector` that has looked already.

    Attributes:
        faces: a list of `Face`.
        template: where the detector that found them sees the landmarks of an aligned face, `(5, 2)` fractions of the side.
    """

    faces: list[Face]
    template: np.ndarray

    def __call__(self, pixels):
        """The faces that were found."""
        return self.faces

    def only(self, chosen):
        """Those of some numbers, counted from 0."""
        return FoundFaces([self.faces[number] for number in chosen], self.template)

    def scaled(self, scale):
        """The same faces, in the same order, in the photo made `scale` times as large."""
        placed = lambda points: (points + 0.5) * scale - 0.5
        faces = [Face(placed(face.box.reshape(2, 2)).ravel(), placed(face.landmarks), face.score) for face in self.faces]
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
        strips: by entry and chosen faces, what `aged_strip` made.
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
        raise PhotoError(f"'{name}' has {len(content) / MEBIBYTE:.0f} MB; up to {LARGEST_FILE // MEBIBYTE} MB are taken. Save it smaller first.")
    pixels = read_photo(name, content=content).pixels
    aligned = align_faces(pixels, model, detector)
    found = FoundFaces(aligned.faces, detector.template)
    height, width = pixels.shape[:2]
    shrink = max(1.0, max(height, width) / LONGER_SIDE)
    if shrink > 1:
        size = (max(1, round(width / shrink)), max(1, round(height / shrink)))
        preview = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))
    else:
        preview = pixels
    return VisitorPhoto(name, content, (height, width), found, preview, found.scaled(1 / shrink), len(aligned.too_small))


def ages_seen(photo, entry, model):
    """The ages that a model sees, `(N,)` float32 in years; estimated once for each entry."""
    if entry not in photo.ages:
        crops = align_faces(photo.preview, model, photo.found_in_preview, minimum_face_size=0).crops
        photo.ages[entry] = np.asarray(model.estimate_ages(crops), "float32")
    return photo.ages[entry]


def aged_preview(photo, entry, model, years, chosen):
    """The preview with its chosen faces aged.

    Args:
        photo: a `VisitorPhoto`.
        entry: name that the model goes by.
        model: an ageing model.
        years: a number, negative to make younger.
        chosen: numbers of faces, from 0.

    Returns:
        `(h, w, 3)` uint8.
    """
    if not years or not chosen:
        return photo.preview
    ages = ages_seen(photo, entry, model)[chosen]
    return age_photo(photo.preview, model, years, ages, photo.found_in_preview.only(chosen), minimum_face_size=0).pixels


def aged_strip(photo, entry, model, chosen):
    """The largest chosen face at the years of `STRIP`, youngest first, with captions: `(H, W, 3)` uint8; None where no face is chosen."""
    if not chosen:
        return None
    key = (entry, *chosen)
    if key not in photo.strips:
        ages = ages_seen(photo, entry, model)[chosen]
        photo.strips[key] = strip(photo.preview, model, STRIP, ages, photo.found_in_preview.only(chosen), minimum_face_size=0).pixels
    return photo.strips[key]


def aged_whole(photo, entry, model, years, chosen):
    """The photo at its own size with its chosen faces aged.

    Returns:
        The `faceaging_tf.photo.Photo` of the file, and `(H, W, 3)` uint8, its aged pixels.
    """
    original = read_photo(photo.name, content=photo.content)
    if not years or not chosen:
        return original, original.pixels
    ages = ages_seen(photo, entry, model)[chosen]
    return original, age_photo(original, model, years, ages, photo.found.only(chosen)).pixels


def around(photo, chosen):
    """The surroundings of the chosen faces in the preview, as slices of rows and columns; of the whole preview where none is chosen."""
    faces = [photo.found_in_preview.faces[number] for number in chosen]
    if not faces:
        return slice(None), slice(None)
    limits = photo.preview.shape[1::-1]
    first = np.clip(np.min([face.box[:2] - face.size / 2 for face in faces], axis=0), 0, limits).astype(int)
    last = np.clip(np.max([face.box[2:] + face.size / 2 for face in faces], axis=0), 0, limits).astype(int)
    return slice(first[1], last[1]), slice(first[0], last[0])


def write_sweep(path, photo, entry, model, chosen):
    """Writes the chosen faces from youngest to oldest and back as an animated WebP."""
    region = around(photo, chosen)
    moments = [Image.fromarray(aged_preview(photo, entry, model, years, chosen)[region]) for years in SWEEP]
    frames = moments + moments[-2:0:-1]
    durations = [REST if number in (0, len(moments) - 1) else MOMENT for number in range(len(frames))]
    frames[0].save(path, "WEBP", save_all=True, append_images=frames[1:], duration=durations, loop=0, quality=85)
