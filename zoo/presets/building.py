"""A preset's folder to a model: the class that its configuration names, built, with its weights."""

import inspect
import typing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from faceaging_tf.arguments import shown, whole
from faceaging_tf.typing import Config, LayerArguments, PathLike
from zoo import registry
from zoo.errors import ZooError
from zoo.presets import sharing
from zoo.presets.files import CONFIG, check, read_json

if TYPE_CHECKING:
    import keras

# Side of a face in pixels; above it a number of them, or of channels, is a mistake.
LARGEST = 8192
# Arguments that models had once and presets still name.
RETIRED = ("wrong_age",)
# What constructors make of arguments that are of no kind they know.
_UNBUILDABLE = (
    *(ArithmeticError, AssertionError, AttributeError, ImportError, LookupError, MemoryError),
    *(RuntimeError, TypeError, ValueError),
)


def load(folder: PathLike, weights: bool = True, **overrides: Any) -> "keras.Model":
    """The model of a preset.

    Args:
        folder: path of the preset.
        weights: `False` builds the architecture alone, with fresh weights.
        **overrides: constructor arguments that replace those of `config.json`.

    Returns:
        A model of the class that `config.json` names.

    Raises:
        ZooError: a file is missing, damaged or changed, here or where weights are shared; the class
            is unknown, an override is no argument of it, or the weights do not fit.
    """
    folder = Path(folder)
    sharing.check(folder) if weights else check(folder)
    saved = read_json(folder / CONFIG)
    if not isinstance(saved.get("class"), str) or not isinstance(saved.get("config"), dict):
        raise ZooError(
            f'{folder / CONFIG} needs "class" (a registered name) and "config" (its arguments); save the model again.'
        )
    model_class, config = _class_named(saved["class"], folder), _without_retired(saved["config"])
    if not weights:
        return build(model_class, config, overrides)
    from zoo.presets.to_be_loaded import to_be_loaded

    with to_be_loaded():
        model = build(model_class, config, overrides)
    sharing.load(model, folder)
    return model


def build(model_class: Any, config: Config, overrides: Config) -> "keras.Model":
    """A model of `config` with `overrides`; another `image_size` holds for all its networks.

    Raises:
        ZooError: the class has no such argument, or cannot be built with it.
    """
    known = arguments_of(model_class)
    for name in {**config, **overrides}:
        if name not in known:
            raise ZooError(
                f"{model_class.__name__} has no argument {name!r}.{registry.suggestion(name, known)} "
                f"Its arguments are {', '.join(sorted(known))}."
            )
    if "image_size" in overrides:
        size = overrides["image_size"]
        config = _at_size(config, whole(size, "image_size", 1, LARGEST, ZooError))
    _check_sizes(config)
    try:
        return model_class.from_config({**config, **overrides})
    except _UNBUILDABLE as error:
        given = ", ".join(f"{name}={shown(value)}" for name, value in overrides.items())
        given = given or "its configuration"
        hint = (
            "; an image_size that is a multiple of 32 fits every network"
            if overrides.get("image_size", 32) % 32
            else ""
        )
        raise ZooError(
            f"{model_class.__name__} cannot be built with {given}: {' '.join(str(error).split()).rstrip('.')}{hint}."
        ) from error


def _check_sizes(config):
    """Refuses whole numbers of a configuration that would build a network of gigabytes; a seed may
    be any.
    """
    for name, value in config.items() if isinstance(config, dict) else enumerate(config):
        if isinstance(value, (dict, list, tuple)):
            _check_sizes(value)
        elif name != "seed" and isinstance(value, int) and abs(value) > LARGEST:
            raise ZooError(
                f"The configuration has {name} {shown(value)}, and {LARGEST:,} is the largest that is built; "
                "copy the preset again, or save the model anew with zoo.save."
            )


def _without_retired(config):
    return {
        name: _without_retired(part) if isinstance(part, dict) else part
        for name, part in config.items()
        if name not in RETIRED
    }


def _at_size(config, image_size):
    """The configuration with every network at another image size; convolutions keep
    their weights.
    """
    parts = {
        name: _at_size(part, image_size) for name, part in config.items() if isinstance(part, dict)
    }
    return {**config, **parts, **({"image_size": image_size} if "image_size" in config else {})}


def _class_named(name, folder):
    import keras

    entries = [registry.find(entry) for entry in registry.list(role=None)]
    for entry in entries:
        # Importing the module of an entry registers its class; the others stay unimported.
        if entry.class_name == name.rpartition(">")[2]:
            entry.model_class()
    model_class = keras.saving.get_registered_object(name)
    if model_class is None:
        known = [entry.class_name for entry in entries]
        raise ZooError(
            f"{folder / CONFIG} is of the class {name!r}, which is not known here.{registry.suggestion(name.rpartition('>')[2], known)} "
            f"Known classes: {', '.join(sorted(known))}; import the module that defines yours before you load the preset."
        )
    return model_class


def arguments_of(model_class):
    """The names that a constructor takes, those among them that it passes on by `**`."""
    parameters = inspect.signature(model_class.__init__).parameters.values()
    passed_on = [one for one in parameters if one.kind is one.VAR_KEYWORD]
    named = {one.name for one in parameters if one not in passed_on} - {"self"}
    records = [record for one in passed_on for record in typing.get_args(one.annotation)]
    for record in (LayerArguments, *records):
        named |= {*record.__annotations__}
    return named
