"""Presets: a model as a folder, with its architecture, its weights, what it was made of, and its
terms.
"""

import datetime
import importlib.metadata
import inspect
import json
import math
import platform
import shutil
import uuid
from pathlib import Path

from faceaging_tf.arguments import of_kind, path_of, shown, truth, whole
from zoo import registry
from zoo.errors import ZooError
from zoo.presets import sharing
from zoo.presets import weights as weights_files
from zoo.presets.files import (
    CARD,
    CHECKED,
    CONFIG,
    FORMAT,
    METADATA,
    NO_WEIGHTS,
    SAMPLES,
    WEIGHTS,
    check,
    check_target,
    put_in_place,
    read_json,
    sha256,
    write_json,
)

# What every keras.Model takes.
# Side of a face in pixels; above it a number of them is a mistake.
LARGEST = 8192
KERAS_ARGUMENTS = ("name", "dtype", "trainable")
PACKAGES = ("faceaging-tf", "keras", "tensorflow", "jax", "numpy")


def save(
    model,
    folder,
    *,
    entry=None,
    half_precision=False,
    shared=None,
    overwrite=False,
    training_data="",
    licence="",
    metrics=None,
    how_to_measure="",
    recipe="",
    limits="",
    restarts=None,
    samples=None,
):
    """Writes a model as a preset: `config.json`, `model.weights.h5`, `metadata.json`, `README.md`.

    All of it is written to a temporary folder beside `folder` and renamed at the end, so that there
    is never half a preset. A card (`README.md`, with its picture) that is in `folder` already is
    kept; where there is none, it is made from the metadata.

    Args:
        model: a built model of a registered Keras class with `image_size` and `get_config`, such as
            those of `faceaging_tf.models`; for a release, `model.for_release()`.
        folder: path of the preset.
        entry: name of the zoo's entry that it is; found by its class when None, if one entry alone
            is of it.
        half_precision: store the weights as compressed float16, half the size or less; loading
            casts back.
        shared: dict from an attribute of the model to the entry whose released weights it has, such
            as `{"age_regressor": "age_network"}`: they are left out here and loaded from there (see
            `zoo.presets.sharing`). For the zoo's own presets; without it a preset needs no other,
            whatever the model was loaded from.
        overwrite: replace the preset that is in `folder`.
        training_data: what the weights were trained on, with its terms.
        licence: terms of the weights.
        metrics: dict from the name of a figure (with its unit) to its value.
        how_to_measure: the command that measures the metrics again.
        recipe: the command or the script that produced the weights.
        limits: what the model cannot do, or does badly.
        restarts: what `faceaging_tf.training.restarts_of` gives for the run; None where no guard
            watched it.
        samples: a picture for the card that shows what the model does, `(H, W, 3)` uint8, or None;
            written as JPEG.

    Returns:
        The folder, a `pathlib.Path`.

    Raises:
        ZooError: unknown entry; the model is not built or its class is not registered with Keras;
            `folder` exists already; a shared part is no part of the model, or has other weights
            than the entry.

    Example:
        >>> import zoo
        >>> model = model.for_release()  # doctest: +SKIP
        >>> folder = zoo.save(model, "my_preset", licence="CC BY 4.0")  # doctest: +SKIP
    """
    import keras

    folder = Path(path_of(folder, "folder", ZooError)).resolve()
    if entry is not None and not isinstance(entry, str):
        raise ZooError(
            f"entry was {shown(entry)}; it needs the name of an entry, or None. {registry.known_names()}"
        )
    _check_said(
        metrics,
        restarts,
        samples,
        training_data=training_data,
        licence=licence,
        how_to_measure=how_to_measure,
        recipe=recipe,
        limits=limits,
    )
    half_precision, overwrite = (
        truth(half_precision, "half_precision", ZooError),
        truth(overwrite, "overwrite", ZooError),
    )
    shared = (
        {}
        if shared is None
        else of_kind(
            shared, "shared", dict, "a dict from a part of the model to an entry", ZooError
        )
    )
    if not isinstance(model, keras.Model):
        raise ZooError(
            f"The model was {shown(model)}; zoo.save needs a keras.Model, such as zoo.load gives."
        )
    name = keras.saving.get_registered_name(type(model))
    if keras.saving.get_registered_object(name) is not type(model):
        raise ZooError(
            f"{type(model).__name__} is not registered with Keras, so a preset could not be loaded again; "
            'decorate the class with @keras.saving.register_keras_serializable(package="...").'
        )
    if not model.built:
        raise ZooError(
            f"The {type(model).__name__} has no weights yet; call it once, or fit it, before saving."
        )
    check_target(folder, overwrite)
    for part, source in shared.items():
        if not sharing.is_equal(model, part, source, half_precision):
            raise ZooError(
                f"The {part} of this {type(model).__name__} has other weights than are released for {source!r}, so it cannot share them; "
                "save it without, or release those first."
            )
    working = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}")
    try:
        working.mkdir(parents=True)
    except OSError as error:
        raise ZooError(
            f"The preset cannot be written to {folder} ({error.strerror}); choose another folder."
        ) from error
    try:
        write_json(
            working / CONFIG,
            {
                "class": name,
                "config": model.get_config(),
                **({sharing.SHARED: sharing.record(shared)} if shared else {}),
            },
        )
        weighted = sharing.has_own_weights(model, shared)
        if weighted:
            weights_files.write(model, working / WEIGHTS, half_precision, without=shared)
        files = CHECKED if weighted else (CONFIG,)
        metadata = {
            "format": FORMAT,
            **_identity(model, entry),
            "class": name,
            "date": datetime.date.today().isoformat(),
            "parameters": count_parameters(model),
            "weights_type": ("float16" if half_precision else "float32")
            if weighted
            else NO_WEIGHTS,
            "input": _input_contract(model),
            "training_data": training_data,
            "licence": licence,
            "metrics": metrics or {},
            "how_to_measure": how_to_measure,
            "recipe": recipe,
            "limits": limits,
            "restarts": restarts,
            "samples": None if samples is None else SAMPLES,
            "versions": _versions(),
            "files": {
                file: {"sha256": sha256(working / file), "bytes": (working / file).stat().st_size}
                for file in files
            },
        }
        if samples is not None:
            from PIL import Image

            Image.fromarray(samples).save(working / SAMPLES, quality=90)
        write_json(working / METADATA, metadata)
        _write_card(working, folder, metadata, shared)
        put_in_place(working, folder)
    finally:
        shutil.rmtree(working, ignore_errors=True)
    return folder


def _check_said(metrics, restarts, samples, **texts):
    """Refuses what a card could not say.

    Raises:
        ZooError: a text that is none, figures that are no dict of numbers, restarts that JSON does
            not hold, or samples that are no picture.
    """
    for name, text in texts.items():
        of_kind(text, name, str, "a text", ZooError)
    if metrics is not None:
        of_kind(metrics, "metrics", dict, "a dict from the name of a figure to a number", ZooError)
    for name, value in (("metrics", metrics), ("restarts", restarts)):
        try:
            json.dumps(value)
        except (TypeError, ValueError) as error:
            raise ZooError(
                f"{name} was {shown(value)}, which JSON does not hold ({error}); give numbers and texts."
            ) from error
    if restarts is not None and not (
        isinstance(restarts, list)
        and all(
            isinstance(one, dict) and {"step", "seen", "back_to_step", "changed"} <= set(one)
            for one in restarts
        )
    ):
        raise ZooError(
            f"restarts was {shown(restarts)}; it needs what `faceaging_tf.training.restarts_of` gives, or None."
        )
    if samples is not None and (
        getattr(samples, "dtype", None) != "uint8"
        or samples.ndim != 3
        or samples.shape[2] != 3
        or 0 in samples.shape
    ):
        raise ZooError(
            f"samples was {shown(samples)}; it needs a picture (H, W, 3) uint8, or None."
        )


def load(folder, weights=True, **overrides):
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
    model = build(_class_named(saved["class"], folder), saved["config"], overrides)
    if weights:
        sharing.load(model, folder)
    return model


def build(model_class, config, overrides):
    """A model of `config` with `overrides`; another `image_size` holds for all its networks.

    Raises:
        ZooError: the class has no such argument, or cannot be built with it.
    """
    known = {*inspect.signature(model_class.__init__).parameters, *KERAS_ARGUMENTS} - {
        "self",
        "kwargs",
    }
    for name in {**config, **overrides}:
        if name not in known:
            raise ZooError(
                f"{model_class.__name__} has no argument {name!r}.{registry.suggestion(name, known)} "
                f"Its arguments are {', '.join(sorted(known))}."
            )
    if "image_size" in overrides:
        size = overrides["image_size"]
        config = _at_size(config, whole(size, "image_size", 1, LARGEST, ZooError))
    try:
        return model_class.from_config({**config, **overrides})
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        given = ", ".join(f"{name}={shown(value)}" for name, value in overrides.items())
        if not given:
            raise
        hint = (
            "; an image_size that is a multiple of 32 fits every network"
            if overrides.get("image_size", 32) % 32
            else ""
        )
        raise ZooError(
            f"{model_class.__name__} cannot be built with {given}: {' '.join(str(error).split()).rstrip('.')}{hint}."
        ) from error


def count_parameters(model):
    """All weights of a model, counted one by one, whether trained or not."""
    return sum(math.prod(weight.shape) for weight in model.weights)


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


def _identity(model, name):
    if name is None:
        entries = [registry.find(known) for known in registry.list(role=None)]
        entries = [
            entry
            for entry in entries
            if entry.class_name == type(model).__name__ and entry.model_class() is type(model)
        ]
        if len(entries) != 1:
            # Of several entries of one class, nothing says which this is.
            papers = {entry.paper for entry in entries}
            return {
                "entry": None,
                "title": type(model).__name__,
                "task": "",
                "paper": papers.pop() if len(papers) == 1 else "",
            }
        entry = entries[0]
    else:
        entry = registry.find(name)
    return {"entry": entry.name, "title": entry.title, "task": entry.task, "paper": entry.paper}


def _input_contract(model):
    from faceaging_tf.geometry.frames import frame_of_model

    frame = frame_of_model(model)
    return {
        "faces": f"(N, {model.image_size}, {model.image_size}, 3) uint8, RGB, aligned by a similarity of five landmarks",
        "image_size": model.image_size,
        "landmarks": ["left eye", "right eye", "nose", "left mouth corner", "right mouth corner"],
        "frame": frame.name,
        "template": [[round(float(value), 6) for value in point] for point in frame.template()],
        "template_unit": "fraction of the side; x, y; left as seen in the picture",
    }


def _versions():
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


def _write_card(working, folder, content, shared):
    from zoo.presets.card import model_card

    if (folder / CARD).is_file():
        for kept in (CARD, SAMPLES):
            if (folder / kept).is_file() and not (working / kept).exists():
                shutil.copyfile(folder / kept, working / kept)
    else:
        released = content["entry"] is not None and registry.find(content["entry"]).preset
        # The entry's name loads the weights that are released for it, not those of another preset
        # of its class.
        own = (
            content
            if released and Path(released).resolve() == folder
            else {**content, "entry": None}
        )
        (working / CARD).write_text(model_card(own, shared), encoding="utf-8")
