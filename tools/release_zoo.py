r"""Writes a trained model into the zoo as a released preset, with its terms and its measured
figures.

    python tools/release_zoo.py age_network --trained runs/age_network_averaged/model.keras \
        --metrics ages.json
    python tools/release_zoo.py age_judge --trained runs/age_judge/model.keras \
        --metrics judge_ages.json
    python tools/release_zoo.py fagan       --trained runs/fagan/model.keras --metrics ageing.json
    python tools/release_zoo.py groupgan    --trained runs/groupgan/preset --metrics groups.json
    python tools/release_zoo.py cyclegan    --trained runs/cyclegan/preset --metrics groups.json
    python tools/release_zoo.py fgan        --compose fagan_mobile,groupgan --threshold 50
    python tools/release_zoo.py fagan       --again

The figures are what `tools/measure.py` or `tools/card_figures.py` printed for the model. A part
that has exactly the weights of another entry, such as the age network, is shared with it and not
stored again (`zoo.presets.sharing`). So release the age network before the models that use it, and
those before their composition. `--again` releases a preset as it is, for instance to share what
became shareable.
"""

import contextlib
import json
import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from absl import app, flags
from figures import astronaut_strip

flags.DEFINE_string("trained", None, "The trained model, a .keras file or the preset of a run.")
flags.DEFINE_list(
    "compose",
    None,
    "For fgan: the released entries that it is made of, FA-GAN first; it stores no weights of its own.",
)
flags.DEFINE_float(
    "threshold", 20.0, "For fgan: years up to which its FA-GAN is used.", lower_bound=0.0
)
flags.DEFINE_bool(
    "again",
    False,
    "Release the entry's own preset again as it is, with its card, sharing what can be shared.",
)
flags.DEFINE_string(
    "metrics",
    None,
    "JSON that tools/measure.py or tools/card_figures.py printed; needed with --trained.",
)
flags.DEFINE_string(
    "training", None, "What to say of this training beyond the recipe: steps, minutes, machine."
)
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
HEADS = (
    "Whole heads, training rows: official portraits of United States legislators (works of the government, in the public domain but for a share of press photographs of unknown origin), the Face "
    "Research Lab London Set (CC BY 4.0, DeBruine and Jones), synthetic people (CC0), All-Age-Faces (no licence stated; Cheng et al., Tsinghua Science and Technology 24(3), 2019) and FairFace (Karkkainen "
    "and Joo, WACV 2021, CC BY 4.0 by its data set's cards, each photograph's own terms unchecked). Relief of single people is that of synthetic people alone; everything else is averages and the "
    "weights of a network. The calibration, a table of numbers, was measured on validation rows by `age_judge`, which knew UTKFace (non-commercial research) and All-Age-Faces."
)
TRANSLATED = (
    "Parser, exemplars and the maps that it begins from are those of `fagan_mobile`, see its card; "
    + HEADS[0].lower()
    + HEADS[1:]
)
HEADS_TERMS = (
    "The weights are given under Apache-2.0 as far as they are ours to give; name FairFace and the London Set (CC BY 4.0). All-Age-Faces states no licence: where that matters, teach the parser anew "
    "without it, by the same command."
)
HEADS_MEASURED = (
    "`python tools/measure.py ageing --preset zoo/entries/{entry}/preset --corpus portraits.zip,aaf_wide.zip,fairface_wide.zip --embedder recogniser.onnx` "
    "(test rows, drawn evenly from the corpora; the judge had no part in the training; real people: what it sees between the inputs and real people of the requested age; the recogniser is MobileFaceNet)"
)
HEADS_LIMITS = (
    "Hair greys or gets its colour back; it does not thin, recede or grow. A fringe of the skin's own colour may stay as it is, hats are taken for hair, and glasses' rims may lie under folds. Hard side "
    "light on a face is not the light of the exemplar. A child's head grows, but its hair, brows and beard do not; an adult made a child looks like a teenager."
)
ENTRIES = {
    "age_network": {
        "training_data": FAIRFACE,
        "licence": FREE,
        "recipe": "`tools/train_zoo.py age_network`, then `age_network_refined`, `age_network_finished` and `age_network_averaged`",
        "how_to_measure": "`python tools/measure.py ages --preset zoo/entries/age_network/preset --corpus faces.zip` (its test rows, exact ages)",
        "limits": "It was taught by ranges of ages, of few people over 70: it takes the old for younger than they are. Faces from the front, upright, "
        "aligned; an estimate errs by years, and says nothing about a person but how old the picture looks.",
    },
    "age_judge": {
        "training_data": BOTH,
        "licence": RESEARCH,
        "recipe": "`tools/train_zoo.py age_judge`",
        "how_to_measure": "`python tools/measure.py ages --preset zoo/entries/age_judge/preset --corpus faces.zip` (its test rows, exact ages)",
        "limits": "It is there to measure ageing models with; no generator is trained against it.",
    },
    "fagan": {
        "training_data": HEADS,
        "licence": HEADS_TERMS,
        "recipe": "`faceaging train fagan --recipe released --corpus portraits.zip,aaf_wide.zip,fairface_wide.zip`",
        "how_to_measure": HEADS_MEASURED.format(entry="fagan"),
        "limits": HEADS_LIMITS + " 512 pixels a head.",
    },
    "fagan_mobile": {
        "training_data": HEADS,
        "licence": HEADS_TERMS,
        "recipe": "`faceaging train fagan_mobile --recipe released --parser runs/fagan/preset --corpus portraits.zip,aaf_wide.zip,fairface_wide.zip`",
        "how_to_measure": HEADS_MEASURED.format(entry="fagan_mobile"),
        "limits": HEADS_LIMITS + " 256 pixels a head, and half of `fagan`'s exemplars.",
    },
    "groupgan": {
        "training_data": TRANSLATED,
        "licence": HEADS_TERMS,
        "recipe": "`faceaging train groupgan --recipe released --parser fagan_mobile --corpus portraits.zip,aaf_wide.zip,fairface_wide.zip`",
        "how_to_measure": HEADS_MEASURED.format(entry="groupgan"),
        "limits": "Each of the twelve directions has maps of its own (relief, tone, shape, hair), which begin as those of `fagan_mobile`; against discriminators they are not trained yet, so that "
        "they differ by their ages alone. Within a group nothing changes, and whoever is at a group's edge is taken for its middle. "
        + HEADS_LIMITS,
    },
    "cyclegan": {
        "training_data": TRANSLATED,
        "licence": HEADS_TERMS,
        "recipe": "`faceaging train cyclegan --recipe released --parser fagan_mobile --adversarial_steps 400 --corpus portraits.zip,aaf_wide.zip,fairface_wide.zip`",
        "how_to_measure": HEADS_MEASURED.format(entry="cyclegan"),
        "limits": "It knows two groups: a child or a person of fifty is aged as if twenty to forty. "
        + HEADS_LIMITS,
    },
    "fgan": {
        "training_data": "That of its two parts, see their cards.",
        "licence": "The terms of its two parts, see their cards.",
        "how_to_measure": HEADS_MEASURED.format(entry="fgan"),
        "limits": "Those of its two parts, and a step where the one takes over from the other. "
        "With these weights FA-GAN is the better one at every k but 20, where both err alike; the paper's advantage of Group-GAN beyond 20 years is not seen, and Group-GAN takes over beyond 50 alone.",
    },
}
KEPT = ("training_data", "licence", "metrics", "how_to_measure", "recipe", "restarts", "limits")


def figures(measured):
    """Figures by name for the card, flat."""
    flat = {}
    for name, value in measured.items():
        if isinstance(value, dict) and any(isinstance(part, dict) for part in value.values()):
            flat |= {f"{name}, {inner}": part for inner, part in value.items()}
        else:
            flat[name] = value
    return flat


def trained():
    """The trained model, and the restarts of its run."""
    import keras

    import faceaging_tf.models  # noqa: F401, registers the classes
    from faceaging_tf.training import restarts_of

    path = pathlib.Path(FLAGS.trained)
    if path.is_dir():
        import zoo

        return zoo.load(path), None
    return keras.saving.load_model(path, compile=False), restarts_of(path.parent)


def composed(fa_gan, group_gan, threshold):
    """An `FGAN` of two released entries, of FA-GAN's size and frame."""
    import zoo
    from faceaging_tf.models import FGAN

    first, second = zoo.load(fa_gan), zoo.load(group_gan)
    return FGAN(first.image_size, first, second, threshold)


# What may have exactly the weights of another entry, and of which.
SHAREABLE = {"age_regressor": "age_network", "aging_base": "fagan_mobile.aging_generator"}


def shareable(model):
    """The parts of `SHAREABLE` that have exactly those weights, with their sources."""
    from zoo.presets import sharing

    return {
        part: source
        for part, source in SHAREABLE.items()
        if getattr(model, part, None) is not None
        and sharing.is_equal(model, part, source, half_precision=True)
    }


@contextlib.contextmanager
def without_card(folder):
    """The folder without its card, so that saving writes another; after an error the card is there
    again.
    """
    path = folder / "README.md"
    content = path.read_bytes() if path.exists() else None
    path.unlink(missing_ok=True)
    try:
        yield
    except BaseException:
        if content is not None:
            path.write_bytes(content)
        raise


def main(argv):
    import zoo
    from zoo.presets import files as preset_files
    from zoo.presets import network as network_files
    from zoo.presets import sharing

    if len(argv) != 2 or argv[1] not in ENTRIES:
        raise app.UsageError(f"Give one of: {', '.join(ENTRIES)}.")
    if [bool(FLAGS.trained), bool(FLAGS.compose), FLAGS.again].count(True) != 1:
        raise app.UsageError("Give one of --trained, --compose and --again.")
    if FLAGS.trained and not FLAGS.metrics:
        raise app.UsageError("Give the figures of the trained model with --metrics.")
    if FLAGS.compose and (argv[1] != "fgan" or len(FLAGS.compose) != 2):
        raise app.UsageError(
            "Give --compose for fgan alone, and two entries with it, such as fagan_mobile,groupgan."
        )
    name = argv[1]
    folder = ROOT / "zoo" / "entries" / name / "preset"
    card = dict(ENTRIES[name])
    if FLAGS.again:
        model, content = zoo.load(folder), preset_files.metadata(folder)
        card = {field: content[field] for field in KEPT if field in content}
        shared = sharing.said(folder) or shareable(model)
    elif FLAGS.compose:
        model = composed(*FLAGS.compose, FLAGS.threshold)
        card["recipe"] = (
            f"`tools/release_zoo.py fgan --compose {','.join(FLAGS.compose)} --threshold {FLAGS.threshold:g}`"
        )
        shared = dict(zip(("fa_gan", "group_gan"), FLAGS.compose, strict=True))
    else:
        model, card["restarts"] = trained()
        shared = shareable(model)
    if FLAGS.training:
        card["recipe"] += f". {FLAGS.training}"
    if FLAGS.metrics:
        card["how_to_measure"] = ENTRIES[name]["how_to_measure"]
        card["metrics"] = figures(
            json.loads(pathlib.Path(FLAGS.metrics).read_text(encoding="utf-8"))
        )
    samples = astronaut_strip(model) if hasattr(model, "transform") else None
    with without_card(folder):
        print(
            zoo.save(
                model,
                folder,
                entry=name,
                half_precision=True,
                overwrite=True,
                shared=shared,
                card=zoo.Card(**card, samples=samples),
            )
        )
    if getattr(model, "parts", ()):
        # Whole heads are aged without Keras.
        print(network_files.write(folder))


if __name__ == "__main__":
    app.run(main)
