"""The charts of the report, as PNG files in memory."""

import io

import numpy as np
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import MaxNLocator

from faceaging_tf.evaluate.figures import years_moved

COLOURS = ("#2563eb", "#d97706", "#059669", "#be185d", "#7c3aed", "#4b5563", "#0891b2", "#65a30d")
DOTS_AN_INCH = 150
_GREY = "#6b7280"


def asked_against_moved(subjects):
    """Years asked against years moved, a line a subject with its intervals, and the diagonal that
    all should lie on.

    Args:
        subjects: the `subjects` of the results.

    Returns:
        The bytes of a PNG.
    """
    canvas, axes = _axes(5.2, 4.2)
    ends = [
        min(float(k) for one in subjects for k in one["years"]),
        max(float(k) for one in subjects for k in one["years"]),
    ]
    ends = [min(ends[0], 0), max(ends[1], 0)]
    axes.plot(ends, ends, color=_GREY, linestyle="--", linewidth=1, label="as asked")
    for subject, colour in zip(subjects, _colours(subjects), strict=True):
        asked = [float(k) for k in subject["years"]]
        figures = [cell["all"]["years_moved"] for cell in subject["years"].values()]
        _line_with_intervals(axes, asked, figures, colour, subject["name"])
    axes.set_xlabel("requested years")
    axes.set_ylabel("years moved, seen by the judge")
    axes.legend(frameon=False, fontsize=9)
    return _png(canvas)


def identity_against_moved(subjects):
    """Identity against years moved, a line a subject; None where no identity was measured.

    Returns:
        The bytes of a PNG, or None.
    """
    known = [
        subject
        for subject in subjects
        if any(cell["all"]["identity"] for cell in subject["years"].values())
    ]
    if not known:
        return None
    canvas, axes = _axes(5.2, 4.2)
    for subject, colour in zip(subjects, _colours(subjects), strict=True):
        cells = [
            (k, cell["all"]) for k, cell in subject["years"].items() if cell["all"]["identity"]
        ]
        cells.sort(key=lambda item: item[1]["years_moved"]["value"])
        moved = [cell["years_moved"]["value"] for _, cell in cells]
        _line_with_intervals(
            axes, moved, [cell["identity"] for _, cell in cells], colour, subject["name"]
        )
        for (k, cell), x in zip(cells, moved, strict=True):
            axes.annotate(
                k,
                (x, cell["identity"]["value"]),
                xytext=(5 if x > 0 else -5, 5),
                textcoords="offset points",
                ha="left" if x > 0 else "right",
                fontsize=7,
                color=_GREY,
            )
    strangers = [
        subject["strangers"]["mean_cosine"]
        for subject in known
        if subject["strangers"]["mean_cosine"] is not None
    ]
    if strangers:
        axes.axhline(strangers[0], color=_GREY, linestyle=":", linewidth=1, label="strangers' mean")
    axes.set_ylim(top=1.02)
    # Room for the names of the outermost points.
    axes.margins(x=0.1)
    axes.set_xlabel("years moved, seen by the judge")
    axes.set_ylabel("cosine of input and output")
    axes.legend(frameon=False, fontsize=9)
    return _png(canvas)


def histograms(measurement, colour=COLOURS[0]):
    """How the years moved are spread over the faces, one histogram for each number of years, under
    each other.

    Args:
        measurement: a `Measurement`.
        colour: of the bars.

    Returns:
        The bytes of a PNG.
    """
    years = sorted(measurement.cells)
    moved = {k: years_moved(measurement, k) for k in years}
    low = min(min(values.min() for values in moved.values()), min(years)) - 2
    high = max(max(values.max() for values in moved.values()), max(years)) + 2
    canvas = Canvas(figsize=(5.2, max(0.55 * len(years), 2.4) + 0.8), layout="constrained")
    all_axes = np.atleast_1d(canvas.subplots(len(years), 1, sharex=True))
    for axes, k in zip(all_axes, years, strict=True):
        axes.hist(
            moved[k], bins=np.arange(np.floor(low), high + 2.5, 2.5), color=colour, alpha=0.75
        )
        axes.axvline(k, color="#111827", linewidth=1.2)
        axes.axvline(0, color=_GREY, linewidth=0.6, linestyle=":")
        axes.set_ylabel(f"{k:+g}", rotation=0, ha="right", va="center", fontsize=9)
        axes.set_yticks([])
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
    all_axes[-1].set_xlabel("years moved; the black line is what was asked")
    return _png(canvas)


def error_by_group(subject, colour=COLOURS[0]):
    """The mean error of each group with its interval, to see whether everyone is aged alike.

    Args:
        subject: one of the `subjects` of the results.
        colour: of the points.

    Returns:
        The bytes of a PNG, or None where there is but one group.
    """
    groups = subject["summary"]["groups"]
    rows = [
        (kind, name, figures["error"])
        for kind, named in groups.items()
        if len(named) > 1
        for name, figures in named.items()
        if figures["error"]
    ]
    if len(rows) < 2:
        return None
    canvas = Canvas(figsize=(5.2, 0.24 * len(rows) + 0.9), layout="constrained")
    axes = canvas.subplots()
    for place, (_, _, figure) in enumerate(rows):
        axes.plot(
            [figure["low"], figure["high"]], [place, place], color=colour, linewidth=2, alpha=0.4
        )
        axes.plot(figure["value"], place, "o", color=colour, markersize=5)
    axes.axvline(
        subject["summary"]["all"]["error"]["value"], color=_GREY, linewidth=1, linestyle="--"
    )
    axes.set_yticks(
        range(len(rows)),
        [f"{kind} {name} ({figure['faces']})" for kind, name, figure in rows],
        fontsize=8,
    )
    axes.invert_yaxis()
    axes.set_xlim(left=0)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.grid(axis="x", color="#e5e7eb")
    axes.set_axisbelow(True)
    axes.set_xlabel("mean error over all years, years (dashed: all faces)")
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    return _png(canvas)


def _line_with_intervals(axes, xs, figures, colour, label):
    values = np.array([figure["value"] for figure in figures])
    reach = np.abs(np.array([[figure["low"], figure["high"]] for figure in figures]).T - values)
    axes.errorbar(
        xs,
        values,
        yerr=reach,
        color=colour,
        marker="o",
        markersize=4,
        linewidth=1.6,
        capsize=2,
        label=label,
    )


def _axes(width, height):
    canvas = Canvas(figsize=(width, height), layout="constrained")
    axes = canvas.subplots()
    axes.grid(color="#e5e7eb")
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return canvas, axes


def _colours(subjects):
    return [COLOURS[place % len(COLOURS)] for place in range(len(subjects))]


def _png(canvas):
    buffer = io.BytesIO()
    canvas.savefig(buffer, format="png", dpi=DOTS_AN_INCH)
    return buffer.getvalue()
