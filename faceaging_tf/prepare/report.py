"""The report of a preparation: one HTML file that shows what got into a corpus, what did not, and
what that means.
"""

import base64
import io
import json
import pathlib
import re

import jinja2
import markupsafe
import numpy as np
from PIL import Image

from faceaging_tf.data.parquet_corpus import CORPUS
from faceaging_tf.optional import PREPARE, needed
from faceaging_tf.prepare import reasons
from faceaging_tf.prepare.findings import (
    DECADES,
    counted,
    decade_name,
    decade_of,
    findings,
    percent,
    shown,
)
from faceaging_tf.prepare.report_charts import charts_of
from faceaging_tf.prepare.rows import DROPPED, schema
from faceaging_tf.prepare.selection import years_off

# Read of all faces; names and pictures only of those that are shown.
LIGHT = (
    "age_min",
    "age_max",
    "age_estimated",
    "age_estimate",
    "sex",
    "person",
    "source",
    "split",
    "face_size",
    "sharpness",
    "flags",
)
LIGHT_OF_DROPPED = ("reason", "age_min", "age_max", "sex", "source")
SHOWN = ("image", "file")
# Faces of a decade, of the blurriest and of the most doubtful; examples of a reason.
OF_A_DECADE, BLURRIEST, DOUBTFUL, EXAMPLES = 8, 16, 16, 5
SPLITS = {"train": "to train on", "validation": "for validation", "test": "to test"}
# Side of the pictures in the page, twice what is seen, for screens that show two pixels a point.
THUMBNAIL = 192
LONGEST_DETAIL, LONGEST_SENTENCE = 300, 600


def report_html(place):
    """The report of a finished corpus, made only from what is in it, the same for the same corpus.

    Args:
        place: the `faceaging_tf.parallel.place.Place` of a corpus.

    Returns:
        The bytes of an HTML file that needs nothing else.
    """
    told = json.loads(place.read(CORPUS))
    names = [shard["file"] for shard in told["shards"]]
    faces, dropped = _faces(place, names), _labelled(_read(place, [DROPPED], LIGHT_OF_DROPPED))
    first = lambda values, number: np.argsort(values, kind="stable")[:number].tolist()
    off = faces["off"].to_numpy()
    sample, blurriest = _sample(faces), first(faces["sharpness"].to_numpy(), BLURRIEST)
    doubtful = [row for row in first(-off, DOUBTFUL) if off[row] > 0]
    seen = _pictures(
        place,
        names,
        sorted({*(row for rows in sample.values() for row in rows), *blurriest, *doubtful}),
    )
    cards = lambda rows: [_card(faces.iloc[row], *seen[row]) for row in rows]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(pathlib.Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("report.html").render(
        told=told,
        facts=_facts(told, faces),
        ages=_ages_known(faces),
        settings=_settings(told["settings"]),
        findings=[_with_flags(sentence) for sentence in findings(told, faces)],
        charts=charts_of(faces, dropped),
        reasons=_reasons(place, told),
        sample=[(decade_name(start), cards(rows)) for start, rows in sample.items()],
        blurriest=cards(blurriest),
        doubtful=cards(doubtful),
    )
    return page.encode("utf-8")


def _with_flags(sentence):
    """A sentence as HTML, in which the flags it names stay on one line."""
    return markupsafe.Markup(
        re.sub(
            "--[a-z_]+",
            r"<code>\g<0></code>",
            str(markupsafe.escape(shown(sentence, LONGEST_SENTENCE))),
        )
    )


def _opened(place, name):
    return needed("pyarrow.parquet", PREPARE).ParquetFile(
        place.system.open(f"{place.root}/{name}", "rb")
    )


def _read(place, names, columns):
    """Some columns of all rows of files, as a pandas DataFrame; text that is missing is ""."""
    arrow, compute = needed("pyarrow", PREPARE), needed("pyarrow.compute", PREPARE)
    tables = [schema(columns).remove_metadata().empty_table()]
    for name in names:
        with _opened(place, name) as file:
            tables.append(file.read(columns=list(columns)).replace_schema_metadata(None))
    table = arrow.concat_tables(tables)
    for at, field in enumerate(table.schema):
        if field.type == arrow.string():
            # Each text once: a million rows name a handful of sources.
            table = table.set_column(
                at, field.name, compute.fill_null(table.column(at), "").dictionary_encode()
            )
    return table.to_pandas()


def _labelled(rows):
    """Rows with `age`, the middle of their range in years, and `decade`, its first year, -1 where
    there is no age.
    """
    rows = rows.copy()
    rows["age"] = (rows["age_min"].astype("float64") + rows["age_max"].astype("float64")) / 2
    known = rows["age"].notna()
    rows["decade"] = -1
    rows.loc[known, "decade"] = decade_of(rows.loc[known, "age"].to_numpy())
    return rows


def _faces(place, names):
    faces = _labelled(_read(place, names, LIGHT))
    faces["estimated"] = faces["age_estimated"].astype(bool)
    faces["off"] = np.nan_to_num(years_off(faces))
    return faces


def _sample(faces):
    """Rows by decade, evenly spread over its ages."""
    rows = {}
    for start in DECADES:
        mine = np.flatnonzero(faces["decade"] == start)
        mine = mine[np.argsort(faces["age"].to_numpy()[mine], kind="stable")]
        places = np.linspace(0, len(mine) - 1, min(OF_A_DECADE, len(mine))).round().astype(int)
        rows[start] = mine[np.unique(places)].tolist()
    return rows


def _pictures(place, names, rows):
    """Data URIs and names of the files of some faces, from no more row groups than hold them: a
    dict from row to both.
    """
    seen, start, rows = {}, 0, np.asarray(rows, int)
    for name in names:
        with _opened(place, name) as file:
            for group in range(file.num_row_groups):
                end = start + file.metadata.row_group(group).num_rows
                mine = rows[(rows >= start) & (rows < end)]
                if len(mine):
                    records = (
                        file.read_row_group(group, columns=list(SHOWN))
                        .take(mine - start)
                        .to_pylist()
                    )
                    seen |= {
                        int(row): (_thumbnail(record["image"]["bytes"]), shown(record["file"]))
                        for row, record in zip(mine, records, strict=True)
                    }
                start = end
    return seen


def _thumbnail(content):
    with Image.open(io.BytesIO(content)) as picture:
        picture = picture.convert("RGB")
    picture.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=90)
    return f"data:image/jpeg;base64,{base64.b64encode(target.getvalue()).decode()}"


def _card(face, picture, name):
    low, high = _years(face["age_min"]), _years(face["age_max"])
    return {
        "picture": picture,
        "name": name,
        "label": f"about {int(face['age'])}"
        if face["estimated"]
        else low
        if low == high
        else f"{low} to {high}",
        "estimated": bool(face["estimated"]),
        "seen": "" if np.isnan(face["age_estimate"]) else f"{round(face['age_estimate'])}",
        "sharpness": f"{face['sharpness']:.3f}",
        "flags": shown(face["flags"]),
    }


def _years(age):
    return f"{round(float(age), 1):g}"


def _facts(told, faces):
    files, kept = told["files"], told["faces"]
    facts = [
        (f"{files:,}", "files met"),
        (f"{kept:,}", f"faces kept, {percent(kept, files)}"),
        (f"{files - kept:,}", f"dropped, {percent(files - kept, files)}"),
        *(
            (f"{told['splits'][name]:,}", words)
            for name, words in SPLITS.items()
            if name in told["splits"]
        ),
        (f"{told['image_size']} px", "side of the faces"),
    ]
    persons = faces.loc[faces["person"] != "", ["source", "person"]].drop_duplicates()
    if len(persons):
        facts.append((f"{len(persons):,}", "persons known" if len(persons) > 1 else "person known"))
    return facts


def _ages_known(faces):
    """How many ages are known in which way: (word, number, share) of those ways that there are."""
    exact = ~faces["estimated"] & (faces["age_min"] == faces["age_max"])
    ranges = ~faces["estimated"] & ~exact
    rows = (("exact", exact), ("ranges", ranges), ("estimated", faces["estimated"]))
    return [
        (word, int(mask.sum()), percent(int(mask.sum()), len(faces)))
        for word, mask in rows
        if mask.any()
    ]


def _settings(settings):
    """The settings that decide what gets in, in words."""
    own = (
        "The splits of the dataset are kept where it has some; else"
        if settings["own_splits"]
        else "Whatever splits the dataset has,"
    )
    return [
        (
            f"A face is dropped where its aligned square is less than {settings['smallest_face']:g} pixels wide in the picture, where its sharpness "
            f"is below {settings['least_sharpness']:g}, or where its nose lies more than {settings['most_turned']:g} eye distances off the middle."
        ),
        f"A picture is dropped where a second face is more than {percent(settings['second_face'])} as wide as the largest.",
        (
            f"Of pictures whose hashes differ by {counted(settings['near_duplicate'], 'bit')} of 256 at most, the sharpest stays; "
            f"none does where their labels lie more than {settings['conflicting_years']:g} years apart."
        ),
        (
            f"A label is flagged where it lies more than {settings['implausible_years']:g} years from the estimated age; "
            f"flagged faces are {'dropped' if settings['drop_implausible'] else 'kept'}."
        ),
        (
            f"{own} {percent(settings['validation'])} of the people go to validation and {percent(settings['test'])} to the test; "
            "a picture whose person is not known counts as a person."
        ),
    ]


def _reasons(place, told):
    """What was dropped for which reason, the most frequent first."""
    examples = _examples(place)
    return [
        {
            "word": reason,
            "meaning": reasons.MEANINGS[reason],
            "count": f"{count:,}",
            "share": percent(count, told["files"]),
        }
        | {"examples": examples.get(reason, [])}
        for reason, count in sorted(told["dropped"].items(), key=lambda item: (-item[1], item[0]))
    ]


def _examples(place):
    """The first files that were dropped for each reason, and their sentences."""
    compute, found = needed("pyarrow.compute", PREPARE), {}
    with _opened(place, DROPPED) as file:
        for batch in file.iter_batches(columns=["reason", "file", "detail"]):
            for reason in batch.column("reason").unique().to_pylist():
                mine = found.setdefault(reason, [])
                if len(mine) < EXAMPLES:
                    rows = (
                        batch.filter(compute.equal(batch.column("reason"), reason))
                        .slice(0, EXAMPLES - len(mine))
                        .to_pylist()
                    )
                    mine += [
                        (shown(row["file"]), shown(row["detail"], LONGEST_DETAIL)) for row in rows
                    ]
    return found
