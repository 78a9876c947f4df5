r"""Reads a Keras 2 CycleGAN with tensorflow-addons' instance normalization into a preset.

    python tools/import_tfa_weights.py cyclegan.h5 --out presets/mine
    python tools/import_tfa_weights.py cyclegan.h5 --out presets/mine --aging generator_F \
        --rejuvenation generator_G --younger 20,30 --older 50,70
    python tools/import_tfa_weights.py generator_G.h5 generator_F.h5 --out presets/mine \
        --image_size 128

The file is what `model.save_weights("cyclegan.h5")` wrote of the CycleGAN of the Keras examples
(see `docs/legacy.md`); of two files, each with one generator, the first makes faces older. Then
`zoo.load("presets/mine")` or `faceaging age me.jpg --years 40 --entry presets/mine`.
"""

import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("GLOG_minloglevel", "3")
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import tfa_weights
from absl import flags

from zoo import loading
from zoo.cli.quiet import import_keras
from zoo.errors import ZooError
from zoo.presets import files as preset_files

EXIT_BAD_INPUT = 2
EXAMPLE = "import_tfa_weights.py cyclegan.h5 --out presets/mine"


def define_flags(values):
    """The flags of this tool."""
    values.set_gnu_getopt(True)
    flags.DEFINE_boolean("help", False, "Show this text.", flag_values=values, short_name="h")
    flags.DEFINE_string(
        "out", None, "Folder of the preset; it must not be there yet.", flag_values=values
    )
    flags.DEFINE_string(
        "aging",
        "generator_G",
        "Name of the generator in the file that makes faces older.",
        flag_values=values,
    )
    flags.DEFINE_string(
        "rejuvenation",
        "generator_F",
        "Name of the one that makes them younger.",
        flag_values=values,
    )
    flags.DEFINE_list(
        "younger",
        "20,40",
        "Ages of the younger faces that it was trained with: from, to.",
        flag_values=values,
    )
    flags.DEFINE_list("older", "60,100", "Ages of the older ones.", flag_values=values)
    flags.DEFINE_integer(
        "image_size",
        256,
        "Side in pixels of the faces that it was trained with.",
        lower_bound=16,
        flag_values=values,
    )
    flags.DEFINE_float(
        "epsilon",
        tfa_weights.EPSILON,
        "Of its instance normalizations.",
        lower_bound=1e-12,
        flag_values=values,
    )
    flags.DEFINE_string(
        "age_network",
        "age_network",
        "The trained age network: an entry, or the folder of a preset.",
        flag_values=values,
    )
    flags.DEFINE_string(
        "training_data", None, "What it was trained on, for the card.", flag_values=values
    )
    flags.DEFINE_string(
        "licence", None, "The terms of its weights, for the card.", flag_values=values
    )


def run(values, paths):
    """Writes the preset; its folder.

    Raises:
        ZooError: bad input; nothing is written.
    """
    if len(paths) not in (1, 2) or not values.out:
        raise ZooError(
            f"It needs the .h5 file of a CycleGAN, or those of its two generators, and --out; for example: {EXAMPLE}"
        )
    out = pathlib.Path(values.out)
    if out.exists():
        raise ZooError(f"{out} is there already; choose another folder for the preset.")
    if values.image_size % 4:
        raise ZooError(f"--image_size was {values.image_size}; it needs a multiple of 4.")
    if values.aging == values.rejuvenation:
        raise ZooError(
            f"--aging and --rejuvenation are both {values.aging}; they need the names of two generators."
        )
    younger, older = _ages(values.younger, "younger"), _ages(values.older, "older")
    if younger[0] + younger[1] >= older[0] + older[1]:
        given = f"--younger {','.join(values.younger)} is no younger than --older {','.join(values.older)}"
        raise ZooError(f"{given}; exchange them, or --aging and --rejuvenation.")
    if len(paths) == 1:
        generators = tfa_weights.read_generators(paths[0], (values.aging, values.rejuvenation))
        parts = f"{values.aging} makes older, {values.rejuvenation} younger"
    else:
        generators = [tfa_weights.read_generator(path) for path in paths]
        parts = "the first makes older, the second younger"
    loading.check_name(values.age_network)
    import_keras()
    import zoo
    from faceaging_tf.models import AgeRegressor

    regressor = zoo.load(values.age_network)
    if not isinstance(regressor, AgeRegressor):
        given = f"--age_network {values.age_network} is a {type(regressor).__name__}"
        raise ZooError(f"{given}; it needs a network that tells ages, such as age_network.")
    model = tfa_weights.cyclegan(
        *generators, values.image_size, younger, older, regressor, values.epsilon
    )
    sources = " and ".join(
        f"`{pathlib.Path(path).name}` (sha256 {preset_files.sha256(path)})" for path in paths
    )
    data = values.training_data or "not known, the file does not say."
    terms = (
        values.licence
        or "their owner's, who is not known here; whoever trained them says what may be done with them."
    )
    return zoo.save(
        model,
        out,
        card=zoo.Card(
            training_data=f"Of the two generators: {data} Of the age network ({values.age_network}): see its own card.",
            licence=f"Of the two generators: {terms} Of the age network ({values.age_network}): those of its own card.",
            recipe=f"`tools/import_tfa_weights.py` of {sources}, weights of Keras 2 and tensorflow-addons that were trained elsewhere; "
            f"{parts}, as whoever imported it said; ages, {values.image_size} pixels and epsilon {values.epsilon:g} likewise",
            limits="How the faces that it was trained with were cut out is not known, and the template above is this zoo's: faces aligned to it can be "
            "larger or smaller than those it knows, and come out worse. Nothing was measured here. It has no discriminators, so that it cannot be "
            "trained on. Fewer years than lie between its two groups are a share of its change.",
        ),
    )


def _ages(given, name):
    try:
        low, high = (int(part) for part in given)
    except ValueError:
        low, high = 0, 0
    if not 0 <= low < high <= 120:
        raise ZooError(
            f"--{name} was {','.join(given)}; it needs two whole ages, from and to, such as 20,40."
        )
    return low, high


def main(arguments):
    """Runs the tool with a list of strings; the exit code, 2 for input that whoever called can
    mend.
    """
    values = flags.FlagValues()
    define_flags(values)
    try:
        paths = values(["import_tfa_weights.py", *arguments])[1:]
        if values.help:
            print(f"{__doc__}\nflags:\n{values.get_help()}")
            return 0
        print(run(values, paths))
        return 0
    except (ZooError, flags.Error) as error:
        message = error
    except OSError as error:
        message = f"{error.filename or values.out}: {error.strerror or error}."
    print(f"import_tfa_weights.py: {' '.join(str(message).split())}", file=sys.stderr)
    return EXIT_BAD_INPUT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
