"""Measures by what `stretch` a trained FA-GAN's years must be multiplied, so that its own age network sees the years that were asked for.

    python tools/calibrate.py --trained runs/fagan/release.keras --corpus fairface.zip

On validation rows, by the age network that it was trained against; the judge has no say. Prints the mean years moved for a range of
factors at +30 and at -20.
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
flags.DEFINE_string("corpus", None, "Zip or folder of aligned faces.", required=True)
flags.DEFINE_integer("limit", 60, "Faces of each group.")
FLAGS = flags.FLAGS
FACTORS = (1.0, 1.15, 1.3, 1.45, 1.6)


def main(argv):
    import keras

    import faceaging_tf.models  # registers the classes
    from faceaging_tf.data import load_corpus

    model = keras.saving.load_model(FLAGS.trained, compile=False)
    corpus = load_corpus(FLAGS.corpus, "validation", model.image_size)
    figures = {}
    for asked, low, high in ((30, 20, 45), (-20, 40, 70)):
        faces = corpus.faces[np.flatnonzero((corpus.age >= low) & (corpus.age < high))[: FLAGS.limit]]
        before = model.estimate_ages(faces)
        moved = {factor: model.estimate_ages(model.transform(faces, asked * factor, before)) - before for factor in FACTORS}
        figures[f"{asked:+d}"] = {factor: round(float(years.mean()), 1) for factor, years in moved.items()}
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    app.run(main)
