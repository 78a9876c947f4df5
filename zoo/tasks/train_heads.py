"""The released recipe on whole heads: teach the parser, learn the atlas, train against a
discriminator where that is asked for, calibrate, write the preset.
"""

import dataclasses
import json
import pathlib

import numpy as np

from zoo import loading, registry
from zoo.errors import ZooError
from zoo.presets import building as presets

STEPS, BATCH = 2600, 16
PARSER, CALIBRATION = "parser.weights.h5", "calibration.json"
SIDE = 256


def check_heads(entry, options):
    """Finds out what can be wrong with the options of this recipe, without importing Keras.

    Raises:
        ZooError: an entry without exemplars or of small heads, an option that the recipe does not
            have, a corpus that is no zip of whole heads, no table of exemplars, a parser or judge
            that is not there.
    """
    if entry.exemplars is None:
        raise ZooError(
            f"The entry {entry.name!r} has no released recipe; train it with --recipe paper."
        )
    side = entry.architecture.get("image_size", SIDE)
    if side < SIDE:
        raise ZooError(
            f"The released recipe teaches heads of {SIDE} pixels or more, and those of {entry.name!r} have {side}; train it with --recipe paper."
        )
    ignored = [name for name in ("image_size", "minutes", "on_disk") if getattr(options, name)]
    if ignored:
        raise ZooError(
            f"The released recipe has no {ignored[0]}: it learns from whole heads of {SIDE} pixels, in memory, to its end. Leave --{ignored[0]} out."
        )
    for path in options.corpora:
        if not pathlib.Path(path).is_file():
            raise ZooError(
                f"The released recipe needs zips of whole heads (faces.csv, landmarks.npz, masks); {path!r} is none."
            )
    table = pathlib.Path(options.exemplars or entry.exemplars)
    if not table.is_file():
        raise ZooError(
            f"There is no table of exemplars at {table}; give a csv with the columns file and roles."
        )
    for name in filter(None, (options.parser, options.judge)):
        loading.check_name(name)


def train_heads(options):
    """Trains an entry by the released recipe, going on where an earlier run with the same options
    stopped.

    Args:
        options: `zoo.tasks.train.Options` with the recipe "released".

    Returns:
        The model, ready for release; a sentence that says what it learned from; the parser's
        validation figures, empty where it was taught before.

    Raises:
        CorpusError, ExemplarError: a corpus or a table that cannot be used.
    """
    from faceaging_tf.networks.head_generator import copy_ageing

    entry, out = registry.find(options.entry), pathlib.Path(options.out)
    config = {
        **entry.architecture,
        "discriminator": None,
        "age_network": loading.load(options.age_network).network,
    }
    model = presets.build(entry.model_class(), config, {})
    generator, translations = _base_of(model), model.aging_base is not None
    heads, validation = (_all_heads(options, split, SIDE) for split in ("train", "validation"))
    said = (
        f"{len(heads):,} heads of {', '.join(pathlib.Path(path).name for path in options.corpora)}"
    )
    if translations and options.parser:
        figures = {}
        _take(generator, _base_of(loading.load(options.parser), options.parser), options.parser)
    else:
        figures, exemplars = _learned(generator, heads, validation, entry, options)
        said += f", {exemplars} of them as exemplars"
    if translations:
        for translation in model.generators.values():
            copy_ageing(generator, translation)
    if options.adversarial_steps:
        figures |= _trained_against_discriminators(model, heads, validation, options)
    if hasattr(model, "calibration"):
        model.calibration = _calibrated(model, options, out / CALIBRATION)
    return model, f"{said}; their terms are those of these corpora.", figures


def _take(generator, other, name):
    """Gives a head generator all weights of another.

    Raises:
        ZooError: the other is of another size, or holds other exemplars.
    """
    ours, theirs = ([tuple(weight.shape) for weight in each.weights] for each in (generator, other))
    if ours != theirs:
        raise ZooError(
            f"--parser {name} is a generator of another architecture than the entry's; give a preset of the same size and as many exemplars."
        )
    generator.set_weights(other.get_weights())


def _learned(generator, heads, validation, entry, options):
    """Teaches a head generator its parser and its atlas; the parser's validation figures, and how
    many exemplars it holds.
    """
    from faceaging_tf.data.heads import load_heads
    from faceaging_tf.networks.face_parser import fold_normalizations
    from faceaging_tf.teacher.atlas import build_atlas
    from faceaging_tf.teacher.exemplars import ExemplarError, read_exemplars
    from faceaging_tf.teacher.mean_face import MEAN_SHAPE
    from faceaging_tf.training.stages.teaching import teach_parser

    parser = generator.get_layer("face_parser")
    figures = _taught(
        parser,
        options,
        lambda: teach_parser(
            parser,
            heads,
            validation.take(validation.closed),
            MEAN_SHAPE,
            pathlib.Path(options.out),
            options.steps or STEPS,
            options.batch_size or BATCH,
            options.seed,
        ),
    )
    fold_normalizations(parser)
    exemplars = read_exemplars(options.exemplars or entry.exemplars)
    # Files are looked for in the first corpus that has them; its exemplars are read again at the
    # size that their relief is wanted at.
    large = load_heads(options.corpora[0], "all", generator.input_shape[0][1])
    rows = {name: row for row, name in enumerate(large.corpus.attributes["file"])}
    missing = [exemplar.file for exemplar in exemplars if exemplar.file not in rows]
    if missing:
        raise ExemplarError(
            f"{options.corpora[0]} holds no {missing[0]}, which the table of exemplars names; give the exemplars' corpus first."
        )
    pictures = large.take(np.array([rows[exemplar.file] for exemplar in exemplars]))
    build_atlas(
        heads.take(heads.closed),
        MEAN_SHAPE,
        exemplars,
        pictures,
        generator.get_layer("relief").side,
    ).assign_to(generator)
    return figures, len(exemplars)


def _trained_against_discriminators(model, heads, validation, options):
    """Trains each generator of a model against a discriminator; how many held-out heads each
    discriminator tells right, as figures.
    """
    from faceaging_tf.training.stages.adversarial import train_against_discriminator

    sized = (
        (heads, validation)
        if model.image_size == SIDE
        else (_all_heads(options, split, model.image_size) for split in ("train", "validation"))
    )
    sized = [_with_ages(part, model) for part in sized]
    figures = {}
    for name, (generator, groups) in _adversarial(model).items():
        log = train_against_discriminator(
            generator,
            *sized,
            model.age_regressor.network,
            pathlib.Path(options.out) / "adversarial",
            options.adversarial_steps,
            options.batch_size or 8,
            options.seed,
            name=name,
            groups=groups,
        )
        said = " ".join(["discriminator's accuracy on held-out heads", name]).strip()
        figures[said] = round(log["accuracy"], 3)
    return figures


def _adversarial(model):
    """What is trained against a discriminator: dict from a name to the generator and the age groups
    that it goes between, None for one that is told the years.
    """
    if model.aging_base is None:
        return {"": (model.aging_generator, None)}
    return {
        name: (generator, model.groups_of(name)) for name, generator in model.generators.items()
    }


def _all_heads(options, split, size):
    """The heads of every corpus, each with a source: that of the table, or the corpus' name."""
    from faceaging_tf.data.heads import concatenate_heads, load_heads

    found = []
    for path in options.corpora:
        heads = load_heads(path, split, size, options.limit)
        name = pathlib.Path(path).stem.split("_")[0]
        heads.corpus.attributes.setdefault("source", np.array([name] * len(heads)))
        found.append(heads)
    return concatenate_heads(found)


def _with_ages(heads, model):
    """The heads with one age each: where a range is known, what the age network estimates, held to
    the range.
    """
    corpus = heads.corpus
    if (corpus.age_min == corpus.age_max).all():
        return heads
    ages = np.clip(model.estimate_ages(corpus.faces), corpus.age_min, corpus.age_max)
    return dataclasses.replace(heads, corpus=corpus.with_age(ages))


def _taught(parser, options, teach):
    """Teaches the parser, or takes a taught one: of an earlier part of this run, or of the preset
    that the options name.
    """
    from faceaging_tf.files import reserve, written_whole
    from faceaging_tf.training.run import bytes_of
    from faceaging_tf.training.stages.teaching import taught_figures

    done = pathlib.Path(options.out) / PARSER
    if options.parser:
        parser.set_weights(
            _base_of(loading.load(options.parser), options.parser)
            .get_layer("face_parser")
            .get_weights()
        )
        return {}
    if done.is_file():
        parser.load_weights(done)
        return taught_figures(options.out)
    figures = teach()
    with written_whole(done, done.with_name(f"part_{PARSER}")) as temporary:
        reserve(temporary, bytes_of(parser), len(parser.weights))
        parser.save_weights(temporary)
    return figures


def _base_of(model, name=None):
    """The head generator of a model, or the one that its generators are translations of.

    Raises:
        ZooError: the model, which `name` names, has none.
    """
    from faceaging_tf.networks import is_head_generator

    base = getattr(model, "aging_base", None) or getattr(model, "aging_generator", None)
    if base is None or not is_head_generator(base):
        raise ZooError(
            f"--parser {name} holds no face parser; give a preset of whole heads, such as fagan_mobile."
        )
    return base


def _calibrated(model, options, path):
    """The calibration, measured once on validation heads."""
    from faceaging_tf.data.heads import load_heads
    from faceaging_tf.files import write_whole
    from faceaging_tf.models import AgeRegressor
    from faceaging_tf.training.stages.calibrating import measure_calibration

    if options.judge is None:
        return None
    if path.is_file():
        return json.loads(path.read_text(encoding="utf-8"))
    judge = AgeRegressor(network=loading.load(options.judge).network, frame=model.frame)
    faces = np.concatenate(
        [
            load_heads(source, "validation", model.image_size, options.limit).corpus.faces
            for source in options.corpora
        ]
    )
    found = measure_calibration(model, judge.estimate_ages, faces, model.estimate_ages(faces))
    write_whole(path, json.dumps(found) + "\n")
    return found
