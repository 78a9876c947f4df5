r"""The recipes that produced the released weights: one command an entry, stopped by the clock,
resumed by running it again.

    python tools/train_zoo.py age_network --corpora fairface.zip --out runs/age_network --minutes 60
    python tools/train_zoo.py age_network_refined --corpora fairface.zip \
        --start runs/age_network/model.keras --out runs/age_network_refined
    python tools/train_zoo.py age_network_finished --corpora fairface.zip \
        --start runs/age_network_refined/model.keras --out runs/age_network_finished
    python tools/train_zoo.py age_network_averaged --corpora fairface.zip \
        --start runs/age_network_finished/model.keras --out runs/age_network_averaged
    python tools/train_zoo.py age_judge --corpora fairface.zip,faces.zip --out runs/age_judge \
        --minutes 60
    python tools/train_zoo.py age_judge_refined --corpora fairface.zip,faces.zip \
        --start runs/age_judge/model.keras --out runs/age_judge_refined

Each writes `log.jsonl`, a checkpoint every 100 steps, and at its end `model.keras`, which
`tools/release_zoo.py` makes a preset of. Generators have recipes of their own: `faceaging train
NAME --recipe released`. Runs on TensorFlow (two cores are enough) and, with
KERAS_BACKEND=jax, on an accelerator, where `--precision mixed_bfloat16 --resident` keeps the corpus
in device memory.
"""

import json
import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from absl import app, flags, logging

flags.DEFINE_list(
    "corpora", None, "Zips or folders of aligned faces, separated by commas.", required=True
)
flags.DEFINE_string("out", None, "Folder of the run.", required=True)
flags.DEFINE_integer("steps", None, "Training steps in all; default: the recipe's.", lower_bound=1)
flags.DEFINE_float("minutes", None, "Stop after so many minutes; run again to go on.")
flags.DEFINE_integer("batch_size", None, "Faces a step; default: the recipe's.", lower_bound=1)
flags.DEFINE_enum(
    "precision", "float32", ["float32", "mixed_float16", "mixed_bfloat16"], "Of the computation."
)
flags.DEFINE_bool("resident", False, "Keep the corpus in device memory.")
flags.DEFINE_integer("seed", None, "Of every random draw; default: the recipe's.")
flags.DEFINE_integer("limit", None, "Read at most so many faces of each corpus.")
flags.DEFINE_float(
    "peak_tflops",
    None,
    "The accelerator's peak at this precision, in TFLOP/s: the log then says what share of it each epoch reached (JAX).",
)
flags.DEFINE_bool(
    "stop",
    False,
    "Train no further: write the models (model.keras, release.keras) that the run's checkpoint holds.",
)
FLAGS = flags.FLAGS


def corpus(split="train", image_size=128):
    """The faces of the split, of all corpora together."""
    from faceaging_tf.data import concatenate, load_corpus

    return concatenate(
        [load_corpus(path, split, image_size, FLAGS.limit) for path in FLAGS.corpora]
    )


def main(argv):
    import keras
    import zoo_recipes

    if len(argv) != 2 or argv[1] not in zoo_recipes.RECIPES:
        raise app.UsageError(f"Give one recipe of: {', '.join(zoo_recipes.RECIPES)}.")
    keras.mixed_precision.set_global_policy(FLAGS.precision)
    recipe = zoo_recipes.RECIPES[argv[1]]
    seed = recipe.seed if FLAGS.seed is None else FLAGS.seed
    keras.utils.set_random_seed(seed)
    folder = pathlib.Path(FLAGS.out)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "recipe.json").write_text(
        json.dumps(
            {"recipe": argv[1], "arguments": FLAGS.flag_values_dict()}, default=str, indent=1
        )
    )
    recipe(FLAGS, corpus, folder, seed).run()


if __name__ == "__main__":
    logging.set_verbosity(logging.INFO)
    app.run(main)
