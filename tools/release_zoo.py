"""Writes a trained model into the zoo as a released preset, with its terms and its measured figures.

    python tools/release_zoo.py age_network --trained runs/age_network_averaged/model.keras --metrics ages.json
    python tools/release_zoo.py age_judge   --trained runs/age_judge/model.keras --metrics judge_ages.json
    python tools/release_zoo.py fagan       --trained runs/fagan/release.keras --metrics ageing.json

The figures are what `tools/measure.py` printed for the model.
"""

import json
import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from absl import app, flags

flags.DEFINE_string("trained", None, "The trained model, a .keras file.", required=True)
flags.DEFINE_string("rejuvenation", None, "A FA-GAN of the same sizes whose G- is released in the place of the first's, a .keras file.")
flags.DEFINE_string("metrics", None, "JSON that tools/measure.py printed.", required=True)
flags.DEFINE_string("training", None, "What to say of this training beyond the recipe: steps, minutes, machine.")
FLAGS = flags.FLAGS

FAIRFACE = (
    "FairFace alone (12,646 aligned faces, its training rows; Karkkainen and Joo, WACV 2021), published under CC BY 4.0 by its data set's "
    "cards. The terms of each photograph behind it (Flickr's YFCC-100M, Creative Commons of several kinds) were not checked."
)
BOTH = (
    FAIRFACE.replace("alone ", "")
    + " And UTKFace (non-commercial research) and All-Age-Faces (no licence stated; Cheng et al., Tsinghua Science and Technology 24(3), 2019): "
    "14,460 aligned faces, their training rows."
)
FREE = (
    "The weights are given under Apache-2.0 as far as they are ours to give; name FairFace and its authors (CC BY 4.0). What was not checked of the "
    "photographs' own terms is said above."
)
RESEARCH = "For research: UTKFace's terms exclude commercial use."
ENTRIES = {
    "age_network": {
        "training_data": FAIRFACE,
        "licence": FREE,
        "recipe": "`tools/train_zoo.py age_network`, then `age_network_refined`, `age_network_finished` and `age_network_averaged`",
        "how_to_measure": "`python tools/measure.py ages --preset zoo/age_network/preset --corpus faces.zip` (its test rows, exact ages)",
        "limits": "It was taught by ranges of ages, of few people over 70: it takes the old for younger than they are. Faces from the front, upright, "
        "aligned; an estimate errs by years, and says nothing about a person but how old the picture looks.",
    },
    "age_judge": {
        "training_data": BOTH,
        "licence": RESEARCH,
        "recipe": "`tools/train_zoo.py age_judge`",
        "how_to_measure": "`python tools/measure.py ages --preset zoo/age_judge/preset --corpus faces.zip` (its test rows, exact ages)",
        "limits": "It is there to measure ageing models with; no generator is trained against it.",
    },
    "fagan": {
        "training_data": FAIRFACE,
        "licence": FREE,
        "recipe": "`tools/train_zoo.py fagan`",
        "how_to_measure": "`python tools/measure.py ageing --preset zoo/fagan/preset --judge zoo/age_judge/preset --corpus faces.zip --embedder "
        "recogniser.onnx` (its test rows; the judge had no part in the training)",
        "limits": "It changes skin and shading, not hair outside the crop nor the shape of the head: a child stays a child in shape. It ages by fewer "
        "years than asked. From +40 on dark strokes show on some cheeks; made 25 years younger, some people over 60 lose their brows. Blown-out faces turn grey "
        "where folds are drawn. Few of its training faces were over 60. 128 pixels a face: on a large face the change is soft.",
    },
}


def figures(measured):
    """Figures by name for the card, flat."""
    flat = {}
    for name, value in measured.items():
        if isinstance(value, dict) and any(isinstance(part, dict) for part in value.values()):
            flat |= {f"{name}, {inner}": part for inner, part in value.items()}
        else:
            flat[name] = value
    return flat


def main(argv):
    import keras

    import faceaging_tf.models  # registers the classes
    import zoo

    if len(argv) != 2 or argv[1] not in ENTRIES:
        raise app.UsageError(f"Give one of: {', '.join(ENTRIES)}.")
    model = keras.saving.load_model(FLAGS.trained, compile=False)
    if FLAGS.rejuvenation:
        other = keras.saving.load_model(FLAGS.rejuvenation, compile=False)
        model.rejuvenation_generator.set_weights(other.rejuvenation_generator.get_weights())
    card = dict(ENTRIES[argv[1]])
    if FLAGS.training:
        card["recipe"] += f". {FLAGS.training}"
    metrics = figures(json.loads(pathlib.Path(FLAGS.metrics).read_text(encoding="utf-8")))
    folder = ROOT / "zoo" / argv[1] / "preset"
    if (folder / "README.md").exists():
        (folder / "README.md").unlink()
    print(zoo.save(model, folder, entry=argv[1], half_precision=True, overwrite=True, metrics=metrics, **card))


if __name__ == "__main__":
    app.run(main)
