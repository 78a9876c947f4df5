"""`faceaging evaluate ENTRY`: how well it ages, by judges that it was not trained against."""

from absl import flags

from zoo.cli.arguments import Years, define_years_list
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


def define_flags(values):
    """The flags of this command."""
    default = evaluate.Options()
    string = lambda name, text, value=None: flags.DEFINE_string(
        name, value, text, flag_values=values
    )
    text = "Folder or zip of aligned faces with faces.csv; zips of whole heads, of which there may be several; or drawn: faces that the project draws itself."
    flags.DEFINE_list("corpus", [], text, flag_values=values)
    flags.DEFINE_enum(
        "split",
        default.split,
        ["train", "validation", "test", "all"],
        "Rows of the corpus.",
        flag_values=values,
    )
    flags.DEFINE_enum(
        "frame",
        None,
        evaluate.FRAMES,
        "How much of a head the faces show; default: as the models say.",
        flag_values=values,
    )
    flags.DEFINE_integer(
        "limit",
        None,
        "At most so many faces (of each range of ages, where one is given); default: all.",
        lower_bound=1,
        flag_values=values,
    )
    for name, direction in (("older_from", "older"), ("younger_from", "younger")):
        string(
            name,
            f"Ages of the faces that are made {direction}, such as 20-45: whose figures are told; default: all.",
        )
    flags.DEFINE_list(
        "pairs",
        [],
        "CSV files with input, output, years: pairs that any program made.",
        flag_values=values,
    )
    define_years_list(
        "years", list(default.years), "The years to ask for.", values, Years(-100, 100, "-20,20,40")
    )
    string(
        "embedder",
        "A face recogniser in ONNX, for identity and realism; without one they are left out.",
    )
    flags.DEFINE_integer(
        "embedder_size",
        None,
        "Side of its input; default: as the file says.",
        lower_bound=8,
        upper_bound=4096,
        flag_values=values,
    )
    string(
        "embedder_normalization",
        "Of its input: imagenet, arcface or raw; default: guessed, and printed.",
    )
    string(
        "embedder_alignment",
        "Of its input: arcface (that template) or crop (as it is); default: arcface for 112 pixels.",
    )
    string(
        "inception",
        "Weights of Keras' InceptionV3 without its top (.h5), for realism by its features.",
    )
    string("judge", "The age judge: an entry, or the folder of a preset.", default.judge)
    string(
        "age_network",
        "Another age network, to see whether the judge errs with it.",
        default.age_network,
    )
    flags.DEFINE_integer(
        "image_size",
        default.image_size,
        "Side in pixels that faces are measured at; default: 128, of whole heads the model's.",
        lower_bound=16,
        upper_bound=4096,
        flag_values=values,
    )
    string(
        "out",
        "Folder for the results; an interrupted run goes on from what it finished in there.",
        default.out,
    )
    text = "Leave the finished work in OUT/work, small pictures of all outputs among it: a model added later then costs its own time only."
    flags.DEFINE_boolean("keep_work", False, text, flag_values=values)
    flags.DEFINE_integer(
        "seed",
        default.seed,
        "Of every random draw.",
        lower_bound=0,
        upper_bound=2**32 - 1,
        flag_values=values,
    )


def run(values, positional):
    """Evaluates, prints the table, and says where the results are."""
    options = evaluate.Options(
        subjects=tuple(positional),
        pairs=tuple(values.pairs),
        years=tuple(values.years),
        corpus=tuple(values.corpus),
        older_from=_ages("older_from", values.older_from),
        younger_from=_ages("younger_from", values.younger_from),
        **{
            name: getattr(values, name)
            for name in (
                *(
                    "split",
                    "frame",
                    "limit",
                    "out",
                    "judge",
                    "age_network",
                    "embedder",
                    "embedder_size",
                ),
                *(
                    "embedder_normalization",
                    "embedder_alignment",
                    "inception",
                    "image_size",
                    "seed",
                    "keep_work",
                ),
            )
        },
    )
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
