"""A guard that notices a failed run, goes back to its last good checkpoint, changes what may be the
cause, and goes on.

The paper's authors did it by hand: "some runs fell into mode collapse and were restarted" (Palsson
et al., CVPRW 2018), and where backgrounds inverted they gave the weak L1 term a weight.
"""

import dataclasses
import json
import pathlib
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from absl import logging

from faceaging_tf.data.batches import Batches
from faceaging_tf.errors import FaceAgingError
from faceaging_tf.files import write_whole
from faceaging_tf.models.adversarial import AdversarialModel
from faceaging_tf.training import health
from faceaging_tf.training.adjustment import Adjustment, adjust, reseed
from faceaging_tf.typing import Logs, PathLike

if TYPE_CHECKING:
    from faceaging_tf.training.run import Checkpoint

# A number of probe faces: with pairs of them all figures stay within a few percent from one epoch
# to the next, and they cost little. What is classified correctly wants more of them.
PROBES, HELD_OUT = 8, 32
RESTARTS = "restarts.jsonl"
# Far enough apart that a run of the next seed does not meet this one's batches.
SEEDS_APART = 10_007

# Factors on what the model was compiled with, and why; all ours. A new seed comes with each.
REMEDIES = {
    # Whatever was too large, shorter steps are the cure.
    health.NOT_FINITE: {"generator_rate": 0.25, "discriminator_rate": 0.25},
    health.COLLAPSED: {"generator_rate": 0.5, "discriminator_rate": 0.5},
    # Far too long a step is too long by orders of magnitude.
    health.PAINTED: {"generator_rate": 0.1},
    # The paper's: the weak L1 term.
    health.INVERTED: {"background": 2.0},
    health.WON: {"discriminator_rate": 0.5},
    health.DEAD: {"discriminator_rate": 0.5},
    # The generators wait for it.
    health.BLIND: {"generator_rate": 0.5},
    health.DIVERGED: {"discriminator_rate": 0.1},
}
NAMES = {
    "generator_rate": "generators' learning rate",
    "discriminator_rate": "discriminators' learning rate",
    "background": "weak L1 weight",
}


class StabilityError(FaceAgingError):
    """A run that failed more often than it may be restarted."""


class StabilityGuard(keras.callbacks.Callback):
    """Watches an `AdversarialModel` at the end of each epoch, and restarts it from its last good
    checkpoint where it has failed.

    Seen are values that are not finite, mode collapse, painted skin, background inversion, and a
    discriminator that has won, diverges or has stopped working (`faceaging_tf.training.health`),
    all on the same few faces. An epoch without a symptom is good. Where one has lasted, weights,
    optimizers, pools and EMA generators go back to the last good epoch's; the step's number goes on
    counting, so that the run ends with the steps that it was to have. `REMEDIES` says what is
    changed.

    Each restart is a line of `restarts.jsonl` in the run's folder and of the log; the figures are
    in `log.jsonl`. The state of the guard is kept with the checkpoint: a run that is killed and
    goes on has the rates, weights and seeds that it had.

    It comes before the checkpoint among the callbacks:

        checkpoint = Checkpoint(folder)
        checkpoint.restore(model)
        guard = StabilityGuard(checkpoint, batches)
        guard.take_up(model)
        model.fit(batches, callbacks=[guard, checkpoint], ...)

    Args:
        checkpoint: the run's `Checkpoint`.
        batches: the run's `faceaging_tf.data.batches.Batches`; probe faces are drawn from them, and
            they get the new seeds.
        limits: a `Limits`.
        held_out: batches of faces that are not trained on, from which the probe faces are drawn
            where there are some: how many a discriminator tells right means little on faces that it
            has learned by heart.
    """

    def __init__(
        self,
        checkpoint: "Checkpoint",
        batches: Batches,
        limits: health.Limits = health.Limits(),
        held_out: Batches | None = None,
    ):
        super().__init__()
        self.checkpoint, self.batches, self.limits = checkpoint, batches, limits
        self.path = checkpoint.folder / RESTARTS
        self.first_seed = batches.seed
        self.probes = probe_batch(batches) if held_out is None else probe_batch(held_out, HELD_OUT)
        self.adjustment = Adjustment()
        self.restarts: list[dict[str, Any]] = []
        self.strikes: dict[str, int] = {}

    def take_up(self, model: AdversarialModel) -> None:
        """Takes up the state that the restored checkpoint holds, or saves the start of a fresh run;
        before `fit`.
        """
        state = self.checkpoint.notes.get("stability")
        if state is not None:
            self.adjustment = Adjustment(**state["adjustment"])
            self.restarts, self.strikes = state["restarts"], state["strikes"]
        self._apply(model)
        self._write_restarts()
        if self.checkpoint.epochs_done == 0:
            self._note()
            self.checkpoint.save(model, 0)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if self.checkpoint.clock is not None and self.checkpoint.clock.cut_short:
            return
        seen = self._seen(logs if logs is not None else {})
        warm = epoch + 1 > self.limits.warmup
        self.strikes = {
            kind: self.strikes.get(kind, 0) + 1
            for kind in seen
            if warm or kind == health.NOT_FINITE
        }
        due = {
            kind: seen[kind]
            for kind, strikes in self.strikes.items()
            if strikes >= self._patience(kind)
        }
        if due:
            self._restart(due, epoch + 1)
        # What a blind discriminator has done may be as good as any; at first every one is blind.
        self.checkpoint.good = not set(seen) - {health.BLIND}
        self._note()

    def _seen(self, logs):
        names = self.model.discriminator_loss_names
        losses = {name: float(logs[name]) for name in (*self.model.loss_names, *names)}
        sentence = health.not_finite(
            losses, [*self.model.variables, *self.model.optimizer.variables]
        )
        if sentence:
            return {health.NOT_FINITE: sentence}
        figures = {
            way: health.health(observation)
            for way, observation in self.model.observe(self.probes).items()
        }
        logs.update(health.worst(figures))
        return health.signs(figures, sum(losses[name] for name in names), self.limits)

    def _patience(self, kind):
        of_discriminator = dict.fromkeys(
            (health.WON, health.DEAD), self.limits.discriminator_patience
        )
        own = {health.NOT_FINITE: 1, health.BLIND: self.limits.blind_patience, **of_discriminator}
        return own.get(kind, self.limits.patience)

    def _restart(self, due, epochs):
        saw = "; ".join(f"{kind} ({sentence})" for kind, sentence in due.items())
        step = epochs * len(self.batches)
        if len(self.restarts) >= self.limits.restarts:
            raise StabilityError(
                f"At step {step} the run showed {saw}, and it had been restarted {len(self.restarts)} times, which is the most it may be "
                f"(see {self.path}). Begin anew in another folder with lower learning rates or other weights of losses, or allow more restarts."
            )
        self.adjustment, changed = remedied(self.adjustment, due)
        model = self.model
        optimizers = (model.optimizer, model.generator_optimizer, model.discriminator_optimizer)
        # The optimizers' counts of steps go on.
        counters = [(each.iterations, int(each.iterations)) for each in optimizers]
        self.checkpoint.restore_good(self.model)
        for variable, number in counters:
            variable.assign(number)
        reseed(self.model, (self.first_seed, self.adjustment.seed))
        self._apply(self.model)
        back = self.checkpoint.good_epochs * len(self.batches)
        line = {
            "step": step,
            "seen": saw,
            "back_to_step": back,
            "changed": changed,
            **dataclasses.asdict(self.adjustment),
        }
        self.restarts = [*self.restarts, line]
        self.strikes = {}
        self._write_restarts()
        logging.warning(
            "Step %d: %s. Back to the weights of step %d; changed: %s.", step, saw, back, changed
        )

    def _apply(self, model):
        adjust(model, self.adjustment)
        self.batches.seed = self.first_seed + SEEDS_APART * self.adjustment.seed

    def _note(self):
        self.checkpoint.notes["stability"] = {
            "adjustment": dataclasses.asdict(self.adjustment),
            "restarts": self.restarts,
            "strikes": self.strikes,
        }

    def _write_restarts(self):
        # Whole each time: after a kill, a line may be there whose epoch is done again.
        write_whole(self.path, "".join(json.dumps(line) + "\n" for line in self.restarts))


def remedied(adjustment, due):
    """What is to be changed after signs.

    Args:
        adjustment: the `Adjustment` up to now.
        due: the signs, keys of `REMEDIES`; where two change the same, the stronger change is made.

    Returns:
        `(adjustment, changed)`: the new one, and a sentence that says what changed.

    Example:
        >>> remedied(Adjustment(), [health.INVERTED])[1]
        'new seed, weak L1 weight times 2'
    """
    factors = {}
    for kind in due:
        for name, factor in REMEDIES[kind].items():
            stronger = max if factor > 1 else min
            factors[name] = stronger(factors.get(name, 1.0), factor)
    new = {name: getattr(adjustment, name) * factor for name, factor in factors.items()}
    changed = ", ".join(
        ["new seed", *(f"{NAMES[name]} times {factor:g}" for name, factor in factors.items())]
    )
    return dataclasses.replace(adjustment, seed=adjustment.seed + 1, **new), changed


def probe_batch(batches, number=PROBES):
    """A batch of up to `number` of the training faces of each kind, always the same, in the form
    that `observe` takes.
    """
    draws = [
        batches.draw(np.random.default_rng((batches.seed, 0x9B0BE, place)))[0]
        for place in range(-(-number // batches.batch_size))
    ]
    together = lambda *parts: np.concatenate([keras.ops.convert_to_numpy(part) for part in parts])[
        :number
    ]
    return keras.tree.map_structure(together, *draws)


def restarts_of(folder: PathLike) -> list[dict[str, Any]] | None:
    """The restarts of a run: a list of dicts (`step`, `seen`, `back_to_step`, `changed`); None
    where no guard watched it.
    """
    path = pathlib.Path(folder) / RESTARTS
    if not path.is_file():
        return None
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
