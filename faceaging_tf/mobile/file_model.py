"""An exported file in the place of a model, for photos."""

import numpy as np

from faceaging_tf.mobile.ager import Ager
from faceaging_tf.typing import Numbers, PathLike


class FileModel:
    """A LiteRT file with what `faceaging_tf.photo` asks of a model; it needs neither Keras nor
    TensorFlow.

    Args:
        file: its path, or its bytes.
        threads: of the interpreter.

    Attributes:
        image_size: side in pixels that faces are aged at.
        frame: of the faces, "tight" or "whole_head".
        moves_faces: whether faces are moved, not painted alone.
        parts: empty: a file knows no strengths.

    Raises:
        MobileError: no such file, a broken one, or one that this project did not export.
    """

    parts = ()

    def __init__(self, file: PathLike | bytes, threads: int = 2):
        self.ager = Ager(file, threads)
        self.image_size, self.frame = self.ager.image_size, self.ager.frame
        self.moves_faces = self.ager.moves_faces

    def transform(
        self,
        faces: np.ndarray,
        years: Numbers,
        ages: Numbers | None = None,
        mask: np.ndarray | None = None,
    ) -> np.ndarray:
        """Faces aged, see `faceaging_tf.models.base.AgingModel.transform`.

        Args:
            faces: `(N, H, H, 3)` uint8, RGB, aligned in the model's frame.
            years: a number, or `(N,)`.
            ages: the ages now, likewise; estimated when None.
            mask: `(H, H)` in 0 to 1, how much of the change each pixel takes; None for all.

        Returns:
            `(N, H, H, 3)` uint8.

        Raises:
            MobileError: what `Ager.age` raises.
        """
        years = np.broadcast_to(years, len(faces))
        known = [None] * len(faces) if ages is None else np.broadcast_to(ages, len(faces))
        aged = [self.ager.age(*each, mask=mask) for each in zip(faces, years, known, strict=True)]
        return np.stack(aged) if aged else np.array(faces)

    def estimate_ages(self, faces: np.ndarray) -> np.ndarray:
        """Ages `(N,)` float32 in years of aligned faces `(N, H, H, 3)` uint8."""
        return np.array([self.ager.estimate_age(face) for face in faces], "float32")
