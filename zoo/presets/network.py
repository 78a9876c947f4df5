"""The networks of a preset as a LiteRT file, for ageing photos without Keras; what its weights file
holds already is left out of it.

`network.gz` is compressed: a line of JSON, then the LiteRT file with zeros where arrays of weights
files belong. The line says where each goes, and the checksum of the whole.
"""

import contextlib
import gzip
import hashlib
import itertools
import json
import tempfile
import zlib
from pathlib import Path

from faceaging_tf.files import write_whole
from zoo.errors import ZooError
from zoo.presets import sharing
from zoo.presets.files import NETWORK, WEIGHTS, metadata, sha256, write_metadata
from zoo.presets.weights import arrays_of

# Arrays of fewer bytes stay in the file: others might be found by chance.
SMALLEST = 4096
# Bytes of an unpacked file; a few kilobytes can unpack to more than a machine has.
LARGEST = 2**28


def write(folder):
    """Adds the LiteRT file of its networks to a preset that is there, in the place of an earlier
    one.

    Args:
        folder: of a preset of an ageing model; its weights are of half precision.

    Returns:
        The file, a `pathlib.Path`.

    Raises:
        ZooError: what `presets.load` raises.
        ExportError: a model that LiteRT cannot run.
    """
    from faceaging_tf.export import export
    from faceaging_tf.export.flatbuffer import without_output
    from zoo.presets import building as presets

    folder = Path(folder)
    model = presets.load(folder)
    with tempfile.TemporaryDirectory() as working:
        made = Path(working) / "network.tflite"
        export(model, made, "litert", "float16")
        # Photos and videos are changed and moved at their own size.
        content = bytearray(without_output(made.read_bytes(), "face"))
    checksum = hashlib.sha256(content).hexdigest()
    arrays = []
    for part, file in _weights_of(folder).items():
        arrays += [{"part": part, **found} for found in _left_out(content, file)]
    header = json.dumps({"sha256": checksum, "arrays": arrays}).encode()
    packed = gzip.compress(header + b"\n" + bytes(content), 9, mtime=0)
    write_whole(folder / NETWORK, packed)
    known = metadata(folder)
    known["files"][NETWORK] = {"sha256": sha256(folder / NETWORK), "bytes": len(packed)}
    write_metadata(folder, known)
    return folder / NETWORK


def read(folder):
    """The LiteRT file of a preset, bytes; None where it has none. Neither Keras nor TensorFlow is
    imported.

    Raises:
        ZooError: the file is damaged, or the weights are not those that it was made of.
    """
    import h5py
    import numpy as np

    folder = Path(folder)
    if not (folder / NETWORK).is_file():
        return None
    try:
        with gzip.open(folder / NETWORK) as packed:
            unpacked = packed.read(LARGEST + 1)
        if len(unpacked) > LARGEST:
            raise ValueError(f"unpacked it has more than {LARGEST >> 20} MB")
        line = unpacked.index(b"\n") + 1
        header, content = json.loads(unpacked[:line]), bytearray(memoryview(unpacked)[line:])
        del unpacked
        with contextlib.ExitStack() as opened:
            files = {
                part: opened.enter_context(h5py.File(path))
                for part, path in _weights_of(folder).items()
            }
            for one in header["arrays"]:
                values = (
                    np.asarray(files[one["part"]][one["array"]], "float16")
                    .transpose(one["axes"])
                    .tobytes()
                )
                content[one["at"] : one["at"] + len(values)] = values
        right = hashlib.sha256(content).hexdigest() == header["sha256"]
    except (
        OSError,
        EOFError,
        zlib.error,
        LookupError,
        RuntimeError,
        TypeError,
        ValueError,
    ) as error:
        raise ZooError(
            f"{folder / NETWORK} cannot be read ({error}); copy the preset again."
        ) from error
    if not right:
        raise ZooError(
            f"{folder / NETWORK} and the weights beside it do not belong together; copy the preset again."
        )
    return bytes(content)


def _weights_of(folder):
    """The weights files of a preset, by the part that each holds; its own is "", parts of others'
    have a name.
    """
    files = {"": folder / WEIGHTS} if (folder / WEIGHTS).is_file() else {}
    for part, source in sharing.sources(folder).items():
        files |= {
            f"{part}/{inner}".rstrip("/"): path
            for inner, path in _weights_of(
                sharing.preset_of(source["entry"], f"The preset {folder} takes its {part}")
            ).items()
        }
    return files


def _left_out(content, file):
    """Puts zeros in the place of the arrays of a weights file; where and how each stood, a list of
    dicts.
    """
    found = []
    for name, values in arrays_of(file).items():
        if values.dtype.kind != "f" or values.size * 2 < SMALLEST:
            continue
        values = values.astype("float16")
        for axes in itertools.permutations(range(values.ndim)):
            wanted = values.transpose(axes).tobytes()
            at = content.find(wanted)
            if at >= 0 and any(wanted):
                content[at : at + len(wanted)] = bytes(len(wanted))
                found.append({"array": name, "axes": list(axes), "at": at})
                break
    return found
