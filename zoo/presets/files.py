"""The files of a preset: which they are, their checksums, and how they are put in place as one."""

import hashlib
import json
import re
from pathlib import Path

from faceaging_tf.files import sha256, written_whole
from zoo.errors import ZooError

CONFIG = "config.json"
WEIGHTS = "model.weights.h5"
METADATA = "metadata.json"
CARD = "README.md"
SAMPLES = "samples.jpg"
# Its networks without its weights, as LiteRT runs them; few presets have it.
NETWORK = "network.gz"
# The card is not among them: a corrected word in it must not make the preset unusable.
CHECKED = (CONFIG, WEIGHTS)
FORMAT = 1
# The field of `metadata.json` that is of itself.
CHECKSUM = "checksum"
_SEAL = re.compile(rf'"{CHECKSUM}": "([0-9a-f]{{64}})"\n}}\n\Z'.encode())
# The `weights_type` of a preset that has no weights file, because every part takes its weights from
# another one.
NO_WEIGHTS = "shared"
FIELDS = {
    **dict.fromkeys(
        ("class", "title", "task", "paper", "date", "weights_type", "training_data", "licence"), str
    ),
    **dict.fromkeys(("how_to_measure", "recipe", "limits"), str),
    **dict.fromkeys(("input", "metrics", "versions", "files"), dict),
    "parameters": int,
}


def metadata(folder):
    """The content of `metadata.json` of a preset, a dict; the weights are not looked at.

    Raises:
        ZooError: there is no such preset, or its metadata cannot be read.
    """
    folder = Path(folder)
    if folder.is_file():
        raise ZooError(
            f"{folder} is a file; give the name of an entry or the folder of a preset. "
            "An exported file runs by faceaging_tf.mobile.Ager, and is measured by `faceaging evaluate`."
        )
    if not (folder / METADATA).exists() and (folder / "preset" / METADATA).is_file():
        raise ZooError(f"{folder} is the folder of a run; its preset is {folder / 'preset'}.")
    if not folder.is_dir():
        raise ZooError(
            f"There is no preset at {folder}; give a folder with {CONFIG}, {WEIGHTS} and {METADATA}."
        )
    content = read_json(folder / METADATA)
    if content.get("format") != FORMAT:
        raise ZooError(
            f"{folder / METADATA} is of format {content.get('format')!r}, and this version reads format {FORMAT}; "
            "update faceaging-tf, or save the model again."
        )
    wrong = [name for name, kind in FIELDS.items() if not isinstance(content.get(name), kind)]
    if not wrong:
        wrong = [
            f"files/{file}"
            for file in files_of(content)
            if not isinstance(content["files"].get(file), dict)
            or not {"sha256", "bytes"} <= content["files"][file].keys()
        ]
    if wrong:
        raise ZooError(
            f"{folder / METADATA} lacks {', '.join(wrong)}, or holds it in another form; copy the preset again."
        )
    if not _is_sealed((folder / METADATA).read_bytes()):
        raise ZooError(
            f"{folder / METADATA} is damaged or was changed: it does not have the {CHECKSUM} that it says; "
            "copy the preset again, or save the model anew with zoo.save."
        )
    return content


def write_metadata(folder, content):
    """Writes `metadata.json` with a checksum of itself at its end: the sha256 of all its bytes,
    with zeros in the place of the checksum.
    """
    content = {name: value for name, value in content.items() if name != CHECKSUM}
    with written_whole(folder / METADATA) as temporary:
        temporary = Path(temporary)
        write_json(temporary, {**content, CHECKSUM: "0" * 64})
        packed = temporary.read_bytes()
        temporary.write_bytes(_SEAL.sub(_seal(sha256(temporary)), packed))


def _seal(checksum):
    return f'"{CHECKSUM}": "{checksum}"\n}}\n'.encode()


def _is_sealed(packed):
    """Whether the bytes of `metadata.json` have the checksum at their end."""
    found = _SEAL.search(packed)
    zeroed = _SEAL.sub(_seal("0" * 64), packed)
    return found is not None and hashlib.sha256(zeroed).hexdigest().encode() == found[1]


def files_of(content):
    """The files of a preset that have a checksum, by its metadata."""
    files = (CONFIG,) if content["weights_type"] == NO_WEIGHTS else CHECKED
    return (*files, NETWORK) if NETWORK in content["files"] else files


def check(folder):
    """Compares every file of a preset with the checksum in its metadata.

    Returns:
        The metadata, a dict.

    Raises:
        ZooError: a file is missing, or is not the one that was saved.
    """
    folder = Path(folder)
    content = metadata(folder)
    for file in files_of(content):
        expected = content["files"][file]["sha256"]
        path = folder / file
        if not path.is_file():
            raise ZooError(
                f"The preset {folder} has no {file}; it needs {', '.join((*files_of(content), METADATA))}: copy all of it again."
            )
        found = sha256(path)
        if found != expected:
            raise ZooError(
                f"{path} is damaged or was changed: its sha256 is {found[:12]}... where {METADATA} says {str(expected)[:12]}...; "
                "copy the preset again, or save the model anew with zoo.save."
            )
    return content


def check_target(folder, overwrite):
    """Finds out whether a preset can be written to `folder`: it is not there, or holds a preset or
    a card and nothing else.

    Raises:
        ZooError: it holds something else, or a preset and `overwrite` is False.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ZooError(f"{folder} is a file; choose a folder for the preset.")
    others = sorted(
        {path.name for path in folder.iterdir()} - {*CHECKED, METADATA, CARD, SAMPLES, NETWORK}
    )
    if others:
        raise ZooError(
            f"{folder} holds what is no part of a preset ({', '.join(others[:3])}); choose another folder."
        )
    if (folder / CONFIG).exists() and not overwrite:
        raise ZooError(
            f"There is a preset at {folder} already; choose another folder, or pass overwrite=True."
        )


def write_json(path, content):
    """Writes JSON to be read by people too: indented, lists of numbers on one line."""
    text = json.dumps(content, indent=2, ensure_ascii=False)
    # Numbers side by side, [16, 32, 64]; a line break can stand between the elements of a list
    # only, never in a string.
    text = re.sub(
        r"\[\n[-+\d.eE,\s]+\]", lambda numbers: f"[{' '.join(numbers[0][1:-1].split())}]", text
    )
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def read_json(path):
    """The object that a JSON file of a preset holds, a dict.

    Raises:
        ZooError: no such file, no JSON, no object.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ZooError(
            f"The preset {path.parent} has no {path.name}; copy all of the preset again."
        ) from None
    except (ValueError, RecursionError) as error:
        raise ZooError(
            f"{path} is not JSON ({error}); copy the preset again, or save the model anew with zoo.save."
        ) from error
    if not isinstance(content, dict):
        raise ZooError(
            f"{path} holds a JSON {type(content).__name__} where an object is needed; copy the preset again."
        )
    return content
