"""One picture of a dataset and what its labels say of it."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Source:
    """One picture of a dataset and what its labels say, before anybody looked at the picture.

    Attributes:
        file: path below the root of the dataset, with "/" between its parts; bytes that are no
            UTF-8 are kept by `surrogateescape`.
        age_min: years, the youngest that the person may be; None where the dataset does not say.
        age_max: years, the oldest; equal to `age_min` where the age is known exactly, None where
            the dataset does not say.
        sex: "female", "male", or "" where it is not known.
        person: the dataset's own id of the person, or "".
        source: name of the dataset, or "".
        split: the dataset's own "train", "validation" or "test", or "" where it has none.
        aligned: whether the picture is already an aligned face on
            `faceaging_tf.geometry.align.TEMPLATE`.
        attributes: what else the labels say, strings by name.
        problem: why the picture can't be used, one clause without a full stop; "" where nothing is
            wrong.

    Example:
        >>> from faceaging_tf.data.readers import Source
        >>> Source("35_1_2_20170109.jpg", 35, 35, sex="female").problem
        ''
    """

    file: str
    age_min: float | None
    age_max: float | None
    sex: str = ""
    person: str = ""
    source: str = ""
    split: str = ""
    aligned: bool = False
    attributes: dict = dataclasses.field(default_factory=dict)
    problem: str = ""
