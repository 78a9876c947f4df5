"""FA-GAN, Group-GAN and CycleGAN, from generators that were taught first."""

import keras
import numpy as np

from faceaging_tf import networks, training
from faceaging_tf.data import AgeShiftBatches
from faceaging_tf.models import FAGAN
from faceaging_tf.models.faces import to_range
from zoo_recipes.distilled import CycleGanPrototypes, FaGanPrototypes, GroupGanPrototypes
from zoo_recipes.recipe import Recipe, placed_corpus, trained


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
    # Chosen on validation rows: for more years than these the change goes on in proportion, so that no face looks younger for more years.
    most = (33.0, 30.0)

    def compiled(self):
        size = self.options.image_size
        self.regressor = trained(self.options.age_network)
        guide = trained(self.options.guide).network if self.options.guide else None
        backbone = guide or self.regressor.network
        model = FAGAN(
            size,
            generator=self.generator,
            discriminator={**self.discriminator, "backbone": {**networks.serialize(backbone), "image_size": size}},
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
        return [self.sheets()]

    def finish(self, model):
        super().finish(model)
        release = model.for_release()
        released = FAGAN.from_config({**release.get_config(), "most": self.most})
        released.set_weights(release.get_weights())
        released.save(self.folder / "release.keras")


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
        discriminator = {"network": "feature_discriminator", "filters": 32, "conditioned": False}
        discriminator["backbone"] = {**networks.serialize(backbone), "image_size": size}
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
