"""Exporting entries and presets by name: what is loaded, what the file says of itself."""

import concurrent.futures
import dataclasses
import multiprocessing
import os
from pathlib import Path
from typing import TYPE_CHECKING

from faceaging_tf.arguments import whole
from zoo import loading, registry
from zoo.errors import ZooError
from zoo.presets import files as preset_files

if TYPE_CHECKING:
    from faceaging_tf.export import Exported

FORMATS = ("saved_model", "litert", "onnx", "web")
# What `bench` times; a page has a LiteRT file in it.
TIMED = ("litert", "onnx", "saved_model")
PRECISIONS = ("float32", "float16", "dynamic_int8", "int8")
ABOUT = ("entry", "title", "licence", "training_data", "limits")
# Faces to compare with, and to calibrate int8 on.
FACES = 16


@dataclasses.dataclass(frozen=True)
class Options:
    """What an export was asked for.

    Attributes:
        entry: an entry, or the folder of a preset.
        format: one of `FORMATS`.
        precision: one of `PRECISIONS`; all but float32 for LiteRT and the page alone.
        out: where it is written; None for the entry's name in the folder at hand.
        routes: the directions that go into it; none for all.
        signature: what an ONNX file does.
        as_bytes: whether faces are uint8 in it.
        batch: faces at a time of a SavedModel, 0 for any number.
        faces: folder or zip of aligned faces to compare with and to calibrate int8 on; None for
            drawn ones.
        judge: the age judge, an entry or the folder of a preset.
    """

    entry: str
    format: str = "litert"
    precision: str = "float32"
    out: str | None = None
    routes: tuple[str, ...] = ()
    signature: str = "transform"
    as_bytes: bool = False
    batch: int = 1
    faces: str | None = None
    judge: str = "age_judge"


def check(options):
    """Finds out what can be wrong with the options without importing Keras.

    Raises:
        ZooError: an unknown entry, one that does not age faces or has no weights, or a corpus that
            is not there.
    """
    loading.check_name(options.entry, registry.AGING)
    loading.check_name(options.judge)
    if options.precision != "float32" and options.format not in ("litert", "web"):
        raise ZooError(
            f"{options.format} has no precision {options.precision!r}; it has float32, and litert and web have {', '.join(PRECISIONS)}."
        )
    whole(options.batch, "batch", 0, error=ZooError)
    if options.batch != 1 and options.format != "saved_model":
        raise ZooError(
            f"{options.format} files take one face at a time, and --batch was {options.batch}; saved_model takes any number."
        )
    if options.signature != "transform" and options.format != "onnx":
        raise ZooError(
            f"{options.format} files hold all signatures, and --signature was {options.signature!r}; leave it out, or choose directions with --route."
        )
    if options.faces is not None and not Path(options.faces).exists():
        raise ZooError(
            f"There is no corpus at {options.faces!r}; give a folder or zip with aligned faces and faces.csv, or leave it out for drawn ones."
        )


def export(options: Options) -> "Exported":
    """Exports, and compares with the model.

    Args:
        options: an `Options`.

    Returns:
        A `faceaging_tf.export.Exported`.

    Raises:
        ZooError: what `check` finds.
        ExportError: what `faceaging_tf.export.export` finds.
        CorpusError: faces that cannot be read.

    Example:
        >>> from zoo.tasks import export
        >>> options = export.Options("fagan_mobile", precision="float16", out="fagan.tflite")
        >>> written = export.export(options)  # doctest: +SKIP
    """
    check(options)
    from faceaging_tf import export as exports

    model, judge = loading.load(options.entry), loading.load(options.judge)
    out = options.out or default_name(options, exports.SUFFIXES[options.format])
    faces, ages = _faces(options, model.image_size)
    return exports.export(
        model,
        out,
        options.format,
        options.precision,
        routes=options.routes or None,
        signature=options.signature,
        as_bytes=options.as_bytes,
        batch=options.batch or None,
        comparison=exports.Comparison(faces, ages, judge),
        about=about(options.entry),
    )


def default_name(options, suffix):
    """The file's name where none is given: `fagan_float16.tflite`."""
    name = Path(options.entry).resolve().name if loading.is_path(options.entry) else options.entry
    return (
        f"{name}_{options.precision}{suffix}"
        if options.precision != "float32"
        else f"{name}{suffix}"
    )


def labels(names):
    """What the files of each name are called: the entry, or the last parts of a folder's path that
    tell it from the others.
    """
    parts = {
        name: Path(name).resolve().parts if loading.is_path(name) else (name,) for name in names
    }
    for length in range(1, max(map(len, parts.values())) + 1):
        short = {name: "_".join(part[-length:]).replace(os.sep, "") for name, part in parts.items()}
        if len(set(short.values())) == len(short):
            return short
    return short


def about(entry):
    """What a preset says of itself, and the checksums of its files, for the note in the exported
    file.
    """
    metadata = preset_files.metadata(loading.folder_of(entry))
    source = {file: facts["sha256"] for file, facts in metadata["files"].items()}
    return {**{name: metadata.get(name) for name in ABOUT}, "source_sha256": source}


def _faces(options, size):
    if options.faces is None:
        return None, None
    from faceaging_tf.data import load_corpus

    corpus = load_corpus(options.faces, "all", size, limit=FACES)
    return corpus.faces, corpus.age


def bench(names, out, formats=TIMED, threads=(1, 2), calls=25, profiled=False):
    """Exports entries in every format and precision and times each (see
    `faceaging_tf.export.bench`); results are written as they come.

    Args:
        names: entries or folders of presets.
        out: folder for the files and the results.
        formats: of `TIMED`.
        threads: numbers of threads.
        calls: timed calls of each.
        profiled: whether operations of LiteRT files are timed too.

    Yields:
        A row, see `faceaging_tf.export.bench.bench`.

    Raises:
        ZooError: what `check` finds.
        ExportError: what the exports find.
    """
    from faceaging_tf.export import bench as benching

    rows = []
    for name, label in labels(names).items():
        itself = (
            "zoo.tasks.time_model",
            str(Path(name).resolve()) if loading.is_path(name) else name,
        )
        apart = lambda model, path, format, precision, name=name: _export_apart(
            Options(name, format, precision, str(path))
        )
        for row in benching.bench(
            loading.load(name), label, out, formats, threads, calls, apart, itself, profiled
        ):
            rows.append(row)
            benching.write(rows, out)
            yield row


def _export_apart(options):
    """`export` in a process of its own, which gives back the memory that tracing takes."""
    with concurrent.futures.ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        try:
            return pool.submit(export, options).result()
        except concurrent.futures.process.BrokenProcessPool as error:
            raise ZooError(
                f"Exporting {options.entry} as {options.format} {options.precision} ended early, most likely for want of memory; export fewer --route."
            ) from error
