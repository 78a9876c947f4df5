"""The trainings by name that `prove_kills.py` kills: `faceaging train` of each entry by each of its
recipes, with tiny networks.
"""

import csv
import dataclasses
import functools
import json
import pathlib
import sys

from zoo.presets import weights

HERE = pathlib.Path(__file__).parent
SIZE, HEADS = 32, 80
AGES = {"network": "age_network", "widths": [4], "blocks": [1]}
DISCRIMINATOR = {"network": "patch_discriminator", "filters": 4, "stages": 1}
TRANSLATING = {
    "image_size": SIZE,
    "generator": {"network": "resnet_generator", "filters": 4, "blocks": 0},
    "discriminator": DISCRIMINATOR,
    "age_network": AGES,
    "pool_size": 4,
}
GROUPED = {**TRANSLATING, "groups": [[0, 30], [30, 60], [60, 100]], "far": 2}
BY_YEARS = {
    "image_size": SIZE,
    "generator": {"network": "mobile_generator", "widths": [4, 4, 4, 4], "blocks": 0, "vector": 4},
    "discriminator": {**DISCRIMINATOR, "spectral": True},
    "age_network": AGES,
}
PAPER = {
    "cyclegan": TRANSLATING,
    "groupgan": GROUPED,
    "fagan": BY_YEARS,
    "fgan": {"image_size": SIZE, "fa_gan": BY_YEARS, "group_gan": GROUPED},
}
# The parser learns from heads at 256 pixels, whatever the generator's size.
HEAD = {
    "image_size": 128,
    "frame": "whole_head",
    "generator": {
        "network": "head_generator",
        "exemplars": 3,
        "relief_side": 48,
        "parser": {"image_size": 256, "widths": [4, 4, 4, 4], "blocks": 1},
    },
    "discriminator": DISCRIMINATOR,
    "age_network": AGES,
}
RELEASED = {
    "fagan_mobile": {**HEAD, "rejuvenation_generator": "shared"},
    "cyclegan": HEAD,
    "groupgan": {**HEAD, "groups": [[0, 45], [45, 100]], "far": 1},
}
# Steps of a part of a training, and between two checkpoints of it.
STEPS, EPOCH = 8, 2


def jobs(begun):
    """The jobs by name, each a function of a folder and of that of its inputs.

    Args:
        begun: called when the work begins.
    """
    ways = (("paper", _paper, PAPER), ("released", _released, RELEASED))
    return {
        f"{recipe}_{name}": functools.partial(work, begun, name)
        for recipe, work, architectures in ways
        for name in architectures
    }


def _paper(begun, name, folder, inputs):
    _train(name, {"small_architecture": PAPER[name]}, folder, inputs, begun, corpora=("drawn",))


def _released(begun, name, folder, inputs):
    from faceaging_tf.training.stages import adversarial, teaching

    adversarial.EPOCH = teaching.EPOCH = EPOCH
    heads, exemplars = _heads(inputs)
    _train(
        name,
        {"architecture": RELEASED[name], "exemplars": exemplars},
        folder,
        inputs,
        begun,
        corpora=(str(heads),),
        recipe="released",
        judge=str(_ages(inputs)),
        adversarial_steps=STEPS,
    )


def _train(name, changes, folder, inputs, begun, **options):
    import tensorflow as tf

    import zoo
    from zoo import registry
    from zoo.tasks import train

    # It takes longer than the steps themselves.
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    entry = dataclasses.replace(registry.find(name), name=f"tiny_{name}", preset=None, **changes)
    zoo.register(entry)
    # Before the work begins: inputs are made once, by the undisturbed run.
    ages = str(_ages(inputs))
    begun()
    train.train(
        train.Options(
            entry=entry.name,
            out=str(folder / "run"),
            steps=STEPS,
            batch_size=2,
            age_network=ages,
            **options,
        ),
        verbose=0,
    )


def _ages(inputs):
    """A preset of a tiny age network."""
    import keras

    import zoo
    from faceaging_tf.models import AgeRegressor

    folder = inputs / "ages"
    if not folder.exists():
        keras.utils.set_random_seed(0)
        zoo.save(AgeRegressor(SIZE, AGES), folder, entry="age_network")
    return folder


def _heads(inputs):
    """A zip of drawn heads, and a table of exemplars among them."""
    sys.path.append(str(HERE.parent / "tests" / "support"))
    import drawn_heads

    path, table = inputs / "heads.zip", inputs / "exemplars.csv"
    if not table.exists():
        drawn_heads.write_heads(path, drawn_heads.drawn_heads(HEADS))
        roles = ("male forehead", "female", "male forehead")
        with table.open("w", newline="", encoding="utf-8") as file:
            rows = [(f"faces/{HEADS - 1 - row}.png", role) for row, role in enumerate(roles)]
            csv.writer(file).writerows([("file", "roles"), *rows])
    return path, table


def result(folder):
    """What a training made: all of its preset, and the lines of its logs without their times."""
    found = {}
    for path in sorted((folder / "run").rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.name == "metadata.json":
            told = json.loads(path.read_text())
            found[name] = {part: told.get(part) for part in ("metrics", "restarts")}
        elif path.name == "log.jsonl":
            lines = [json.loads(line) for line in path.read_text().splitlines()]
            times = ("seconds", "faces_per_second")
            found[name] = [{key: line[key] for key in line if key not in times} for line in lines]
        elif path.suffix == ".h5" and "preset" in path.parts:
            found[name] = {key: one.tobytes() for key, one in weights.arrays_of(path).items()}
        elif path.is_file() and (
            {"preset", "sheets"} & set(path.parts)
            or path.name in ("restarts.jsonl", "calibration.json")
        ):
            found[name] = path.read_bytes()
    return found
