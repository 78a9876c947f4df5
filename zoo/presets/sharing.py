"""Presets that share weights: parts of a model that take theirs from the released preset of another
entry.

`config.json` says so, and which weights they are:

    "shared": {"age_regressor": {"entry": "age_network", "sha256": "..."}}

The key is an attribute of the model, the entry one of the zoo's; its preset may share parts of its
own in turn. With `"part": "aging_generator"`, it is that part of the entry's model that is taken,
else all of it. The checksum is the `fingerprint` of that preset, so that no newer weights slip
silently under a model that was measured with older ones.
"""

import hashlib
from pathlib import Path

from zoo import registry
from zoo.errors import ZooError
from zoo.presets import files as preset_files
from zoo.presets import weights as weights_files
from zoo.presets.files import CONFIG, WEIGHTS

SHARED = "shared"


def sources(folder):
    """What the preset in `folder` takes from others: dict from the part's name to
    `{"entry", "sha256"}`, and "part" where it is a part of that entry; empty for most.

    Raises:
        ZooError: `config.json` cannot be read, or holds it in another form.
    """
    shared = preset_files.read_json(folder / CONFIG).get(SHARED, {})
    if not isinstance(shared, dict) or not all(
        isinstance(source, dict)
        and isinstance(source.get("entry"), str)
        and isinstance(source.get("sha256"), str)
        and isinstance(source.get("part", ""), str)
        for source in shared.values()
    ):
        raise ZooError(
            f'{folder / CONFIG} needs "{SHARED}" to give "entry" and "sha256" for each part; copy the preset again.'
        )
    return shared


def said(folder):
    """What the preset in `folder` takes from others, as `zoo.save` is told it: dict from the part's
    name to an entry, or to a part of one.
    """
    return {
        part: ".".join(filter(None, (source["entry"], source.get("part"))))
        for part, source in sources(folder).items()
    }


def fingerprint(folder):
    """A checksum of all weights of a preset: of its weights file, and of those it takes from
    others, as they are recorded.

    Returns:
        In hexadecimal; the sha256 of the weights file where nothing is shared.
    """
    own = preset_files.metadata(folder)["files"].get(WEIGHTS, {}).get("sha256", "")
    shared = sources(folder)
    if not shared:
        return own
    return hashlib.sha256(
        " ".join([own, *(f"{part}={shared[part]['sha256']}" for part in sorted(shared))]).encode()
    ).hexdigest()


def check(folder):
    """Checks a preset and all that it takes weights from, without importing Keras.

    Raises:
        ZooError: a file is missing or changed, here or there; the other preset is missing, or holds
            other weights than recorded.
    """
    preset_files.check(folder)
    for part, source in sources(folder).items():
        other = preset_of(source["entry"], f"The preset {folder} takes its {part}")
        found = fingerprint(other)
        if found != source["sha256"]:
            raise ZooError(
                f"The preset {folder} takes its {part} from the released weights of {source['entry']!r} and expects those with the sha256 "
                f"{source['sha256'][:12]}..., where {other} has {found[:12]}...; install the version of {source['entry']!r} that it was made with, "
                "or release this one anew with its own copy."
            )
        check(other)


def record(parts):
    """What `config.json` says of parts: `{"age_regressor": "age_network"}` with the checksums of
    the entries' presets; `"fagan.aging_generator"` is a part of an entry.

    Raises:
        ZooError: an entry is unknown or has no weights released.
    """
    told = {}
    for part, source in parts.items():
        entry, _, theirs = source.partition(".")
        checksum = fingerprint(preset_of(entry, f"zoo.save was to take the {part}"))
        told[part] = {"entry": entry, "sha256": checksum, **({"part": theirs} if theirs else {})}
    return told


def load(model, folder):
    """Loads the weights of a checked preset into a model: the parts from where they are, and what
    is its own.
    """
    shared = sources(folder)
    for part, source in shared.items():
        other = preset_of(source["entry"], f"The preset {folder} takes its {part}")
        own = _part(model, part, folder / CONFIG)
        if "part" not in source:
            load(own, other)
            continue
        theirs = _weights_of(source["part"], other)
        if [values.shape for values in theirs] != [tuple(weight.shape) for weight in own.weights]:
            raise ZooError(
                f"The weights of {source['part']} in {other} do not fit the {part} of {folder}; copy the preset again."
            )
        own.set_weights(theirs)
    if not shared:
        weights_files.load(model, folder / WEIGHTS)
    elif WEIGHTS in preset_files.files_of(preset_files.metadata(folder)):
        weights_files.load_beside(model, folder / WEIGHTS, shared)


def has_own_weights(model, parts):
    """Whether the model has a weight beside those of `parts`."""
    elsewhere = {id(weight) for part in parts for weight in getattr(model, part).weights}
    return any(id(weight) not in elsewhere for weight in model.weights)


def is_equal(model, part, entry, half_precision):
    """Whether the weights of a model's part are those released for `entry`, or for a part of it
    ("fagan.aging_generator"), as they are stored.

    Raises:
        ZooError: the model has no such part, the entry is unknown, or no weights are released for
            it.
    """
    entry, _, inner = entry.partition(".")
    folder = preset_of(entry, f"zoo.save was to take the {part}")
    ours = _part(model, part, "zoo.save").get_weights()
    check(folder)
    if inner:
        theirs = _weights_of(inner, folder)
    else:
        other = _part(type(model).from_config(model.get_config()), part, "zoo.save")
        try:
            load(other, folder)
        except ZooError:
            return False
        theirs = other.get_weights()
    import numpy as np

    return len(ours) == len(theirs) and all(
        np.array_equal(
            weights_files.stored(a, half_precision), weights_files.stored(b, half_precision)
        )
        for a, b in zip(ours, theirs, strict=True)
    )


def _weights_of(part, folder):
    """The weights of a part of the model whose preset is in `folder`, as arrays."""
    from zoo.presets import building

    return _part(building.load(folder), part, f"The preset in {folder}").get_weights()


def preset_of(entry, who):
    """The folder of an entry's released weights; `who` begins the sentence that says what needs
    them.

    Raises:
        ZooError: there is no such entry, or none are released.
    """
    known = registry.list(role=None)
    if entry not in known or not registry.find(entry).released:
        released = "for which no weights are released here"
        lack = released if entry in known else "which is no entry of this zoo"
        raise ZooError(
            f"{who} from the weights of {entry!r}, {lack}; install faceaging-tf with all its presets, or save the model with zoo.save "
            "where it can be loaded: that copy needs no other."
        )
    return Path(registry.find(entry).preset)


def _part(model, part, who):
    import keras

    found = getattr(model, part, None)
    if not isinstance(found, keras.Model):
        raise ZooError(
            f"{who} shares {part!r}, which is no part of a {type(model).__name__}; name an attribute of it that is a model."
        )
    return found
