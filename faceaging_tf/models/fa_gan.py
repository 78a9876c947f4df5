"""FA-GAN: one generator to age and one to make younger, conditioned on the years and the age."""

from collections.abc import Mapping
from typing import Any, Unpack

import keras
from keras import ops

from faceaging_tf import losses, networks
from faceaging_tf.layers import FaceAugmentation
from faceaging_tf.layers.futures import FUTURES
from faceaging_tf.layers.head_ageing import PARTS
from faceaging_tf.manner import AUTO
from faceaging_tf.models.adversarial import AdversarialArguments, AdversarialModel, average_of
from faceaging_tf.models.calibration import calibrated, checked_calibration
from faceaging_tf.models.faces import column_of, edit_by, to_range
from faceaging_tf.models.head_edits import HeadEdits, is_symbol
from faceaging_tf.models.observation import Observation
from faceaging_tf.models.route import Route, both_ways
from faceaging_tf.networks.registry import Specification
from faceaging_tf.typing import Batch, Config, Tensor

# The discriminator and the age network see a face moved, mirrored and relit; only the age network
# sees it blurred and with grain.
SEEN_BY_DISCRIMINATOR: dict[str, Any] = {
    "shift": 0.06,
    "turn": 4.0,
    "scale": 0.04,
    "light": 0.1,
    "colour": 0.05,
    "blur": 0.0,
    "grain": 0.0,
}
SEEN_BY_AGE_NETWORK: dict[str, Any] = {
    "shift": 0.04,
    "turn": 6.0,
    "scale": 0.06,
    "light": 0.15,
    "colour": 0.1,
    "blur": 0.7,
    "grain": 0.08,
}

OLDEST = 90.0
# Years off that cost as much as 1 of the other losses.
YEARS_PER_UNIT = 10.0
WEIGHTS = {"adversarial": 1.0, "age": 1.0, "cycle": 10.0}
SHARED = "shared"


@keras.saving.register_keras_serializable(package="faceaging_tf")
class FAGAN(AdversarialModel):
    """Ages a face x by k years: `G+(x, k, age)` for k above 0, `G-(x, k, age)` below (Palsson et
    al., CVPRW 2018).

    The generators' losses, in both directions alike:

        adversarial   the discriminator, conditioned on the requested age, takes the output for real
        age           |age(G(x, k)) - (age(x) + k)| / 10, by the frozen age network
        cycle         E|G-(G+(x, k), -k) - x|

    The paper publishes neither their weights nor how k and the age enter its networks: ours.

    Args:
        image_size: side of the face in pixels.
        generator: specification of a conditioned generator, for both directions, or for G+ where
            the next is given.
        rejuvenation_generator: specification of G-, where it is not the same; "shared" for one
            network that serves both directions, as `head_generator` does.
        discriminator: specification of a conditioned discriminator; None in a release.
        adversarial: "hinge", "least_squares" or "logistic".
        calibration: what `transform` asks G+ and G- for, so that faces move by the requested years,
            on average (ours; see `calibration.calibrated`). Measured after training.
        seed: of the random draws.
        **base: `age_network`, `weights`, `momentum` and `frame`, see `AdversarialArguments`.

    Trains on batches as `faceaging_tf.data.AgeShiftBatches` gives.

    Example:
        >>> from faceaging_tf.models import FAGAN
        >>> model = FAGAN(
        ...     image_size=32,
        ...     generator={"network": "mobile_generator", "widths": (4, 4, 4, 4)},
        ...     discriminator={
        ...         "network": "patch_discriminator",
        ...         "filters": 4,
        ...         "stages": 2,
        ...         "conditioned": True,
        ...     },
        ...     age_network={"network": "age_network", "widths": (4, 8), "blocks": (1, 1)},
        ... )
        >>> model.compile()
    """

    loss_names = ("adversarial", "age", "cycle")
    default_weights = WEIGHTS

    def __init__(
        self,
        image_size: int = 128,
        generator: Specification = None,
        rejuvenation_generator: Specification | str = None,
        discriminator: Specification = None,
        adversarial: str = "hinge",
        calibration: Mapping[str, Any] | None = None,
        seed: int = 0,
        **base: Unpack[AdversarialArguments],
    ):
        super().__init__(image_size, **base)
        self.calibration = checked_calibration(calibration)
        self.aging_generator = networks.build(
            generator or {"network": "mobile_generator"}, image_size=image_size, conditioned=True
        )
        self.shared = isinstance(rejuvenation_generator, str) and rejuvenation_generator == SHARED
        if self.shared:
            self.rejuvenation_generator = self.aging_generator
        else:
            self.aging_generator.name = "aging_generator"
            self.rejuvenation_generator = networks.build(
                rejuvenation_generator or networks.serialize(self.aging_generator),
                image_size=image_size,
                conditioned=True,
            )
            self.rejuvenation_generator.name = "rejuvenation_generator"
        self.discriminator = networks.build(discriminator, image_size=image_size, conditioned=True)
        self.adversarial, self.seed = adversarial, seed
        self._head_edits = HeadEdits()
        self.adversarial_loss = losses.adversarial_loss(adversarial)
        if self.discriminator is not None:
            self.average_aging_generator = average_of(
                self.aging_generator, "average_aging_generator"
            )
            if not self.shared:
                self.average_rejuvenation_generator = average_of(
                    self.rejuvenation_generator, "average_rejuvenation_generator"
                )
            self.discriminator_view = FaceAugmentation(
                **SEEN_BY_DISCRIMINATOR, seed=seed, name="discriminator_view"
            )
            self.age_view = FaceAugmentation(**SEEN_BY_AGE_NETWORK, seed=seed + 1, name="age_view")
            for view in (self.discriminator_view, self.age_view):
                view.build((None, image_size, image_size, 3))

    @property
    def generators(self) -> dict[str, keras.Model]:
        """The trained generators by name; one that serves both directions is there once."""
        both = {"aging": self.aging_generator, "rejuvenation": self.rejuvenation_generator}
        return {"aging": self.aging_generator} if self.shared else both

    @property
    def averages(self) -> dict[str, keras.Model]:
        if self.discriminator is None:
            return {}
        averages = {"aging": self.average_aging_generator}
        return (
            averages
            if self.shared
            else {**averages, "rejuvenation": self.average_rejuvenation_generator}
        )

    def averaged(self, name: str) -> keras.Model:
        return super().averaged("aging" if self.shared else name)

    @property
    def discriminators(self) -> dict[str, keras.Model]:
        return {} if self.discriminator is None else {"discriminator": self.discriminator}

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of ageing that have a strength of their own, see `transform`; none for a
        generator that is one piece.
        """
        if len(self.aging_generator.inputs) < 4:
            return ()
        refined = any(layer.name == "refinement" for layer in self.aging_generator.layers)
        return PARTS if refined else tuple(part for part in PARTS if part != "refinement")

    @property
    def futures(self) -> int:
        return len(FUTURES) if self.parts else 1

    def _inputs(self, faces, years, ages, strengths=None, future=None, hair=None):
        """What a generator is called with: faces, years and ages, `(N, 1)` each, and strengths
        `(N, 5)`, future and hair `(N, 1)` where it takes them; `strengths` is `(N, parts)`, or None
        for 1.
        """
        years, ages = column_of(years), column_of(ages)
        if not self.parts:
            return [faces, years, ages]
        one = ops.ones_like(years)
        columns = [
            one
            if strengths is None or part not in self.parts
            else strengths[:, self.parts.index(part)][:, None]
            for part in PARTS
        ]
        future, hair = (
            default * one if given is None else column_of(given)
            for given, default in ((future, 0.0), (hair, AUTO))
        )
        return [faces, years, ages, ops.concatenate(columns, axis=-1), future, hair]

    def generator_losses(self, batch: Batch) -> tuple[dict[str, Tensor], Any]:
        parts, fakes, goals = [], [], []
        for way, there, back in (
            ("aging", self.aging_generator, self.rejuvenation_generator),
            ("rejuvenation", self.rejuvenation_generator, self.aging_generator),
        ):
            face = to_range(batch[f"{way}_face"])
            age, years = column_of(batch[f"{way}_age"]), column_of(batch[f"{way}_years"])
            goal = ops.clip(age + years, 0.0, 100.0)
            fake = there(self._inputs(face, years, age), training=True)
            parts.append(
                losses.cycle_consistency(
                    face, back(self._inputs(fake, -years, goal), training=True)
                )
            )
            fakes.append(fake)
            goals.append(goal)
        fake, goal = ops.concatenate(fakes, axis=0), ops.concatenate(goals, axis=0)
        seen = self.age_regressor.age(self.age_view(fake, training=True))
        every = {
            "cycle": ops.concatenate(parts, axis=0),
            "age": losses.age_shift(goal[:, 0], seen, ops.zeros_like(seen)) / YEARS_PER_UNIT,
            "adversarial": self.adversarial_loss.generator(
                self.discriminator([self.discriminator_view(fake), goal], training=False)
            ),
        }
        return {name: ops.mean(values) for name, values in every.items()}, (fake, goal)

    def discriminator_losses(self, batch: Batch, fakes: Any) -> dict[str, Tensor]:
        fake, goal = fakes
        real, age = to_range(batch["real_face"]), column_of(batch["real_age"])
        real = self.discriminator_view(real, training=True)
        fake_scores = self.discriminator(
            [self.discriminator_view(fake, training=True), goal], training=True
        )
        total = self.adversarial_loss.discriminator(
            self.discriminator([real, age], training=True), fake_scores
        )
        return {"discriminator": ops.mean(total)}

    def observe(self, batch: Batch) -> dict[str, Observation]:
        observations = {}
        real = self.discriminator(
            [to_range(batch["real_face"]), column_of(batch["real_age"])], training=False
        )
        for way, generator in {
            "aging": self.aging_generator,
            "rejuvenation": self.rejuvenation_generator,
        }.items():
            faces, age, years = (
                to_range(batch[f"{way}_face"]),
                column_of(batch[f"{way}_age"]),
                column_of(batch[f"{way}_years"]),
            )
            outputs = generator(self._inputs(faces, years, age), training=False)
            scores = self.discriminator(
                [outputs, ops.clip(age + years, 0.0, 100.0)], training=False
            )
            observations[way] = Observation(faces, outputs, real, scores, self.adversarial_loss)
        return observations

    @property
    def routes(self) -> tuple[Route, ...]:
        return both_ways()

    def edit_in(
        self,
        direction: str,
        faces: Tensor,
        years: Tensor,
        ages: Tensor,
        strengths: Tensor | None = None,
        future: Tensor | None = None,
        hair: Tensor | None = None,
    ) -> tuple[Tensor, Tensor | None]:
        ages = ops.clip(ops.cast(ages, "float32"), 0.0, 100.0)
        # No face is asked to be younger than new-born or older than 90; one that is either stays.
        if direction == "aging":
            years = ops.minimum(years, ops.maximum(OLDEST - ages, 0.5))
        else:
            years = ops.maximum(years, ops.minimum(-ages, -0.5))
        asked = calibrated(years, ages, (self.calibration or {}).get(direction))
        generator = self.averaged(direction)
        inputs = self._inputs(faces, asked, ages, strengths, future, hair)
        if self.parts and not is_symbol(faces):
            return self._head_edits(generator, inputs[0], inputs[1:])
        return edit_by(generator, inputs)

    def get_config(self) -> Config:
        return {
            "image_size": self.image_size,
            "generator": networks.serialize(self.aging_generator),
            "rejuvenation_generator": SHARED
            if self.shared
            else networks.serialize(self.rejuvenation_generator),
            "discriminator": networks.serialize(self.discriminator),
            "age_network": networks.serialize(self.age_regressor.network),
            "adversarial": self.adversarial,
            "calibration": self.calibration,
            "weights": self.weights_of_losses,
            "momentum": self.momentum,
            "seed": self.seed,
            "frame": self.frame,
        }
