"""One picture looked at: its face found, aligned and judged, or the reason why not."""

import contextlib
import dataclasses
import hashlib
import io
import json
import signal
import threading
from collections.abc import Callable

import numpy as np
from PIL import Image

from faceaging_tf.errors import PhotoError, ReaderError
from faceaging_tf.geometry.align import TEMPLATE, align_face, similarity_to_template
from faceaging_tf.geometry.exposure import LUMINANCE
from faceaging_tf.geometry.frames import FRAMES, TIGHT
from faceaging_tf.optional import PREPARE, needed
from faceaging_tf.parallel.place import as_text
from faceaging_tf.pictures.reading import read_photo
from faceaging_tf.prepare import reasons


@dataclasses.dataclass(frozen=True)
class Tools:
    """What looks at pictures.

    Attributes:
        detector: a `faceaging_tf.photo.detection.Detector`.
        estimate_ages: from `(N, S, S, 3)` uint8 faces, aligned in the frame of the corpus, to
            `(N,)` years.
    """

    detector: Callable
    estimate_ages: Callable


class Dropped(Exception):
    """A picture that does not get into the corpus: a word of `reasons`, and a sentence."""

    def __init__(self, reason, detail):
        super().__init__(detail)
        self.reason, self.detail = reason, detail


class _Overdue(Exception):
    """No kind of OSError, which readers of pictures take for damage."""


def examine(tree, sources, settings, tools):
    """Looks at pictures.

    Args:
        tree: a `faceaging_tf.data.readers.Tree`.
        sources: `faceaging_tf.data.readers.Source`s of it.
        settings: a `Settings`.
        tools: a `Tools`.

    Returns:
        A dict for each source, in order, with the columns of `rows`; `reason` is "" for those that
        got through.
    """
    found = [_examined(tree, source, settings, tools) for source in sources]
    kept = [row for row in found if not row["reason"]]
    if kept:
        for row, age in zip(
            kept, tools.estimate_ages(np.stack([row.pop("pixels") for row in kept])), strict=True
        ):
            row["age_estimate"] = float(age)
    return found


def _examined(tree, source, settings, tools):
    row = labels_of(source)
    try:
        if source.problem:
            raise Dropped(reasons.LABEL, source.problem)
        with _at_most(settings.seconds):
            row |= _seen(tree, source, settings, tools)
    except Dropped as dropped:
        row |= {"reason": dropped.reason, "detail": as_text(dropped.detail)}
    except _Overdue:
        row |= {
            "reason": reasons.TOO_SLOW,
            "detail": f"It took more than {settings.seconds:g} seconds.",
        }
    return row


def labels_of(source):
    """The columns that labels give, and a fate that is open."""
    row = {name: getattr(source, name) for name in ("age_min", "age_max")}
    row |= {
        name: as_text(getattr(source, name))
        for name in ("file", "sex", "person", "source", "split")
    }
    return {
        **row,
        "attributes": json.dumps(source.attributes, sort_keys=True),
        "reason": "",
        "detail": "",
    }


def _seen(tree, source, settings, tools):
    """The columns that looking at a picture gives, and the aligned face's pixels."""
    content, photo = _read(tree, source.file, settings)
    pixels = photo.pixels
    height, width = pixels.shape[:2]
    if source.aligned:
        if height != width:
            raise Dropped(
                reasons.NO_FACE, f"An aligned face is square, and this picture is {width}x{height}."
            )
        if settings.frame != TIGHT.name:
            raise Dropped(
                reasons.CUT_OUT,
                f"It is cut out to the tight frame already, and the {settings.frame} frame shows more.",
            )
        landmarks, template, seen = TEMPLATE * width - 0.5, TEMPLATE, {"faces": 1, "score": 1.0}
    else:
        landmarks, template, seen = _face_of(tools.detector, pixels, settings)
    template = FRAMES[settings.frame].template(template)
    aligned = align_face(pixels, landmarks, settings.image_size, template)
    in_square = similarity_to_template(landmarks, 1.0, template)
    face_size = float(1 / np.sqrt(np.linalg.det(in_square[:, :2])))
    if face_size < settings.smallest_face:
        raise Dropped(
            reasons.SMALL_FACE,
            f"Its aligned square is {face_size:.0f} pixels wide in the picture, and {settings.smallest_face:g} are asked for.",
        )
    turned = turn_of(landmarks)
    if turned > settings.most_turned:
        raise Dropped(
            reasons.TURNED_AWAY,
            f"The nose lies {turned:.2f} eye distances off the middle, and at most {settings.most_turned:g} are asked for.",
        )
    sharpness = sharpness_of(aligned)
    if sharpness < settings.least_sharpness:
        raise Dropped(
            reasons.BLURRED,
            f"Its sharpness is {sharpness:.3f}, and {settings.least_sharpness:g} is asked for.",
        )
    return {
        "image": {"bytes": encoded(aligned), "path": None},
        "pixels": aligned,
        "landmarks": np.asarray(landmarks, "float32").ravel().tolist(),
        "width": width,
        "height": height,
        "face_size": face_size,
        "turned": turned,
        "sharpness": sharpness,
        "content": hashlib.sha256(content).hexdigest(),
        "fingerprint": fingerprint(aligned),
        **seen,
    }


def _read(tree, name, settings):
    """The bytes and the pixels of a file."""
    try:
        content = tree.read(name)
    except (OSError, ReaderError) as error:
        raise Dropped(
            reasons.UNREADABLE,
            f"It could not be read ({getattr(error, 'strerror', None) or error}).",
        ) from error
    try:
        photo = read_photo(as_text(name), settings.most_pixels, content)
    except PhotoError as error:
        raise Dropped(reasons.NO_PICTURE, str(error)) from error
    if photo.pages > 1 and photo.format != "MPO":
        raise Dropped(reasons.ANIMATED, f"It holds {photo.pages} pictures, and a label is for one.")
    return content, photo


def _face_of(detector, pixels, settings):
    """Landmarks of the face that the label means, their template, and what else was seen."""
    faces = detector(pixels)
    if not faces:
        raise Dropped(reasons.NO_FACE, "No face was found in it.")
    sizes = [face.size for face in faces]
    if len(faces) > 1 and sizes[1] > settings.second_face * sizes[0]:
        raise Dropped(
            reasons.SEVERAL_FACES,
            f"It shows {len(faces)} faces, the two largest {sizes[0]:.0f} and {sizes[1]:.0f} pixels wide.",
        )
    return (
        faces[0].landmarks,
        getattr(detector, "template", TEMPLATE),
        {"faces": len(faces), "score": faces[0].score},
    )


def turn_of(landmarks):
    """How far the nose lies from the middle between the eyes, along the line of the eyes, in
    distances between them.
    """
    left, right, nose = np.asarray(landmarks, "float64")[:3]
    line = right - left
    return float(abs((nose - (left + right) / 2) @ line) / (line @ line))


def sharpness_of(face):
    """The standard deviation of a face's finest detail over that of the whole face: `(S, S, 3)`
    uint8 to a number, 0 for an even surface.
    """
    grey = face.astype("float32") @ LUMINANCE
    around = (grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]) / 4
    return float((grey[1:-1, 1:-1] - around).std() / max(grey.std(), 1e-3))


def fingerprint(face):
    """A hash of 256 bits, alike for pictures that look alike, as hexadecimal text (perceptual hash,
    by `imagehash`).

    64 bits do not do for aligned faces, which all look alike: among 8,000 different people one in
    nine has a neighbour within 8 bits, and none within 16 of 256.
    """
    return (
        np.packbits(needed("imagehash", PREPARE).phash(Image.fromarray(face), hash_size=16).hash)
        .tobytes()
        .hex()
    )


def encoded(face):
    """A face as a lossless WebP."""
    target = io.BytesIO()
    Image.fromarray(face).save(target, "WEBP", lossless=True, quality=50, method=2)
    return target.getvalue()


@contextlib.contextmanager
def _at_most(seconds):
    """Raises `_Overdue` in what takes longer, where the system has alarms."""
    if (
        not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
    ):
        yield
        return

    def ring(*_):
        raise _Overdue

    former = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
