"""CycleGAN between two age groups: one generator each way."""

from collections.abc import Sequence
from typing import Any, Unpack

import keras
from keras import ops

from faceaging_tf import losses, networks
from faceaging_tf.layers import ImagePool
from faceaging_tf.models.adversarial import AdversarialArguments, AdversarialModel, average_of
from faceaging_tf.models.faces import edit_by, to_range
from faceaging_tf.models.observation import Observation
from faceaging_tf.models.route import Route, both_ways
from faceaging_tf.networks.registry import Specification
from faceaging_tf.typing import Batch, Config, Tensor

WEIGHTS = {"adversarial": 1.0, "cycle": 10.0, "identity": 0.0, "weak_l1": 0.0}


@keras.saving.register_keras_serializable(package="faceaging_tf")
class CycleGAN(AdversarialModel):
    """Translates between a younger domain X and an older one Y (Zhu et al., ICCV 2017; for ages
    Palsson et al., CVPRW 2018).

        adversarial   L_LSGAN(G, D_Y) + L_LSGAN(F, D_X)
        cycle         E|F(G(x)) - x| + E|G(F(y)) - y|, weight 10
        identity      E|G(y) - y| + E|F(x) - x|, weight 0 unless asked for
        weak_l1       E|G(x) - x| + E|F(y) - y|, weight 0 unless asked for (paper: 0.5)

    The discriminators see fakes from a pool of the last `pool_size`. `transform` needs no number of
    years to work, but honours it: the change is scaled by |years| / gap, at most whole, where gap
    is the distance of the two groups' middles.

    Args:
        image_size: side of the face in pixels.
        generator: specification of a generator, for both.
        discriminator: specification of a discriminator, for both; None in a release.
        younger: the younger domain's ages, `(from, to)` in years.
        older: the older domain's.
        adversarial: "least_squares", "hinge" or "logistic".
        pool_size: past fakes kept of each domain.
        seed: of the random draws.
        **base: `age_network`, `weights`, `momentum` and `frame`, see `AdversarialArguments`.

    Trains on batches as `faceaging_tf.data.DomainBatches` gives.

    Example:
        >>> from faceaging_tf.models import CycleGAN
        >>> model = CycleGAN(
        ...     image_size=32,
        ...     generator={"network": "resnet_generator", "filters": 4, "blocks": 1},
        ...     discriminator={"network": "patch_discriminator", "filters": 4, "stages": 2},
        ...     age_network={"network": "age_network", "widths": (4, 8), "blocks": (1, 1)},
        ... )
        >>> model.compile()
    """

    loss_names = ("adversarial", "cycle", "identity", "weak_l1")
    background_losses = ("weak_l1",)
    default_weights = WEIGHTS

    def __init__(
        self,
        image_size: int = 128,
        generator: Specification = None,
        discriminator: Specification = None,
        younger: Sequence[float] = (20, 40),
        older: Sequence[float] = (60, 100),
        adversarial: str = "least_squares",
        pool_size: int = 50,
        seed: int = 0,
        **base: Unpack[AdversarialArguments],
    ):
        super().__init__(image_size, **base)
        self.younger, self.older = tuple(younger), tuple(older)
        self.adversarial, self.pool_size, self.seed = adversarial, pool_size, seed
        self.adversarial_loss = losses.adversarial_loss(adversarial)
        self.aging_generator = networks.build(
            generator or {"network": "mobile_generator"}, image_size=image_size, conditioned=False
        )
        self.aging_generator.name = "aging_generator"
        self.rejuvenation_generator = networks.build(networks.serialize(self.aging_generator))
        self.rejuvenation_generator.name = "rejuvenation_generator"
        self.older_discriminator = networks.build(discriminator, image_size=image_size)
        self.younger_discriminator: keras.Model = None
        if self.older_discriminator is not None:
            self.older_discriminator.name = "older_discriminator"
            self.younger_discriminator = networks.build(
                networks.serialize(self.older_discriminator)
            )
            self.younger_discriminator.name = "younger_discriminator"
            self.average_aging_generator = average_of(
                self.aging_generator, "average_aging_generator"
            )
            self.average_rejuvenation_generator = average_of(
                self.rejuvenation_generator, "average_rejuvenation_generator"
            )
            self.older_pool = ImagePool(pool_size, seed=seed, name="older_pool")
            self.younger_pool = ImagePool(pool_size, seed=seed + 1, name="younger_pool")
            for pool in (self.older_pool, self.younger_pool):
                pool.build((None, image_size, image_size, 3))

    @property
    def gap(self) -> float:
        """Years between the middles of the two domains."""
        return self.middle("older") - self.middle("younger")

    def middle(self, domain: str) -> float:
        """The age in the middle of "younger" or "older", no age counted above 80."""
        low, high = getattr(self, domain)
        return (low + min(high, 80)) / 2

    @property
    def generators(self) -> dict[str, keras.Model]:
        return {"aging": self.aging_generator, "rejuvenation": self.rejuvenation_generator}

    @property
    def averages(self) -> dict[str, keras.Model]:
        if self.older_discriminator is None:
            return {}
        return {
            "aging": self.average_aging_generator,
            "rejuvenation": self.average_rejuvenation_generator,
        }

    @property
    def discriminators(self) -> dict[str, keras.Model]:
        if self.older_discriminator is None:
            return {}
        return {"older": self.older_discriminator, "younger": self.younger_discriminator}

    def generator_losses(self, batch: Batch) -> tuple[dict[str, Tensor], Any]:
        x, y = to_range(batch["younger"]), to_range(batch["older"])
        older, younger = (
            self.aging_generator(x, training=True),
            self.rejuvenation_generator(y, training=True),
        )
        back_to_x = self.rejuvenation_generator(older, training=True)
        back_to_y = self.aging_generator(younger, training=True)
        adversarial = self.adversarial_loss.generator(
            self.older_discriminator(older, training=False)
        )
        adversarial += self.adversarial_loss.generator(
            self.younger_discriminator(younger, training=False)
        )
        cycle = losses.cycle_consistency(x, back_to_x) + losses.cycle_consistency(y, back_to_y)
        weak_l1 = losses.weak_l1(x, older) + losses.weak_l1(y, younger)
        identity = ops.zeros(())
        if self.weights_of_losses["identity"] != 0:
            identity = losses.identity_mapping(y, self.aging_generator(y, training=True))
            identity += losses.identity_mapping(x, self.rejuvenation_generator(x, training=True))
        parts = {
            "adversarial": adversarial,
            "cycle": cycle,
            "identity": identity,
            "weak_l1": weak_l1,
        }
        return {name: ops.mean(values) for name, values in parts.items()}, (older, younger)

    def discriminator_losses(self, batch: Batch, fakes: Any) -> dict[str, Tensor]:
        older, younger = fakes
        total = 0.0
        for discriminator, pool, real, fake in (
            (self.older_discriminator, self.older_pool, batch["older"], older),
            (self.younger_discriminator, self.younger_pool, batch["younger"], younger),
        ):
            real_scores = discriminator(to_range(real), training=True)
            fake_scores = discriminator(pool(fake, training=True), training=True)
            total += ops.mean(self.adversarial_loss.discriminator(real_scores, fake_scores))
        return {"discriminator": total}

    def observe(self, batch: Batch) -> dict[str, Observation]:
        observations = {}
        for way, source, target, discriminator in (
            ("aging", "younger", "older", self.older_discriminator),
            ("rejuvenation", "older", "younger", self.younger_discriminator),
        ):
            faces = to_range(batch[source])
            outputs = self.generators[way](faces, training=False)
            real, fake = (
                discriminator(pictures, training=False)
                for pictures in (to_range(batch[target]), outputs)
            )
            observations[way] = Observation(faces, outputs, real, fake, self.adversarial_loss)
        return observations

    def translation(self, faces: Tensor, direction: str) -> tuple[Tensor, Tensor | None]:
        """The whole translation of faces `(N, S, S, 3)` in -1 to 1, as tensors `(changed, flow)`:
        direction "aging" or "rejuvenation".
        """
        return edit_by(self.averaged(direction), faces)

    @property
    def routes(self) -> tuple[Route, ...]:
        return both_ways()

    def edit_in(
        self, direction: str, faces: Tensor, years: Tensor, ages: Tensor
    ) -> tuple[Tensor, Tensor | None]:
        share = ops.reshape(ops.minimum(ops.abs(years) / self.gap, 1.0), (-1, 1, 1, 1))
        changed, flow = self.translation(faces, direction)
        return faces + share * (changed - faces), None if flow is None else share * flow

    def get_config(self) -> Config:
        return {
            "image_size": self.image_size,
            "generator": networks.serialize(self.aging_generator),
            "discriminator": networks.serialize(self.older_discriminator),
            "age_network": networks.serialize(self.age_regressor.network),
            "younger": list(self.younger),
            "older": list(self.older),
            "adversarial": self.adversarial,
            "pool_size": self.pool_size,
            "weights": self.weights_of_losses,
            "momentum": self.momentum,
            "seed": self.seed,
            "frame": self.frame,
        }
