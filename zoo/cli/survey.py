"""`faceaging survey`: people rate pairs of faces, as in the paper's
user study.
"""

import importlib.util
import os

from zoo.cli.arguments import (
    Flag,
    Years,
    YearsList,
    address_flags,
    define,
    given_options,
    no_argument,
    only_argument,
)
from zoo.cli.quiet import import_keras
from zoo.errors import ZooError
from zoo.registry import suggestion

SUMMARY = "Lets people rate aged faces in a browser: build a study, serve it, count the results."
ARGUMENTS = "build|serve|results [STUDY] [flags]"
EXAMPLES = (
    "faceaging survey build --corpus faces.zip --entries fagan,mine=runs/mine/preset --out study",
    "faceaging survey build --pairs sam=sam/pairs.csv --pairs hrfae=hrfae/pairs.csv --years 20,40 --out study",
    "faceaging survey serve study --port 8000",
    "faceaging survey results study --out study/results",
)
# What serving and counting import beyond the package's own needs.
NEEDED = ("fastapi", "uvicorn", "jinja2", "python_multipart", "krippendorff", "scipy")
# Which flags belong to which action.
FLAGS_OF = {
    "build": (
        "corpus",
        "split",
        "entries",
        "pairs",
        "years",
        "people",
        "youngest",
        "oldest",
        "image_size",
        "seed",
        "out",
    ),
    "serve": ("host", "port"),
    "results": ("out", "keep_careless"),
}
FLAGS = {
    "corpus": Flag(
        "build: a folder or zip with faces.csv, or drawn: the faces to age; with --pairs, the ages of their inputs."
    ),
    "entries": Flag(
        "build: entries of `faceaging list` or folders of presets, also as NAME=ENTRY.", kind=list
    ),
    "pairs": Flag(
        "build: NAME=pairs.csv, the pairs of another program, with the columns input, output, years and, if known, age; may be repeated.",
        kind=tuple,
    ),
    "years": Flag(
        "build: requested years, with commas between.", kind=YearsList(Years(-100, 100, "30"))
    ),
    "youngest": Flag("build: age of the youngest person shown.", kind=Years(0, 100, "30")),
    "oldest": Flag("build: age of the oldest person shown.", kind=Years(0, 100, "30")),
    "split": Flag("build: rows of the corpus.", choices=("train", "validation", "test", "all")),
    "people": Flag("build: how many people are shown.", 1, 10_000),
    "image_size": Flag("build: side of the pictures in pixels.", 16, 4096),
    "seed": Flag("build: of every random draw.", 0, 2**32 - 1),
    "out": Flag(
        "build: folder of the study; results: folder of the results, default STUDY/results."
    ),
    **address_flags("serve", 8000),
    "keep_careless": Flag("results: count careless raters too.", kind=bool, default=False),
}


def define_flags(values):
    """The flags of this command."""
    from zoo.tasks import survey

    define(FLAGS, values, survey.Options)


def run(values, positional):
    """Builds, serves or counts."""
    action, rest = (positional[0], positional[1:]) if positional else (None, [])
    if action not in FLAGS_OF:
        given = "nothing" if action is None else repr(action)
        raise ZooError(
            f"It needs build, serve or results, and was given {given}.{suggestion(action, FLAGS_OF)} For example: {EXAMPLES[2]}"
        )
    foreign = sorted(
        {name for names in FLAGS_OF.values() for name in names if values[name].present}
        - set(FLAGS_OF[action])
    )
    if foreign:
        raise ZooError(
            f"survey {action} has no flag --{foreign[0]}; its flags are --{', --'.join(FLAGS_OF[action])}."
        )
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing and action != "build":
        raise ZooError(
            f"The survey needs {', '.join(missing)}, not installed here; in the project's folder, do: pip install '.[survey]'"
        )
    return {"build": _build, "serve": _serve, "results": _results}[action](values, rest)


def _build(values, rest):
    from zoo.tasks import survey

    no_argument(rest)
    if not values.out:
        raise ZooError(f"It needs --out with the folder of the study; for example: {EXAMPLES[0]}")
    options = survey.Options(**given_options(FLAGS_OF["build"], values))
    survey.check(options)
    import_keras()
    study = survey.build(options)
    print(
        f"{values.out}: {len(study.pairs)} pairs of {len(study.unchanged)} people by {', '.join(study.models)}"
    )
    print(f"Next: faceaging survey serve {values.out}")


def _serve(values, rest):
    folder = only_argument(rest, "study", EXAMPLES[2])
    from faceaging_tf.evaluate.survey.serving import serve

    def ready(address):
        print(
            f"Serving {folder} at {address}; answers go to {os.path.join(folder, 'answers.sqlite')}. Ctrl+C ends it.",
            flush=True,
        )

    serve(folder, values.host, values.port, ready)
    print("Stopped; every answer is kept. The same command goes on.")


def _results(values, rest):
    folder = only_argument(rest, "study", EXAMPLES[3])
    from faceaging_tf.evaluate.survey import read_study
    from faceaging_tf.evaluate.survey.results import as_text, compute_results, write_results
    from faceaging_tf.evaluate.survey.store import read_answers

    study = read_study(folder)
    answers = read_answers(folder, study)
    results = compute_results(study, answers, values.keep_careless)
    print(as_text(results))
    print(
        *write_results(results, study, answers, values.out or os.path.join(folder, "results")),
        sep="\n",
    )
