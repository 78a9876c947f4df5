"""The results as text for a terminal."""

import textwrap

WIDTH = 150
# Column heads, the figure of a number of years, and how it is written; a share is written in
# percent.
COLUMNS = (
    ("moved", "years_moved", "{:+.1f}"),
    ("error", "error", "{:.1f}"),
    (">10 y", "moved_far", "{:.0%}"),
    ("identity", "identity", "{:.3f}"),
    ("same@1e-2", "verified_1e-2", "{:.0%}"),
    ("same@1e-3", "verified_1e-3", "{:.0%}"),
    ("KID", "kid", "{:.3f}"),
    ("outside", "outside_difference", "{:.2f}"),
    ("most", "outside_largest", "{:.0f}"),
    ("border", "border_difference", "{:.2f}"),
    ("most", "border_largest", "{:.0f}"),
    ("colour", "outside_colour_shift", "{:.2f}"),
    ("diversity", "diversity", "{:.2f}"),
)
# What a figure is read beside: head, figure, how it is written, and beside which.
REFERENCES = (
    ("people", "years_of_reals", "{:+.1f}", "years_moved"),
    ("KID inputs", "kid_of_inputs", "{:.3f}", "kid"),
    ("KID floor", "kid_of_halves", "{:.3f}", "kid"),
)
# How often a classifier tells outputs from real faces, by what it looks at.
DETECTED = (
    ("by skin", "detected_by_skin", "{:.0%}"),
    ("by small heads", "detected_by_head", "{:.0%}"),
    ("by texture", "detected_by_texture", "{:.0%}"),
    ("by embedding", "detected_by_embeddings", "{:.0%}"),
)
HAIR = (("lightness", "{:.0f}"), ("chroma", "{:.0f}"))
LEGEND = (
    "moved: judge after less judge before, years; people: the same between the inputs and real people of the requested age; error: mean distance to the requested years; >10 y: share that moved more than 10 years the right way; "
    "identity: cosine of input and output; same@: share taken for the same person at that false-accept rate among strangers; KID: distance "
    "to real faces of the requested age, beside that of the inputs as they are and of two halves of the real faces; outside and colour: "
    "change beyond the face or the person, levels of 255; border: of the outermost 2 %; most: the largest change, on average over faces; diversity: 0 is one change for all; told from real faces: accuracy of a small classifier on people that it was "
    "not trained on, 50% is indistinguishable to it, beside that of the inputs as they are and of two halves of the real faces. "
    "In brackets: 95 % bootstrap intervals."
)


def columns_of(subject):
    """The rows of `COLUMNS` and of `DETECTED` that a subject has figures for."""
    known = {name for cell in subject["years"].values() for name in cell["all"]}
    return tuple(
        tuple(column for column in columns if column[1] in known) for columns in (COLUMNS, DETECTED)
    )


def text_of(results, speeds):
    """The table that `faceaging evaluate` prints.

    Args:
        results: what `faceaging_tf.evaluate.evaluation.evaluate` gives, with `settings` where there
            are any.
        speeds: dict from a subject's name to faces per second, or None.

    Returns:
        A string of several lines.
    """
    lines = []
    if len(results["subjects"]) > 1:
        lines += _comparison(results["subjects"], speeds)
    for subject in results["subjects"]:
        lines += _subject(subject, speeds.get(subject["name"]))
    lines += _recogniser(results.get("settings", {}).get("embedder"))
    lines += _judge(results["judge"])
    lines += ["", *textwrap.wrap(LEGEND, WIDTH)]
    for note in results["notes"]:
        lines += textwrap.wrap(f"Note: {note}", WIDTH)
    return "\n".join(lines) + "\n"


def written(figure, pattern, interval=False):
    """A figure as text, `-` where it is None; with its interval in brackets if asked."""
    if figure is None:
        return "-"
    value = pattern.format(figure["value"])
    if not interval:
        return value
    low, high = (pattern.format(figure[end]) for end in ("low", "high"))
    return f"{value} [{low}, {high}]"


def summary_line(subject, speed):
    """What holds over all numbers of years, a list of `(label, text)`."""
    figures = subject["summary"]["all"]
    parts = [
        ("mean error over all years", written(figures["error"], "{:.1f} years")),
        *(
            (f"mean error of the {name[6:]}", written(figures[name], "{:.1f} years"))
            for name in ("error_older", "error_younger")
            if figures[name]
        ),
        ("never younger for a longer k", written(figures["monotony"], "{:.0%}")),
    ]
    if "identity" in figures:
        parts.append(("identity over all years", written(figures["identity"], "{:.3f}")))
    parts.append(("faces per second", "-" if speed is None else f"{speed:.1f}"))
    return parts


def _comparison(subjects, speeds):
    rows = []
    for subject in subjects:
        figures, speed = subject["summary"]["all"], speeds.get(subject["name"])
        row = [
            written(figures.get(name), pattern, interval=True)
            for name, pattern in (
                ("error", "{:.1f}"),
                ("monotony", "{:.0%}"),
                ("identity", "{:.3f}"),
            )
        ]
        rows.append([subject["name"], *row, "-" if speed is None else f"{speed:.1f}"])
    heads = ["", "error", "never younger", "identity", "faces/s"]
    return ["Comparison", *_aligned(heads, rows), ""]


def _subject(subject, speed):
    lines = [f"{subject['name']}: {subject['faces']} faces"]
    rows, (columns, _) = [], columns_of(subject)
    for years, cell in subject["years"].items():
        figures = cell["all"]
        row = [
            years,
            str(figures["years_moved"]["faces"]),
            written(figures["years_moved"], "{:+.1f}", interval=True),
        ]
        row += [written(figures[name], pattern) for _, name, pattern in columns[1:]]
        rows.append(row + [written(cell[name], pattern) for _, name, pattern, _ in REFERENCES])
    lines += _aligned(["asked", "faces", *(head for head, *_ in (*columns, *REFERENCES))], rows)
    lines += _detected(subject)
    lines += _hair(subject)
    lines += ["; ".join(f"{label}: {text}" for label, text in summary_line(subject, speed))]
    if subject["strangers"] is not None and subject["strangers"]["mean_cosine"] is not None:
        strangers = subject["strangers"]
        thresholds = ", ".join(
            f"{rate}: {'too few pairs' if value is None else f'{value:.3f}'}"
            for rate, value in strangers["thresholds"].items()
        )
        lines += [
            f"strangers' mean cosine: {strangers['mean_cosine']:.3f} over {strangers['pairs']:,} pairs; thresholds: {thresholds}"
        ]
    if subject["collapsed"]:
        lines += [
            f"COLLAPSED: at {', '.join(subject['collapsed'])} years all faces are changed alike."
        ]
    lines += _gaps(subject)
    return [*lines, ""]


def _detected(subject):
    rows, (_, detected) = [], columns_of(subject)
    for years, cell in subject["years"].items():
        row = [years]
        for _, name, pattern in detected:
            row += [
                written(cell["all"][name], pattern, interval=True),
                *(written(cell[f"{name}_of_{one}"], pattern) for one in ("inputs", "halves")),
            ]
        rows.append(row)
    heads = [head for label, *_ in detected for head in (f"told {label}", "inputs", "floor")]
    known = any(
        cell["all"][name] is not None
        for cell in subject["years"].values()
        for _, name, _ in detected
    )
    return _aligned(["asked", *heads], rows) if known else []


def _hair(subject):
    """Lightness and chroma of hair: of inputs, outputs and real people, and the share of the way; a
    row for each number of years and sex.
    """
    rows = []
    for years, cell in subject["years"].items():
        for sex, figures in (cell.get("hair") or {}).items():
            if figures is not None:
                row = [years, sex, str(figures["lightness"]["inputs"]["faces"])]
                for colour, pattern in HAIR:
                    row += [
                        written(figures[colour][name], pattern)
                        for name in ("inputs", "outputs", "reals")
                    ]
                    row.append(written(figures[colour]["share"], "{:.0%}", interval=True))
                rows.append(row)
    of_colour = lambda colour: (colour, "output", "real", "share of the way")
    heads = ["hair", "sex", "faces", *(head for colour, _ in HAIR for head in of_colour(colour))]
    return _aligned(heads, rows) if rows else []


def _gaps(subject):
    lines = _gaps_of(
        subject["summary"]["gaps"],
        "",
        (("error", "{:.1f} years"), ("identity", "{:.3f}"), ("monotony", "{:.0%}")),
    )
    # Thirty years are what people ask for most.
    at_30 = subject["years"].get("+30", {}).get("gaps", {})
    return lines + _gaps_of(
        at_30,
        " at +30",
        (("years_moved", "{:.1f} years"), ("error", "{:.1f} years"), ("identity", "{:.3f}")),
    )


def _gaps_of(by_kind, where, figures):
    lines = []
    for kind, gaps in by_kind.items():
        parts = []
        for figure, pattern in figures:
            gap = gaps.get(figure)
            if gap is not None and gap["gap"]:
                parts.append(
                    f"{figure.replace('_', ' ')} {pattern.format(gap['gap'])} ({gap['lowest']} to {gap['highest']})"
                )
        if parts:
            lines.append(f"largest gap by {kind}{where}: {'; '.join(parts)}")
    return lines


def _recogniser(embedder):
    if embedder is None:
        return []
    said = lambda name: (
        f"{name} {embedder[name]}{' (guessed)' if name in embedder['guessed'] else ''}"
    )
    return [
        f"recogniser {embedder['file']}: {embedder['size']} pixels, {said('normalization')}, {said('alignment')}"
    ]


def _judge(judge):
    if judge is None:
        return []
    decades = ", ".join(
        f"{decade}: {written(figure, '{:.1f}')}" for decade, figure in judge["by_decade"].items()
    )
    figure = judge["mean_absolute_error"]
    known = {"exact": "exact ages", "ranges": "ranges of ages", "both": "exact ages and ranges"}[
        judge["ages"]
    ]
    error = written(figure, "{:.2f}", interval=True)
    lines = [
        f"age judge {judge['name']}: off by {error} years on {figure['faces']} faces of {known}; by decade {decades}"
    ]
    agreement = judge.get("agreement")
    if agreement and agreement["correlation"] is not None:
        within = agreement["correlation_within_decades"]
        lines.append(
            f"its errors' correlation with those of {agreement['with']}: {agreement['correlation']:.2f}"
            f"{'' if within is None else f'; within decades {within:.2f}'} (two judges that err together are one)"
        )
    return [part for line in lines for part in textwrap.wrap(line, WIDTH)]


def _aligned(heads, rows):
    widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
    line = lambda row: "  ".join(
        [
            row[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
        ]
    ).rstrip()
    return [line(heads), *(line(row) for row in rows)]
