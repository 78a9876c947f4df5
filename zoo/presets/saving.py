"""Presets: a model as a folder, with its architecture, its weights, what it was made of, and its
terms.
"""

import datetime
import importlib.metadata
import math
import platform
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from faceaging_tf.arguments import of_kind, path_of, shown, truth
from faceaging_tf.files import folder_written_whole
from faceaging_tf.typing import PathLike
from zoo import registry
from zoo.errors import ZooError
from zoo.presets import sharing
from zoo.presets import weights as weights_files
from zoo.presets.card import Card, model_card
from zoo.presets.files import (
    CARD,
    CHECKED,
    CONFIG,
    FORMAT,
    NO_WEIGHTS,
    SAMPLES,
    WEIGHTS,
    check_target,
    sha256,
    write_json,
    write_metadata,
)

if TYPE_CHECKING:
    import keras

PACKAGES = ("faceaging-tf", "keras", "tensorflow", "jax", "numpy")


def save(
    model: "keras.Model",
    folder: PathLike,
    *,
    entry: str | None = None,
    half_precision: bool = False,
    shared: Mapping[str, str] | None = None,
    overwrite: bool = False,
    card: Card | None = None,
) -> Path:
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
        card: a `zoo.Card`: what is said of the weights (data, terms, figures, limits); None says
            nothing.

    Returns:
        The folder, a `pathlib.Path`.

    Raises:
        ZooError: unknown entry; no `Card`; the model is not built or its class is not registered
            with Keras; `folder` exists already; a shared part is no part of the model, or has other
            weights than the entry.

    Example:
        >>> import zoo
        >>> model = model.for_release()  # doctest: +SKIP
        >>> card = zoo.Card(licence="CC BY 4.0")
        >>> folder = zoo.save(model, "my_preset", card=card)  # doctest: +SKIP
    """
    import keras

    folder = Path(path_of(folder, "folder", ZooError)).resolve()
    if entry is not None and not isinstance(entry, str):
        raise ZooError(
            f"entry was {shown(entry)}; it needs the name of an entry, or None. {registry.known_names()}"
        )
    card = Card() if card is None else of_kind(card, "card", Card, "a zoo.Card, or None", ZooError)
    half_precision = truth(half_precision, "half_precision", ZooError)
    overwrite = truth(overwrite, "overwrite", ZooError)
    what = "a dict from a part of the model to an entry"
    shared = {} if shared is None else of_kind(shared, "shared", dict, what, ZooError)
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
    try:
        with folder_written_whole(folder) as working:
            _write(working, folder, model, _identity(model, entry), half_precision, shared, card)
    except OSError as error:
        raise ZooError(
            f"The preset cannot be written to {folder} ({error.strerror or error}); free some space, or choose another folder."
        ) from error
    return folder


def _write(working, folder, model, identity, half_precision, shared, card):
    """Writes the files of a preset, which is to be in `folder`, into `working`."""
    import keras

    write_json(
        working / CONFIG,
        {
            "class": keras.saving.get_registered_name(type(model)),
            "config": model.get_config(),
            **({sharing.SHARED: sharing.record(shared)} if shared else {}),
        },
    )
    weighted = sharing.has_own_weights(model, shared)
    if weighted:
        weights_files.write(model, working / WEIGHTS, half_precision, without=shared)
        # HDF5 writes down the time, too: a file of the same arrays stays as it is, for presets that
        # share it go by its checksum.
        if weights_files.same(working / WEIGHTS, folder / WEIGHTS):
            shutil.copyfile(folder / WEIGHTS, working / WEIGHTS)
    files = CHECKED if weighted else (CONFIG,)
    metadata = {
        "format": FORMAT,
        **identity,
        "class": keras.saving.get_registered_name(type(model)),
        "date": datetime.date.today().isoformat(),
        "parameters": count_parameters(model),
        "weights_type": ("float16" if half_precision else "float32") if weighted else NO_WEIGHTS,
        "input": _input_contract(model),
        **vars(card),
        "samples": None if card.samples is None else SAMPLES,
        "versions": _versions(),
        "files": {
            file: {"sha256": sha256(working / file), "bytes": (working / file).stat().st_size}
            for file in files
        },
    }
    if card.samples is not None:
        from PIL import Image

        Image.fromarray(card.samples).save(working / SAMPLES, quality=90)
    write_metadata(working, metadata)
    _write_card(working, folder, metadata, shared)


def count_parameters(model):
    """All weights of a model, counted one by one, whether trained or not."""
    return sum(math.prod(weight.shape) for weight in model.weights)


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
            paper = papers.pop() if len(papers) == 1 else ""
            return {"entry": None, "title": type(model).__name__, "task": "", "paper": paper}
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
    if (folder / CARD).is_file():
        for kept in (CARD, SAMPLES):
            if (folder / kept).is_file() and not (working / kept).exists():
                shutil.copyfile(folder / kept, working / kept)
    else:
        released = content["entry"] is not None and registry.find(content["entry"]).preset
        # The entry's name loads the weights that are released for it, not those of another preset
        # of its class.
        is_own = released and Path(released).resolve() == folder
        own = content if is_own else {**content, "entry": None}
        (working / CARD).write_text(model_card(own, shared), encoding="utf-8")
