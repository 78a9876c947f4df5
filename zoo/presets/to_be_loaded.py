"""Initializers of a model whose weights are about to be loaded: zeros, not random numbers.

JAX compiles its random numbers anew for each shape, a second apiece, 40 seconds for `groupgan`.
"""

import contextlib
import contextvars
from collections.abc import Iterator

import keras

_TO_BE_LOADED = contextvars.ContextVar("weights are to be loaded", default=False)


def _or_zeros(initializer):
    """The class of an initializer that gives zeros within `to_be_loaded`; elsewhere, as in a layer
    that is made from the configuration of one that was built within, what the initializer does.
    """

    def call(self, shape, dtype=None):
        if _TO_BE_LOADED.get():
            return keras.ops.zeros(shape, dtype=dtype or keras.config.floatx())
        return initializer.__call__(self, shape, dtype=dtype)

    name = f"{initializer.__name__}OrZeros"
    new = type(name, (initializer,), {"__call__": call, "__module__": __name__})
    return keras.saving.register_keras_serializable("zoo")(new)


# By the names that layers know them by.
_INSTEAD = {
    "glorot_uniform": _or_zeros(keras.initializers.GlorotUniform),
    "he_normal": _or_zeros(keras.initializers.HeNormal),
    "random_normal": _or_zeros(keras.initializers.RandomNormal),
}


@contextlib.contextmanager
def to_be_loaded() -> Iterator[None]:
    """Within it, weights whose initializers are named are zeros."""
    token = _TO_BE_LOADED.set(True)
    try:
        with keras.saving.CustomObjectScope(_INSTEAD):
            yield
    finally:
        _TO_BE_LOADED.reset(token)
