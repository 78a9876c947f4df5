"""A dataset, whatever its layout, to a corpus that trains."""

import dataclasses
import json
from collections import Counter
from collections.abc import Callable

import faceaging_tf
from faceaging_tf.data.parquet_corpus import CORPUS, FORMAT
from faceaging_tf.data.readers import Source, Tree
from faceaging_tf.data.readers.reader import Reader
from faceaging_tf.errors import PrepareError
from faceaging_tf.geometry.frames import FRAMES
from faceaging_tf.parallel import processes
from faceaging_tf.parallel.place import Place
from faceaging_tf.parallel.resuming import (
    FOLDER,
    digest_of,
    finish,
    rows_of_parts,
    table_of_part,
    work_through,
)
from faceaging_tf.prepare import parts
from faceaging_tf.prepare.examining import Tools
from faceaging_tf.prepare.report import report_html
from faceaging_tf.prepare.rows import COLUMNS, DROPPED, FATE, LABELS, SEEN, parquet_bytes
from faceaging_tf.prepare.selection import select
from faceaging_tf.prepare.settings import Settings
from faceaging_tf.typing import PathLike, Progress

TABLE, REPORT = "dropped.csv", "report.html"
DROPPED_COLUMNS = (
    "file",
    *FATE,
    *LABELS[1:],
    *(name for name in SEEN if name not in ("landmarks", "content", "fingerprint")),
)


@dataclasses.dataclass(frozen=True)
class Prepared:
    """What became of a dataset.

    Attributes:
        out: where the corpus is.
        files: pictures and other files that were met.
        faces: how many are in the corpus.
        dropped: how many are not, by reason.
        splits: how many are in each split.
        begun: parts that an earlier run had made.
    """

    out: str
    files: int
    faces: int
    dropped: dict
    splits: dict
    begun: int


def prepare(
    tree: Tree,
    reader: Reader,
    out: PathLike,
    settings: Settings,
    make_tools: Callable[[], Tools],
    run: Callable[..., None] = processes.run,
    workers: int = 1,
    progress: Progress | None = None,
) -> Prepared:
    """Finds, aligns and judges the faces of a dataset and writes a corpus.

    The corpus is a folder of Parquet shards (`faces-000000.parquet`, see `rows.COLUMNS`), a
    `corpus.json` that says what is in it, and a table of what is not and why (`dropped.parquet`,
    `dropped.csv`). Interrupted, it goes on where it stopped, and what comes out is the same, byte
    for byte.

    Args:
        tree: a `faceaging_tf.data.readers.Tree`.
        reader: one of `faceaging_tf.data.readers.READERS`, or alike.
        out: a folder or a URL.
        settings: a `Settings`.
        make_tools: a function, or a dataclass that can be called, that can be sent to other
            processes and makes a `Tools`.
        run: what makes the parts; see `faceaging_tf.parallel`.
        workers: of `run`.
        progress: called with how many pictures were looked at, and how many there are; None for
            nobody.

    Returns:
        A `Prepared`.

    Raises:
        PrepareError: nothing to prepare, or another corpus in the same place.
        ParallelError: other things in the place, or one that cannot be written to.
    """
    place = Place(out)
    sources = sources_of(tree, reader)
    if not sources:
        raise PrepareError(
            f"{tree.location} holds no files; give the folder or zip with the pictures."
        )
    plan = digest_of(
        FORMAT,
        faceaging_tf.__version__,
        reader.name,
        settings,
        make_tools,
        *(
            (source, tree.size(source.file) if tree.exists(source.file) else None)
            for source in sources
        ),
    )
    if place.exists(CORPUS):
        return _there(place, plan, len(sources))
    with place.alone(FOLDER):
        if place.exists(CORPUS):
            # Another run has just ended.
            return _there(place, plan, len(sources))
        count, begun = work_through(
            place,
            plan,
            parts.Parts(tree, place.location, settings, make_tools),
            sources,
            settings.part,
            run,
            workers,
            progress,
        )
        return _finish(place, plan, count, reader, settings, begun)


def _there(place, plan, files):
    """What is told of a corpus that is there, of the same plan."""
    told = _read_corpus(place)
    if told.get("plan") != plan:
        raise PrepareError(
            f"{place.location} holds a corpus of other files or other settings; choose another folder, or remove that one."
        )
    _tidy(place)
    return _told(place, files, told, 0)


def sources_of(tree, reader):
    """All files of a tree as `Source`s, sorted by name; those of which the reader says nothing, and
    what could not be listed, with a problem.
    """
    sources = list(reader.read(tree))
    met = {source.file for source in sources}
    sources += [
        Source(file=name, age_min=None, age_max=None, problem=reason)
        for name, reason in tree.problems
        if name not in met
    ]
    return sorted(sources, key=lambda source: source.file)


def _finish(place, plan, count, reader, settings, begun):
    """Decides what only can be with all in view, and writes the corpus; `corpus.json` says that all
    is there.
    """
    light = [name for name in parts.COLUMNS if name != "image"]
    rows = select(rows_of_parts(place, count, light), settings)
    shards, start = [], 0
    for number in range(count):
        images = table_of_part(place, number, ["image"]).column("image")
        mine = rows.iloc[start : start + len(images)]
        start += len(images)
        kept = mine["reason"] == ""
        if not kept.any():
            continue
        name = f"faces-{number:06d}.parquet"
        if not place.exists(name):
            records = mine[kept].to_dict("records")
            for record, image in zip(
                records, images.filter(kept.to_numpy()).to_pylist(), strict=True
            ):
                record["image"] = image | {"path": record["file"]}
            place.write(name, parquet_bytes(records, COLUMNS))
        shards.append({"file": name, "faces": int(kept.sum())})
    dropped = rows[rows["reason"] != ""]
    place.write(
        DROPPED,
        parquet_bytes(
            dropped.astype(object).where(dropped.notna(), None).to_dict("records"), DROPPED_COLUMNS
        ),
    )
    place.write(TABLE, dropped[list(DROPPED_COLUMNS)].to_csv(index=False).encode("utf-8"))
    kept = rows[rows["reason"] == ""]
    told = {
        "format": FORMAT,
        "made_by": f"faceaging-tf {faceaging_tf.__version__}",
        "layout": reader.name,
        "image_size": settings.image_size,
        "frame": settings.frame,
        "template": [
            [round(float(value), 6) for value in point]
            for point in FRAMES[settings.frame].template()
        ],
        "settings": dataclasses.asdict(settings),
        "files": len(rows),
        "faces": len(kept),
        "splits": dict(sorted(Counter(kept["split"]).items())),
        "dropped": dict(sorted(Counter(dropped["reason"]).items())),
        "shards": shards,
        "plan": plan,
    }
    place.write(CORPUS, json.dumps(told, indent=1).encode())
    _tidy(place)
    return _told(place, len(rows), told, begun)


def _read_corpus(place):
    """What a corpus says of itself, whose shards are all there."""
    try:
        told = json.loads(place.read(CORPUS))
        lacking = [shard["file"] for shard in told["shards"] if not place.exists(shard["file"])]
    except (ValueError, KeyError, TypeError) as error:
        raise PrepareError(
            f"{place.location}/{CORPUS} is damaged; remove {place.location}, and prepare the corpus again."
        ) from error
    if lacking:
        raise PrepareError(
            f"{place.location} lacks {lacking[0]}, which its {CORPUS} names; copy it again, or remove {place.location} and prepare the corpus again."
        )
    return told


def _tidy(place):
    """Writes the report of a corpus that is there, and removes what it was made of."""
    if not place.exists(REPORT):
        place.write(REPORT, report_html(place))
    finish(place)


def _told(place, files, told, begun):
    return Prepared(place.location, files, told["faces"], told["dropped"], told["splits"], begun)
