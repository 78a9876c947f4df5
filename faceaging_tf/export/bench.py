"""How large and how fast each form of a model is, all in one run."""

import dataclasses
import io
import json
import os
import pathlib
import subprocess
import sys

from faceaging_tf.errors import ExportError
from faceaging_tf.export.exporting import LITERT, ONNX, PRECISIONS, SAVED_MODEL, SUFFIXES, export
from faceaging_tf.export.profile import aligned, profile
from faceaging_tf.export.signatures import TRANSFORM, signatures_of
from faceaging_tf.files import write_whole

COLUMNS = (
    "form",
    "MB",
    "threads",
    "load ms",
    "first ms",
    "median ms",
    "p95 ms",
    "peak MiB",
    "mean diff.",
    "years diff.",
)
# A page has a LiteRT file in it, and a runtime of its own: browsers time it.
TIMED = (LITERT, ONNX, SAVED_MODEL)
KERAS = "keras"
RESULTS, TABLE, PLOT = "bench.json", "bench.txt", "bench.png"


def bench(
    model,
    name,
    folder,
    formats=TIMED,
    threads=(1, 2),
    calls=25,
    export=export,
    itself=None,
    profiled=False,
):
    """Exports a model in each format and precision and times each in a process of its own.

    Args:
        model: a built ageing model, for use.
        name: what its files are called.
        folder: where the files go.
        formats: of `TIMED`.
        threads: numbers of threads.
        calls: timed calls each, after the first.
        export: what writes a file, given the model, a path, a format and a precision, and says what
            it wrote.
        itself: `(module, path)`: a module that times the model itself, as
            `faceaging_tf.mobile.timing` does, and the path it is given; None leaves it out.
        profiled: whether rows of LiteRT files have the time of each kind of operation, a `Profile`,
            under "profile".

    Yields:
        A dict for each form and number of threads, as soon as it is measured.
    """
    signatures_of(model)
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    # A way that every model has: from 30 to 70 years.
    years, age = 40.0, 30.0
    place = int(model.direction_of([years], [age])[0])
    if place < 0:
        raise ExportError(
            f"{type(model).__name__} has no direction from {age:g} to {age + years:g} years, by which all models are timed."
        )
    direction = model.directions[place]
    case = {"threads": 1, "calls": calls, "size": model.image_size, "years": years, "age": age}
    for format in formats:
        for precision in PRECISIONS[format]:
            exported = export(
                model, folder / f"{name}_{precision}{SUFFIXES[format]}", format, precision
            )
            path = exported.path / "1" if format == SAVED_MODEL else exported.path
            signature = TRANSFORM if format == ONNX else direction
            for number in threads:
                measured = _timed(
                    {
                        **case,
                        "kind": format,
                        "path": str(path),
                        "signature": signature,
                        "threads": number,
                    }
                )
                parity = {
                    "mean_difference": exported.parity.mean,
                    "largest_difference": exported.parity.largest,
                    "years_difference": exported.parity.years,
                }
                row = {
                    "model": name,
                    "form": f"{format} {precision}",
                    "bytes": exported.bytes,
                    "threads": number,
                    **measured,
                    **parity,
                }
                if profiled and format == LITERT:
                    row["profile"] = dataclasses.asdict(
                        profile(path.read_bytes(), signature, number, calls)
                    )
                yield row
    if itself is not None:
        module, path = itself
        for number in threads:
            measured = _timed(
                {**case, "kind": KERAS, "path": path, "signature": direction, "threads": number},
                module,
            )
            yield {"model": name, "form": KERAS, "bytes": None, "threads": number, **measured}


def table(rows):
    """The rows as text, a line each, the fastest first within a model."""
    lines = []
    for name in dict.fromkeys(row["model"] for row in rows):
        own = sorted(
            (row for row in rows if row["model"] == name),
            key=lambda row: (row["threads"], row["median_ms"]),
        )
        lines += [name, *aligned([COLUMNS, *map(_cells, own)]), ""]
    return "\n".join(lines)


def write(rows, folder):
    """Writes `bench.json`, `bench.txt` and `bench.png` into a folder."""
    from matplotlib.figure import Figure

    folder = pathlib.Path(folder)
    write_whole(folder / RESULTS, json.dumps(rows, indent=1))
    write_whole(folder / TABLE, table(rows))
    most = max(row["threads"] for row in rows)
    shown = [row for row in rows if row["threads"] == most]
    names = list(dict.fromkeys(row["model"] for row in shown))
    figure = Figure(figsize=(8, 1 + 0.3 * len(shown)), layout="constrained")
    axes = figure.subplots(len(names), 1, squeeze=False)[:, 0]
    for name, place in zip(names, axes, strict=True):
        own = sorted(
            (row for row in shown if row["model"] == name), key=lambda row: -row["median_ms"]
        )
        bars = place.barh(
            [row["form"] for row in own], [row["median_ms"] for row in own], color="#4878a8"
        )
        place.bar_label(
            bars,
            [
                f"{row['median_ms']:.3g} ms"
                + (f", {row['bytes'] / 1e6:.1f} MB" if row["bytes"] else "")
                for row in own
            ],
            padding=3,
        )
        place.margins(x=0.3)
        place.set_title(f"{name}: one face, {most} threads, median")
        place.set_xlabel("ms")
    target = io.BytesIO()
    figure.savefig(target, dpi=120, format="png")
    write_whole(folder / PLOT, target.getvalue())


def _timed(case, module="faceaging_tf.mobile.timing"):
    # Where this package is, whatever the folder at hand.
    search = os.pathsep.join(
        [str(pathlib.Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH", "")]
    )
    environment = {**os.environ, "PYTHONPATH": search, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [sys.executable, "-m", module, json.dumps(case)],
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise ExportError(
            f"{case['path']} could not be timed: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}"
        )
    return json.loads(done.stdout.strip().splitlines()[-1])


def _cells(row):
    size = f"{row['bytes'] / 1e6:.2f}" if row["bytes"] else "-"
    parity = [
        f"{row[name]:.1e}" if row.get(name) is not None else "-"
        for name in ("mean_difference", "years_difference")
    ]
    return (
        row["form"],
        size,
        str(row["threads"]),
        *(f"{row[name]:.4g}" for name in ("load_ms", "first_ms", "median_ms", "p95_ms", "peak_mb")),
        *parity,
    )
