"""`faceaging survey`: people rate pairs of faces, as in the paper's
user study.
"""

import importlib.util
import os

from absl import flags

from zoo.cli.arguments import (
    Flag,
    Years,
    define_options,
    define_years,
    define_years_list,
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
FLAGS = {
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
OPTIONS = {
    "split": Flag("build: rows of the corpus.", choices=("train", "validation", "test", "all")),
    "people": Flag("build: how many people are shown.", 1, 10_000),
    "image_size": Flag("build: side of the pictures in pixels.", 16, 4096),
    "seed": Flag("build: of every random draw.", 0, 2**32 - 1),
}


def define_flags(values):
    """The flags of this command."""
    from zoo.tasks import survey

    flags.DEFINE_string(
        "corpus",
        None,
        "build: a folder or zip with faces.csv, or drawn: the faces to age; with --pairs, the ages of their inputs.",
        flag_values=values,
    )
    flags.DEFINE_list(
        "entries",
        [],
        "build: entries of `faceaging list` or folders of presets, also as NAME=ENTRY.",
        flag_values=values,
    )
    flags.DEFINE_multi_string(
        "pairs",
        [],
        "build: NAME=pairs.csv, the pairs of another program, with the columns input, output, years and, if known, age; may be repeated.",
        flag_values=values,
    )
    years, age = Years(-100, 100, "30"), Years(0, 100, "30")
    define_years_list(
        "years", [10, 20, 30, 40], "build: requested years, with commas between.", values, years
    )
    define_years("youngest", 20.0, "build: age of the youngest person shown.", values, age)
    define_years("oldest", 50.0, "build: age of the oldest person shown.", values, age)
    define_options(survey.Options, OPTIONS, values)
    flags.DEFINE_string(
        "out",
        None,
        "build: folder of the study; results: folder of the results, default STUDY/results.",
        flag_values=values,
    )
    flags.DEFINE_string(
        "host",
        "127.0.0.1",
        "serve: address to listen at; 0.0.0.0 for all networks.",
        flag_values=values,
    )
    flags.DEFINE_integer(
        "port",
        8000,
        "serve: 0 for any free one.",
        lower_bound=0,
        upper_bound=65535,
        flag_values=values,
    )
    flags.DEFINE_boolean(
        "keep_careless", False, "results: count careless raters too.", flag_values=values
    )


def run(values, positional):
    """Builds, serves or counts."""
    action, rest = (positional[0], positional[1:]) if positional else (None, [])
    if action not in FLAGS:
        given = "nothing" if action is None else repr(action)
        raise ZooError(
            f"It needs build, serve or results, and was given {given}.{suggestion(action, FLAGS)} For example: {EXAMPLES[2]}"
        )
    foreign = sorted(
        {name for names in FLAGS.values() for name in names if values[name].present}
        - set(FLAGS[action])
    )
    if foreign:
        raise ZooError(
            f"survey {action} has no flag --{foreign[0]}; its flags are --{', --'.join(FLAGS[action])}."
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
    names = ("out", "corpus", "split", "people", "youngest", "oldest", "image_size", "seed")
    lists = {name: tuple(values[name].value) for name in ("entries", "pairs", "years")}
    options = survey.Options(**{name: values[name].value for name in names}, **lists)
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
