"""Group-GAN and CycleGAN, from generators that were taught first."""

import keras

from faceaging_tf import networks
from zoo_recipes.distilled import CycleGanPrototypes, GroupGanPrototypes
from zoo_recipes.recipe import Recipe, placed_corpus, trained


class GroupGan(Recipe):
    """Group-GAN, all pairs at once, from what `groupgan_prototypes` made (`--start`), near the teacher (`--prototypes`).

    The discriminators look through the features of the age network (`--age_network`).
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
        backbone = self.regressor.network
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
        teacher = self.prototypes.teacher(self.options)
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
    """Gives a model's generators, and the averages that follow them, the weights of an earlier model's."""
    for name, generator in model.generators.items():
        for copy in (generator, model.averages[name]):
            copy.set_weights(earlier.averaged(name).get_weights())
