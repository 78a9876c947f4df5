"""`faceaging evaluate ENTRY`: how well it ages, by judges that it was not trained against."""

from zoo.cli.arguments import Flag, Years, YearsList, define, given_options
from zoo.cli.quiet import import_keras
from zoo.errors import ZooError
from zoo.tasks import evaluate

SUMMARY = "Measures how well models age faces; writes JSON, a table and a report."
ARGUMENTS = "ENTRY... --corpus FOLDER_OR_ZIP [--pairs pairs.csv] [flags]"
EXAMPLES = (
    "faceaging evaluate fagan --corpus faces.zip --limit 200 --embedder recogniser.onnx",
    "faceaging evaluate fagan runs/mine/preset exported.tflite --corpus my_faces/ --split all",
    "faceaging evaluate --pairs other_program/pairs.csv --corpus faces.zip --embedder recogniser.onnx",
    "faceaging evaluate fagan --corpus portraits.zip,faces_wide.zip --older_from 20-45 --younger_from 40-70 --limit 120 --embedder recogniser.onnx",
    "faceaging evaluate fagan --corpus drawn --years -20,20 --limit 50 --out evaluation/drawn",
)
FROM = "Ages of the faces that are made {}, such as 20-45: whose figures are told; default: all."
FLAGS = {
    "corpus": Flag(
        "Folder or zip of aligned faces with faces.csv; zips of whole heads, of which there may be several; or drawn: faces that the project draws itself.",
        kind=list,
    ),
    "older_from": Flag(FROM.format("older"), kind=str),
    "younger_from": Flag(FROM.format("younger"), kind=str),
    "pairs": Flag("CSV files with input, output, years: pairs that any program made.", kind=list),
    "years": Flag("The years to ask for.", kind=YearsList(Years(-100, 100, "-20,20,40"))),
    "split": Flag("Rows of the corpus.", choices=("train", "validation", "test", "all")),
    "frame": Flag(
        "How much of a head the faces show; default: as the models say.", choices=evaluate.FRAMES
    ),
    "limit": Flag(
        "At most so many faces (of each range of ages, where one is given); default: all.",
        *evaluate.LIMITS["limit"],
    ),
    "embedder": Flag(
        "A face recogniser in ONNX, for identity and realism; without one they are left out."
    ),
    "embedder_size": Flag(
        "Side of its input; default: as the file says.", *evaluate.LIMITS["embedder_size"]
    ),
    "embedder_normalization": Flag(
        "Of its input: imagenet, arcface or raw; default: guessed, and printed."
    ),
    "embedder_alignment": Flag(
        "Of its input: arcface (that template) or crop (as it is); default: arcface for 112 pixels."
    ),
    "inception": Flag(
        "Weights of Keras' InceptionV3 without its top (.h5), for realism by its features."
    ),
    "judge": Flag("The age judge: an entry, or the folder of a preset."),
    "age_network": Flag("Another age network, to see whether the judge errs with it."),
    "image_size": Flag(
        "Side in pixels that faces are measured at; default: 128, of whole heads the model's.",
        *evaluate.LIMITS["image_size"],
    ),
    "out": Flag(
        "Folder for the results; an interrupted run goes on from what it finished in there."
    ),
    "keep_work": Flag(
        "Leave the finished work in OUT/work, small pictures of all outputs among it: a model added later then costs its own time only."
    ),
    "seed": Flag("Of every random draw.", *evaluate.LIMITS["seed"]),
}


def define_flags(values):
    """The flags of this command."""
    define(FLAGS, values, evaluate.Options)


def run(values, positional):
    """Evaluates, prints the table, and says where the results are."""
    given = given_options(FLAGS, values)
    given |= {name: _ages(name, given[name]) for name in ("older_from", "younger_from")}
    options = evaluate.Options(subjects=tuple(positional), **given)
    evaluate.check(options)
    import_keras()
    folder, text = evaluate.evaluate(options)
    print(text)
    for name in (evaluate.RESULTS, evaluate.TABLE, evaluate.REPORT):
        print(f"{name}: {folder / name}")


def _ages(name, text):
    """`"20-45"` as `(20.0, 45.0)`."""
    if text is None:
        return None
    try:
        low, high = (float(part) for part in text.split("-"))
    except ValueError as error:
        raise ZooError(f"--{name} was {text!r}; give two ages, such as 20-45.") from error
    return low, high
