"""`faceaging train ENTRY`: a model trained on a corpus of faces, and its preset."""

import os
import sys

from absl import flags

from zoo.cli.arguments import only_argument
from zoo.cli.quiet import import_keras
from zoo.errors import ZooError
from zoo.tasks import train

SUMMARY = "Trains a model of the zoo on a corpus of faces; given again, goes on where it stopped."
ARGUMENTS = "ENTRY --corpus FOLDER_OR_ZIP [flags]"
EXAMPLES = (
    "faceaging train fagan --corpus my_faces/ --out runs/mine --minutes 120",
    "faceaging train cyclegan --corpus drawn --image_size 64 --steps 500 --out runs/try",
    "faceaging train age_network --corpus faces.zip",
    "faceaging train fgan --corpus faces.zip --age_network runs/age_network/preset",
    "faceaging train fagan --recipe released --corpus portraits.zip,aaf_wide.zip,fairface_wide.zip",
)


def define_flags(values):
    """The flags of this command."""
    flags.DEFINE_list(
        "corpus",
        None,
        "Prepared corpora (faceaging prepare), or folders or zips with faces.csv, commas between them; or drawn: faces that the project draws itself.",
        flag_values=values,
    )
    flags.DEFINE_boolean(
        "on_disk",
        False,
        "Read the faces of a prepared corpus from disk: for corpora that memory does not hold.",
        flag_values=values,
    )
    flags.DEFINE_string("out", None, "Folder of the run; default: runs/ENTRY.", flag_values=values)
    flags.DEFINE_integer(
        "steps",
        None,
        "Training steps in all; default: the entry's.",
        lower_bound=1,
        upper_bound=10**9,
        flag_values=values,
    )
    flags.DEFINE_float(
        "minutes",
        None,
        "Stop after so many minutes; the same command goes on later.",
        lower_bound=0,
        flag_values=values,
    )
    flags.DEFINE_integer(
        "batch_size",
        None,
        "Faces a step; default: the entry's.",
        lower_bound=1,
        upper_bound=65536,
        flag_values=values,
    )
    flags.DEFINE_integer(
        "image_size",
        None,
        "Side of the face in pixels; default: the entry's.",
        lower_bound=16,
        upper_bound=4096,
        flag_values=values,
    )
    flags.DEFINE_integer(
        "seed", 0, "Of every random draw.", lower_bound=0, upper_bound=2**32 - 1, flag_values=values
    )
    flags.DEFINE_enum(
        "precision",
        "float32",
        ["float32", "mixed_float16", "mixed_bfloat16"],
        "Of the computation.",
        flag_values=values,
    )
    flags.DEFINE_string(
        "age_network",
        "age_network",
        "The trained age network: an entry, or the folder of a preset.",
        flag_values=values,
    )
    flags.DEFINE_enum(
        "recipe",
        "paper",
        list(train.RECIPES),
        "paper: adversarial, on any corpus; released: how the released weights were made, on zips of whole heads with landmarks and masks.",
        flag_values=values,
    )
    flags.DEFINE_string(
        "exemplars",
        None,
        "With --recipe released: a table of exemplars, columns file and roles; default: the entry's.",
        flag_values=values,
    )
    flags.DEFINE_string(
        "parser",
        None,
        "With --recipe released: a preset whose face parser is taken instead of teaching one.",
        flag_values=values,
    )
    flags.DEFINE_string(
        "judge",
        "age_judge",
        "With --recipe released: the age judge that years are calibrated by; empty for none.",
        flag_values=values,
    )
    flags.DEFINE_integer(
        "adversarial_steps",
        0,
        "With --recipe released: steps against a discriminator after the atlas is learned.",
        lower_bound=0,
        flag_values=values,
    )
    flags.DEFINE_integer(
        "limit",
        None,
        "With --recipe released: read at most so many heads of each corpus.",
        lower_bound=1,
        flag_values=values,
    )
    flags.DEFINE_integer(
        "restarts", 6, "How often a run that fails (mode collapse and the like) may go back to its last good state; 0: it is not watched.",
        lower_bound=0, flag_values=values,
    )  # fmt: skip


def run(values, positional):
    """Trains, and says where the preset is."""
    entry = only_argument(positional, "entry", EXAMPLES[0])
    if not values.corpus:
        raise ZooError(
            f"It needs --corpus with a folder, a zip or drawn; for example: {EXAMPLES[0]}"
        )
    options = train.Options(
        entry=entry,
        corpora=tuple(values.corpus),
        out=values.out or os.path.join("runs", entry),
        steps=values.steps,
        minutes=values.minutes,
        batch_size=values.batch_size,
        image_size=values.image_size,
        seed=values.seed,
        precision=values.precision,
        age_network=values.age_network,
        restarts=values.restarts,
        on_disk=values.on_disk,
        recipe=values.recipe,
        adversarial_steps=values.adversarial_steps,
        exemplars=values.exemplars,
        parser=values.parser,
        judge=values.judge or None,
        limit=values.limit,
    )
    train.check(options)
    import_keras()
    # A bar where someone looks on, a line an epoch where it is written to a file.
    preset, finished = train.train(options, verbose=1 if sys.stdout.isatty() else 2)
    if not finished:
        print("Stopped by the clock; give the same command again to go on.")
    print(f"preset: {preset}")
