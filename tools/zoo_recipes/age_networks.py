"""The age network and its judge."""

import keras

from faceaging_tf.data import LabelledBatches
from faceaging_tf.models import AgeRegressor
from faceaging_tf.models.age_regressor import mean_age_error
from faceaging_tf.models.faces import to_range
from zoo import registry
from zoo_recipes.recipe import Recipe, trained


class AgeNetwork(Recipe):
    """The age network that estimates ages and guides the generators: FairFace's ranges as soft
    targets, gradient-robust.
    """

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
        model = AgeRegressor(
            128, self.network, self.augmentation, self.robustness, seed=self.run_seed
        )
        if self.options.start:
            model.network.set_weights(trained(self.options.start).network.get_weights())
        return self.compile(model)

    def compile(self, model):
        schedule = keras.optimizers.schedules.CosineDecay(
            1e-4, max(self.steps - 100, 1), warmup_target=self.rate, warmup_steps=100
        )
        average = {} if self.averaged is None else {"use_ema": True, "ema_momentum": self.averaged}
        optimizer = keras.optimizers.AdamW(schedule, weight_decay=1e-4, clipnorm=5.0, **average)
        model.compile(
            optimizer,
            "categorical_crossentropy",
            metrics=[mean_age_error],
            jit_compile="auto" if keras.backend.backend() == "jax" else False,
        )
        optimizer.build(model.trainable_variables)
        return model

    def batches(self):
        return LabelledBatches(
            self.corpus("train"), spread=2.5, flatten=self.flatten, **self.batch_options()
        )

    def callbacks(self, model):
        return [ValidationError(self.corpus("validation"), self.folder)]


class AgeNetworkRefined(AgeNetwork):
    """The second half of the age network's training (`--start` the first's model.keras): ages more
    even, skin left legible.

    Batch normalization's statistics are measured again on faces as they come, and kept: those of
    blurred, grainy and perturbed faces make clear ones look younger than they are.
    """

    seed = 2
    steps = 700
    augmentation = {"light": 0.12, "blur": 0.4, "grain": 0.03}
    robustness = 0.004
    flatten = 0.85
    rate = 7e-4

    def compiled(self):
        model = super().compiled()
        normalizations = [
            layer
            for layer in model.network.layers
            if isinstance(layer, keras.layers.BatchNormalization)
        ]
        if not (self.folder / "checkpoint.json").exists():
            measure_statistics(model, normalizations, self.batches())
        for layer in normalizations:
            layer.trainable = False
        return self.compile(model)


class AgeNetworkFinished(AgeNetworkRefined):
    """The last part (`--start` the second's model.keras): blurred and unevenly lit faces again, for
    photographs of other sources.
    """

    seed = 3
    steps = 1000
    augmentation = {"light": 0.2, "blur": 0.7, "grain": 0.03, "shift": 0.05, "scale": 0.1}
    robustness = 0.0
    flatten = 0.9
    rate = 1e-3


class AgeNetworkAveraged(AgeNetworkFinished):
    """The very last part (`--start` the third's model.keras, or the embedded preset): all ages
    alike, smooth skin at every age, averaged weights.

    Retouching teaches it that smooth skin is not young skin (retouched portraits looked young to
    it); the average of the weights over the run is what is kept.
    """

    seed = 5
    steps = 1000
    augmentation = registry.find("age_network").architecture["augmentation"]
    flatten = 1.0
    rate = 8e-4
    averaged = 0.995

    def finish(self, model):
        model.optimizer.finalize_variable_values(model.trainable_variables)
        super().finish(model)


class AgeJudge(AgeNetwork):
    """A second opinion that no generator is trained against: another architecture, seed and
    augmentation, both corpora.
    """

    seed = 20
    steps = 1600
    network = registry.find("age_judge").architecture["network"]
    augmentation = registry.find("age_judge").architecture["augmentation"]
    robustness = 0.0
    rate = 1.5e-3


class AgeJudgeRefined(AgeNetworkRefined):
    """The end of the judge's training (`--start` the first's model.keras), with normalization's
    statistics kept.
    """

    seed = 21
    steps = 300
    network = AgeJudge.network
    augmentation = AgeJudge.augmentation
    robustness = 0.0
    rate = 5e-4


def measure_statistics(model, normalizations, batches, number=40):
    """Batch normalization's means and variances anew, over a number of batches as they come,
    without augmentation.
    """
    momenta = [layer.momentum for layer in normalizations]
    for layer in normalizations:
        layer.momentum = 0.9
    for index in range(number):
        model.network(to_range(batches[index][0]), training=True)
    for layer, momentum in zip(normalizations, momenta, strict=True):
        layer.momentum = momentum


class ValidationError(keras.callbacks.Callback):
    """Writes the mean absolute error in years on the validation faces, over all and by decade,
    every fourth epoch.
    """

    def __init__(self, corpus, folder):
        super().__init__()
        self.corpus, self.folder = corpus, folder

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % 4:
            return
        ages = self.model.estimate_ages(self.corpus.faces)
        outside = abs(ages - ages.clip(self.corpus.age_min, self.corpus.age_max))
        decades = {
            int(d): round(float(outside[self.corpus.age // 10 == d].mean()), 2)
            for d in sorted(set(self.corpus.age // 10))
        }
        with open(self.folder / "validation.txt", "a", encoding="utf-8") as file:
            file.write(
                f"epoch {epoch + 1}: years outside the known range {outside.mean():.2f}, by decade {decades}\n"
            )
