"""`faceaging export ENTRY`: a model as a file for phones and servers, or as a page for browsers."""

from zoo.cli.arguments import Flag, define, given_options, only_argument
from zoo.cli.quiet import import_keras
from zoo.tasks import export

SUMMARY = "Writes a model as SavedModel, LiteRT (TFLite), ONNX or a web page, and checks that it does the same."
ARGUMENTS = "ENTRY_OR_FOLDER --format litert|onnx|saved_model|web"
EXAMPLES = (
    "faceaging export fagan_mobile --format litert --precision float16 --out fagan.tflite",
    "faceaging export groupgan --format litert --precision int8 --route 20-40_to_60+,60+_to_20-40 --faces my_faces/",
    "faceaging export fagan --format onnx --uint8",
    "faceaging export fagan_mobile --format web --precision float16 --out site/",
    "faceaging export runs/mine/preset --format saved_model --out serving/mine",
)
FLAGS = {
    "format": Flag("What to write.", choices=export.FORMATS),
    "precision": Flag(
        "float32; for litert and web also float16 (half the size), dynamic_int8 (a quarter, fastest on most CPUs) and int8 (convolutions wholly in int8).",
        choices=export.PRECISIONS,
    ),
    "out": Flag(
        "The file, or for saved_model and web the folder; default: the entry's name, here."
    ),
    "signature": Flag("What an ONNX file does: transform, a direction, or estimate_age."),
    "batch": Flag("Faces at a time of a saved_model, 0 for any number.", 0),
    "faces": Flag(
        "Folder or zip of aligned faces to compare with, and to calibrate int8 on; default: faces that the project draws."
    ),
    "judge": Flag("The age judge that compares: an entry, or the folder of a preset."),
}
# Those that their fields have another name for.
OTHERS = {
    "route": Flag(
        "The directions that go into it, such as aging; default: all.", kind=list, default=[]
    ),
    "uint8": Flag(
        "Faces are uint8 of 0 to 255 in it, not float32 of -1 to 1.", kind=bool, default=False
    ),
}


def define_flags(values):
    """The flags of this command."""
    define(FLAGS, values, export.Options)
    define(OTHERS, values)


def run(values, positional):
    """Exports, and says where it is, how large, and how near to the model."""
    options = export.Options(
        entry=only_argument(positional, "entry or folder", EXAMPLES[0]),
        routes=tuple(values.route),
        as_bytes=values.uint8,
        **given_options(FLAGS, values),
    )
    export.check(options)
    import_keras()
    exported = export.export(options)
    parity = exported.parity
    print(f"{exported.path}: {exported.bytes / 1e6:.2f} MB, {', '.join(exported.signatures)}")
    parts = []
    if parity.years is not None or parity.largest:
        parts.append(
            f"faces differ by at most {parity.largest:.2g} and on average by {parity.mean:.2g} of the range"
        )
    if parity.years is not None:
        parts.append(f"judged ages by {parity.years:.2g} years on average")
    if parity.estimated is not None:
        parts.append(f"estimated ages by at most {parity.estimated:.2g} years")
    if options.format == "web":
        print(
            f"Open {exported.path / 'index.html'} in a browser, or put the folder on any static host."
        )
    print(f"Compared with the model in {parity.cases} cases: {', '.join(parts)}.")
