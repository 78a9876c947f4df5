"""Proves that a preset of which a byte was changed is refused, and that loading one runs no code.

    python tools/prove_tampering.py --flips 200

Each file of each preset is changed in many places (one bit), cut, made longer, emptied and swapped
for that of another preset: each must be refused with a sentence that says what to do, before
anything is built. Then configurations that name code are put into a preset whose checksums are all
right: each must be refused, and the code must not run.
"""

import base64
import json
import marshal
import os
import pathlib
import random
import shutil
import sys
import tempfile
import warnings

from proving import TINY, Proof, parser_of

import zoo
from zoo import loading
from zoo.presets import files as preset_files

FILES = (preset_files.CONFIG, preset_files.WEIGHTS, preset_files.METADATA, preset_files.NETWORK)


def changes(content, other, flips, rng):
    """Pairs of what was done to the bytes of a file, and the changed bytes."""
    ranges = max(1, len(content) // flips)
    for start in range(0, len(content), ranges):
        place = rng.randrange(start, min(start + ranges, len(content)))
        changed = bytearray(content)
        changed[place] ^= 1 << rng.randrange(8)
        yield f"bit of byte {place}", bytes(changed)
    yield "cut", content[: len(content) // 2]
    yield "last byte gone", content[:-1]
    yield "longer", content + b"\n"
    yield "empty", b""
    yield "zeros", bytes(len(content))
    if other is not None and other != content:
        yield "that of another preset", other


def refusal(load):
    """Why loading was refused; None where it was not."""
    try:
        load()
    except zoo.ZooError as error:
        return str(error)
    return None


def flip(proof, flips, rng, folder):
    """Changes each file of each released preset."""
    names = [name for name in zoo.list(role=None) if zoo.registry.find(name).released]
    presets = {name: pathlib.Path(zoo.registry.find(name).preset) for name in names}
    for file in FILES:
        count, failures = 0, []
        for name, preset in presets.items():
            if not (preset / file).is_file():
                continue
            copy = pathlib.Path(shutil.copytree(preset, folder / f"{file}-{name}"))
            others = [
                one / file for one in presets.values() if one != preset and (one / file).is_file()
            ]
            content = (preset / file).read_bytes()
            other = rng.choice(others).read_bytes() if others else None
            for what, changed in changes(content, other, flips, rng):
                (copy / file).write_bytes(changed)
                said = refusal(lambda copy=copy: loading.check_name(copy))
                count += 1
                if said is None:
                    failures.append(f"{name}, {file}, {what}: taken")
                elif "copy" not in said and "save the model" not in said and "give a" not in said:
                    failures.append(f"{name}, {file}, {what}: does not say what to do: {said}")
            shutil.rmtree(copy)
        proof.row(
            f"A changed `{file}` is refused",
            count,
            failures,
            "100 % refused, each with what to do" if not failures else "",
        )


def hostile_configs(canary):
    """Configurations that would write the file `canary` if anything in them ran."""
    import keras

    function = eval(f"lambda x: (__import__('pathlib').Path({canary!r}).touch(), x)[1]")
    faces = keras.Input((32, 32, 3))
    functional = keras.saving.serialize_keras_object(
        keras.Model(faces, keras.layers.Lambda(function)(faces))
    )
    code = base64.b64encode(marshal.dumps(function.__code__)).decode()
    parts = {"code": code, "defaults": None, "closure": None}
    python_lambda = {"class_name": "__lambda__", "config": parts}
    named = lambda module, kind, **config: {
        "module": module,
        "class_name": kind,
        "config": config,
        "registered_name": None,
    }
    return {
        "a Lambda layer of bytecode": functional,
        "a Lambda layer alone": named("keras.layers", "Lambda", function=python_lambda),
        "a Lambda layer of a function by name": named("keras.layers", "Lambda", function=named("builtins", "function", **{})),
        "os.system": {"module": "os", "class_name": "function", "config": "system", "registered_name": "function"},
        "subprocess.run": named("subprocess", "run", args=["touch", canary]),
        "subprocess.Popen": named("subprocess", "Popen", args=["touch", canary]),
        "builtins.exec": named("builtins", "exec", source=f"open({canary!r}, 'w')"),
        "pathlib.Path.touch": named("pathlib", "Path", path=canary),
        "keras.utils.get_file": named("keras.utils", "get_file", fname=canary, origin="file:///etc/hostname"),
        "keras.saving.load_model": named("keras.saving", "load_model", filepath=canary),
        "pickle.loads": named("pickle", "loads", data=base64.b64encode(b"cos\nsystem\n(S'touch'\ntR.").decode()),
        "a TorchModuleWrapper": named("keras.layers", "TorchModuleWrapper", wrapped={"class_name": "__bytes__", "config": code}),
        "a class of this project that is none of its networks": named("zoo.loading", "load", name="fagan"),
        "a numpy function": named("numpy", "fromfile", file="/etc/hostname"),
        "code as a network's name": {"network": f"__import__('os').system('touch {canary}')"},
        "a template": {"network": "age_network", "widths": "{{().__class__}}"},
    }  # fmt: skip


def execute(proof, folder):
    """Puts code into configurations whose checksums are right."""
    import keras

    from faceaging_tf.models import AgeRegressor

    canary = folder / "canary"
    keras.utils.set_random_seed(0)
    good = zoo.save(
        AgeRegressor(image_size=32, network=TINY["age_network"]),
        folder / "good",
        entry="age_network",
    )
    failures, count = [], 0
    configs = hostile_configs(str(canary))
    canary.unlink()
    # Without protection the first of them does run, or nothing would be proved here.
    keras.saving.deserialize_keras_object(configs["a Lambda layer of bytecode"], safe_mode=False)
    canary.unlink()
    for unsafe in (False, True):
        # Whatever a program sets for its own models does not open this door.
        if unsafe:
            keras.config.enable_unsafe_deserialization()
        for what, config in configs.items():
            for place in ("network", "augmentation", "class"):
                copy = pathlib.Path(shutil.copytree(good, folder / "bad"))
                content = json.loads((copy / preset_files.CONFIG).read_text())
                if place == "class":
                    content["class"], content["config"] = (
                        config.get("class_name", "x"),
                        config.get("config", config),
                    )
                else:
                    content["config"][place] = config
                (copy / preset_files.CONFIG).write_text(json.dumps(content))
                reseal(copy, preset_files.CONFIG)
                try:
                    said = refusal(lambda copy=copy: zoo.load(copy))
                    if said is None:
                        failures.append(f"{what} as {place}: taken")
                except Exception as error:
                    failures.append(f"{what} as {place}: {type(error).__name__}: {error}")
                if canary.exists():
                    failures.append(f"{what} as {place}: RAN")
                    canary.unlink()
                shutil.rmtree(copy)
                count += 1
    proof.row(
        "Loading runs no code: configurations that name some, with right checksums",
        count,
        failures,
        "0 ran, 100 % refused with a sentence",
    )


def pickles(proof, folder):
    """Puts pickles where arrays are read."""
    import pickle

    import h5py
    import numpy as np

    canary = folder / "canary"

    class Evil:
        def __reduce__(self):
            return os.system, (f"touch {canary}",)

    failures = []
    evil = np.array([Evil()], dtype=object)

    small = zoo.registry.find("fagan_mobile")
    copy = pathlib.Path(shutil.copytree(small.preset, folder / "pickled"))
    hidden = {
        "a pickle": pickle.dumps(Evil()),
        "an .npz of objects": None,
        "a .keras archive": b"PK\x03\x04" + pickle.dumps(Evil()),
    }
    count = 0
    for what, content in hidden.items():
        for file in (preset_files.WEIGHTS, preset_files.NETWORK, preset_files.CONFIG):
            if content is None:
                with open(copy / file, "wb") as target:
                    np.savez(target, evil, allow_pickle=True)
            else:
                (copy / file).write_bytes(content)
            reseal(copy, file)
            reads = [lambda: loading.quick_model(copy), lambda: zoo.load(copy)]
            for load in reads[:1] if file == preset_files.NETWORK else reads:
                count += 1
                try:
                    if refusal(load) is None:
                        failures.append(f"{what} as {file}: taken")
                except Exception as error:
                    failures.append(f"{what} as {file}: {type(error).__name__}: {error}")
            shutil.copy(pathlib.Path(small.preset) / file, copy)
            reseal(copy, file)
    with h5py.File(folder / "objects.weights.h5", "w") as file:
        file["evil"] = np.void(pickle.dumps(Evil()))
    count += 1
    if refusal(lambda: zoo.load("age_network", weights=folder / "objects.weights.h5")) is None:
        failures.append("weights of bytes: taken")
    if canary.exists():
        failures.append("a pickle RAN")
    proof.row(
        "No pickle is read: pickles in the place of weights, networks, configurations",
        count,
        failures,
        "0 ran, 100 % refused with a sentence",
    )


def reseal(folder, *files):
    """Writes the checksums of files that were changed, as whoever made a preset could."""
    content = json.loads((folder / preset_files.METADATA).read_text())
    for file in files:
        path = folder / file
        content["files"].pop(file, None)
        if path.is_file():
            content["files"][file] = {
                "sha256": preset_files.sha256(path),
                "bytes": path.stat().st_size,
            }
    preset_files.write_metadata(folder, content)


def main(arguments):
    """Runs the proof; 1 where a promise was broken."""
    warnings.filterwarnings("ignore", "Skipping nested container")
    parser = parser_of(__doc__, flips=200)
    given = parser.parse_args(arguments)
    proof = Proof(f"python tools/prove_tampering.py --flips {given.flips}")
    with tempfile.TemporaryDirectory() as folder:
        flip(proof, given.flips, random.Random(given.seed), pathlib.Path(folder))
        execute(proof, pathlib.Path(folder))
        pickles(proof, pathlib.Path(folder))
    return int(proof.failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
