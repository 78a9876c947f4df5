"""Training an entry from its name: corpus, model, optimizers, run, preset."""

import contextlib
import dataclasses
import json
import os
from collections.abc import Sequence
from pathlib import Path

from absl import logging

from faceaging_tf.arguments import one_of, within
from faceaging_tf.files import write_whole
from zoo import loading, registry
from zoo.errors import ZooError
from zoo.presets import building, keras_settings, saving
from zoo.presets.card import Card
from zoo.tasks.train_corpora import (
    DIGESTS,
    DRAWN,
    OPTIONS,
    check_frames,
    read_corpus,
    said_of,
    sample_of,
    unchanged_digests,
    warn_of_frames,
)

# Steps between two checkpoints.
EPOCH = 100
RECIPES = ("paper", "released")
PRECISIONS = ("float32", "mixed_float16", "mixed_bfloat16")
# Whole numbers that options may be, the highest None where there is none.
LIMITS = {
    "steps": (1, 10**9), "batch_size": (1, 65536), "image_size": (16, 4096), "seed": (0, 2**32 - 1),
    "restarts": (0, None), "adversarial_steps": (0, None), "limit": (1, None),
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Options:
    """What a training run was asked for; saved with the run as `options.json`.

    Attributes:
        entry: name of the entry.
        corpora: paths of zips or folders with `faces.csv`, or `("drawn",)` for faces that the
            project draws itself.
        out: folder of the run.
        steps: training steps in all, or None for the entry's own number.
        minutes: stop after so many, or None.
        batch_size: faces per step, or None for the entry's own number.
        image_size: side of the face in pixels, or None for the entry's own.
        seed: of every random draw.
        precision: a Keras dtype policy, or None for the one that trains fastest on this machine
            (`faceaging_tf.training.precision`).
        age_network: the trained age network, an entry or the folder of a preset; not used to train
            one.
        restarts: how often a run that fails (mode collapse and the like) may go back to its last
            good state; 0 watches no run.
        on_disk: whether the faces of prepared corpora are read from disk, and not held in memory.
        recipe: "paper", adversarial training on any corpus of the entry's frame; or "released", how
            the released weights were made, on zips of whole heads (`zoo.tasks.train_heads`).
        exemplars: of the released recipe: a table of exemplars, or None for the entry's own.
        parser: of the released recipe: a preset whose face parser is taken instead of teaching one,
            or None; translations between groups begin from all of its generator.
        judge: of the released recipe: the age judge that years are calibrated by, an entry or a
            preset; None for no calibration.
        adversarial_steps: of the released recipe: so many steps against a discriminator after the
            atlas is learned, for each direction of a translation; of the released weights,
            `cyclegan`'s have had 400.
        limit: of the released recipe: read at most so many heads of each corpus; None for all.
    """

    entry: str
    corpora: Sequence[str]
    out: str
    steps: int | None = None
    minutes: float | None = None
    batch_size: int | None = None
    image_size: int | None = None
    seed: int = 0
    precision: str | None = None
    age_network: str = "age_network"
    restarts: int = 6
    on_disk: bool = False
    recipe: str = "paper"
    exemplars: str | None = None
    parser: str | None = None
    judge: str | None = "age_judge"
    adversarial_steps: int = 0
    limit: int | None = None


def check(options):
    """Finds out what can be wrong with the options without importing Keras.

    Raises:
        ZooError: unknown entry, one that is not trained so, no age network, a folder that holds
            another run, no corpus, or one of another frame than the entry learns from.
    """
    within(options, LIMITS, ZooError)
    if options.minutes is not None and not options.minutes >= 0:
        raise ZooError(f"minutes was {options.minutes}; it needs 0 or more.")
    if options.precision is not None:
        one_of(options.precision, "precision", PRECISIONS, ZooError)
    entry = registry.find(options.entry)
    if entry.training is None:
        raise ZooError(
            f"The entry {entry.name!r} says nothing about its training; train it by its model's own fit."
        )
    if entry.role == registry.AGING:
        if (
            not loading.is_path(options.age_network)
            and not registry.find(options.age_network).released
        ):
            raise ZooError(
                f"Training {entry.name!r} needs a trained age network, and no weights of {options.age_network!r} are released yet; "
                "train them first with `faceaging train age_network --corpus ...`, and pass --age_network runs/age_network/preset."
            )
        loading.check_name(options.age_network, registry.ESTIMATING)
    if options.on_disk and len(options.corpora) > 1:
        raise ZooError(
            f"--on_disk reads one corpus, and --corpus named {len(options.corpora)}; prepare them together, or leave --on_disk out."
        )
    for path in options.corpora:
        if path != DRAWN and not Path(path).exists():
            raise ZooError(
                f"There is no corpus at {path!r}; give a prepared corpus, a folder or a zip with faces.csv, or {DRAWN!r} for drawn faces."
            )
    check_frames(entry, options)
    if options.recipe not in RECIPES:
        raise ZooError(f"recipe was {options.recipe!r}; it needs one of {', '.join(RECIPES)}.")
    if options.recipe == "released":
        from zoo.tasks import train_heads

        train_heads.check_heads(entry, options)
    earlier = _earlier(Path(options.out))
    if earlier is None:
        return
    now, then = _comparable(options), _comparable(earlier)
    changed = [
        f"{name} {_typed(getattr(earlier, name))}, now {_typed(getattr(options, name))}"
        for name in now
        if then[name] != now[name]
    ]
    if changed:
        why = (
            f" A run of fewer than {EPOCH} steps is divided in four, and goes on with as many alone."
            if now["steps"] != then["steps"]
            else ""
        )
        raise ZooError(
            f"{options.out} holds a run with other options ({'; '.join(changed)}); "
            f"repeat the same options to go on with it, or choose another --out.{why}"
        )


def train(options: Options, verbose: int = 1) -> tuple[Path, bool]:
    """Trains an entry, going on where an earlier run with the same options stopped, and writes its
    preset.

    Args:
        options: an `Options`.
        verbose: of `fit`: 0 for nothing, 1 for a progress bar, 2 for a line an epoch.

    Returns:
        `(folder, finished)`: the folder of the preset, and False where the clock stopped the run.

    Raises:
        ZooError: what `check` refuses, a size that the entry's networks do not have, or a corpus
            that has changed since the run began.
        CorpusError: a corpus that cannot be read, or without the faces that the entry needs.
        StabilityError: the run failed more often than it may be restarted.
    """
    check(options)
    import keras

    keras_settings.check()
    digests = unchanged_digests(options)
    with _policy(precision_of(options)):
        keras.utils.set_random_seed(options.seed)
        entry = registry.find(options.entry)
        warn_of_frames(entry, options)
        if options.recipe == "released":
            return _released(entry, options, digests), True
        return _trained(entry, options, digests, verbose)


def precision_of(options):
    """The dtype policy of a run: the one that was asked for, or the fastest on this machine."""
    from faceaging_tf.training.precision import fast_precision

    return options.precision or fast_precision()


@contextlib.contextmanager
def _policy(name):
    """Computes by a dtype policy, and puts the one of before back."""
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _trained(entry, options, digests, verbose):
    """The preset that the paper's recipe makes, and whether the run came to its end."""
    from faceaging_tf import training

    recipe = entry.training
    steps, batch_size = options.steps or recipe.steps, options.batch_size or recipe.batch_size
    image_size = options.image_size or entry.trained_architecture["image_size"]
    # Before the corpus is read: a size that the networks do not have is known in seconds.
    model = _model(entry, options, image_size)
    corpus = read_corpus(options, image_size)
    epoch = _epoch(steps)
    # The last epoch is a whole one.
    epochs = -(-steps // epoch)
    _compile(model, recipe, epoch * epochs)
    batches = registry.imported(recipe.batches)(
        model, corpus, batch_size=batch_size, steps=epoch, seed=options.seed
    )
    folder = _begun(options, digests)
    callbacks = (
        [training.SampleSheet(folder, sample_of(corpus), steps=epoch)]
        if entry.role == registry.AGING
        else []
    )
    stability = training.Limits(restarts=options.restarts) if options.restarts else None
    finished = training.train(
        model, batches, folder, epochs, options.minutes, callbacks, verbose, stability
    )
    released = model.for_release() if entry.role == registry.AGING else model
    preset = saving.save(
        released,
        folder / "preset",
        entry=entry.name,
        overwrite=True,
        card=Card(
            training_data=said_of(corpus, options.corpora),
            recipe=f"`faceaging train {entry.name} --corpus {','.join(options.corpora)} --steps {steps} --batch_size {batch_size} "
            f"--image_size {image_size} --seed {options.seed}`"
            + ("" if finished else ", stopped before its end"),
            restarts=training.restarts_of(folder) if stability else None,
        ),
    )
    logging.info("Preset written to %s.", preset)
    return preset, finished


def _released(entry, options, digests):
    """The preset that the released recipe makes."""
    from zoo.tasks import train_heads

    folder = _begun(options, digests)
    model, said, figures = train_heads.train_heads(options)
    command = f"`faceaging train {entry.name} --recipe released --corpus {','.join(Path(path).name for path in options.corpora)}`"
    return saving.save(
        model,
        folder / "preset",
        entry=entry.name,
        half_precision=True,
        overwrite=True,
        card=Card(training_data=said, recipe=command, metrics=figures),
    )


def _begun(options, digests):
    """The folder of the run, made, with its options in it."""
    folder = Path(options.out)
    folder.mkdir(parents=True, exist_ok=True)
    content = {**dataclasses.asdict(options), DIGESTS: digests}
    write_whole(folder / OPTIONS, json.dumps(content, indent=2) + "\n")
    return folder


def _model(entry, options, image_size):
    config = entry.trained_architecture
    if entry.role == registry.AGING:
        # At its own size, whatever the generators' is: it estimates ages as it learnt to.
        regressor = loading.load(options.age_network)
        config = _with_age_network(config, regressor.network)
    return building.build(entry.model_class(), config, {"image_size": image_size})


def _with_age_network(config, network):
    """The configuration with a trained age network in the place of every fresh one."""
    parts = {
        name: _with_age_network(part, network)
        for name, part in config.items()
        if isinstance(part, dict)
    }
    return {**config, **parts, **({"age_network": network} if "age_network" in config else {})}


def _compile(model, recipe, steps):
    import keras

    from faceaging_tf import training
    from faceaging_tf.models import AdversarialModel

    def rate(value):
        return training.LinearDecay(value, steps // 2, steps - steps // 2)

    if isinstance(model, AdversarialModel):
        model.compile(
            keras.optimizers.Adam(rate(recipe.rate), beta_1=0.5),
            keras.optimizers.Adam(rate(recipe.discriminator_rate), beta_1=0.5),
        )
        return
    # On a CPU XLA is slower than TensorFlow's graph.
    jit_compile = False if keras.backend.backend() == "tensorflow" else "auto"
    model.compile(
        keras.optimizers.AdamW(rate(recipe.rate), weight_decay=1e-4, clipnorm=5.0),
        "categorical_crossentropy",
        jit_compile=jit_compile,
    )
    # Built here, or a checkpoint's optimizer state would have nowhere to go.
    model.optimizer.build(model.trainable_variables)


def _earlier(folder):
    path = folder / OPTIONS
    if not path.is_file():
        return None
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(told.pop(DIGESTS, {}), dict):
            raise ValueError(f"{DIGESTS} that are no object")
        return Options(**told)
    except (AttributeError, TypeError, ValueError) as error:
        raise ZooError(
            f"{path} holds no options of a run ({error}); choose another --out, or remove that folder."
        ) from error


def _typed(value):
    """A value as it stands on the command line."""
    if isinstance(value, (list, tuple)):
        return ",".join(map(str, value))
    return "not given" if value is None else str(value)


def _epoch(steps):
    """Steps between two lines of the log: a try that is shorter than `EPOCH` has four; None is a
    recipe's own number, which is long.
    """
    return -(-steps // 4) if steps and steps < EPOCH else EPOCH


def _comparable(options):
    """What must stay the same when a run goes on, as JSON has it: all but its length, as long as
    its epochs stay.
    """
    content = json.loads(json.dumps(dataclasses.asdict(options)))
    for free in ("minutes", "out", "restarts", "on_disk"):
        del content[free]
    content["corpora"] = [os.path.normpath(path) for path in options.corpora]
    content["steps"] = _epoch(content["steps"])
    return content
