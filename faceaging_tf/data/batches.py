"""Batches for training, each a pure function of the seed and the step's number, so that a resumed
run sees the same.
"""

import numbers
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, Unpack

import keras
import numpy as np

from faceaging_tf.data.corpus import CorpusError, FaceCorpus, checked_ages


class BatchArguments(TypedDict, total=False):
    """What the constructor of all training data takes by name, see `Batches`.

    Attributes:
        batch_size: faces a batch.
        steps: batches an epoch.
        seed: of the draws.
        first_step: number of the first step.
        resident: keep the faces in device memory.
    """

    batch_size: int
    steps: int
    seed: int
    first_step: int
    resident: bool


class Batches(keras.utils.PyDataset):
    """The base of all training data: item `i` depends on `(seed, first_step + i)` and nothing else.

    Works with `fit` on every backend (`shuffle=False`). Faces stay uint8 and are gathered by index:
    on an accelerator, `resident=True` keeps the whole corpus in device memory and gathers there, so
    that only indices travel.

    Args:
        batch_size: faces per batch.
        steps: batches an epoch.
        seed: of the draws.
        first_step: number of the first step, for a run that goes on where another stopped.
        resident: keep the faces in device memory.
    """

    def __init__(
        self,
        batch_size: int = 8,
        steps: int = 100,
        seed: int = 0,
        first_step: int = 0,
        resident: bool = False,
    ):
        super().__init__(workers=1, use_multiprocessing=False)
        if not all(
            isinstance(number, numbers.Integral) and number >= 1 for number in (batch_size, steps)
        ):
            raise ValueError(
                f"Batches got batch_size={batch_size!r} and steps={steps!r}; both must be at least 1, and whole."
            )
        self.batch_size = batch_size
        self.steps = steps
        self.seed = seed
        self.first_step = first_step
        self.resident = resident

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        rng = np.random.default_rng((self.seed, self.first_step + index))
        return self.draw(rng)

    def on_epoch_end(self) -> None:
        self.first_step += self.steps

    def draw(self, rng: np.random.Generator) -> tuple[Any, ...]:
        """One batch; subclasses write it."""
        raise NotImplementedError

    def keep(self, faces: Any) -> Any:
        """The faces where batches are gathered from: device memory if resident, else as
        they are.
        """
        return keras.ops.convert_to_tensor(faces) if self.resident else faces

    def gather(self, faces: Any, rows: np.ndarray) -> Any:
        """The faces of the given rows, `(len(rows), S, S, 3)` uint8."""
        return (
            keras.ops.take(faces, keras.ops.convert_to_tensor(rows, "int32"), axis=0)
            if self.resident
            else faces[rows]
        )

    def drawn(self, corpora: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
        """A batch of each of several arrays of faces, `{name: faces}`, under its name."""
        return {
            name: self.gather(faces, rng.integers(len(faces), size=self.batch_size))
            for name, faces in corpora.items()
        }


class WeightedRows:
    """Draws rows in proportion to their weights.

    Args:
        weight: `(N,)`, none below 0.
    """

    def __init__(self, weight):
        # Nothing else is kept of a row, of which there may be a hundred million.
        self.cumulative = np.cumsum(weight / weight.sum())

    def __call__(self, rng, number):
        """So many rows, `(number,)` whole numbers."""
        return np.minimum(
            np.searchsorted(self.cumulative, rng.random(number)), len(self.cumulative) - 1
        )


class EvenAges(WeightedRows):
    """Draws rows so that ages come evenly, `years` to a bin, whatever the corpus holds.

    Args:
        age: `(N,)` years.
        years: width of a bin.
        rarest: a bin of fewer faces than this is drawn in proportion to what it has, so that no
            face comes too often.
    """

    def __init__(self, age, years=5.0, rarest=40):
        bins = (np.asarray(age) // years).astype(int)
        numbers = np.bincount(bins)
        weight = np.minimum(numbers, rarest) / np.maximum(numbers, 1)
        super().__init__(weight[bins])


class LabelledBatches(Batches):
    """For `AgeRegressor`: `(faces, target)`, the target a distribution over 0..100 years,
    `(N, 101)` float32.

    An exact age becomes a Gaussian about it, a range is even within it and falls off outside as the
    Gaussian does (label distribution learning: Geng et al., TPAMI 2013).

    Args:
        corpus: a `FaceCorpus`.
        spread: standard deviation of the Gaussian, in years.
        flatten: 0 draws faces as they come, 1 all ages evenly, between them a compromise.
        **kwargs: of `Batches`.
    """

    def __init__(
        self,
        corpus: FaceCorpus,
        spread: float = 2.5,
        flatten: float = 0.5,
        **kwargs: Unpack[BatchArguments],
    ):
        super().__init__(**kwargs)
        checked_ages(corpus.age_min, corpus.age_max, "The corpus")
        self.faces = self.keep(corpus.faces)
        self.ages, self.spread = (corpus.age_min, corpus.age_max), spread
        bins = (corpus.age // 5).astype(int)
        self.rows = WeightedRows(np.bincount(bins)[bins] ** -float(flatten))

    def draw(self, rng: np.random.Generator) -> tuple[Any, ...]:
        rows = self.rows(rng, self.batch_size)
        # Made for the rows of a batch: those of all take a hundred numbers each.
        youngest, oldest = self.ages
        targets = age_distribution(youngest[rows], oldest[rows], self.spread)
        return self.gather(self.faces, rows), targets


def age_distribution(age_min, age_max, spread=2.5):
    """Soft targets `(N, 101)` for exact ages or ranges: even from `age_min` to `age_max`, Gaussian
    outside, sum 1.

    Example:
        >>> import numpy as np
        >>> from faceaging_tf.data.batches import age_distribution
        >>> int(age_distribution(np.array([30.0]), np.array([39.0])).argmax())
        30
    """
    years = np.arange(101, dtype="float32")[None]
    outside = np.maximum(np.asarray(age_min)[:, None] - years, 0) + np.maximum(
        years - np.asarray(age_max)[:, None], 0
    )
    weight = np.exp(-0.5 * (outside / spread) ** 2)
    return (weight / weight.sum(axis=1, keepdims=True)).astype("float32")


class DomainBatches(Batches):
    """For `CycleGAN`: `{"younger": faces, "older": faces}`, unpaired.

    Args:
        younger: a `FaceCorpus` of the first domain.
        older: one of the second.
        **kwargs: of `Batches`.
    """

    def __init__(self, younger: FaceCorpus, older: FaceCorpus, **kwargs: Unpack[BatchArguments]):
        super().__init__(**kwargs)
        self.domains: dict[str, Any] = {
            name: self.keep(corpus.faces)
            for name, corpus in (("younger", younger), ("older", older))
        }

    def draw(self, rng: np.random.Generator) -> tuple[Any, ...]:
        return (self.drawn(self.domains, rng),)


class GroupBatches(Batches):
    """For `GroupGAN`: a batch of faces of each age group, by the group's name.

    Args:
        groups: dict from a group's name to a `FaceCorpus`.
        **kwargs: of `Batches`.
    """

    def __init__(self, groups: Mapping[str, FaceCorpus], **kwargs: Unpack[BatchArguments]):
        super().__init__(**kwargs)
        self.groups = {name: self.keep(corpus.faces) for name, corpus in groups.items()}

    def draw(self, rng: np.random.Generator) -> tuple[Any, ...]:
        return (self.drawn(self.groups, rng),)


class AgeShiftBatches(Batches):
    """For `FAGAN`: faces to age, faces to make younger, and real faces for the discriminator, with
    ages and years.

    Each batch is a dict: `aging_face`, `aging_age`, `aging_years` (years above 0),
    `rejuvenation_face`, `rejuvenation_age`, `rejuvenation_years` (years below 0), `real_face` and
    `real_age`.

    Args:
        corpus: a `FaceCorpus`; the middle of its age ranges is taken as the age (see
            `FaceCorpus.with_age`).
        years: "even" draws the target age evenly over `targets`; or a list such as (0, 10, 20, 30,
            40), the paper's.
        targets: youngest and oldest target age.
        most: the most years ever asked.
        **kwargs: of `Batches`; `batch_size` faces go each way.
    """

    def __init__(
        self,
        corpus: FaceCorpus,
        years: str | Sequence[float] = "even",
        targets: tuple[float, float] = (8.0, 78.0),
        most: float = 45.0,
        **kwargs: Unpack[BatchArguments],
    ):
        super().__init__(**kwargs)
        checked_ages(corpus.age_min, corpus.age_max, "The corpus")
        self.faces = self.keep(corpus.faces)
        self.age = corpus.age
        self.years, self.targets, self.most = years, targets, most
        low, high = targets
        self.everyone = EvenAges(self.age)
        self.young = np.flatnonzero(self.age < high - 5)
        self.old = np.flatnonzero(self.age > low + 5)
        if not len(self.young) or not len(self.old):
            raise CorpusError(
                f"The corpus has ages from {self.age.min():.0f} to {self.age.max():.0f}; it needs faces to age and faces to make younger, "
                f"some below {high - 5:g} years and some above {low + 5:g}."
            )
        self.draw_young, self.draw_old = (
            EvenAges(self.age[self.young]),
            EvenAges(self.age[self.old]),
        )

    def _shift(self, rng, age, sign):
        if self.years != "even":
            return sign * rng.choice(np.asarray(self.years, "float32"), len(age))
        room = self.targets[1] - age if sign > 0 else age - self.targets[0]
        return sign * rng.uniform(0, np.minimum(room, self.most))

    def draw(self, rng: np.random.Generator) -> tuple[Any, ...]:
        batch = {}
        for name, rows, sign in (
            ("aging", self.young[self.draw_young(rng, self.batch_size)], 1),
            ("rejuvenation", self.old[self.draw_old(rng, self.batch_size)], -1),
        ):
            batch[f"{name}_face"] = self.gather(self.faces, rows)
            batch[f"{name}_age"] = self.age[rows].astype("float32")
            batch[f"{name}_years"] = self._shift(rng, self.age[rows], sign).astype("float32")
        rows = self.everyone(rng, 2 * self.batch_size)
        batch["real_face"] = self.gather(self.faces, rows)
        batch["real_age"] = self.age[rows].astype("float32")
        return (batch,)
