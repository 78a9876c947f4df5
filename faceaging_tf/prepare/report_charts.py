"""The bar charts of a corpus' report: ages, sexes and sources, of all files and of what is kept."""

from faceaging_tf.prepare.findings import (
    DECADES,
    UNKNOWN,
    counted,
    decade_name,
    percent,
    shown,
)

# Sources beyond are counted together.
SOURCES = 20


def charts_of(faces, dropped):
    """The charts of kept faces and of dropped files, both tables of pandas: a list of dicts for the
    template.
    """
    decade, text = (
        (lambda start: UNKNOWN if start < 0 else decade_name(start)),
        (lambda name: shown(name) or UNKNOWN),
    )
    labelled = faces["decade"].where(~faces["estimated"], -1)
    ages = (
        _counts(decade, labelled, dropped["decade"]),
        _counts(decade, faces["decade"]),
        _counts(decade, faces["decade"][faces["estimated"]]),
    )
    charts = [_chart("Ages", "age", [decade_name(start) for start in DECADES], *ages)]
    for title, name, order in (("Sex", "sex", ["female", "male"]), ("Source", "source", [])):
        charts.append(
            _chart(
                title,
                name,
                order,
                _counts(text, faces[name], dropped[name]),
                _counts(text, faces[name]),
                {},
            )
        )
    return charts


def _counts(name_of, *columns):
    """How often each name is in columns, a dict."""
    counts = {}
    for column in columns:
        for value, count in column.value_counts(sort=False).items():
            if count:
                counts[name_of(value)] = counts.get(name_of(value), 0) + int(count)
    return counts


def _chart(title, name, order, files, kept, estimated):
    return {
        "title": title,
        "name": name,
        "estimated": bool(estimated),
        "rows": _bars(order, files, kept, estimated),
    }


def _bars(order, files, kept, estimated):
    """Rows of a chart: names in an order, others after them by number, those that are not known
    last.
    """
    others = sorted(
        (name for name in files.keys() | kept.keys() if name not in (*order, UNKNOWN)),
        key=lambda name: (-files.get(name, 0), name),
    )
    rows = [
        (name, files.get(name, 0), kept.get(name, 0), estimated.get(name, 0))
        for name in (*order, *others[:SOURCES])
    ]
    if others[SOURCES:]:
        sums = (
            sum(counts.get(name, 0) for name in others[SOURCES:])
            for counts in (files, kept, estimated)
        )
        rows.append((counted(len(others) - SOURCES, "other"), *sums))
    if files.get(UNKNOWN) or kept.get(UNKNOWN):
        rows.append(
            (UNKNOWN, files.get(UNKNOWN, 0), kept.get(UNKNOWN, 0), estimated.get(UNKNOWN, 0))
        )
    most = max((max(row[1], row[2]) for row in rows), default=0) or 1
    total = sum(row[2] for row in rows)
    width = lambda count: f"{100 * count / most:.2f}"
    return [
        {
            "name": name,
            "files": f"{met:,}",
            "kept": f"{there:,}",
            "estimated": f"{guessed:,}",
            "share": percent(there, total),
        }
        | {"met": width(met), "sure": width(there - guessed), "guessed": width(guessed)}
        for name, met, there, guessed in rows
    ]
