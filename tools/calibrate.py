"""Measures what a trained FA-GAN must be asked for, so that faces move by the years that are wanted, and writes it into the model (`stretch`, `pace`).

    python tools/calibrate.py --trained runs/fagan/release.keras --judge zoo/age_judge/preset --corpus faces.zip --out runs/fagan/calibrated.keras

On validation rows. Prints the curves, and the mean error and share of faces that never go backwards with and without the pace. See
`faceaging_tf/models/pacing.py`.
"""

import json
import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import numpy as np
from absl import app, flags

flags.DEFINE_string("trained", None, "The trained model, a .keras file.", required=True)
flags.DEFINE_string("judge", None, "Folder of the judge's preset.", required=True)
flags.DEFINE_string("corpus", None, "Zip or folder of aligned faces.", required=True)
flags.DEFINE_string("out", None, "Where the model is written, a .keras file.", required=True)
flags.DEFINE_list("most", None, "The most years asked of G+ and of G-; default: as it is.")
flags.DEFINE_float("chroma", 0.0, "Share of the change of colour, beside light, that is written.")
flags.DEFINE_float("aim", 0.95, "Share of the years wanted that faces are to move by: a little less is paid back in cleaner skin.")
flags.DEFINE_float("share", 0.5, "Share of the pace that is written.")
flags.DEFINE_integer("limit", 120, "Faces of each group.")
FLAGS = flags.FLAGS
# Name, sign, ages, the years that are wanted.
WAYS = (("aging", 1, (20, 45), (10, 20, 30, 40)), ("rejuvenation", -1, (40, 70), (10, 20, 30)))
ASKED = np.array([5.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0])
DECADE = 10
FEWEST = 5


def curve_of(model, judge, faces, sign, wanted):
    """`[[wanted, asked], ...]`: where the judge's mean crosses the years aimed at; those never reached are left out."""
    ages, before = model.estimate_ages(faces), judge.estimate_ages(faces)
    means = [sign * (judge.estimate_ages(model.transform(faces, sign * asked, ages)) - before).mean() for asked in ASKED]
    rising = np.maximum.accumulate([0.0, *means]) + 1e-6 * np.arange(len(ASKED) + 1)
    return [[float(years), round(float(np.interp(FLAGS.aim * years, rising, [0.0, *ASKED])), 2)] for years in wanted if FLAGS.aim * years < rising[-1]]


def typical_of(model, corpus, way, tried):
    """`[[age, moved], ...]`: what the model's own age network sees in faces of each decade when they are tried."""
    ages = model.estimate_ages(corpus.faces)
    knots = []
    for decade in range(DECADE):
        rows = np.flatnonzero(ages // DECADE == decade)[: FLAGS.limit]
        if len(rows) >= FEWEST:
            moved = model.estimate_ages(model.transform(corpus.faces[rows], tried, ages[rows])) - ages[rows]
            knots.append([round(float(ages[rows].mean()), 1), round(float(moved.mean()), 2)])
    return knots


def measured(model, judge, faces, sign, wanted):
    """Years moved, their mean error, and the share of faces that never go backwards."""
    ages, before = model.estimate_ages(faces), judge.estimate_ages(faces)
    moved = np.array([sign * (judge.estimate_ages(model.transform(faces, sign * years, ages)) - before) for years in wanted])
    forwards = (np.diff(moved, axis=0, prepend=0) >= 0).all(axis=0)
    error = np.abs(moved - np.array(wanted)[:, None]).mean(axis=1)
    return {"moved": moved.mean(axis=1).round(1).tolist(), "error": error.round(1).tolist(), "mean error": round(float(error.mean()), 2), "never backwards": round(float(forwards.mean()), 3)}


def main(argv):
    import keras

    import zoo
    from faceaging_tf.data import load_corpus
    from faceaging_tf.models import FAGAN
    from faceaging_tf.models.pacing import TRIED

    trained = keras.saving.load_model(FLAGS.trained, compile=False).for_release()
    judge = zoo.load(pathlib.Path(FLAGS.judge))
    corpus = load_corpus(FLAGS.corpus, "validation", trained.image_size)

    def model_with(**options):
        most = {"most": [float(years) for years in FLAGS.most]} if FLAGS.most else {}
        model = FAGAN.from_config({**trained.get_config(), **most, "chroma": FLAGS.chroma, **options})
        model.set_weights(trained.get_weights())
        return model

    groups = {way: corpus.faces[np.flatnonzero((corpus.age >= low) & (corpus.age < high))[: FLAGS.limit]] for way, _, (low, high), _ in WAYS}
    plain = model_with(stretch=[1.0, 1.0], pace=None)
    stretch = [curve_of(plain, judge, groups[way], sign, wanted) for way, sign, _, wanted in WAYS]
    print(json.dumps({"stretch": stretch}), flush=True)
    even = model_with(stretch=stretch, pace=None)
    pace = {way: typical_of(even, corpus, way, TRIED[way]) for way, *_ in WAYS}
    print(json.dumps({"pace": pace}), flush=True)
    for share in sorted({0.0, FLAGS.share}):
        model = model_with(stretch=stretch, pace={"share": share, **pace} if share else None)
        for way, sign, _, wanted in WAYS:
            print(share, way, json.dumps(measured(model, judge, groups[way], sign, wanted)), flush=True)
        if share == FLAGS.share:
            model.save(FLAGS.out)


if __name__ == "__main__":
    app.run(main)
