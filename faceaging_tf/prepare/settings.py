"""What a preparation is asked for."""

import dataclasses
import numbers

from faceaging_tf.arguments import shown
from faceaging_tf.errors import PrepareError
from faceaging_tf.geometry.frames import FRAMES


@dataclasses.dataclass(frozen=True)
class Settings:
    """What becomes of a folder of pictures. Lengths are in pixels, ages in years.

    Attributes:
        image_size: side of the aligned faces.
        frame: how much of a head the aligned square shows, "tight" or "whole_head" (see
            `faceaging_tf.geometry.frames`).
        smallest_face: side of the aligned square in the picture's own pixels; smaller faces are
            dropped.
        least_sharpness: the standard deviation of a face's finest detail over that of the whole
            face; blurrier ones are dropped. 10 % of two public corpora lie below .05.
        most_turned: how far the nose may lie from the middle between the eyes, in distances between
            the eyes; 0 from the front, about .5 in half profile.
        second_face: the size of a second face, as a share of the largest's, from which on nobody
            knows whom the label means.
        near_duplicate: bits of 256 by which the hashes of two aligned faces may differ to be called
            the same picture.
        conflicting_years: how far the labels of one picture may lie apart; further apart, nobody
            knows which is right, and all are dropped.
        implausible_years: how far a label may lie from the estimated age before it is flagged.
        drop_implausible: whether flagged faces are dropped.
        validation, test: shares of people, or of pictures whose person is not known.
        own_splits: whether a dataset's own splits are kept.
        most_pixels: pictures that declare more are refused before they take memory.
        seconds: that one picture may take.
        part: pictures a part; what is done again after an interruption, and rows of a shard at
            most.
    """

    image_size: int = 128
    frame: str = "tight"
    smallest_face: float = 64.0
    least_sharpness: float = 0.02
    most_turned: float = 0.35
    second_face: float = 0.6
    near_duplicate: int = 20
    conflicting_years: float = 5.0
    implausible_years: float = 25.0
    drop_implausible: bool = False
    validation: float = 0.05
    test: float = 0.05
    own_splits: bool = True
    most_pixels: int = 150_000_000
    seconds: float = 60.0
    part: int = 256

    def __post_init__(self):
        if self.frame not in FRAMES:
            raise PrepareError(f"frame was {self.frame!r}; it must be {' or '.join(FRAMES)}.")
        limits = {
            "image_size": (16, 1024),
            "smallest_face": (1, 10_000),
            "least_sharpness": (0, 1),
            "most_turned": (0, 10),
            "second_face": (0, 10),
            "near_duplicate": (0, 64),
            "conflicting_years": (0, 200),
            "implausible_years": (0, 200),
            "validation": (0, 0.9),
            "test": (0, 0.9),
            "most_pixels": (1024, 10**10),
            "seconds": (1, 86_400),
            "part": (1, 100_000),
        }
        for name, (least, most) in limits.items():
            value = getattr(self, name)
            if not isinstance(value, numbers.Real) or not least <= value <= most:
                raise PrepareError(
                    f"{name} was {shown(value)}; it must lie in {least:g} to {most:g}."
                )
        if self.validation + self.test >= 1:
            raise PrepareError(
                f"validation={self.validation} and test={self.test} leave nothing to train on; together they must be below 1."
            )
