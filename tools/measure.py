"""Measures a FA-GAN preset or an age network on the test rows of a corpus, by a judge that had no part in its training.

    python tools/measure.py ages   --preset zoo/age_network/preset --corpus faces.zip
    python tools/measure.py ageing --preset zoo/fagan/preset --judge zoo/age_judge/preset --corpus faces.zip --embedder recogniser.onnx
    python tools/measure.py groups --preset zoo/groupgan/preset --judge zoo/age_judge/preset --corpus faces.zip --embedder recogniser.onnx
    python tools/measure.py growth --preset zoo/fagan/preset --corpus faces.zip --split validation

`ages` prints the mean absolute error by decade; `ageing` the years moved, the share of faces that never look younger for more
years, and the cosine between the embeddings of input and output; `groups` the same for faces of 20-40 brought to 70 years and faces of 60 and over to 30,
which Group-GAN and CycleGAN are made for; `growth` how much of the way to adults' proportions children of 4 to 14 have gone
when they are made 15 years older (see `growth.py`; landmarks are those of `face_mesh.py`). Prints JSON.
"""

import json
import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import numpy as np
import growth
from absl import app, flags
from face_mesh import FRONTAL, SURE, FaceMesh, turned

flags.DEFINE_string("preset", None, "Folder of the preset, or a .keras file.", required=True)
flags.DEFINE_string("judge", None, "Folder of the judge's preset, or a .keras file.")
flags.DEFINE_string("corpus", None, "Zip or folder of aligned faces.", required=True)
flags.DEFINE_string("embedder", None, "ONNX face recogniser; see `faceaging evaluate`.")
flags.DEFINE_string("split", "test", "Rows of the corpus.")
flags.DEFINE_integer("limit", 120, "Faces of each age group (ageing, groups, growth).")
flags.DEFINE_string("mesh", None, "MediaPipe's face_landmark.tflite (growth); default: out of its wheel.")
FLAGS = flags.FLAGS

# Years.
CHILDREN, ADULTS, GROWN = (4, 14), (20, 35), 15


def load(path):
    """A model from a preset's folder or a .keras file."""
    if str(path).endswith(".keras"):
        import keras

        import faceaging_tf.models

        return keras.saving.load_model(path, compile=False)
    import zoo

    return zoo.load(pathlib.Path(path))


def measure_ages(model, corpus):
    """Mean absolute error in years, over all and by decade."""
    error = np.abs(model.estimate_ages(corpus.faces) - corpus.age)
    decades = {f"{int(d)}0-{int(d)}9": round(float(error[corpus.age // 10 == d].mean()), 2) for d in np.unique(corpus.age // 10)}
    return {"faces": len(corpus), "mean_absolute_error": round(float(error.mean()), 2), "by_decade": decades}


def measure_ageing(model, judge, embedder, corpus):
    """For two groups of faces: years moved, identity and monotony for each number of years."""
    figures = {}
    for name, (low, high), asked in (("20-45 older", (20, 45), (10, 20, 30, 40)), ("40-70 younger", (40, 70), (-10, -20, -30))):
        faces = corpus.take(np.flatnonzero((corpus.age >= low) & (corpus.age < high))[: FLAGS.limit])
        ages = model.estimate_ages(faces.faces)
        before, embedded = judge.estimate_ages(faces.faces), embedder(faces.faces)
        moved, rows = [np.zeros(len(faces))], {}
        for years in asked:
            aged = model.transform(faces.faces, years, ages)
            moved.append(judge.estimate_ages(aged) - before)
            cosine = (embedder(aged) * embedded).sum(axis=1)
            error = np.abs(moved[-1] - years).mean()
            rows[f"{years:+d}"] = {"moved": round(float(moved[-1].mean()), 1), "error": round(float(error), 1), "identity": round(float(cosine.mean()), 3)}
        steps = np.diff(np.stack(moved), axis=0) * np.sign(asked[0])
        rows["share_never_backwards"] = round(float((steps >= 0).all(axis=0).mean()), 3)
        rows["faces"] = len(faces)
        figures[name] = rows
    return figures


def measure_groups(model, judge, embedder, corpus):
    """For faces of the two groups, each brought to the middle of the other: years moved and identity."""
    figures = {}
    for name, (low, high), goal in (("20-40 to 60+", (20, 40), 70.0), ("60+ to 20-40", (60, 100), 30.0)):
        faces = corpus.take(np.flatnonzero((corpus.age >= low) & (corpus.age < high))[: FLAGS.limit])
        years = goal - faces.age
        # A CycleGAN puts a share of its change for less than its gap.
        aged = model.transform(faces.faces, np.sign(years) * np.maximum(np.abs(years), getattr(model, "gap", 0.0)), faces.age)
        moved = judge.estimate_ages(aged) - judge.estimate_ages(faces.faces)
        cosine = (embedder(aged) * embedder(faces.faces)).sum(axis=1)
        figures[name] = {"moved": round(float(moved.mean()), 1), "identity": round(float(cosine.mean()), 3), "faces": len(faces)}
    return figures


def measure_growth(model, mesh, corpus):
    """Children of 4 to 14 made 15 years older, beside adults of 20 to 35; ages within a known range are the model's estimates."""
    ages = np.clip(model.estimate_ages(corpus.faces), corpus.age_min, corpus.age_max)
    children = np.flatnonzero((ages >= CHILDREN[0]) & (ages < CHILDREN[1] + 1))[: FLAGS.limit]
    adults = np.flatnonzero((ages >= ADULTS[0]) & (ages <= ADULTS[1]))[: 5 * FLAGS.limit]
    before, before_seen = _landmarks(mesh, corpus.faces[children])
    after, after_seen = _landmarks(mesh, model.transform(corpus.faces[children], GROWN, ages[children]))
    grown, grown_seen = _landmarks(mesh, corpus.faces[adults])
    both, sexes = before_seen & after_seen, corpus.attributes["sex"]
    figures = {}
    for scale in growth.SCALES:
        parts = (growth.distances(part, scale) for part in (before[both], after[both], grown[grown_seen]))
        figures[f"over the {scale}"] = growth.shares(*parts, sexes[children[both]], sexes[adults[grown_seen]])
    left_out = {"inputs": int((~before_seen).sum()), "outputs only": int((before_seen & ~after_seen).sum()), "adults": int((~grown_seen).sum())}
    return {**figures, "not seen surely from the front": left_out}


def _landmarks(mesh, faces):
    seen = [mesh(face) for face in faces]
    landmarks, score = np.array([points for points, _ in seen], "float64"), np.array([score for _, score in seen])
    return landmarks, (score > SURE) & (turned(landmarks) < FRONTAL)


def main(argv):
    from faceaging_tf.data import load_corpus
    from faceaging_tf.evaluate.identity_judge import IdentityJudge

    if len(argv) != 2 or argv[1] not in ("ages", "ageing", "groups", "growth"):
        raise app.UsageError("Give one of: ages, ageing, groups, growth.")
    model = load(FLAGS.preset)
    corpus = load_corpus(FLAGS.corpus, FLAGS.split, model.image_size)
    if argv[1] == "ages":
        figures = measure_ages(model, corpus)
    elif argv[1] == "growth":
        figures = measure_growth(model, FaceMesh(FLAGS.mesh), corpus)
    else:
        embedder = IdentityJudge(FLAGS.embedder)
        embedder.settle(corpus.faces)
        measure = measure_ageing if argv[1] == "ageing" else measure_groups
        figures = measure(model, load(FLAGS.judge), embedder, corpus)
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    app.run(main)
