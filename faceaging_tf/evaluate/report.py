"""The report: one HTML file that holds all that it shows."""

import base64
import io
import pathlib

import jinja2
import numpy as np
from PIL import Image

from faceaging_tf.evaluate import charts
from faceaging_tf.evaluate.figures import face_names, identity, years_moved
from faceaging_tf.evaluate.measurement import THUMBNAIL
from faceaging_tf.evaluate.shrinking import shrunk
from faceaging_tf.evaluate.table import REFERENCES, columns_of, summary_line, written

# Faces of the sample grid, from the youngest to the oldest.
SAMPLE = 8
GAP_FIGURES = (
    ("error", "error, years", "{:.1f}"),
    ("identity", "identity", "{:.3f}"),
    ("monotony", "never younger", "{:.0%}"),
)


def html_of(results, measurements, speeds):
    """The report as the text of an HTML file.

    Args:
        results: what `evaluate` gives, with `settings`, a dict of what the figures hang on.
        measurements: its `Measurement`s.
        speeds: dict from a subject's name to faces per second, or None.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(pathlib.Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    subjects = results["subjects"]
    colours = [charts.COLOURS[place % len(charts.COLOURS)] for place in range(len(subjects))]
    return environment.get_template("report.html").render(
        results=results,
        overview=[
            _picture(charts.asked_against_moved(subjects)),
            _picture(charts.identity_against_moved(subjects)),
        ],
        parts=[_part(*part, speeds) for part in zip(subjects, measurements, colours, strict=True)],
        settings=_settings(results.get("settings", {})),
        judge=_judge(results["judge"]),
    )


def _part(subject, measurement, colour, speeds):
    ages, columns = measurement.ages, [column for part in columns_of(subject) for column in part]
    order = np.argsort(ages, kind="stable")
    rows = order[
        np.unique(np.linspace(0, len(order) - 1, min(SAMPLE, len(order))).round().astype(int))
    ]
    return {
        "subject": subject,
        "colour": colour,
        "summary": summary_line(subject, speeds.get(subject["name"])),
        "heads": ["asked", "faces", *(head for head, *_ in columns)],
        "rows": [_table_row(years, cell, columns) for years, cell in subject["years"].items()],
        "gaps": _gaps(subject),
        "charts": [
            _picture(charts.histograms(measurement, colour)),
            _picture(charts.error_by_group(subject, colour)),
        ],
        "strips": [
            ("A sample, from young to old", [_strip(measurement, row) for row in rows]),
            (
                "The best faces: least error over all years",
                [_strip(measurement, one["row"]) for one in subject["best"]],
            ),
            (
                "The worst faces: largest error over all years",
                [_strip(measurement, one["row"]) for one in subject["worst"]],
            ),
        ],
    }


def _table_row(years, cell, columns):
    """`(head, value, smaller lines)` of each column."""
    figures = cell["all"]
    row = [("asked", years, []), ("faces", str(figures["years_moved"]["faces"]), [])]
    for head, name, pattern in columns:
        figure = figures[name]
        small = (
            []
            if figure is None
            else [f"{pattern.format(figure['low'])} to {pattern.format(figure['high'])}"]
        )
        if figure is not None:
            small += [
                f"{label.split()[-1]} {written(cell[reference], pattern)}"
                for label, reference, pattern, beside in REFERENCES
                if beside == name
            ]
        if name.startswith("detected") and figure is not None:
            small += [
                f"{label} {written(cell[f'{name}_of_{part}'], pattern)}"
                for label, part in (("inputs", "inputs"), ("floor", "halves"))
            ]
        row.append((head, written(figure, pattern), small))
    return row


def _gaps(subject):
    rows = []
    for kind, gaps in subject["summary"]["gaps"].items():
        for figure, label, pattern in GAP_FIGURES:
            gap = gaps.get(figure)
            if gap is not None and gap["gap"]:
                ends = f"{gap['lowest']} (lowest) to {gap['highest']} (highest)"
                rows.append((kind, label, pattern.format(gap["gap"]), ends))
    return rows


def _strip(measurement, row):
    """One face: its name, the input, and each output with what the judges saw."""
    before = measurement.before.ages[row]
    as_it_is = {
        "picture": _thumbnail(shrunk(measurement.inputs.faces[[row]], THUMBNAIL)[0]),
        "label": "input",
        "text": f"looks {before:.0f}",
    }
    younger, older = [], []
    for k in sorted(measurement.cells):
        cell = measurement.cells[k]
        at = np.flatnonzero(cell.rows == row)
        if not len(at):
            continue
        text = f"{years_moved(measurement, k)[at[0]]:+.0f}"
        if measurement.before.embeddings is not None:
            text += f", {identity(measurement, k)[at[0]]:.2f}"
        panel = {"picture": _thumbnail(cell.thumbnails[at[0]]), "label": f"{k:+g}", "text": text}
        (younger if k < 0 else older).append(panel)
    return {
        "name": face_names(measurement.inputs)[row],
        "age": f"{measurement.ages[row]:.0f}",
        "panels": [*younger, as_it_is, *older],
    }


def _judge(judge):
    if judge is None:
        return None
    interval_of = lambda figure: f"{figure['low']:.1f} to {figure['high']:.1f}"
    decades = judge["by_decade"]
    most = max((figure["value"] for figure in decades.values()), default=1) or 1
    rows = [
        (decade, one["value"], interval_of(one), one["faces"], 100 * one["value"] / most)
        for decade, one in decades.items()
    ]
    return {**judge, "rows": rows}


def _settings(settings):
    flat = []
    for name, value in settings.items():
        if isinstance(value, dict):
            flat += [(f"{name}: {part}", _listed(one)) for part, one in value.items()]
        else:
            flat.append((name, _listed(value)))
    return [(name.replace("_", " "), value) for name, value in flat if value not in (None, "")]


def _listed(value):
    if not isinstance(value, (list, tuple)):
        return value
    return ", ".join(f"{one:g}" if isinstance(one, float) else str(one) for one in value)


def _thumbnail(pixels):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=88)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _picture(png):
    return None if png is None else f"data:image/png;base64,{base64.b64encode(png).decode()}"
