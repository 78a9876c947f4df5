"""Initializers of a model whose weights are about to be loaded: zeros, not random numbers.

JAX compiles its random numbers anew for each shape, a second apiece, 40 seconds for `groupgan`.
"""

import contextlib
import contextvars
from collections.abc import Iterator
from typing import Any

import keras

# The initializers that were made since, while weights are to be loaded; else None.
_MADE: contextvars.ContextVar[list[Any] | None] = contextvars.ContextVar(
    "initializers of weights to be loaded", default=None
)


def _or_zeros(initializer):
    """The class of an initializer that gives zeros within `to_be_loaded`, and is the initializer's
    own afterwards.
    """

    def init(self, *args, **kwargs):
        initializer.__init__(self, *args, **kwargs)
        if _MADE.get() is not None:
            _MADE.get().append(self)

    def call(self, shape, dtype=None):
        if _MADE.get() is not None:
            return keras.ops.zeros(shape, dtype=dtype or keras.config.floatx())
        return initializer.__call__(self, shape, dtype=dtype)

    name = f"{initializer.__name__}OrZeros"
    new = type(name, (initializer,), {"__init__": init, "__call__": call, "__module__": __name__})
    return keras.saving.register_keras_serializable("zoo")(new)


# By the names that layers know them by.
_INSTEAD = {
    "glorot_uniform": _or_zeros(keras.initializers.GlorotUniform),
    "he_normal": _or_zeros(keras.initializers.HeNormal),
    "random_normal": _or_zeros(keras.initializers.RandomNormal),
}


@contextlib.contextmanager
def to_be_loaded() -> Iterator[None]:
    """Within it, weights whose initializers are named are zeros. Models that were made in it are
    saved as any other: their initializers are Keras' own again.
    """
    made: list[Any] = []
    token = _MADE.set(made)
    try:
        with keras.saving.CustomObjectScope(_INSTEAD):
            yield
    finally:
        for initializer in made:
            initializer.__class__ = type(initializer).__base__
        _MADE.reset(token)
