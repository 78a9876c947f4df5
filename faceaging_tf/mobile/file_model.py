"""An exported file in the place of a model, for photos and videos."""

import hashlib
import pathlib
from typing import Unpack

import numpy as np

from faceaging_tf.mobile.ager import Ager
from faceaging_tf.typing import Manner, Numbers, PathLike


class FileModel:
    """A LiteRT file with what `faceaging_tf.photo` and `faceaging_tf.video` ask of a model; it
    needs neither Keras nor TensorFlow.

    Args:
        file: its path, or its bytes.
        threads: of the interpreter.

    Attributes:
        image_size: side in pixels that faces are aged at.
        frame: of the faces, "tight" or "whole_head".
        moves_faces: whether faces are moved, not painted alone.
        parts: of ageing, that have a strength of their own.
        futures: how many there are.
        fingerprint: a checksum of the file, in hexadecimal.

    Raises:
        MobileError: no such file, a broken one, or one that this project did not export.
    """

    def __init__(self, file: PathLike | bytes, threads: int = 2):
        self.ager = Ager(file, threads)
        content = file if isinstance(file, bytes) else pathlib.Path(file).read_bytes()
        self.fingerprint = hashlib.sha256(content).hexdigest()
        self.image_size, self.frame = self.ager.image_size, self.ager.frame
        self.moves_faces = self.ager.moves_faces
        self.parts, self.futures = self.ager.parts, self.ager.futures

    def transform(
        self,
        faces: np.ndarray,
        years: Numbers,
        ages: Numbers | None = None,
        mask: np.ndarray | None = None,
        **manner: Unpack[Manner],
    ) -> np.ndarray:
        """Faces aged, see `faceaging_tf.models.base.AgingModel.transform`.

        Args:
            faces: `(N, H, H, 3)` uint8, RGB, aligned in the model's frame.
            years: a number, or `(N,)`.
            ages: the ages now, likewise; estimated when None.
            mask: `(H, H)` in 0 to 1, how much of the change each pixel takes, or `(H, H, 2)`, of
                the change and of the movement; None for all.
            **manner: of `Ager.age`.

        Returns:
            `(N, H, H, 3)` uint8.

        Raises:
            MobileError, FaceAgingError: what `Ager.age` raises.
        """
        years = np.broadcast_to(years, len(faces))
        known = [None] * len(faces) if ages is None else np.broadcast_to(ages, len(faces))
        aged = [
            self.ager.age(*each, mask=mask, **manner)
            for each in zip(faces, years, known, strict=True)
        ]
        return np.stack(aged) if aged else np.array(faces)

    def estimate_ages(self, faces: np.ndarray) -> np.ndarray:
        """Ages `(N,)` float32 in years of aligned faces `(N, H, H, 3)` uint8."""
        return np.array([self.ager.estimate_age(face) for face in faces], "float32")

    def edit(
        self, face: np.ndarray, years: float, age: float, **manner: Unpack[Manner]
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """See `Ager.edit`."""
        return self.ager.edit(face, years, age, **manner)
