"""Networks by name: the readable form in which a model's configuration holds them."""

import difflib
import functools
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar, cast

import keras

# How a configuration names a network: see `build`.
Specification: TypeAlias = Mapping[str, Any] | keras.Model | None

Builder = TypeVar("Builder", bound=Callable[..., keras.Model])

_BUILDERS: dict[str, Callable[..., keras.Model]] = {}


def network(builder: Builder) -> Builder:
    """Registers a function that builds a `keras.Model`, and has the model remember how it was
    built.

    Returns:
        The builder; its models carry `network_config`, the keyword arguments with the builder's
        name as "network".
    """

    @functools.wraps(builder)
    def build_and_remember(**config: Any) -> keras.Model:
        model = builder(**config)
        model.network_config = {"network": builder.__name__, **config}
        return model

    _BUILDERS[builder.__name__] = build_and_remember
    return cast(Builder, build_and_remember)


def build(spec: Specification, **defaults: Any) -> Any:
    """A network from its specification.

    Args:
        spec: a dict with "network" (the builder's name) and its keyword arguments; or a ready
            `keras.Model`, returned as it is; or None, returned as None; or a serialized Keras
            object.
        **defaults: arguments used where the specification has none, such as `image_size=128`.

    Returns:
        A `keras.Model`, or None.

    Raises:
        ValueError: an unknown name (with the nearest known ones), or a specification of another
            kind.

    Example:
        >>> from faceaging_tf import networks
        >>> config = {"network": "patch_discriminator", "filters": 8}
        >>> networks.build(config, image_size=64).output_shape
        (None, 6, 6, 1)
    """
    if spec is None or isinstance(spec, keras.Model):
        return spec
    if isinstance(spec, dict) and "network" in spec:
        config = {**defaults, **spec}
        name = config.pop("network")
        if name not in _BUILDERS:
            near = difflib.get_close_matches(str(name), _BUILDERS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise ValueError(
                f"There is no network {name!r}; known are {', '.join(sorted(_BUILDERS))}.{hint}"
            )
        return _BUILDERS[name](**config)
    if isinstance(spec, dict) and "class_name" in spec:
        return keras.saving.deserialize_keras_object(spec)
    raise ValueError(
        f"A network was given as {type(spec).__name__} {spec!r}; give a dict such as "
        '{"network": "mobile_generator", "image_size": 128}, or a keras.Model.'
    )


def serialize(model: keras.Model | None) -> dict[str, Any] | None:
    """The specification of a network, as `build` takes it; None for None."""
    if model is None:
        return None
    if hasattr(model, "network_config"):
        return dict(model.network_config)
    return keras.saving.serialize_keras_object(model)
