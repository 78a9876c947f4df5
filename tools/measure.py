r"""Measures a preset or an entry on the test rows of corpora, by judges that had no part in its
training.

    python tools/measure.py ageing --preset zoo/entries/fagan/preset \
        --corpus portraits.zip,aaf_wide.zip,fairface_wide.zip --embedder recogniser.onnx \
        --out measured
    python tools/measure.py ages   --preset zoo/entries/age_network/preset --corpus faces.zip
    python tools/measure.py growth --preset zoo/entries/fagan/preset --corpus aaf_wide.zip

`ageing` makes faces of 20-45 ten to forty years older and faces of 40-70 ten to thirty years
younger, so many of each as `--limit` says, drawn evenly from the corpora, and measures all that
`faceaging evaluate` does: years moved, their error and whether anyone looks younger for more years,
identity, what classifiers tell by skin and by small heads, KID, what changed outside the person and
at the border, and hair; by sex, source, label and decade. It prints the tables, and writes
`measured.json` beside what `faceaging evaluate` writes; an interrupted run goes on. `ages` prints
the mean absolute error by decade; `growth` how the proportions of children of 4 to 14, of
validation and test rows, change when they are made 10 and 25 years older, beside those of people
(see `growth.py`). These print JSON.
"""

import json
import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import growth
import numpy as np
from absl import app, flags

flags.DEFINE_string(
    "preset",
    None,
    "An entry, or the folder of a preset; but for ageing also a .keras file.",
    required=True,
)
flags.DEFINE_string("judge", "age_judge", "The age judge, likewise.")
flags.DEFINE_list(
    "corpus",
    None,
    "Zip or folder of aligned faces; for ageing of whole heads, one or several zips.",
    required=True,
)
flags.DEFINE_string("embedder", None, "ONNX face recogniser; see `faceaging evaluate`.")
flags.DEFINE_string("split", "test", "Rows of the corpus.")
flags.DEFINE_integer("limit", 120, "Faces of each age group (ageing).")
flags.DEFINE_string("out", "measured", "Folder for the results (ageing).")
flags.DEFINE_integer(
    "image_size",
    None,
    "Side in pixels that faces are measured at (ageing); default: see `faceaging evaluate`.",
)
flags.DEFINE_enum(
    "frame",
    None,
    ["tight", "whole_head"],
    "How much of a head the faces show (ageing); default: as the model says. A tight model is shown the tight window of whole heads.",
)
flags.DEFINE_boolean(
    "keep_work", False, "Leave the finished work in OUT/work, small pictures among it (ageing)."
)
FLAGS = flags.FLAGS

# Years.
CHILDREN, GROWN = (4.0, 14.0), (10, 25)
# A face that the mesh is less sure of is left out.
SURE = 0.5
OLDER_FROM, YOUNGER_FROM = (20.0, 45.0), (40.0, 70.0)
ASKED = (-30.0, -20.0, -10.0, 10.0, 20.0, 30.0, 40.0)


def load(path):
    """A model of an entry, a preset's folder or a .keras file."""
    if str(path).endswith(".keras"):
        import keras

        import faceaging_tf.models  # noqa: F401, registers the classes

        return keras.saving.load_model(path, compile=False)
    import zoo

    return zoo.load(path)


def measure_ages(model, corpus):
    """Mean absolute error in years, over all and by decade."""
    error = np.abs(model.estimate_ages(corpus.faces) - corpus.age)
    decades = {
        f"{int(d)}0-{int(d)}9": round(float(error[corpus.age // 10 == d].mean()), 2)
        for d in np.unique(corpus.age // 10)
    }
    return {
        "faces": len(corpus),
        "mean_absolute_error": round(float(error.mean()), 2),
        "by_decade": decades,
    }


def measure_ageing(model):
    """All figures of ageing, written and printed; see `zoo.tasks.evaluate`."""
    from zoo.tasks import evaluate

    options = evaluate.Options(
        subjects=(model,), corpus=tuple(FLAGS.corpus), split=FLAGS.split, frame=FLAGS.frame, limit=FLAGS.limit, older_from=OLDER_FROM, younger_from=YOUNGER_FROM,
        years=ASKED, out=FLAGS.out, judge=FLAGS.judge, embedder=FLAGS.embedder, image_size=FLAGS.image_size, keep_work=FLAGS.keep_work,
    )  # fmt: skip
    folder, text = evaluate.evaluate(options)
    (subject,) = json.loads((folder / evaluate.RESULTS).read_text(encoding="utf-8"))["subjects"]
    (folder / "measured.json").write_text(
        json.dumps(short(subject), indent=1) + "\n", encoding="utf-8"
    )
    print(text)
    print(group_table(subject))
    print(f"measured.json: {folder / 'measured.json'}")


def short(subject):
    """The figures of one subject without intervals: over all numbers of years, at each, and by
    group.
    """
    values = lambda figures: {name: figure["value"] for name, figure in figures.items() if figure}
    at_each = {}
    for years, cell in subject["years"].items():
        groups = {
            f"{kind} {name}": values(figures)
            | {"faces": (figures["years_moved"] or {}).get("faces", 0)}
            for kind, named in cell["groups"].items()
            for name, figures in named.items()
        }
        references = {
            name: figure["value"]
            for name, figure in cell.items()
            if name.endswith(("_of_inputs", "_of_halves", "_of_reals")) and figure
        }
        hair = {
            sex: {colour: values(figures) for colour, figures in colours.items()}
            for sex, colours in (cell.get("hair") or {}).items()
            if colours
        }
        at_each[years] = {
            **values(cell["all"]),
            "faces": cell["all"]["years_moved"]["faces"],
            **references,
            "hair": hair,
            "groups": groups,
            "gaps": cell["gaps"],
        }
    return {"name": subject["name"], "summary": values(subject["summary"]["all"]), "years": at_each}


def group_table(subject, fewest=10):
    """Years moved, error and identity by group, a line each with its numbers of years side by side;
    groups of fewer than ten faces are left out.
    """
    kinds = dict.fromkeys(
        (kind, name)
        for cell in subject["years"].values()
        for kind, named in cell["groups"].items()
        for name in named
    )
    lines = [
        "moved / error / identity".ljust(26)
        + "".join(years.rjust(20) for years in subject["years"])
    ]
    for kind, name in kinds:
        parts = []
        for cell in subject["years"].values():
            figures = cell["groups"].get(kind, {}).get(name, {})
            moved = figures.get("years_moved")
            if not moved or moved["faces"] < fewest:
                parts.append("-")
                continue
            identity = f" {figures['identity']['value']:.2f}" if figures.get("identity") else ""
            parts.append(f"{moved['value']:+.1f} {figures['error']['value']:.1f}{identity}")
        if any(part != "-" for part in parts):
            lines.append(f"{kind} {name}".ljust(26) + "".join(part.rjust(20) for part in parts))
    return "\n".join(lines)


def measure_growth(model, path):
    """Held-out children made older by each of `GROWN` years; see `growth.py`.

    Args:
        model: of whole heads.
        path: a zip of whole heads with exact ages.
    """
    from faceaging_tf.data.heads import concatenate_heads, load_heads

    heads = concatenate_heads(
        [load_heads(path, split, model.image_size) for split in ("validation", "test")]
    )
    age, male = heads.corpus.age, heads.corpus.attributes["sex"] == "male"
    slopes = growth.regression(heads.landmarks, age, male)
    children = np.flatnonzero((age >= CHILDREN[0]) & (age <= CHILDREN[1]) & heads.closed)
    faces, ages = heads.corpus.faces[children], age[children].astype("float32")
    before, seen = _landmarks(faces)
    figures = {"children": len(children), "people": len(heads)}
    for years in GROWN:
        after, still = _landmarks(model.transform(faces, float(years), ages))
        kept = seen & still
        figures[f"{years:+d} years"] = growth.shares(
            before[kept], after[kept], ages[kept], years, slopes
        )
    return figures


def _landmarks(faces):
    """Landmarks of whole heads, and which the mesh is sure of."""
    from faceaging_tf.geometry.frames import TIGHT, WHOLE_HEAD
    from faceaging_tf.runtime.landmarks import MESH_BOX, FaceLandmarks

    mesh, size = FaceLandmarks(), faces.shape[1]
    left, top, right, _ = WHOLE_HEAD.window(TIGHT)
    box = (np.array([left, top, left, top]) + (right - left) * MESH_BOX) * size
    found = [mesh(face, tuple(box)) for face in faces]
    return np.array([points for points, _ in found]), np.array([sure > SURE for _, sure in found])


def main(argv):
    from faceaging_tf.data import load_corpus

    if len(argv) != 2 or argv[1] not in ("ageing", "ages", "growth"):
        raise app.UsageError("Give one of: ageing, ages, growth.")
    if argv[1] == "ageing":
        return measure_ageing(FLAGS.preset)
    if len(FLAGS.corpus) != 1:
        raise app.UsageError(f"{argv[1]} is measured on one corpus; got {', '.join(FLAGS.corpus)}.")
    model = load(FLAGS.preset)
    if argv[1] == "ages":
        figures = measure_ages(model, load_corpus(FLAGS.corpus[0], FLAGS.split, model.image_size))
    else:
        figures = measure_growth(model, FLAGS.corpus[0])
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    app.run(main)
