"""Measures a FA-GAN preset or an age network on the test rows of a corpus, by a judge that had no part in its training.

    python tools/measure.py ages   --preset zoo/age_network/preset --corpus faces.zip
    python tools/measure.py ageing --preset zoo/fagan/preset --judge zoo/age_judge/preset --corpus faces.zip --embedder recogniser.onnx

`ages` prints the mean absolute error by decade; `ageing` the years moved, the share of faces that never look younger for more
years, and the cosine between the embeddings of input and output. Prints JSON.
"""

import json
import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import numpy as np
from absl import app, flags

flags.DEFINE_string("preset", None, "Folder of the preset, or a .keras file.", required=True)
flags.DEFINE_string("judge", None, "Folder of the judge's preset, or a .keras file.")
flags.DEFINE_string("corpus", None, "Zip or folder of aligned faces.", required=True)
flags.DEFINE_string("embedder", None, "ONNX face recogniser; see `faceaging evaluate`.")
flags.DEFINE_string("split", "test", "Rows of the corpus.")
flags.DEFINE_integer("limit", 120, "Faces of each age group (ageing).")
FLAGS = flags.FLAGS


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


def main(argv):
    from faceaging_tf.data import load_corpus
    from faceaging_tf.evaluate.identity_judge import IdentityJudge

    if len(argv) != 2 or argv[1] not in ("ages", "ageing"):
        raise app.UsageError("Give one of: ages, ageing.")
    model = load(FLAGS.preset)
    corpus = load_corpus(FLAGS.corpus, FLAGS.split, model.image_size)
    if argv[1] == "ages":
        figures = measure_ages(model, corpus)
    else:
        embedder = IdentityJudge(FLAGS.embedder)
        embedder.settle(corpus.faces)
        figures = measure_ageing(model, load(FLAGS.judge), embedder, corpus)
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    app.run(main)
