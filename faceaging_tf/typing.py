"""Short names for what public signatures take and give; shapes stand in the docstrings."""

import os
from collections.abc import Callable, Mapping
from typing import Any, TypedDict

import numpy as np

# The path of a file or a folder.
PathLike = str | os.PathLike[str]
# A tensor of Keras' backend, or an array in its place.
Tensor = Any
# Of a tensor or of several by name, None where a side may be any.
Shape = Any
# One number for all, or one for each.
Numbers = float | np.ndarray | list[float] | tuple[float, ...]
# The content of a `get_config`.
Config = dict[str, Any]
# From a part of ageing to a factor from 0 to 2.
Strengths = Mapping[str, float]
# Called with how many are done, and how many there are.
Progress = Callable[[int, int], object]
# What Keras says of an epoch.
Logs = Mapping[str, Any] | None


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
