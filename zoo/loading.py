"""Models by name or by folder."""

import os
from pathlib import Path

from zoo import presets, registry, sharing, weights_files
from zoo.errors import ZooError

ARCHITECTURES = ("released", "paper")


def load(name, weights="default", architecture="released", **overrides):
    """A model of the zoo, or of a preset's folder.

    Args:
        name: the name of an entry (`zoo.list()`), or the path of a preset's folder. A name wins over a folder of the
            same name in the working directory; `"./name"` is always a folder.
        weights: `"default"` for the released weights, `None` for fresh ones, or a path: of a preset's folder, or of
            a `.weights.h5` file that fits the architecture.
        architecture: `"released"`, the small one that the weights are for, or `"paper"`, the size of the paper, for
            which there are no released weights. Entries only.
        **overrides: constructor arguments that replace those of the configuration, such as `image_size=64`.

    Returns:
        A `keras.Model`; an aging entry has `transform(faces, years, ages=None)` and `estimate_ages(faces)`.

    Raises:
        ZooError: unknown name, argument or architecture; no weights released; weights that do not fit; damaged preset.

    Example:
        >>> import zoo
        >>> model = zoo.load("cyclegan", weights=None)
        >>> model.image_size
        128
    """
    if architecture not in ARCHITECTURES:
        raise ZooError(f'zoo.load got architecture={architecture!r}; it needs "released" or "paper".')
    if weights is not None and not isinstance(weights, (str, os.PathLike)):
        raise ZooError(
            f'zoo.load got weights={weights!r}; it needs "default", None, or the path of a preset or a .weights.h5 file.'
        )
    if is_path(name):
        if weights not in ("default", None):
            return _with_weights_of(weights, lambda: presets.load(name, weights=False, **overrides), overrides)
        return presets.load(name, weights=weights is not None, **overrides)
    entry = registry.find(name)

    def fresh():
        config = entry.paper_architecture if architecture == "paper" else entry.architecture
        return presets.build(entry.model_class(), config, overrides)

    if weights is None:
        return fresh()
    if weights != "default":
        return _with_weights_of(weights, fresh, overrides)
    if architecture == "paper":
        raise ZooError(
            f"No weights are released for the paper's size of {name!r}; use weights=None for fresh ones, "
            'or architecture="released".'
        )
    return presets.load(released_preset(entry), **overrides)


def released_preset(entry):
    """The folder of the weights that are released for an entry.

    Raises:
        ZooError: none are released.
    """
    if not entry.released:
        raise ZooError(
            f"No weights are released for {entry.name!r} yet; use weights=None for a fresh model, or train one with "
            f"`faceaging train {entry.name} --corpus ...` and give the folder that it writes."
        )
    return Path(entry.preset)


def check_name(name):
    """Finds out whether `load(name)` has weights to load, without importing Keras.

    Raises:
        ZooError: unknown name, no weights released for it, or a preset that is damaged or lacks another that it shares weights with.
    """
    sharing.check(Path(name) if is_path(name) else released_preset(registry.find(name)))


def is_path(name):
    """Whether `name` means a folder rather than an entry.

    Raises:
        ZooError: it is neither a string nor a path.
    """
    if isinstance(name, os.PathLike):
        return True
    if not isinstance(name, str):
        raise ZooError(
            f"zoo.load got {type(name).__name__}; it needs the name of an entry or the path of a preset. {registry.known_names()}"
        )
    return name not in registry.list(role=None) and (os.sep in name or "/" in name or Path(name).exists())


def _with_weights_of(weights, fresh, overrides):
    if Path(weights).is_dir():
        return presets.load(weights, **overrides)
    model = fresh()
    weights_files.load(model, weights)
    return model
