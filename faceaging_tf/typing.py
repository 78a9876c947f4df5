"""Short names for what public signatures take and give; shapes stand in the docstrings."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, TypedDict

import numpy as np

# The path of a file or a folder.
PathLike: TypeAlias = str | os.PathLike[str]
# A tensor of Keras' backend, or an array in its place.
Tensor: TypeAlias = Any
# Of a tensor or of several by name, None where a side may be any.
Shape: TypeAlias = Any
# One number for all, or one for each.
Numbers: TypeAlias = float | np.ndarray | Sequence[float]
# The content of a `get_config`.
Config: TypeAlias = dict[str, Any]
# From a part of ageing to a factor from 0 to 2.
Strengths: TypeAlias = Mapping[str, float]
# How grey hair is to be: "auto" by the years, "keep", "grey", or a share from 0 to 1.
Hair: TypeAlias = str | float
# Called with how many are done, and how many there are.
Progress: TypeAlias = Callable[[int, int], object]
# Faces by name, and what is known of them, as `fit` gives them to a model.
Batch: TypeAlias = Mapping[str, Any]
# What Keras says of an epoch.
Logs: TypeAlias = Mapping[str, Any] | None


class Manner(TypedDict, total=False):
    """How faces age, beside the years; for models that have `parts`.

    Attributes:
        strengths: dict from a part of ageing (`model.parts`: wrinkles, tone, shape, hair) to a
            factor from 0 to 2, such as `{"hair": 0}`; those not named have 1.
        future: which of the futures (`model.futures`), 0 for the one that a face has otherwise.
        hair: "auto" for hair that greys by the years, "keep" for hair that stays, "grey" for grey
            hair, whatever the years, or a number from 0 to 1, the share of full greying.
    """

    strengths: Strengths | None
    future: int
    hair: Hair


class LayerArguments(TypedDict, total=False):
    """What every layer and model of Keras takes.

    Attributes:
        name: of the layer.
        trainable: whether its weights follow gradients.
        dtype: a name, or a policy, of its computations.
    """

    name: str
    trainable: bool
    dtype: Any


class RandomLayerArguments(LayerArguments, total=False):
    """The same of a layer that draws random numbers.

    Attributes:
        seed: of the draws.
    """

    seed: int


class AgesFaces(Protocol):
    """What photos and videos ask of a model; `faceaging_tf.models.AgingModel` has it, and an
    exported file (`faceaging_tf.mobile.FileModel`).

    Attributes:
        image_size: side in pixels that faces are aged at.
    """

    image_size: int

    def estimate_ages(self, faces: np.ndarray) -> np.ndarray:
        """Ages `(N,)` in years of aligned faces `(N, H, H, 3)` uint8."""

    def transform(
        self, faces: np.ndarray, years: Numbers, ages: Numbers | None = None
    ) -> np.ndarray:
        """Faces `(N, H, H, 3)` uint8 aged by years, of the same shape."""
