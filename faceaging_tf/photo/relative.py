"""Ageing like a relative: the relief, spots and greying of somebody's own face, brought onto
another.
"""

import dataclasses
import os
from collections.abc import Callable, Sequence
from typing import Unpack

import numpy as np
from absl import logging

from faceaging_tf.errors import NoFaceError, PhotoError
from faceaging_tf.geometry.frames import WHOLE_HEAD, frame_of_model
from faceaging_tf.geometry.landmarks import (
    LEFT_EYE_CORNER,
    LEFT_MOUTH,
    LEFT_SIDE,
    NOSE_TIP,
    RIGHT_EYE_CORNER,
    RIGHT_MOUTH,
    RIGHT_SIDE,
)
from faceaging_tf.geometry.templates import MESH_TEMPLATE
from faceaging_tf.manner import asked
from faceaging_tf.photo.aging import align_faces
from faceaging_tf.photo.covered import covered_faces
from faceaging_tf.photo.detection import Detector
from faceaging_tf.photo.hair import Hair, change_towards, hair_of
from faceaging_tf.photo.lending import OLDER, YOUNGER, with_skin_of
from faceaging_tf.photo.skin import SIDE, Skin, dulled, skin_of
from faceaging_tf.pictures.reading import Photo, photo_of
from faceaging_tf.resampling import by_matrices, resize_matrix
from faceaging_tf.runtime.landmarks import FaceLandmarks
from faceaging_tf.typing import AgesFaces, Manner, Numbers

# What is left of each part of the model's own ageing where a relative lends theirs; hair only where
# theirs is not seen.
SHARES = {"wrinkles": 0.3, "tone": 0.7, "shape": 1.0, "hair": 1.0}
# A young skin has little to lend: what goes is the face's own.
YOUNGER_SHARES = {**SHARES, "wrinkles": 0.7, "tone": 1.0}
# Years between person and relative: with fewer there is nothing to lend, with fewer it is lent as
# if there were so many; and at most so much of it.
LEAST_GAP, SURE_GAP, MOST = 5.0, 15.0, 1.15
# Pixels of a relative's face: with fewer there is no relief in it, with fewer no fine one.
SMALLEST, SMALL = 80, 160
# From which difference on poses, lights and mouths are said not to match: share of the face's
# width, log luminance of its halves, distance of the eyes' corners. Half of portraits of one studio
# differ by less than a third of it.
TURN, LIGHT, SMILE = 0.15, 0.45, 0.15
# Below it the mesh sees no face; and so much of the square is skin at least.
SURE_MESH, LEAST_SKIN = 0.5, 0.02
UNSEEN = (
    "shows a face whose skin cannot be followed: it must be seen from the front, and not covered"
)
DIFFERENT = (
    "how far the head is turned: folds may lie beside their places.",
    "where the light comes from: shadows may be taken for folds.",
    "how much the mouth smiles: folds of a smile may be taken for those of age.",
)


@dataclasses.dataclass(frozen=True, eq=False)
class Look:
    """One photo of a face, looked at.

    Attributes:
        name: of the photo, for sentences.
        skin: its `Skin`.
        hair: its `Hair`.
    """

    name: str
    skin: Skin
    hair: Hair

    def pose(self):
        """Turn, light from the left over that from the right, and the mouth's width, `(3,)`."""
        points, skin = self.skin.points, self.skin
        left, right = points[LEFT_SIDE], points[RIGHT_SIDE]
        turn = (points[NOSE_TIP] - left)[0] / max((right - left)[0], 1e-3)
        seen = skin.mask > 0.5
        half = (np.arange(len(seen)) + 0.5) / len(seen) < points[NOSE_TIP, 0]
        means = [skin.light[seen & side].mean() for side in (half, ~half) if (seen & side).any()]
        eyes = np.linalg.norm(points[LEFT_EYE_CORNER] - points[RIGHT_EYE_CORNER])
        mouth = np.linalg.norm(points[LEFT_MOUTH] - points[RIGHT_MOUTH]) / eyes
        return np.array([turn, means[0] - means[-1], mouth])


class LikeRelative:
    """A model that ages faces as a relative has aged: it stands wherever the model does.

    Wrinkles, spots and the greying of hair are the relative's, brought onto each face by the two
    meshes (see `lending`); the shape, and a part of tone and wrinkles, is the model's ageing.

    Args:
        model: of whole heads, with the parts wrinkles, tone and hair.
        photos: of the relative, one or more: `Photo` or `(H, W, 3)` uint8 pixels; in each, the
            largest face is theirs.
        age: of the relative in the photos, in years; estimated when None.
        detector: what finds their faces, None for a new `FaceDetector`.
        mesh: what finds the 468 points of an aligned face, None for `FaceLandmarks`.

    Attributes:
        age: of the relative.
        image_size, frame, moves_faces, parts, futures: of the model.

    Raises:
        PhotoError: a model without these parts, no photo, or one without a face, or with one that
            is too small.

    Example:
        >>> import zoo
        >>> from faceaging_tf.photo import LikeRelative, age_photo, read_photo
        >>> model = LikeRelative(zoo.load("fagan"), [read_photo("gran.jpg")])  # doctest: +SKIP
        >>> aged = age_photo(read_photo("me.jpg"), model, years=30)  # doctest: +SKIP
    """

    def __init__(
        self,
        model: AgesFaces,
        photos: Sequence[Photo | np.ndarray],
        age: float | None = None,
        detector: Detector | None = None,
        mesh: Callable | None = None,
    ):
        self.model, self.parts = model, tuple(getattr(model, "parts", ()))
        self.image_size, self.frame = model.image_size, frame_of_model(model).name
        self.moves_faces = getattr(model, "moves_faces", False)
        self.futures = getattr(model, "futures", 1)
        if self.frame != WHOLE_HEAD.name or not {"wrinkles", "tone", "hair"} <= set(self.parts):
            raise PhotoError(
                "A relative's skin needs a model of whole heads with wrinkles, tone and hair of their own, such as fagan or fagan_mobile; this one has none."
            )
        if not len(photos):
            raise PhotoError("No photo of the relative was given; at least one is needed.")
        self._mesh = FaceLandmarks() if mesh is None else mesh
        self._said: set[str] = set()
        found = [self._square(photo, detector) for photo in photos]
        ages = [float(model.estimate_ages(square[None])[0]) for _, square in found]
        self.age = float(np.mean(ages)) if age is None else float(age)
        self._looks = [self._lender(square, name) for name, square in found]

    def estimate_ages(self, faces: np.ndarray) -> np.ndarray:
        """As the model's."""
        return self.model.estimate_ages(faces)

    def transform(
        self,
        faces: np.ndarray,
        years: Numbers,
        ages: Numbers | None = None,
        mask: np.ndarray | None = None,
        **manner: Unpack[Manner],
    ) -> np.ndarray:
        """Faces aged like the relative.

        Args:
            faces: `(N, S, S, 3)` uint8, RGB, aligned whole heads.
            years: a number, or `(N,)`.
            ages: the ages now, likewise; estimated when None.
            mask: `(S, S)` or `(S, S, 2)`, see `faceaging_tf.models.base.AgingModel.transform`.
            **manner: `strengths`, factors from 0 to 2 of what is the relative's and of the model's
                ageing; `future` of the latter; `hair`, which is the relative's where it is "auto".

        Returns:
            `(N, S, S, 3)` uint8.

        Raises:
            PhotoError: the relative is too near in age to all of the faces, or younger where they
                are made older.
        """
        years = np.broadcast_to(np.asarray(years, "float32"), len(faces))
        ages = self.estimate_ages(faces) if ages is None else ages
        ages = np.broadcast_to(np.asarray(ages, "float32"), len(faces))
        options = {} if mask is None else {"mask": mask}
        gaps = np.sign(years) * (self.age - ages)
        if len(faces) and years.any() and not (gaps >= LEAST_GAP).any():
            raise PhotoError(self._too_near(years[0], ages[0]))
        aged = [
            self._aged(*each, options, manner)
            for each in zip(faces, years, ages, gaps, strict=True)
        ]
        return np.stack(aged) if aged else np.array(faces)

    def _aged(self, face, years, age, gap, options, manner):
        """One face aged, `(S, S, 3)` uint8."""
        strengths = manner.get("strengths") or {}
        once = lambda square, parts: self.model.transform(
            square[None],
            years=float(years),
            ages=float(age),
            **{**options, **asked(**{**manner, "strengths": parts})},
        )[0]
        if years == 0 or gap < LEAST_GAP:
            if years:
                self._say(f"{self._too_near(years, age)} That face is aged as usual.")
            return once(face, strengths)
        if gap < SURE_GAP:
            self._say(
                f"The relative is {gap:.0f} years away from a face of {age:.0f}; from {SURE_GAP:.0f} years on there is more to bring over."
            )
        look = self._looked(face, "The photo")
        if look is None:
            self._say(f"The photo {UNSEEN}. That face is aged as usual.")
            return once(face, strengths)
        for other in self._looks:
            self._say_of_both(look, other)
        strength = lambda part: strengths.get(part, 1.0)
        amount = min(abs(years) / max(gap, SURE_GAP), MOST)
        terms, kept = (OLDER, SHARES) if years > 0 else (YOUNGER, YOUNGER_SHARES)
        lent = with_skin_of(
            face,
            look.skin,
            [other.skin for other in self._looks],
            amount * strength("wrinkles"),
            terms,
        )
        shares = {part: strength(part) * kept.get(part, 1.0) for part in self.parts}
        hair = change_towards(look.hair, [other.hair for other in self._looks], amount, years > 0)
        if hair is not None and "hair" not in asked(**manner):
            shares["hair"] = 0.0
            lent = lent + strength("hair") * hair
        change = lent - np.float32(face)
        if "mask" in options:
            change *= np.atleast_3d(options["mask"])[..., :1]
        return once(np.clip(np.rint(face + change), 0, 255).astype("uint8"), shares)

    def _square(self, photo, detector):
        """The name of a photo of the relative, and their aligned head."""
        photo = photo_of(photo)
        name = "The relative's photo" if photo.path is None else f"'{os.fspath(photo.path)}'"
        try:
            aligned = align_faces(photo, self.model, detector)
        except NoFaceError as error:
            raise NoFaceError(f"{name} cannot lend its skin: {error}") from error
        if len(aligned.faces) > 1:
            self._say(f"{name} shows {len(aligned.faces)} faces; the largest is the relative.")
        size = aligned.faces[0].size
        if size < SMALLEST:
            raise PhotoError(
                f"{name} shows the relative's face {size:.0f} pixels tall; there is no skin to see below {SMALLEST}. Use a larger photo."
            )
        if size < SMALL:
            self._say(
                f"{name} shows the relative's face {size:.0f} pixels tall; fine lines need {SMALL} or more."
            )
        return name, aligned.crops[0]

    def _looked(self, face, name):
        """The `Look` of an aligned head; None where the mesh sees none."""
        size = len(face)
        place = WHOLE_HEAD.template(MESH_TEMPLATE) * size - 0.5
        points, score = self._mesh(face, place)
        if score < SURE_MESH:
            return None
        (thing,) = covered_faces(face[None], self.frame)
        if thing is not None:
            self._say(
                f"{name} shows something that lies on the face; skin and hair there are left out."
            )
            thing = by_matrices(thing[..., None], resize_matrix(size, SIDE))[..., 0]
        hair = hair_of(face, self.model, thing)
        no_skin = hair.mask if thing is None else np.maximum(hair.mask, thing)
        skin = skin_of(face, (points + 0.5) / size, no_skin)
        return None if skin.mask.mean() < LEAST_SKIN else Look(name, skin, hair)

    def _too_near(self, years, age):
        word = "older" if years > 0 else "younger"
        return (
            f"To make a face of {age:.0f} years {word} like a relative, the relative must be {word} by {LEAST_GAP:.0f} years or more, and is {self.age:.0f}; "
            "give photos of another age, or the true ages where these are estimated."
        )

    def _lender(self, square, name):
        """The `Look` of the relative's head, with warnings of what cannot be lent."""
        look = self._looked(square, name)
        if look is None:
            raise PhotoError(f"{name} {UNSEEN}. Use another photo of the relative.")
        if look.skin.glasses:
            self._say(f"{look.name} seems to show glasses; what is around the eyes is not lent.")
        if look.skin.fringe:
            self._say(f"{look.name} shows a forehead under hair; nothing above the brows is lent.")
        return dataclasses.replace(look, skin=dulled(look.skin))

    def _say_of_both(self, look, other):
        """Warns of two photos that do not match."""
        apart = np.abs(look.pose() - other.pose())
        for differs, what in zip(apart > (TURN, LIGHT, SMILE), DIFFERENT, strict=True):
            if differs:
                self._say(f"{look.name} and {other.name} differ in {what}")

    def _say(self, sentence):
        """Logs a warning, once."""
        if sentence not in self._said:
            self._said.add(sentence)
            logging.warning("%s", sentence)
