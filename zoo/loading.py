"""Models by name or by folder."""

import importlib.util
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from faceaging_tf.arguments import shown
from faceaging_tf.manner import asked
from faceaging_tf.typing import PathLike
from zoo import registry
from zoo.errors import ZooError
from zoo.presets import building as presets
from zoo.presets import files as preset_files
from zoo.presets import keras_settings, sharing
from zoo.presets import network as network_files
from zoo.presets import weights as weights_files

if TYPE_CHECKING:
    import keras

ARCHITECTURES = ("released", "paper", "small")
# Classes whose faces age as one piece, as presets name them, and entries.
OF_ONE_PIECE = {
    f"{package}{name}"
    for package in ("faceaging_tf>", "faceaging_tf.models:")
    for name in ("CycleGAN", "FGAN", "GroupGAN")
}


def load(
    name: PathLike,
    weights: PathLike | None = "default",
    architecture: str = "released",
    **overrides: Any,
) -> "keras.Model":
    """A model of the zoo, or of a preset's folder.

    Args:
        name: the name of an entry (`zoo.list()`), or the path of a preset's folder. A name wins
            over a folder of the same name in the working directory; `"./name"` is always a folder.
        weights: `"default"` for the released weights, `None` for fresh ones, or a path: of a
            preset's folder, or of a `.weights.h5` file that fits the architecture.
        architecture: `"released"`, that of the released weights; `"paper"`, the paper's sizes and
            losses; or `"small"`, small networks on tight faces. For the last two no weights are
            released. Entries only.
        **overrides: constructor arguments that replace those of the configuration, such as
            `image_size=64`.

    Returns:
        A `keras.Model`; an aging entry has `transform(faces, years, ages=None)` and
        `estimate_ages(faces)`.

    Raises:
        ZooError: unknown name, argument or architecture, or one that the entry does not have;
            settings of Keras that do not do here (see `zoo.presets.keras_settings`); no weights
            released; weights that do not fit; damaged preset.

    Example:
        >>> import zoo
        >>> model = zoo.load("cyclegan", weights=None, architecture="small")
        >>> model.image_size
        128
    """
    keras_settings.check()
    if not isinstance(architecture, str) or architecture not in ARCHITECTURES:
        raise ZooError(
            f'zoo.load got architecture={shown(architecture)}; it needs "released", "paper" or "small".'
        )
    if weights is not None and not isinstance(weights, (str, os.PathLike)):
        raise ZooError(
            f'zoo.load got weights={shown(weights)}; it needs "default", None, or the path of a preset or a .weights.h5 file.'
        )
    if is_path(name):
        if weights not in ("default", None):
            return _with_weights_of(
                weights, lambda: presets.load(name, weights=False, **overrides), overrides
            )
        return presets.load(name, weights=weights is not None, **overrides)
    entry = registry.find(name)

    config = {
        "released": entry.architecture,
        "paper": entry.paper_architecture,
        "small": entry.small_architecture,
    }[architecture]
    if architecture != "released" and not config:
        raise ZooError(
            f"The entry {name!r} has no {architecture} architecture; leave architecture={architecture!r} out."
        )

    def fresh():
        return presets.build(entry.model_class(), config, overrides)

    if weights is None:
        return fresh()
    if weights != "default":
        return _with_weights_of(weights, fresh, overrides)
    if architecture != "released":
        raise ZooError(
            f"No weights are released for the {architecture} architecture of {name!r}; use weights=None for fresh ones, "
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


def folder_of(name):
    """The folder of a preset, or of the weights that are released for an entry.

    Raises:
        ZooError: unknown name, or no weights released for it.
    """
    return Path(name) if is_path(name) else released_preset(registry.find(name))


def check_name(name, role=None):
    """Finds out whether `load(name)` has weights to load, without importing Keras.

    Args:
        name: of an entry, or the path of a preset's folder.
        role: what it must be for: `registry.AGING`, `registry.ESTIMATING`, or None for either.

    Raises:
        ZooError: unknown name, one for something else, no weights released for it, or a preset that
            is damaged or lacks another that it shares weights with.
    """
    if is_path(name):
        folder = Path(name)
        found = _role_of(preset_files.metadata(folder)["class"])
    else:
        found = registry.find(name).role
        folder = released_preset(registry.find(name)) if role in (None, found) else None
    if role is not None and found not in (None, role):
        raise ZooError(_other_role(name, role))
    sharing.check(folder)


def may_have_parts(entry):
    """Whether faces of an entry or a preset may have parts of ageing, futures and wishes for their
    hair, as far as the class of its model says, which is not imported.

    Raises:
        ZooError: unknown name, or a preset that is damaged.
    """
    path = is_path(entry)
    name = preset_files.metadata(Path(entry))["class"] if path else registry.find(entry).builder
    return name not in OF_ONE_PIECE


# By what it was loaded from and how; see `aging_model`.
_kept: dict[Path, tuple[Any, Any]] = {}


def forget() -> None:
    """Lets go of the models that `zoo.age` and the other verbs keep loaded; the next call loads
    anew.

    Example:
        >>> import zoo
        >>> zoo.forget()
    """
    _kept.clear()


def aging_model(entry):
    """A model that ages faces: an entry or a preset's folder loaded, or a model as it is.

    What is loaded is kept until `forget`, and loaded anew where a file of the preset has changed or
    Keras computes in another precision: it is for use as it is. `load` gives each caller a model of
    its own.

    Raises:
        ZooError: what `load` raises, or a model without `transform`.
    """
    if not isinstance(entry, (str, os.PathLike)):
        if not callable(getattr(entry, "transform", None)):
            known = ", ".join(registry.list())
            raise ZooError(
                f"The entry was {shown(entry)}, which ages no faces; it needs an entry ({known}), the folder of a preset, or a model with transform."
            )
        return entry
    place = Path(entry).absolute() if is_path(entry) else registry.find(entry).preset
    if place not in _kept or _kept[place][0] != _state(place):
        check_name(entry, registry.AGING)
        _kept[place] = _state(place), load_aging(entry)
    return _kept[place][1]


def load_aging(entry):
    """A model of `load` that ages faces.

    Raises:
        ZooError: what `load` raises, or a model without `transform`.
    """
    model = load(entry)
    if not hasattr(model, "transform"):
        raise ZooError(_other_role(entry, registry.AGING))
    return model


def quick_model(entry, manner=None, threads=2):
    """What ages photos and videos: the LiteRT file of an entry's or a preset's networks where it
    has one, which needs neither Keras nor TensorFlow; else what `aging_model` gives.

    Args:
        entry: of `aging_model`.
        manner: what will be asked of `faceaging_tf.typing.Manner`, a dict; where a file of an
            earlier version does not know it, Keras does.
        threads: of the file's interpreter.

    Raises:
        ZooError: what `aging_model` raises.
    """
    place = _network_of(entry)
    if place is None:
        return aging_model(entry)
    stated = place.stat()
    state = stated.st_mtime_ns, stated.st_size, sharing.fingerprint(place.parent), threads
    if place not in _kept or _kept[place][0] != state:
        check_name(entry, registry.AGING)
        from faceaging_tf.mobile import FileModel

        _kept[place] = state, FileModel(network_files.read(place.parent), threads)
    model = _kept[place][1]
    return aging_model(entry) if asked(**(manner or {})) and not model.parts else model


def needs_keras(entry):
    """Whether `quick_model` imports Keras."""
    return _network_of(entry) is None


def _network_of(entry):
    """The path of the LiteRT file that ages by an entry or a preset; None where there is none, or
    it cannot be run here.
    """
    runs = importlib.util.find_spec("ai_edge_litert") is not None
    if not runs or not isinstance(entry, (str, os.PathLike)):
        return None
    folder = Path(entry).absolute() if is_path(entry) else registry.find(entry).preset
    place = None if folder is None else Path(folder) / preset_files.NETWORK
    return place if place is not None and place.is_file() else None


def _state(folder):
    """Whatever says that a preset would be loaded as before: its files and weights, and the
    precision; None where there is none.
    """
    import keras

    if not folder.is_dir():
        return None
    files = sorted(
        (path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in folder.iterdir()
    )
    return files, sharing.fingerprint(folder), keras.mixed_precision.dtype_policy().name


def _role_of(class_name):
    """The role of a preset's class, None where it is none of the zoo's."""
    roles = {
        entry.role
        for entry in map(registry.find, registry.list(role=None))
        if entry.class_name == class_name.rpartition(">")[2]
    }
    return roles.pop() if len(roles) == 1 else None


def _other_role(name, role):
    """What is said of a name that is for something else than `role`."""
    known = ", ".join(registry.list(role))
    if role == registry.AGING:
        return f"{os.fspath(name)!r} only estimates ages; it needs one that ages faces: {known}, or the folder of a preset."
    return f"{os.fspath(name)!r} ages faces; it needs what estimates ages: {known}, or the folder of a preset."


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
    return name not in registry.list(role=None) and (
        os.sep in name or "/" in name or os.path.exists(name)
    )


def _with_weights_of(weights, fresh, overrides):
    if os.path.isdir(weights):
        return presets.load(weights, **overrides)
    model = fresh()
    weights_files.load(model, weights)
    return model
