"""Evaluating entries, presets, exported files and pairs by name: what is loaded, what
is written.
"""

import dataclasses
import json
from pathlib import Path

from faceaging_tf.arguments import within
from faceaging_tf.files import sha256, write_whole
from zoo import loading, registry
from zoo.errors import ZooError
from zoo.presets import files as preset_files
from zoo.tasks.evaluation_faces import asked_ages, corpora
from zoo.tasks.train_corpora import DRAWN

EXPORTED = (".onnx", ".tflite")
YEARS = (-40.0, -30.0, -20.0, -10.0, 10.0, 20.0, 30.0, 40.0)
# Faces that an unknown recogniser is tried on.
SETTLING = 64
FRAMES = ("tight", "whole_head")
# Side in pixels of tight faces, and of whole heads where no model says one.
TIGHT_SIDE, WHOLE_SIDE = 128, 256
# Whole numbers that options may be, the highest None where there is none.
LIMITS = {
    "limit": (1, None), "embedder_size": (8, 4096), "image_size": (16, 4096), "seed": (0, 2**32 - 1),
}  # fmt: skip
RESULTS, SPEEDS, WORK = "results.json", "speed.json", "work"
TABLE, REPORT = "results.txt", "report.html"


@dataclasses.dataclass(frozen=True)
class Options:
    """What an evaluation was asked for.

    Attributes:
        subjects: entries, folders of presets, and exported `.onnx` or `.tflite` files.
        pairs: CSV files of pairs.
        corpus: path of a zip or folder with `faces.csv`, or `"drawn"`; None where there are pairs
            only. Of whole heads, one or several zips with landmarks and masks.
        split: rows of the corpus.
        frame: of the faces, "tight" or "whole_head"; None for that of the first model that says
            one. A tight model is shown the tight window of whole heads.
        limit: at most so many faces, or None; of several corpora, as evenly as they have them. With
            `older_from` and `younger_from` so many of each.
        older_from, younger_from: ages in years, from the first up to the second, of the faces whose
            figures are told where they are made older, and younger; None for all.
        years: the numbers of years to ask for.
        out: folder of the results.
        judge: the age judge, an entry or the folder of a preset.
        age_network: another age network, whose errors are compared with the judge's.
        embedder: path of a face recogniser in ONNX, or None.
        embedder_size, embedder_normalization, embedder_alignment: how faces are given to it,
            guessed where None.
        inception: path of InceptionV3's weights, for realism by its features, or None.
        image_size: side in pixels that all faces are measured at; None for 128, and for the largest
            model's of whole heads.
        seed: of every random draw.
        keep_work: leave the finished work, with small pictures of all outputs, in the folder `work`
            of `out`, for later runs to go on from.
    """

    subjects: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    corpus: tuple[str, ...] = ()
    split: str = "test"
    frame: str | None = None
    limit: int | None = None
    older_from: tuple[float, float] | None = None
    younger_from: tuple[float, float] | None = None
    years: tuple[float, ...] = YEARS
    out: str = "evaluation"
    judge: str = "age_judge"
    age_network: str = "age_network"
    embedder: str | None = None
    embedder_size: int | None = None
    embedder_normalization: str | None = None
    embedder_alignment: str | None = None
    inception: str | None = None
    image_size: int | None = None
    seed: int = 0
    keep_work: bool = False


def check(options):
    """Finds out what can be wrong with the options without importing Keras.

    Raises:
        ZooError: nothing to evaluate, no corpus, an unknown entry, a missing file, an output folder
            that is a file.
    """
    within(options, LIMITS, ZooError)
    if not options.subjects and not options.pairs:
        raise ZooError(
            "There is nothing to evaluate; give an entry, the folder of a preset, a .onnx or .tflite file, or --pairs pairs.csv."
        )
    for name in options.subjects:
        if name.endswith(EXPORTED):
            _check_file(name, "an exported model")
        else:
            loading.check_name(name, registry.AGING)
    for name in (options.judge, options.age_network):
        loading.check_name(name)
    if not options.corpus and options.subjects:
        raise ZooError(
            f"Evaluating {options.subjects[0]} needs --corpus with a folder or a zip with faces.csv, or {DRAWN}."
        )
    for path in options.corpus:
        if path != DRAWN and not Path(path).exists():
            raise ZooError(
                f"There is no corpus at {path!r}; give a folder or a zip with faces.csv, or {DRAWN!r} for drawn faces."
            )
    if options.frame not in (None, *FRAMES):
        raise ZooError(f"The frame was {options.frame!r}; give one of {', '.join(FRAMES)}.")
    if len(options.corpus) > 1 and DRAWN in options.corpus:
        raise ZooError(f"Drawn faces are a corpus of their own; leave {DRAWN!r} or the others out.")
    for low, high in filter(None, (options.older_from, options.younger_from)):
        if not low < high:
            raise ZooError(
                f"The ages were from {low:g} to {high:g}; the first must be below the second."
            )
    for path, what in (
        (options.embedder, "a face recogniser in ONNX"),
        (options.inception, "weights of InceptionV3"),
    ):
        if path is not None:
            _check_file(path, what)
    for path in options.pairs:
        _check_file(path, "a CSV file with the columns input, output and years")
    if len(set(options.years)) < len(options.years) or not options.years:
        raise ZooError(
            f"The years were {', '.join(f'{k:g}' for k in options.years) or 'none'}; give different numbers, such as -20,20,40."
        )
    if Path(options.out).exists() and not Path(options.out).is_dir():
        raise ZooError(f"{options.out} is a file; choose a folder for the results.")


def evaluate(options: Options, quiet: bool | None = None) -> tuple[Path, str]:
    """Evaluates, and writes `results.json`, `results.txt`, `report.html` and `speed.json`.

    What is finished is saved in the folder `work` on the way, so that an interrupted run goes on,
    and removed at the end.

    Args:
        options: an `Options`.
        quiet: no progress bar; None for a bar where someone looks on.

    Returns:
        `(folder, text)`: the folder of the results, and the table.

    Raises:
        ZooError: what `check` refuses, a preset that ages no faces, a corpus that has one face.
        CorpusError: a corpus that cannot be read.
        EvaluationError: a broken ONNX file, pairs that do not fit.
    """
    check(options)
    import keras

    from faceaging_tf.evaluate import evaluation, measurement, report, table

    keras.utils.set_random_seed(options.seed)
    age = loading.load(options.judge)
    options, models = _settled(options, age)
    subjects = _subjects(options, models)
    corpus, reals = corpora(options)
    judges, described = _judges(options, age, subjects[0].inputs(corpus).faces)
    folder = Path(options.out)
    folder.mkdir(parents=True, exist_ok=True)
    results, measurements = evaluation.evaluate(
        subjects,
        corpus,
        options.years,
        judges,
        folder / WORK,
        reals,
        options.seed,
        quiet=quiet,
        asked=asked_ages(options),
    )
    results = {"settings": {**_settings(options), **described}, **results}
    speeds = {one.name: one.faces_per_second for one in measurements}
    text = table.text_of(results, speeds)
    write_whole(folder / RESULTS, json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    write_whole(folder / SPEEDS, json.dumps({"faces_per_second": speeds}, indent=1) + "\n")
    write_whole(folder / TABLE, text)
    write_whole(folder / REPORT, report.html_of(results, measurements, speeds))
    if not options.keep_work:
        measurement.remove_work(folder / WORK)
    return folder, text


def _settled(options, age):
    """The options with their frame and size, and the loaded models and exported files by name."""
    from faceaging_tf.evaluate.exported import ExportedSubject

    opened = lambda name: ExportedSubject(name, age.estimate_ages)
    models = {
        name: opened(name) if name.endswith(EXPORTED) else loading.load_aging(name)
        for name in options.subjects
    }
    frames = {_frame_of(model) for model in models.values()}
    frame = options.frame or ("whole_head" if "whole_head" in frames else "tight")
    if frame == "tight" and "whole_head" in frames:
        raise ZooError(
            "A model of whole heads cannot be evaluated on tight faces; give a corpus of whole heads, and no --frame tight."
        )
    sides = [model.image_size for model in models.values() if _frame_of(model) == frame]
    largest = max(sides, default=WHOLE_SIDE)
    size = options.image_size or (TIGHT_SIDE if frame == "tight" else largest)
    return dataclasses.replace(options, frame=frame, image_size=size), models


def _frame_of(model):
    """The frame that a model says; None for an exported file that says none, which is taken for the
    evaluation's.
    """
    return getattr(model, "frame", "tight")


def _judges(options, age, faces):
    """The judges, and what of them the figures hang on; `faces` are what an unknown recogniser is
    tried on.
    """
    from faceaging_tf.evaluate.identity_judge import IdentityJudge
    from faceaging_tf.evaluate.realism import inception_features
    from faceaging_tf.evaluate.seen import Judges
    from faceaging_tf.evaluate.tight_window import tight_window

    identity = features = None
    described = {"embedder": None, "realism_features": None}
    if options.embedder is not None:
        identity = IdentityJudge(
            options.embedder,
            options.embedder_size,
            options.embedder_normalization,
            options.embedder_alignment,
        )
        identity.settle(tight_window(faces[:SETTLING], options.frame))
        described = {"embedder": identity.settings(), "realism_features": "the face recogniser"}
    if options.inception is not None:
        features = inception_features(options.inception)
        described["realism_features"] = f"InceptionV3, weights {sha256(options.inception)}"
    fingerprint = f"{_fingerprint(options.judge)} {json.dumps(described, sort_keys=True)}"
    other = (options.age_network, loading.load(options.age_network))
    judges = Judges(age, identity, features, fingerprint, options.judge, options.frame, other)
    return judges, described


def _subjects(options, models):
    from faceaging_tf.evaluate.exported import ExportedSubject
    from faceaging_tf.evaluate.pairs import PairsSubject
    from faceaging_tf.evaluate.subjects import ModelSubject
    from faceaging_tf.evaluate.tight_window import TightInWholeHead, tight_window

    subjects = []
    for name, model in models.items():
        tight = _frame_of(model) == "tight" and options.frame == "whole_head"
        exported = isinstance(model, ExportedSubject)
        if exported and not tight:
            estimate = model.estimate_ages
            model.estimate_ages = lambda faces, estimate=estimate: estimate(
                tight_window(faces, options.frame)
            )
            subjects.append(model)
            continue
        own = (model.name, model.fingerprint) if exported else (name, _fingerprint(name))
        subjects.append(ModelSubject(own[0], TightInWholeHead(model) if tight else model, own[1]))
    subjects += [PairsSubject(path, options.image_size) for path in options.pairs]
    names = [subject.name for subject in subjects]
    for name in names:
        if names.count(name) > 1:
            raise ZooError(
                f"Two of what is evaluated are called {name!r}; rename one, for the report tells them apart by name."
            )
    return subjects


def _fingerprint(name):
    """The checksums of a preset's files, as text."""
    files = preset_files.metadata(loading.folder_of(name))["files"]
    return " ".join(file["sha256"] for file in files.values())


def _settings(options):
    """The options that the figures hang on."""
    settings = dataclasses.asdict(options)
    return {
        name: value
        for name, value in settings.items()
        if name not in ("out", "keep_work") and not name.startswith("embedder")
    }


def _check_file(path, what):
    if not Path(path).is_file():
        raise ZooError(f"There is no file {path}; give the path of {what}.")
