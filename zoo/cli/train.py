"""`faceaging train ENTRY`: a model trained on a corpus of faces, and its preset."""

import os
import sys

from zoo.cli.arguments import Flag, define, given_options, only_argument
from zoo.cli.quiet import import_keras
from zoo.errors import ZooError
from zoo.tasks import train

SUMMARY = "Trains a model of the zoo on a corpus of faces; given again, goes on where it stopped."
ARGUMENTS = "ENTRY --corpus FOLDER_OR_ZIP [flags]"
EXAMPLES = (
    "faceaging train cyclegan --corpus my_faces/ --out runs/mine --minutes 120",
    "faceaging train cyclegan --corpus drawn --image_size 64 --steps 500 --out runs/try",
    "faceaging train age_network --corpus faces.zip",
    "faceaging train fgan --corpus faces.zip --age_network runs/age_network/preset",
    "faceaging train fagan --recipe released --corpus portraits.zip,aaf_wide.zip,fairface_wide.zip",
)
PLACES = {
    "corpus": Flag(
        "Prepared corpora (faceaging prepare), or folders or zips with faces.csv, commas between them; or drawn: faces that the project draws itself.",
        kind=list,
    ),
    "out": Flag("Folder of the run; default: runs/ENTRY."),
}
FLAGS = {
    "on_disk": Flag(
        "Read the faces of a prepared corpus from disk: for corpora that memory does not hold."
    ),
    "steps": Flag("Training steps in all; default: the entry's.", *train.LIMITS["steps"]),
    "minutes": Flag("Stop after so many minutes; the same command goes on later.", 0),
    "batch_size": Flag("Faces per step; default: the entry's.", *train.LIMITS["batch_size"]),
    "image_size": Flag(
        "Side of the face in pixels; default: the entry's.", *train.LIMITS["image_size"]
    ),
    "seed": Flag("Of every random draw.", *train.LIMITS["seed"]),
    "precision": Flag(
        "Of the computation; default: bfloat16 where this machine multiplies it faster.",
        choices=train.PRECISIONS,
    ),
    "age_network": Flag("The trained age network: an entry, or the folder of a preset."),
    "recipe": Flag(
        "paper: adversarial, on any corpus of the entry's frame; released: how the released weights were made, on zips of whole heads with landmarks and masks.",
        choices=train.RECIPES,
    ),
    "exemplars": Flag(
        "With --recipe released: a table of exemplars, columns file, roles and, where the corpus has none, age; default: the entry's."
    ),
    "parser": Flag(
        "With --recipe released: a preset whose face parser is taken instead of teaching one."
    ),
    "judge": Flag(
        "With --recipe released: the age judge that years are calibrated by; empty for none."
    ),
    "adversarial_steps": Flag(
        "With --recipe released: steps against a discriminator after the atlas is learned.", 0
    ),
    "limit": Flag("With --recipe released: read at most so many heads of each corpus.", 1),
    "restarts": Flag(
        "How often a run that fails (mode collapse and the like) may go back to its last good state; 0: it is not watched.",
        0,
    ),
}


def define_flags(values):
    """The flags of this command."""
    define(PLACES, values)
    define(FLAGS, values, train.Options)


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
        **{**given_options(FLAGS, values), "judge": values.judge or None},
    )
    train.check(options)
    import_keras()
    print(f"precision: {train.precision_of(options)}")
    # A bar where someone looks on, a line an epoch where it is written to a file.
    preset, finished = train.train(options, verbose=1 if sys.stdout.isatty() else 2)
    if not finished:
        print("Stopped by the clock; give the same command again to go on.")
    print(f"preset: {preset}")
