"""Group-GAN: a CycleGAN for each pair of age groups."""

import itertools
from collections.abc import Sequence
from typing import Any, Unpack

import keras
import numpy as np
from keras import ops

from faceaging_tf import networks
from faceaging_tf.models.adversarial import AdversarialArguments, AdversarialModel
from faceaging_tf.models.cyclegan import WEIGHTS, CycleGAN
from faceaging_tf.models.faces import moved
from faceaging_tf.models.observation import Observation
from faceaging_tf.models.route import Route
from faceaging_tf.networks.registry import Specification
from faceaging_tf.typing import Batch, Config, Numbers, Tensor

GROUPS = ((0, 20), (20, 40), (40, 60), (60, 100))


@keras.saving.register_keras_serializable(package="faceaging_tf")
class GroupGAN(AdversarialModel):
    """One CycleGAN for each pair of age groups: six for four groups, twelve directions (Palsson et
    al., CVPRW 2018).

    `transform` takes a face of the group of its age to the group of its age plus the years; within
    one group nothing changes. With `chained`, a face goes through the neighbours instead, A to B to
    C to D. Pairs of groups at least `far` apart train with the weak L1 term, without which the
    networks tend to invert the background.

    The losses are those of the pairs, unweighted and summed over them; the weak L1 of the pairs
    that are not far has a name and a weight of its own, 0 unless asked for:

        adversarial, cycle, identity   of all pairs, see `CycleGAN`
        weak_l1                        of the pairs of groups at least `far` apart
        near_weak_l1                   of the other pairs

    `fit` trains all pairs in one step, each for itself. `pair("20-40", "60+")` is a CycleGAN of its
    own and can be compiled and trained alone.

    Args:
        image_size: side of the face in pixels.
        generator: specification of a generator, for all.
        discriminator: specification of a discriminator, for all; None in a release.
        groups: `(from, to)` in years, in order, `to` not included; the last is open above.
        far: groups so many places apart or more get the weak L1 term.
        weak_l1: its weight.
        chained: whether a face goes through the groups between.
        pool_size: past fakes kept of each direction.
        seed: of the random draws.
        **base: `age_network`, by whose estimate a face has its group, `weights` of the other
            losses, `momentum` and `frame`, see `AdversarialArguments`.

    Raises:
        ValueError: fewer than two groups, groups that are not in order, or a weight for a loss that
            the model does not have.

    Trains on batches as `faceaging_tf.data.GroupBatches` gives.
    """

    loss_names = (*CycleGAN.loss_names, "near_weak_l1")
    background_losses = ("weak_l1", "near_weak_l1")
    default_weights = {**WEIGHTS, "near_weak_l1": 0.0}

    def __init__(
        self,
        image_size: int = 128,
        generator: Specification = None,
        discriminator: Specification = None,
        groups: Sequence[Sequence[float]] = GROUPS,
        far: int = 3,
        weak_l1: float = 0.5,
        chained: bool = False,
        pool_size: int = 50,
        seed: int = 0,
        **base: Unpack[AdversarialArguments],
    ):
        base["weights"] = {**(base.get("weights") or {}), "weak_l1": weak_l1}
        super().__init__(image_size, **base)
        self.groups = tuple(tuple(group) for group in groups)
        edges = [edge for group in self.groups for edge in group]
        if len(self.groups) < 2 or edges != sorted(edges):
            raise ValueError(
                f"GroupGAN got groups={groups!r}; it needs two or more, (from, to) each, in order, such as {GROUPS}."
            )
        self.far, self.weak_l1, self.chained = far, weak_l1, chained
        self.pool_size, self.seed = pool_size, seed
        self.names = tuple(
            group_name(group, last=group is self.groups[-1]) for group in self.groups
        )
        self.pairs: list[CycleGAN] = []
        self._places = {}
        for first, second in itertools.combinations(range(len(self.groups)), 2):
            # A pair weighs its losses itself where it is trained alone.
            own = {name: self.weights_of_losses[name] for name in CycleGAN.loss_names}
            own["weak_l1"] = self.weights_of_losses[self._weak_l1_of(first, second)]
            pair = CycleGAN(
                image_size,
                networks.serialize(networks.build(generator))
                if isinstance(generator, keras.Model)
                else generator,
                networks.serialize(networks.build(discriminator))
                if isinstance(discriminator, keras.Model)
                else discriminator,
                age_network=self.age_regressor.network,
                younger=self.groups[first],
                older=self.groups[second],
                pool_size=pool_size,
                weights=own,
                momentum=self.momentum,
                seed=seed + 2 * len(self.pairs),
                frame=self.frame,
                name=f"pair_{first}_{second}",
            )
            self._places[first, second] = len(self.pairs)
            self.pairs.append(pair)

    def pair(self, younger: str, older: str) -> CycleGAN:
        """The `CycleGAN` of two groups, by name, such as `pair("20-40", "60+")`.

        Raises:
            ValueError: a name that no group has, or the same twice.
        """
        unknown = [name for name in (younger, older) if name not in self.names]
        if unknown or younger == older:
            raise ValueError(
                f"pair got {younger!r} and {older!r}; it needs two different ones of {', '.join(self.names)}."
            )
        first, second = sorted((self.names.index(younger), self.names.index(older)))
        return self.pairs[self._places[first, second]]

    def group_of(self, ages: Numbers) -> np.ndarray:
        """The place of the group of each age, `(N,)` int, in `groups`."""
        starts = np.array([group[0] for group in self.groups[1:]], "float32")
        return np.searchsorted(starts, np.asarray(ages, "float32"), side="right")

    def _of_pairs(self, attribute):
        return {
            f"pair_{first}_{second}_{name}": network
            for (first, second), place in self._places.items()
            for name, network in getattr(self.pairs[place], attribute).items()
        }

    @property
    def generators(self) -> dict[str, keras.Model]:
        return self._of_pairs("generators")

    @property
    def averages(self) -> dict[str, keras.Model]:
        return self._of_pairs("averages")

    @property
    def discriminators(self) -> dict[str, keras.Model]:
        return self._of_pairs("discriminators")

    def _pair_batches(self, batch):
        for (first, second), place in self._places.items():
            own = {"younger": batch[self.names[first]], "older": batch[self.names[second]]}
            yield self.pairs[place], own

    def generator_losses(self, batch: Batch) -> tuple[dict[str, Tensor], Any]:
        totals: dict[str, Tensor] = {name: ops.zeros(()) for name in self.loss_names}
        fakes = []
        for places, (pair, own) in zip(self._places, self._pair_batches(batch), strict=True):
            losses, fake = pair.generator_losses(own)
            losses[self._weak_l1_of(*places)] = losses.pop("weak_l1")
            for name, value in losses.items():
                totals[name] = totals[name] + value
            fakes.append(fake)
        return totals, fakes

    def discriminator_losses(self, batch: Batch, fakes: Any) -> dict[str, Tensor]:
        total = ops.zeros(())
        for (pair, own), fake in zip(self._pair_batches(batch), fakes, strict=True):
            total = total + pair.discriminator_losses(own, fake)["discriminator"]
        return {"discriminator": total}

    def observe(self, batch: Batch) -> dict[str, Observation]:
        return {
            f"{pair.name} {way}": seen
            for pair, own in self._pair_batches(batch)
            for way, seen in pair.observe(own).items()
        }

    def _weak_l1_of(self, first, second):
        """The name of a pair's weak L1."""
        return "weak_l1" if second - first >= self.far else "near_weak_l1"

    @property
    def routes(self) -> tuple[Route, ...]:
        # The first group reaches down, the last up, without an end.
        starts = [group[0] for group in self.groups[1:]]
        ends = list(zip([None, *starts], [*starts, None], strict=True))
        return tuple(
            Route(f"{self.names[start]}_to_{self.names[end]}", source=ends[start], target=ends[end])
            for start, end in itertools.permutations(range(len(self.groups)), 2)
        )

    def edit_in(
        self, direction: str, faces: Tensor, years: Tensor, ages: Tensor
    ) -> tuple[Tensor, Tensor | None]:
        start, end = (self.names.index(name) for name in direction.split("_to_"))
        flow = None
        for step in self.route(start, end):
            # A chain's last movement alone is left to be done at another size.
            faces, flow = self._translation(moved(faces, flow), *step)
        return faces, flow

    def _translation(self, faces, start, end):
        pair = self.pairs[self._places[min(start, end), max(start, end)]]
        return pair.translation(faces, "aging" if end > start else "rejuvenation")

    def route(self, first: int, second: int) -> list[tuple[int, int]]:
        """The translations from one group's place to another's: one, or through the neighbours when
        `chained`; none within a group.
        """
        if first == second:
            return []
        if not self.chained:
            return [(first, second)]
        step = 1 if second > first else -1
        return [(place, place + step) for place in range(first, second, step)]

    def get_config(self) -> Config:
        pair = self.pairs[0]
        return {
            "image_size": self.image_size,
            "generator": networks.serialize(pair.aging_generator),
            "discriminator": networks.serialize(pair.older_discriminator),
            "age_network": networks.serialize(self.age_regressor.network),
            "groups": [list(group) for group in self.groups],
            "far": self.far,
            "weak_l1": self.weak_l1,
            "chained": self.chained,
            "pool_size": self.pool_size,
            "weights": {
                name: weight for name, weight in self.weights_of_losses.items() if name != "weak_l1"
            },
            "momentum": self.momentum,
            "seed": self.seed,
            "frame": self.frame,
        }


def group_name(group, last=False):
    """ "20-40", or "60+" for the last."""
    return f"{group[0]}+" if last else f"{group[0]}-{group[1]}"
