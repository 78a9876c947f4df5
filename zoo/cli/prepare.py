"""`faceaging prepare FOLDER`: a dataset, whatever its layout, to a corpus that trains."""

import os

from zoo.cli.arguments import Flag, define, given_options, only_argument, workers_flags
from zoo.cli.progress import Progress
from zoo.errors import ZooError
from zoo.tasks import prepare

SUMMARY = "Makes a corpus of a folder of pictures: finds, aligns and judges faces, and says what was left out and why."
ARGUMENTS = "FOLDER_OR_ZIP_OR_URL --out CORPUS"
EXAMPLES = (
    "faceaging prepare UTKFace/ --out corpora/utkface --workers 2",
    "faceaging prepare photos/ --out corpora/mine --table labels.csv --columns file=path,age=years,sex=gender,person=id",
    "faceaging prepare faces.zip --out corpora/faces --image_size 192",
    "faceaging prepare s3://bucket/imdb --layout imdb-wiki --out s3://bucket/corpora/imdb --ray auto",
    "faceaging train cyclegan --corpus corpora/utkface",
)
FLAGS = {
    "out": Flag("Folder or URL of the corpus."),
    "layout": Flag("The dataset's layout, such as utkface; default: recognised."),
    "table": Flag("A csv of your own below the folder."),
    "columns": Flag(
        "Its columns: file=, age= or age_min= and age_max=, sex=, person=, split=.",
        kind=list,
        default=[],
    ),
    "judge": Flag("What estimates ages: an entry, or the folder of a preset."),
    **workers_flags("Address of a Ray cluster, or auto: the work is spread over its machines."),
}
# Settings that are flags, with what they mean.
SETTINGS = {
    "image_size": "Side of the aligned faces in pixels.",
    "frame": "How much of a head the aligned square shows: tight or whole_head.",
    "smallest_face": "Smaller faces are dropped: side of the aligned square in the picture's own pixels.",
    "least_sharpness": "Blurrier faces are dropped: the standard deviation of the finest detail over that of the whole face.",
    "most_turned": "Faces turned further are dropped: how far the nose lies off the middle, in distances between the eyes.",
    "second_face": "Pictures with a second face of more than this share of the largest's size are dropped.",
    "near_duplicate": "Bits of 256 by which the hashes of two faces may differ to be called the same picture.",
    "conflicting_years": "Labels of one picture that lie further apart drop it.",
    "implausible_years": "Labels further than this from the estimated age are flagged.",
    "drop_implausible": "Drop flagged faces.",
    "validation": "Share of people for validation.",
    "test": "Share of people for tests.",
    "own_splits": "Keep the dataset's own splits.",
    "seconds": "That one picture may take.",
    "part": "Pictures a part: what is done again after an interruption.",
}


def define_flags(values):
    """The flags of this command."""
    from faceaging_tf.prepare.settings import Settings

    define(FLAGS, values, prepare.Options)
    define({name: Flag(text) for name, text in SETTINGS.items()}, values, Settings)


def run(values, positional):
    """Prepares, and says what became of the files."""
    if not values.out:
        raise ZooError(f"It needs --out with the folder of the corpus; for example: {EXAMPLES[0]}")
    pairs = [[part.strip() for part in column.partition("=")] for column in values.columns]
    names = {name for name, _, _ in pairs}
    if not all(name and column for name, _, column in pairs) or len(names) < len(pairs):
        raise ZooError(
            f"--columns was {','.join(values.columns)}; it needs pairs such as file=path,age=years, each name once."
        )
    options = prepare.Options(
        source=only_argument(positional, "folder, zip or URL", EXAMPLES[0]),
        out=values.out,
        layout=values.layout,
        table=values.table,
        columns={name: column for name, _, column in pairs},
        settings=given_options(SETTINGS, values),
        judge=values.judge,
        workers=values.workers,
        ray=values.ray,
    )
    prepare.check(options)
    from faceaging_tf.prepare.reasons import MEANINGS

    with Progress("picture") as progress:
        prepared = prepare.prepare(options, progress)
    splits = ", ".join(f"{number} {name}" for name, number in prepared.splits.items())
    print(
        f"{prepared.faces} of {prepared.files} files are in the corpus{': ' * bool(splits)}{splits}."
    )
    for reason, number in sorted(prepared.dropped.items(), key=lambda item: -item[1]):
        print(f"  {number:>6}  {reason}: {MEANINGS[reason]}")
    print(
        f"{os.path.join(prepared.out, 'report.html')} shows it; dropped.csv lists each file that was left out, and why."
    )
    if not prepared.faces:
        raise ZooError(
            "The corpus is empty. Mend what is said above of the files, and prepare them again into another folder."
        )
