"""Ages faces with an exported file, as the model that it was made of does."""

from collections.abc import Sequence
from typing import Unpack

import numpy as np

from faceaging_tf.errors import MobileError
from faceaging_tf.geometry.exposure import gains_of, in_common_light
from faceaging_tf.geometry.fetching import fetched
from faceaging_tf.manner import checked_manner
from faceaging_tf.mobile.geometry import inverse, moved, places, similarity
from faceaging_tf.mobile.litert_file import LiteRTFile
from faceaging_tf.resampling import (
    LARGEST_SQUARE,
    by_matrices,
    enlarging_matrix,
    feathered_mask,
    moving_core,
    resize_matrix,
)
from faceaging_tf.typing import Manner, PathLike


class Ager:
    """A LiteRT file of `faceaging export`, ready for faces and photos; it needs `ai-edge-litert`
    and NumPy alone.

    Args:
        path: the file, or its bytes.
        threads: of the interpreter.

    Attributes:
        contract: what the file says of itself: entry, licence, template, signatures, routes.
        image_size: side in pixels that faces are aged at.
        frame: of the faces, "tight" or "whole_head": how much of a head the square on
            `contract["template"]` shows.
        moves_faces: whether faces are moved, not painted alone.
        parts: of ageing, that have a strength of their own.
        futures: how many there are.

    Raises:
        MobileError: no such file, a broken one, or one that this project did not export.

    Example:
        >>> from faceaging_tf.mobile import Ager
        >>> older = Ager("fagan.tflite").age(face, years=30)  # doctest: +SKIP
    """

    def __init__(self, path: PathLike | bytes, threads: int = 2):
        self.file = LiteRTFile(path, threads)
        self.contract = self.file.contract
        self.image_size = self.contract["image_size"]
        # Files from before there were frames say nothing of one.
        self.frame = self.contract.get("frame", "tight")
        self.moves_faces = any(
            "flow" in one["outputs"] for one in self.contract["signatures"].values()
        )
        # Files from before futures and strengths were exported say nothing of them.
        self.parts = tuple(self.contract.get("parts", ()))
        self.futures = self.contract.get("futures", 1)
        self._as_bytes = self.contract["faces"].startswith("uint8")

    def estimate_age(self, face: np.ndarray) -> float:
        """The age in years, a float, that the file's age network sees in an aligned face
        `(H, H, 3)` uint8.
        """
        self._check_estimates()
        return self._estimated(
            self._at_own_size(in_common_light(_checked(face)[None], self.frame)[0])
        )

    def age(
        self,
        face: np.ndarray,
        years: float,
        age: float | None = None,
        mask: np.ndarray | None = None,
        **manner: Unpack[Manner],
    ) -> np.ndarray:
        """An aligned face made so many years older, or younger for years below 0.

        Args:
            face: `(H, H, 3)` uint8, RGB, aligned to `contract["template"]`. At another size than
                the file's, the change is brought to the face's own, so that its detail stays.
            years: a number.
            age: the age now, where it is known; estimated when None.
            mask: `(H, H)` in 0 to 1, how much of the change and of the movement each pixel takes,
                or `(H, H, 2)`, of the one and of the other; None for all.
            **manner: `strengths`, `future` and `hair`, see `faceaging_tf.typing.Manner`.

        Returns:
            `(H, H, 3)` uint8; the face as it is where the file has no direction for it.

        Raises:
            MobileError: another shape or type, years or age that are no finite numbers, or no age
                where the file estimates none.
            FaceAgingError: a manner that the file does not know.
        """
        return self._aged(_checked(face), years, age, mask, manner)

    def edit(
        self, face: np.ndarray, years: float, age: float, **manner: Unpack[Manner]
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """What is done to an aligned face, before it is done.

        Args:
            face: `(S, S, 3)` uint8, RGB, of the file's size.
            years: a number, by how many years it is aged.
            age: the age now, a number.
            **manner: of `age`.

        Returns:
            The change, `(S, S, 3)` float32 in levels of 0..255, and the flow by which the changed
            face is then moved, `(h, w, 2)` float32 in fractions of the side (see `FaceWarp`), None
            where nothing moves.
        """
        small, gain = self._in_common_light(face)
        direction = self.direction(years, age)
        if direction is None:
            return np.zeros(small.shape, "float32"), None
        return self._change_of(self._run(direction, small, years, age, manner), small, gain)

    def age_photo(
        self,
        photo: np.ndarray,
        landmarks: np.ndarray | Sequence[Sequence[float]],
        years: float,
        age: float | None = None,
        **manner: Unpack[Manner],
    ) -> np.ndarray:
        """A photo with one face made older or younger, at the photo's own resolution; beyond the
        face every pixel stays.

        Args:
            photo: `(H, W, 3)` uint8, RGB.
            landmarks: `(5, 2)` (x, y) in pixels: left eye, right eye (as seen in the picture),
                nose, left and right corner of the mouth.
            years: of `age`.
            age: of `age`.
            **manner: of `age`.

        Returns:
            `(H, W, 3)` uint8.

        Raises:
            MobileError: what `age` raises, or landmarks that are not five different points.
        """
        photo = np.asarray(photo)
        if photo.ndim != 3 or photo.shape[-1] != 3 or photo.dtype != np.uint8:
            raise MobileError(
                f"The photo was {photo.shape} of {photo.dtype}; (H, W, 3) uint8, RGB, is needed."
            )
        template = np.array(self.contract["template"])
        pixels_a_square = 1 / np.sqrt(np.linalg.det(similarity(landmarks, template)[:, :2]))
        moves = self.moves_faces
        size = int(np.clip(4 * np.ceil(pixels_a_square / 4), self.image_size, LARGEST_SQUARE))
        to_square = similarity(landmarks, template * size - 0.5)
        inside = np.arange(size)
        face = np.rint(
            fetched(photo.astype("float32"), *places(inverse(to_square), inside, inside))
        ).astype("uint8")
        # A face that moves must come to rest before the mask ends; what is painted may fade with
        # it.
        mask = feathered_mask(size, moving_core(self.frame)) if moves else None
        change = self._aged(face, years, age, mask, manner).astype("float32") - face
        if not moves:
            change *= feathered_mask(size)[..., None]
        corners = (
            inverse(to_square)
            @ np.array([[0, 0, 1], [size - 1, 0, 1], [0, size - 1, 1], [size - 1, size - 1, 1]]).T
        )
        limits = zip(
            np.floor(corners.min(axis=1)),
            np.ceil(corners.max(axis=1)) + 1,
            (photo.shape[1], photo.shape[0]),
            strict=True,
        )
        (left, right), (top, bottom) = (
            np.clip((low, high), 0, most).astype(int) for low, high, most in limits
        )
        x, y = places(to_square, np.arange(top, bottom), np.arange(left, right))
        within = ((x >= 0) & (x <= size - 1) & (y >= 0) & (y <= size - 1))[..., None]
        aged = photo.copy()
        region = aged[top:bottom, left:right]
        region[...] = np.clip(np.rint(region + within * fetched(change, x, y)), 0, 255).astype(
            "uint8"
        )
        return aged

    def direction(self, years: float, age: float) -> str | None:
        """The name of the direction that a face takes: of the first route of the contract that
        fits; None where none does, or that one is not in the file.
        """
        for route in self.contract["routes"]:
            fits = abs(years) > route["beyond"] and route["sign"] * years >= 0 and years != 0
            for (low, high), reached in ((route["source"], age), (route["target"], age + years)):
                fits = fits and (low is None or reached >= low) and (high is None or reached < high)
            if fits:
                return (
                    route["direction"]
                    if route["direction"] in self.contract["signatures"]
                    else None
                )
        return None

    def _aged(self, face, years, age, mask, manner):
        years = _number("years", years)
        small, gain = self._in_common_light(face)
        if age is None:
            self._check_estimates()
        age = self._estimated(small) if age is None else _number("age", age)
        direction = self.direction(years, age)
        if direction is None:
            return face.copy()
        outputs = self._run(direction, small, years, age, manner)
        own = face.shape[0]
        if "face" in outputs and own == self.image_size and mask is None and gain == 1:
            aged = outputs["face"][0]
            return aged if self._as_bytes else _levels(aged)
        change, flow = self._change_of(outputs, small, gain)
        if own > self.image_size:
            change = by_matrices(change, enlarging_matrix(self.image_size, own))
        elif own < self.image_size:
            change = by_matrices(change, resize_matrix(self.image_size, own, "cubic"))
        if mask is not None:
            mask = np.atleast_3d(mask)
            change *= mask[..., :1]
        result = np.add(change, face, out=change)
        if flow is not None:
            flow = by_matrices(flow, resize_matrix(flow.shape[0], own, "cubic"))
            result = moved(result, flow if mask is None else flow * mask[..., -1:])
        return _rounded(result)

    def _in_common_light(self, face):
        """A face as the networks see it, `(S, S, 3)` float32 in -1 to 1, and its gain."""
        dim = self._at_own_size(face)
        gain = gains_of((dim[None] + 1.0) * np.float32(127.5), self.frame)[0]
        if gain == 1:
            return dim, gain
        return np.minimum((dim + 1.0) * gain - 1.0, 1.0).astype("float32"), gain

    def _run(self, direction, small, years, age, manner):
        told = checked_manner(self.parts, self.futures, **manner)
        given = {"face": self._given(small), "years": _column(years), "age": _column(age)}
        return self.file(direction, {**given, **{name: told[name][None] for name in told}})

    def _change_of(self, outputs, small, gain):
        """The change in levels, what a dim face was brightened by taken back, and the flow, None
        where nothing moves.
        """
        if "flow" in outputs:
            changed, flow = outputs["changed"][0], outputs["flow"][0]
        else:
            changed, flow = outputs["face"][0], None
            changed = changed / 127.5 - 1.0 if self._as_bytes else changed
        return (changed - small) * np.float32(127.5 / gain), flow

    def _at_own_size(self, face):
        if face.shape[0] != self.image_size:
            face = by_matrices(face, resize_matrix(face.shape[0], self.image_size))
        return face.astype("float32") / 127.5 - 1.0

    def _given(self, small):
        return _levels(small)[None] if self._as_bytes else small[None]

    def _estimated(self, small):
        return float(self.file("estimate_age", {"face": self._given(small)})["age"].ravel()[0])

    def _check_estimates(self):
        if not self.contract["estimates_age"]:
            raise MobileError(f"{self.file.path} estimates no ages; give the age of the face.")


def _checked(face):
    face = np.asarray(face)
    if (
        face.ndim != 3
        or face.shape[0] != face.shape[1]
        or face.shape[-1] != 3
        or face.dtype != np.uint8
    ):
        raise MobileError(
            f"The face was {face.shape} of {face.dtype}; an aligned square (H, H, 3) uint8, RGB, is needed."
        )
    return face


def _number(name, value):
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = np.nan
    if not np.isfinite(number):
        raise MobileError(f"{name} was {value!r}; a finite number is needed.")
    return number


def _column(value):
    return np.array([[value]], "float32")


def _levels(face):
    return _rounded((face + np.float32(1.0)) * np.float32(127.5))


def _rounded(levels):
    return np.clip(np.rint(levels, out=levels), 0, 255, out=levels).astype("uint8")
