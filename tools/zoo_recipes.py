"""What each released entry was trained with."""

import itertools
import pathlib

import keras
import numpy as np

import zoo
from faceaging_tf import networks, training
from faceaging_tf.data import AgeShiftBatches, LabelledBatches
from faceaging_tf.data.prototypes import Prototypes, with_places
from faceaging_tf.models import FAGAN, AgeRegressor, CycleGAN, GroupGAN
from faceaging_tf.models.age_regressor import mean_age_error
from faceaging_tf.models.distillation import Distillation
from faceaging_tf.models.faces import edit_by, to_pixels, to_range
from faceaging_tf.models.prototype_change import PrototypeChange
from faceaging_tf.training.batches_for import cyclegan_batches, group_gan_batches

EPOCH = 100


class Recipe:
    """Base: builds a compiled model and its batches, trains by the clock."""

    seed = 0
    steps = 1000
    batch_size = 8

    def __init__(self, options, corpus, folder, seed):
        self.options, self.corpus, self.folder = options, corpus, folder
        self.run_seed = seed
        self.steps = options.steps or self.steps
        self.batch_size = options.batch_size or self.batch_size

    def run(self):
        model = self.compiled()
        if self.options.stop:
            training.Checkpoint(self.folder).restore(model)
            return self.finish(model)
        finished = training.train(
            model, self.batches(), self.folder, self.steps // EPOCH, self.options.minutes, self.callbacks(model)
        )
        if finished:
            self.finish(model)

    def callbacks(self, model):
        return []

    def finish(self, model):
        model.save(self.folder / "model.keras")

    def batch_options(self):
        return {"batch_size": self.batch_size, "steps": EPOCH, "seed": self.run_seed, "resident": self.options.resident}


class AgeNetwork(Recipe):
    """The age network that estimates ages and guides the generators: FairFace's ranges as soft targets, gradient-robust."""

    seed = 1
    steps = 1600
    batch_size = 64
    network = {"network": "age_network"}
    augmentation = {}
    robustness = 0.02
    flatten = 0.5
    rate = 2e-3
    averaged = None

    def compiled(self):
        model = AgeRegressor(128, self.network, self.augmentation, self.robustness, seed=self.run_seed)
        if self.options.start:
            model.network.set_weights(trained(self.options.start).network.get_weights())
        return self.compile(model)

    def compile(self, model):
        schedule = keras.optimizers.schedules.CosineDecay(1e-4, max(self.steps - 100, 1), warmup_target=self.rate, warmup_steps=100)
        average = {} if self.averaged is None else {"use_ema": True, "ema_momentum": self.averaged}
        optimizer = keras.optimizers.AdamW(schedule, weight_decay=1e-4, clipnorm=5.0, **average)
        model.compile(optimizer, "categorical_crossentropy", metrics=[mean_age_error], jit_compile="auto" if keras.backend.backend() == "jax" else False)
        optimizer.build(model.trainable_variables)
        return model

    def batches(self):
        return LabelledBatches(self.corpus("train"), spread=2.5, flatten=self.flatten, **self.batch_options())

    def callbacks(self, model):
        return [ValidationError(self.corpus("validation"), self.folder)]


class AgeNetworkRefined(AgeNetwork):
    """The second half of the age network's training (`--start` the first's model.keras): ages more even, skin left legible.

    Batch normalization's statistics are measured again on faces as they come, and kept: those of blurred, grainy and
    perturbed faces make clear ones look younger than they are.
    """

    seed = 2
    steps = 700
    augmentation = {"light": 0.12, "blur": 0.4, "grain": 0.03}
    robustness = 0.004
    flatten = 0.85
    rate = 7e-4

    def compiled(self):
        model = super().compiled()
        normalizations = [layer for layer in model.network.layers if isinstance(layer, keras.layers.BatchNormalization)]
        if not (self.folder / "checkpoint.json").exists():
            measure_statistics(model, normalizations, self.batches())
        for layer in normalizations:
            layer.trainable = False
        return self.compile(model)


class AgeNetworkFinished(AgeNetworkRefined):
    """The last part (`--start` the second's model.keras): blurred and unevenly lit faces again, for photographs of other sources."""

    seed = 3
    steps = 1000
    augmentation = {"light": 0.2, "blur": 0.7, "grain": 0.03, "shift": 0.05, "scale": 0.1}
    robustness = 0.0
    flatten = 0.9
    rate = 1e-3


class AgeNetworkAveraged(AgeNetworkFinished):
    """The very last part (`--start` the third's model.keras, or the embedded preset): all ages alike, smooth skin at every age, averaged weights.

    Retouching teaches it that smooth skin is not young skin (retouched portraits looked young to it); the average of the weights
    over the run is what is kept.
    """

    seed = 5
    steps = 1000
    augmentation = {"light": 0.25, "blur": 0.95, "grain": 0.04, "shift": 0.05, "scale": 0.1, "colour": 0.15, "retouch": 1.0}
    flatten = 1.0
    rate = 8e-4
    averaged = 0.995

    def finish(self, model):
        model.optimizer.finalize_variable_values(model.trainable_variables)
        super().finish(model)


class AgeGuide(AgeNetworkRefined):
    """The network that FA-GAN's age loss sees (`--start` the age network): robust against its own gradient, so that what moves it looks like age.

    It estimates worse than the age network it comes from, and need not estimate well: FA-GAN asks for what it sees in real faces of the
    age (see `age_curve`).
    """

    seed = 6
    steps = 600
    augmentation = {"light": 0.15, "blur": 0.7, "grain": 0.05, "shift": 0.04, "turn": 6.0, "scale": 0.06}
    robustness = 0.03
    flatten = 1.0
    rate = 1e-3


class AgeJudge(AgeNetwork):
    """A second opinion that no generator is trained against: another architecture, seed and augmentation, both corpora."""

    seed = 20
    steps = 1600
    network = {"network": "age_network", "kind": "plain", "widths": (24, 48, 96, 128, 192), "blocks": (1, 1, 2, 2, 2)}
    augmentation = {"shift": 0.05, "turn": 12.0, "scale": 0.1, "light": 0.15, "colour": 0.15, "blur": 0.5, "grain": 0.02}
    robustness = 0.0
    rate = 1.5e-3


class AgeJudgeRefined(AgeNetworkRefined):
    """The end of the judge's training (`--start` the first's model.keras), with normalization's statistics kept."""

    seed = 21
    steps = 300
    network = AgeJudge.network
    augmentation = AgeJudge.augmentation
    robustness = 0.0
    rate = 5e-4


class FaGanPrototypes(Recipe):
    """The generators that FA-GAN starts from: taught what the prototypes do (`--prototypes`), for any face and any number of years.

    `--age_network` tells the age within FairFace's ranges.
    """

    seed = 8
    steps = 3000
    batch_size = 8
    generator = {"network": "mobile_generator", "warp": 0.12}
    rate = 1.5e-3
    # Strengths of texture, fine detail and shape: chosen on validation faces, by the judge's years, identity and the eye.
    older, younger = (1.8, 2.8, 1.3), (1.8, 2.4, 0.8)
    sheet_ages = (5, 15, 22, 27, 33, 38, 45, 52, 62, 72)

    def compiled(self):
        size = self.options.image_size
        self.regressor = trained(self.options.age_network)
        generators = {way: networks.build(self.generator, image_size=size, conditioned=True) for way in ("aging", "rejuvenation")}
        for way, generator in generators.items():
            generator.name = f"{way}_generator"
            if self.options.start:
                generator.set_weights(trained(self.options.start).averaged(way).get_weights())
        model = Distillation(generators, self.teacher(self.options), both_ways)
        schedule = keras.optimizers.schedules.CosineDecay(1e-4, max(self.steps - 100, 1), warmup_target=self.rate, warmup_steps=100)
        optimizer = keras.optimizers.Adam(schedule, use_ema=True, ema_momentum=0.99)
        model.compile(optimizer, jit_compile="auto" if keras.backend.backend() == "jax" else False)
        optimizer.build(model.trainable_variables)
        return model

    @classmethod
    def teacher(cls, options):
        prototypes = Prototypes.load(pathlib.Path(options.prototypes) / "prototypes.npz")
        return PrototypeChange(prototypes, options.image_size, cls.older, cls.younger)

    def batches(self):
        return AgeShiftBatches(placed_corpus(self.corpus("train", self.options.image_size), self.regressor, self.options.prototypes), **self.batch_options())

    def callbacks(self, model):
        corpus = self.corpus("validation", self.options.image_size).sharper_than_share(0.5)
        rows = [int(np.argsort(abs(corpus.age - age), kind="stable")[number % 3]) for number, age in enumerate(self.sheet_ages)]
        return [PlainSheet(self.folder, corpus.faces[rows], corpus.age[rows])]

    def finish(self, model):
        model.optimizer.finalize_variable_values(model.trainable_variables)
        generators = {f"{way}_generator": generator for way, generator in model.generators.items()}
        release = FAGAN(
            self.options.image_size,
            generator=generators["aging_generator"],
            rejuvenation_generator=generators["rejuvenation_generator"],
            age_network=self.regressor.get_config()["network"],
            reach="image",
        )
        release.age_regressor.network.set_weights(self.regressor.network.get_weights())
        release.save(self.folder / "model.keras")


class PlainSheet(keras.callbacks.Callback):
    """Writes a sheet of faces at -20, +15, +30 and +45 years, by generators that belong to no ageing model yet."""

    def __init__(self, folder, faces, ages, every=5):
        super().__init__()
        self.folder, self.faces, self.ages, self.every = folder / "sheets", faces, ages, every

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.every:
            return
        from PIL import Image

        columns = [self.faces]
        for years in (-20, 15, 30, 45):
            generator = self.model.generators["aging" if years > 0 else "rejuvenation"]
            inputs = [to_range(self.faces), np.full((len(self.faces), 1), years, "float32"), self.ages[:, None].astype("float32")]
            edit = edit_by(generator, [keras.ops.convert_to_tensor(x) for x in inputs])
            columns.append(to_pixels(edit.faces()))
        self.folder.mkdir(exist_ok=True)
        Image.fromarray(np.concatenate([np.concatenate(list(column), axis=1) for column in columns])).save(self.folder / f"{(epoch + 1) * EPOCH:06d}.png")


class FaGan(Recipe):
    """FA-GAN with the mobile generator: G+ and G-, told the years and the age, guided by a frozen, gradient-robust age network.

    `--start` is what `fagan_prototypes` made, `--age_network` estimates ages, `--guide` is what the age loss asks, `--prototypes` the teacher that the
    generators stay near.
    """

    seed = 7
    steps = 600
    batch_size = 4
    generator = FaGanPrototypes.generator
    discriminator = {"network": "feature_discriminator"}
    generator_rate, discriminator_rate = 2e-4, 1e-3
    weights = {
        "adversarial": [0.25, 1.0, 0, 300],
        "age": [0.0, 0.15, 0, 200],
        "cycle": 0.5,
        "change": 0.0,
        "smoothness": 0.1,
        "colour": 0.0,
        "shade": 0.0,
        "prototype": 1.5,
    }
    momentum = 0.995
    # Chosen on validation rows: for more than 33 years the change for 33 goes on in proportion, so that no face looks younger for more years.
    most, stretch = (33.0, 30.0), (1.1, 0.95)
    sheet_ages = FaGanPrototypes.sheet_ages

    def compiled(self):
        size = self.options.image_size
        self.regressor = trained(self.options.age_network)
        guide = trained(self.options.guide).network if self.options.guide else None
        backbone = guide or self.regressor.network
        model = FAGAN(
            size,
            generator=self.generator,
            discriminator={**self.discriminator, "backbone": networks.serialize(backbone)},
            age_network=self.regressor.get_config()["network"],
            guide=guide,
            age_sees="skin",
            reach="image",
            weights=self.weights,
            momentum=self.momentum,
            seed=self.run_seed,
        )
        model.teacher = FaGanPrototypes.teacher(self.options)
        model.age_regressor.network.set_weights(self.regressor.network.get_weights())
        features = networks.backbone_of(model.discriminator)
        features.set_weights(backbone.get_weights()[: len(features.weights)])
        if guide is not None:
            model.guide.network.set_weights(guide.get_weights())
            model.guide_curve = age_curve(lambda faces: model.guide.age(model.age_view(faces, training=True)), self.corpus("validation", size))
        if self.options.start:
            start_from(model, trained(self.options.start))
        constant = self.steps * 5 // 8
        rate = lambda value: training.LinearDecay(value, constant, self.steps - constant)
        model.compile(
            keras.optimizers.Adam(rate(self.generator_rate), beta_1=0.5),
            keras.optimizers.Adam(rate(self.discriminator_rate), beta_1=0.5),
        )
        return model

    def batches(self):
        return AgeShiftBatches(placed_corpus(self.corpus("train", self.options.image_size), self.regressor, self.options.prototypes), **self.batch_options())

    def callbacks(self, model):
        corpus = self.corpus("validation", self.options.image_size).sharper_than_share(0.5)
        rows = [int(np.argsort(abs(corpus.age - age), kind="stable")[number % 3]) for number, age in enumerate(self.sheet_ages)]
        return [training.SampleSheet(self.folder, corpus.faces[rows], every=2, steps=EPOCH)]

    def finish(self, model):
        super().finish(model)
        release = model.for_release()
        released = FAGAN.from_config({**release.get_config(), "most": self.most, "stretch": self.stretch})
        released.set_weights(release.get_weights())
        released.save(self.folder / "release.keras")


class GroupGanPrototypes(Recipe):
    """The twelve generators that Group-GAN starts from: taught what the prototypes do between the middles of the groups.

    Small, for there are twelve. `--age_network` tells the age within FairFace's ranges.
    """

    seed = 9
    steps = 1500
    batch_size = 4
    generator = {"network": "mobile_generator", "widths": (12, 24, 32, 48), "blocks": 2, "warp": 0.12}
    rate = 2e-3
    model_class, batches_class = GroupGAN, staticmethod(group_gan_batches)

    def compiled(self):
        self.regressor = trained(self.options.age_network)
        self.gan = self.model_class(
            self.options.image_size, generator=self.generator, discriminator=None, age_network=self.regressor.get_config()["network"], seed=self.run_seed
        )
        self.gan.age_regressor.network.set_weights(self.regressor.network.get_weights())
        self.directions = self.all_directions()
        generators = {f"{source}_to_{target}": generator for (source, target), (generator, _) in self.directions.items()}
        model = Distillation(generators, FaGanPrototypes.teacher(self.options), self.examples)
        schedule = keras.optimizers.schedules.CosineDecay(1e-4, max(self.steps - 100, 1), warmup_target=self.rate, warmup_steps=100)
        optimizer = keras.optimizers.Adam(schedule, use_ema=True, ema_momentum=0.99)
        model.compile(optimizer, jit_compile="auto" if keras.backend.backend() == "jax" else False)
        optimizer.build(model.trainable_variables)
        return model

    def all_directions(self):
        """Dict from the names of two groups to the generator that goes from the first to the second, and the age in the second's middle."""
        found = {}
        for younger, older in itertools.combinations(self.gan.names, 2):
            pair = self.gan.pair(younger, older)
            found |= {(younger, older): (pair.aging_generator, pair.middle("older")), (older, younger): (pair.rejuvenation_generator, pair.middle("younger"))}
        return found

    def examples(self, batch):
        lessons = {}
        for (source, target), (_, middle) in self.directions.items():
            known = {name: batch[f"{source}_{name}"] for name in ("age", "place", "male")}
            years = middle - keras.ops.cast(known["age"], "float32")
            lessons[f"{source}_to_{target}"] = {"face": batch[source], "years": years, **known}
        return lessons

    def batches(self):
        corpus = placed_corpus(self.corpus("train", self.options.image_size), self.regressor, self.options.prototypes)
        return self.batches_class(self.gan, corpus, **self.batch_options())

    def finish(self, model):
        model.optimizer.finalize_variable_values(model.trainable_variables)
        self.gan.save(self.folder / "model.keras")


class CycleGanPrototypes(GroupGanPrototypes):
    """The two generators that CycleGAN starts from, likewise: from 20-40 to 60 and over, and back."""

    seed = 10
    steps = 1500
    batch_size = 8
    generator = {"network": "mobile_generator", "widths": (16, 32, 48, 64), "blocks": 3, "warp": 0.12}
    model_class, batches_class = CycleGAN, staticmethod(cyclegan_batches)

    def all_directions(self):
        gan = self.gan
        return {("younger", "older"): (gan.aging_generator, gan.middle("older")), ("older", "younger"): (gan.rejuvenation_generator, gan.middle("younger"))}


class GroupGan(Recipe):
    """Group-GAN, all pairs at once, from what `groupgan_prototypes` made (`--start`), near the teacher (`--prototypes`).

    The discriminators look through the age network's features (`--guide`, or else `--age_network`).
    """

    seed = 11
    steps = 100
    batch_size = 2
    prototypes = GroupGanPrototypes
    generator_rate, discriminator_rate = 1e-4, 1e-3
    weights = {"adversarial": 0.5, "cycle": 1.0, "prototype": 2.0}
    # The lesson keeps the background; the weak L1 term would take years away.
    more = {"weak_l1": 0.0}
    momentum = 0.98

    def compiled(self):
        size = self.options.image_size
        self.regressor = trained(self.options.age_network)
        backbone = trained(self.options.guide or self.options.age_network).network
        discriminator = {"network": "feature_discriminator", "filters": 32, "conditioned": False, "backbone": networks.serialize(backbone)}
        model = self.prototypes.model_class(
            size,
            generator=self.prototypes.generator,
            discriminator=discriminator,
            age_network=self.regressor.get_config()["network"],
            weights=self.weights,
            momentum=self.momentum,
            seed=self.run_seed,
            **self.more,
        )
        model.age_regressor.network.set_weights(self.regressor.network.get_weights())
        for discriminator in model.discriminators.values():
            features = networks.backbone_of(discriminator)
            features.set_weights(backbone.get_weights()[: len(features.weights)])
        start_from(model, trained(self.options.start))
        teacher = FaGanPrototypes.teacher(self.options)
        for pair in getattr(model, "pairs", [model]):
            pair.teacher = teacher
        model.compile(keras.optimizers.Adam(self.generator_rate, beta_1=0.5), keras.optimizers.Adam(self.discriminator_rate, beta_1=0.5))
        return model

    def batches(self):
        corpus = placed_corpus(self.corpus("train", self.options.image_size), self.regressor, self.options.prototypes)
        return self.prototypes.batches_class(self.model_of_batches, corpus, **self.batch_options())

    def run(self):
        # Only the groups are read of it.
        self.model_of_batches = trained(self.options.start)
        super().run()

    def finish(self, model):
        super().finish(model)
        model.for_release().save(self.folder / "release.keras")


class CycleGan(GroupGan):
    """CycleGAN from 20-40 to 60 and over, likewise, from what `cyclegan_prototypes` made."""

    seed = 12
    steps = 300
    batch_size = 4
    prototypes = CycleGanPrototypes
    more = {}


def both_ways(batch):
    """The examples of `Distillation` in a batch of `AgeShiftBatches`."""
    return {way: {name: batch[f"{way}_{name}"] for name in ("face", "age", "years", "place", "male")} for way in ("aging", "rejuvenation")}


def placed_corpus(corpus, regressor, prototypes, blurriest=0.2):
    """The training rows of a corpus with exact ages and places in the mean shape; the blurriest share of them left out.

    Within the known range, the network's estimate is a better age than the middle.
    """
    with np.load(pathlib.Path(prototypes) / "places.npz") as arrays:
        rows = np.arange(len(arrays["score"])) % 20 > 1
        places = {name: arrays[name][rows][: len(corpus)] for name in ("places", "score", "turned")}
    corpus = with_places(corpus, places).sharper_than_share(blurriest)
    return corpus.with_age(np.clip(regressor.estimate_ages(corpus.faces), corpus.age_min, corpus.age_max))


def trained(path):
    """A trained model: a `.keras` file, or the folder of a preset."""
    if str(path).endswith(".keras"):
        return keras.saving.load_model(path, compile=False)
    return zoo.load(pathlib.Path(path))


def start_from(model, earlier):
    """Gives a FA-GAN's generators, and the averages that follow them, the weights of an earlier one's."""
    for name, generator in model.generators.items():
        for copy in (generator, model.averages[name]):
            copy.set_weights(earlier.averaged(name).get_weights())


def age_curve(seen, corpus, draws=4):
    """What a guide sees in real faces of each age, on average: `[[age, seen], ...]`, a knot for each range of ages of the corpus, or each decade.

    Args:
        seen: from faces `(N, S, S, 3)` in -1 to 1 to the ages `(N,)` that the guide sees in them, as training shows them to it.
        corpus: faces that the guide was not trained on.
        draws: how often each face is shown.
    """
    ranges = np.where(corpus.age_max > corpus.age_min, corpus.age, corpus.age // 10 * 10 + 5)
    knots = np.unique(ranges)
    means = []
    for knot in knots:
        faces = corpus.faces[ranges == knot]
        means.append(np.mean([keras.ops.convert_to_numpy(seen(to_range(part))).mean() for _ in range(draws) for part in np.array_split(faces, -(-len(faces) // 64))]))
    # A guide that sees less in more years could not be asked for them.
    return [[float(knot), float(mean)] for knot, mean in zip(knots, np.maximum.accumulate(means))]


def measure_statistics(model, normalizations, batches, number=40):
    """Batch normalization's means and variances anew, over a number of batches as they come, without augmentation."""
    momenta = [layer.momentum for layer in normalizations]
    for layer in normalizations:
        layer.momentum = 0.9
    for index in range(number):
        model.network(to_range(batches[index][0]), training=True)
    for layer, momentum in zip(normalizations, momenta):
        layer.momentum = momentum


class ValidationError(keras.callbacks.Callback):
    """Writes the mean absolute error in years on the validation faces, over all and by decade, every fourth epoch."""

    def __init__(self, corpus, folder):
        super().__init__()
        self.corpus, self.folder = corpus, folder

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % 4:
            return
        ages = self.model.estimate_ages(self.corpus.faces)
        outside = abs(ages - ages.clip(self.corpus.age_min, self.corpus.age_max))
        decades = {int(d): round(float(outside[self.corpus.age // 10 == d].mean()), 2) for d in sorted(set(self.corpus.age // 10))}
        with open(self.folder / "validation.txt", "a", encoding="utf-8") as file:
            file.write(f"epoch {epoch + 1}: years outside the known range {outside.mean():.2f}, by decade {decades}\n")


RECIPES = {"age_network": AgeNetwork, "age_network_refined": AgeNetworkRefined, "age_network_finished": AgeNetworkFinished, "age_network_averaged": AgeNetworkAveraged, "age_guide": AgeGuide, "age_judge": AgeJudge, "age_judge_refined": AgeJudgeRefined, "fagan_prototypes": FaGanPrototypes, "fagan": FaGan, "groupgan_prototypes": GroupGanPrototypes, "cyclegan_prototypes": CycleGanPrototypes, "groupgan": GroupGan, "cyclegan": CycleGan}
