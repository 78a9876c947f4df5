"""Generators taught by prototypes."""

import itertools
import pathlib

import keras

from faceaging_tf.data.prototypes import Prototypes
from faceaging_tf.models import GroupGAN
from faceaging_tf.models.distillation import Distillation
from faceaging_tf.models.prototype_change import PrototypeChange
from faceaging_tf.training.batches_for import group_gan_batches
from zoo import registry
from zoo_recipes.recipe import Recipe, placed_corpus, trained


class Distilled(Recipe):
    """Base: a `Distillation` of a recipe's generators; the average of their weights over the run is
    what is kept.
    """

    # Strengths of texture, fine detail and shape: chosen on validation faces, by the judge's years,
    # identity and the eye.
    older, younger, growth, colour = (1.5, 3.2, 0.8), (1.6, 2.6, 0.6), 1.2, 0.8

    def taught(self, generators, examples):
        """The compiled `Distillation`."""
        prototypes = Prototypes.load(pathlib.Path(self.options.prototypes) / "prototypes.npz")
        teacher = PrototypeChange(
            prototypes,
            self.options.image_size,
            self.older,
            self.younger,
            self.growth,
            colour=self.colour,
        )
        model = Distillation(generators, teacher, examples)
        schedule = keras.optimizers.schedules.CosineDecay(
            1e-4, max(self.steps - 100, 1), warmup_target=self.rate, warmup_steps=100
        )
        optimizer = keras.optimizers.Adam(schedule, use_ema=True, ema_momentum=0.99)
        model.compile(optimizer, jit_compile="auto" if keras.backend.backend() == "jax" else False)
        optimizer.build(model.trainable_variables)
        return model

    def finish(self, model):
        model.optimizer.finalize_variable_values(model.trainable_variables)


class GroupGanPrototypes(Distilled):
    """Group-GAN's twelve generators: taught what the prototypes do between the middles of the
    groups.

    Small, for there are twelve. `--age_network` tells the age within FairFace's ranges.
    """

    seed = 9
    steps = 1500
    batch_size = 4
    generator = registry.find("groupgan").architecture["generator"]
    rate = 2e-3

    def compiled(self):
        self.regressor = trained(self.options.age_network)
        self.gan = GroupGAN(
            self.options.image_size,
            generator=self.generator,
            discriminator=None,
            age_network=self.regressor.get_config()["network"],
            seed=self.run_seed,
        )
        self.gan.age_regressor.network.set_weights(self.regressor.network.get_weights())
        if self.options.start:
            self.gan.set_weights(trained(self.options.start).get_weights())
        self.directions = self.all_directions()
        generators = {
            f"{source}_to_{target}": generator
            for (source, target), (generator, _) in self.directions.items()
        }
        return self.taught(generators, self.examples)

    def all_directions(self):
        """Dict from the names of two groups to the generator that goes from the first to the
        second, and the age in the second's middle.
        """
        found = {}
        for younger, older in itertools.combinations(self.gan.names, 2):
            pair = self.gan.pair(younger, older)
            found |= {
                (younger, older): (pair.aging_generator, pair.middle("older")),
                (older, younger): (pair.rejuvenation_generator, pair.middle("younger")),
            }
        return found

    def examples(self, batch):
        lessons = {}
        for (source, target), (_, middle) in self.directions.items():
            known = {name: batch[f"{source}_{name}"] for name in ("age", "place", "male")}
            years = middle - keras.ops.cast(known["age"], "float32")
            lessons[f"{source}_to_{target}"] = {"face": batch[source], "years": years, **known}
        return lessons

    def batches(self):
        corpus = placed_corpus(
            self.corpus("train", self.options.image_size), self.regressor, self.options.prototypes
        )
        return group_gan_batches(self.gan, corpus, **self.batch_options())

    def finish(self, model):
        super().finish(model)
        self.gan.save(self.folder / "model.keras")
