"""What the judges see in faces, and how that is kept on the disk."""

import dataclasses

import numpy as np

from faceaging_tf.evaluate.hair import hair_colours, hair_masks
from faceaging_tf.evaluate.looks import head_looks
from faceaging_tf.evaluate.resampled import resampled
from faceaging_tf.evaluate.texture import texture_features
from faceaging_tf.evaluate.tight_window import tight_window
from faceaging_tf.geometry.frames import TIGHT

# What is known of whole heads beside their ages.
ABOUT = ("landmarks", "masks", "closed")


@dataclasses.dataclass
class Judges:
    """Who judges.

    Attributes:
        age: an object with `estimate_ages(faces)`, years `(N,)` of faces `(N, S, S, 3)` uint8.
        identity: a function from faces to unit embeddings `(N, D)`, such as an `IdentityJudge`; or
            None.
        features: a function from faces to features `(N, F)` for realism; None for the embeddings.
        fingerprint: text that changes whenever a judge does.
        name: what the report calls the age judge.
        frame: of the faces that are evaluated, "tight" or "whole_head"; judges are shown the tight
            window of whole heads.
        other: `(name, network)` of a second network with `estimate_ages`, to see whether the age
            judge errs with it; or None.
    """

    age: object
    identity: object = None
    features: object = None
    fingerprint: str = ""
    name: str = "age judge"
    frame: str = TIGHT.name
    other: tuple[str, object] | None = None

    @property
    def whole_heads(self):
        """Whether whole heads are evaluated."""
        return self.frame != TIGHT.name


@dataclasses.dataclass(frozen=True)
class Seen:
    """What the judges saw in N faces.

    Attributes:
        ages: `(N,)` years.
        looks: what classifiers look at, `(N, T)` each by name: "texture" of tight faces (see
            `texture_features`), "skin" and "head" of whole heads (see `head_looks`).
        embeddings: `(N, D)` of unit length, or None.
        features: `(N, F)`, or None.
        hair: `(N, 2)` of whole heads, see `hair_colours`, in the hair that the photograph has; else
            None.
    """

    ages: np.ndarray
    looks: dict
    embeddings: np.ndarray | None = None
    features: np.ndarray | None = None
    hair: np.ndarray | None = None


def see(faces, judges, about=None, hair=None, once_resampled=False, batch_size=64):
    """What the judges see in faces.

    Args:
        faces: `(N, S, S, 3)` uint8.
        judges: a `Judges`.
        about: attributes of the faces, of whole heads with `landmarks`, `masks` and `closed`, see
            `faceaging_tf.evaluate.heads`.
        hair: `(N, 256, 256)` bool, where hair is; None to look for it.
        once_resampled: whether classifiers are shown the faces sampled along a small flow, as a
            model's outputs are, see `resampled`.
        batch_size: faces at a time.

    Returns:
        A `Seen`.
    """
    tight = tight_window(faces, judges.frame)
    parts = [
        tight[start : start + batch_size] for start in range(0, max(len(faces), 1), batch_size)
    ]
    ages = np.concatenate([judges.age.estimate_ages(part) for part in parts])
    told = [
        None if judge is None else np.concatenate([judge(part) for part in parts])
        for judge in (judges.identity, judges.features)
    ]
    if not judges.whole_heads:
        return Seen(np.asarray(ages, "float32"), {"texture": texture_features(faces)}, *told)
    looks = head_looks(
        resampled(faces) if once_resampled else faces, about["landmarks"], about["masks"]
    )
    if hair is None:
        hair = hair_masks(faces, *(about[name] for name in ABOUT))
    return Seen(np.asarray(ages, "float32"), looks, *told, hair_colours(faces, hair))


def arrays_of(seen):
    """What a `Seen` holds as a dict of arrays, to be saved."""
    given = {
        "ages": seen.ages,
        "embeddings": seen.embeddings,
        "features": seen.features,
        "hair": seen.hair,
    }
    return {name: value for name, value in given.items() if value is not None} | {
        f"look {name}": value for name, value in seen.looks.items()
    }


def seen_of(saved):
    """The `Seen` of arrays that `arrays_of` made."""
    return Seen(
        saved["ages"],
        named(saved, "look "),
        *(saved.get(name) for name in ("embeddings", "features", "hair")),
    )


def named(saved, beginning):
    """The arrays whose names begin with a text, by the rest of their names."""
    return {
        name.removeprefix(beginning): value
        for name, value in saved.items()
        if name.startswith(beginning)
    }
