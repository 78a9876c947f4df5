"""The stage that trains a head generator against a discriminator, from what it learned of the
teacher.
"""

import hashlib
import json
import pathlib

import keras
import numpy as np
from keras import ops

from faceaging_tf import losses, networks
from faceaging_tf.data import HeadBatches
from faceaging_tf.files import written_whole
from faceaging_tf.layers import FaceWarp, HeadStatistics, resize_by_matrices
from faceaging_tf.layers.head_ageing import PARTS
from faceaging_tf.manner import AUTO
from faceaging_tf.models.adversarial import AdversarialModel, average_of
from faceaging_tf.models.faces import column_of, to_range
from faceaging_tf.models.observation import Observation
from faceaging_tf.networks.head_generator import MAPS, edit_of, parse_of
from faceaging_tf.training.run import train
from faceaging_tf.training.stages.calibrating import MOST
from faceaging_tf.training.stages.map_optimizer import MapOptimizer

WEIGHTS = {"adversarial": 1.0, "age": 1.0}
OLDEST = 95.0
EPOCH, RATE, DISCRIMINATOR_RATE = 50, 4e-3, 1e-3
# Steps in which the discriminator learns alone.
ALONE = 200
# Heads of each kind that are remembered, to be shown to the discriminator again.
REMEMBERED = 2400
# Whose places stay, and the exemplars: free pixels would follow the noise of every batch.
KEPT = ("fine", "places", "brows")


@keras.saving.register_keras_serializable(package="faceaging_tf")
class HeadAdversary(AdversarialModel):
    """Trains what a `head_generator` does with a parsed head: FA-GAN's losses on whole heads.

        adversarial   the discriminator, conditioned on the requested age, takes the output for real
        age           |age(G(x, k)) - (age(x) + k)| / 10, by the frozen age network

    A translation between two age groups (see `translation_of`) is trained likewise, by the first
    loss alone, as CycleGAN's and Group-GAN's generators are; its discriminator is conditioned on
    the age of the head's partner. The generator is asked for as many years more as
    calibration may ask of it. The parser is not trained, and what it says of a head is part of the
    batch. There is no cycle: maps, a few numbers and a flow have no room to hide a face in.

    The discriminator judges statistics of skin and hair (`HeadStatistics`). In each step it learns
    from heads that were made and real ones that were shown in earlier steps, too: a few at a time,
    thousands of statistics would be learned by heart. A real head is moved by the flow of a made
    one, for resampling alone tells a picture of this size from one that never moved (99 % right).

    Args:
        generator: specification of a `head_generator`, or one, or a translation of one.
        discriminator: specification of a conditioned `head_discriminator`; None after training.
        image_size: side of the head's square in pixels.
        age_network: specification of the frozen age network.
        adversarial: name of an `AdversarialLoss`.
        remembered: heads of each kind that are kept.
        weights: of the losses, see `AdversarialModel`.
        momentum: of the EMA generators.

    Trains on batches as `faceaging_tf.data.HeadBatches` gives.
    """

    loss_names = ("adversarial", "age")

    def __init__(
        self,
        generator,
        discriminator=None,
        image_size=256,
        age_network=None,
        adversarial="logistic",
        remembered=REMEMBERED,
        weights=None,
        momentum=0.99,
        **kwargs,
    ):
        super().__init__(
            image_size,
            age_network,
            {**WEIGHTS, **(weights or {})},
            momentum,
            frame="whole_head",
            **kwargs,
        )
        self.generator = networks.build(generator, image_size=image_size, conditioned=True)
        self.edit = edit_of(self.generator)
        # Not by the layers' switches, which parser and parts of a layer do not have of their own.
        # Shape stays as the atlas has it: freed, it took .08 of the identity for two years.
        shape = {id(variable) for variable in self.generator.get_layer("flow").weights}
        edited = {
            id(variable)
            for variable in self.edit.trainable_variables
            if variable.name not in KEPT and id(variable) not in shape
        }
        for variable in self.generator.trainable_variables:
            variable.trainable = id(variable) in edited
        self.discriminator = networks.build(discriminator, image_size=image_size, conditioned=True)
        self.adversarial, self.remembered = adversarial, remembered
        self.adversarial_loss = losses.adversarial_loss(adversarial)
        self.average_edit = average_of(self.edit, "average_edit")
        self.warp = FaceWarp(name="warp")
        self.warp.build(None)
        self.statistics = HeadStatistics(name="statistics")
        self.statistics.build((None, image_size, image_size, 5))
        if self.discriminator is not None:
            count = self.discriminator.input_shape[0][-1]
            kept = lambda name, width: self.add_weight(
                name=name,
                shape=(remembered, width),
                initializer="zeros",
                trainable=False,
                dtype="float32",
            )
            self.memory = {
                name: kept(name, width)
                for name, width in (
                    ("made", count),
                    ("made_age", 1),
                    ("real", count),
                    ("real_age", 1),
                )
            }

    @property
    def generators(self):
        """What is trained: the edit of a parsed head."""
        return {"edit": self.edit}

    @property
    def averages(self):
        """The average of its weights, by the same name."""
        return {"edit": self.average_edit}

    @property
    def discriminators(self):
        """The discriminator by name; none after training."""
        return {} if self.discriminator is None else {"discriminator": self.discriminator}

    def trained(self):
        """The generator with the averaged weights."""
        for layer in self.average_edit.layers:
            if layer.weights:
                self.generator.get_layer(layer.name).set_weights(layer.get_weights())
        return self.generator

    def _fakes(self, batch, training):
        """Heads edited and moved, with their planes; the ages requested; the flow."""
        face = to_range(batch["face"])
        age, years = column_of(batch["age"]), column_of(batch["years"])
        inputs = [face, *(ops.cast(batch[name], "float32") for name in MAPS)]
        if len(self.edit.inputs) > len(inputs):
            asked = years * ops.where(years > 0, MOST["aging"], MOST["rejuvenation"])
            # Everything as learned, the first future, and hair by the years.
            inputs += [asked, age, ops.ones((ops.shape(years)[0], len(PARTS)))]
            inputs += [ops.zeros_like(age), AUTO * ops.ones_like(age)]
        edited = self.edit(inputs, training=training)
        return (
            self.warp([with_planes(edited["changed"], batch["regions"]), edited["flow"]]),
            ops.clip(age + years, 0.0, OLDEST),
            edited["flow"],
        )

    def _real(self, batch, flow):
        """Statistics of real heads, each moved as the made head at the other end of the batch is,
        and their ages.
        """
        real = with_planes(to_range(batch["real_face"]), batch["real_regions"])
        return self.statistics(self.warp([real, ops.flip(flow, axis=0)])), column_of(
            batch["real_age"]
        )

    def generator_losses(self, batch):
        fakes, goal, flow = self._fakes(batch, True)
        made = self.statistics(fakes)
        seen = self.age_regressor.age(fakes[..., :3])
        every = {
            "adversarial": self.adversarial_loss.generator(
                self.discriminator([made, goal], training=False)
            ),
            "age": losses.age_shift(goal[:, 0], seen, ops.zeros_like(seen)) / 10.0,
        }
        return {name: ops.mean(values) for name, values in every.items()}, (made, goal, flow)

    def discriminator_losses(self, batch, fakes):
        made, goal, flow = fakes
        real, age = self._real(batch, flow)
        step = ops.cast(self.optimizer.iterations, "int32")
        self._remember(step, made=made, made_age=goal, real=real, real_age=age)
        written = ops.minimum((step + 1) * ops.shape(made)[0], self.remembered)
        places = ops.cast(batch["drawn"] * ops.cast(written, "float32"), "int32")
        shown = {
            name: ops.take(
                ops.convert_to_tensor(kept), places[int(name.startswith("real"))], axis=0
            )
            for name, kept in self.memory.items()
        }
        # A running mean at first, later of the last hundred steps.
        share = ops.maximum(1.0 / (ops.cast(step, "float32") + 1.0), 0.01)
        self.discriminator.get_layer("standardized").follow(
            ops.concatenate([shown["made"], shown["real"]]), share
        )
        scores = [
            self.discriminator([shown[name], shown[f"{name}_age"]], training=True)
            for name in ("real", "made")
        ]
        return {
            "discriminator": ops.mean(self.adversarial_loss.discriminator(*scores))
            + sum(self.discriminator.losses)
        }

    def _remember(self, step, **rows):
        """Writes rows over the oldest ones."""
        for name, values in rows.items():
            number = ops.shape(values)[0]
            places = (step * number + ops.arange(number)) % self.remembered
            self.memory[name].assign(
                ops.scatter_update(
                    ops.convert_to_tensor(self.memory[name]), places[:, None], values
                )
            )

    def observe(self, batch):
        fakes, goal, flow = self._fakes(batch, False)
        scores = [
            self.discriminator(list(inputs), training=False)
            for inputs in (self._real(batch, flow), (self.statistics(fakes), goal))
        ]
        return {
            "edit": Observation(
                to_range(batch["face"]),
                fakes[..., :3],
                *scores,
                self.adversarial_loss,
                # Of the output: heads may be moved.
                fakes[..., 3:4],
            )
        }

    def get_config(self):
        return {
            "generator": networks.serialize(self.generator),
            "discriminator": networks.serialize(self.discriminator),
            "image_size": self.image_size,
            "age_network": networks.serialize(self.age_regressor.network),
            "adversarial": self.adversarial,
            "remembered": self.remembered,
            "weights": self.weights_of_losses,
            "momentum": self.momentum,
        }


def with_planes(faces, regions):
    """Heads `(N, S, S, 3)` with planes of their skin and hair behind the colours,
    `(N, S, S, 5)`.
    """
    return ops.concatenate(
        [faces, resize_by_matrices(ops.sigmoid(ops.cast(regions, "float32")), faces.shape[1])],
        axis=-1,
    )


def parsed_heads(generator, faces, batch_size=32):
    """What a head generator's parser says of heads: dict of the arrays `MAPS`, float16.

    Args:
        generator: a `head_generator`.
        faces: `(N, S, S, 3)` uint8, S its size.
        batch_size: heads read at a time.
    """
    parse = parse_of(generator)
    # Thousands of heads as floats are more than a laptop's memory holds.
    parts = [
        parse.predict_on_batch(ops.convert_to_numpy(to_range(faces[first : first + batch_size])))
        for first in range(0, len(faces), batch_size)
    ]
    return {
        name: np.concatenate([np.clip(values, -20, 20).astype("float16") for values in found])
        for name, found in zip(MAPS, zip(*parts, strict=True), strict=True)
    }


def train_against_discriminator(
    generator,
    heads,
    validation,
    age_network,
    out,
    steps,
    batch_size=8,
    seed=0,
    name="",
    groups=None,
):
    """Trains a head generator against a discriminator, in place; interrupted, it goes on.

    Args:
        generator: a taught `head_generator`.
        heads: `Heads` of the generator's size to train on, with a source each.
        validation: likewise, on which the discriminator's accuracy is measured.
        age_network: the frozen age network, a `keras.Model` or its specification.
        out: a folder, which keeps what the parser says of the heads, the checkpoints and the log.
        steps: training steps in all.
        batch_size: made and real heads in a step, as many of each.
        seed: of the draws.
        name: of the generator, where several are trained on the same heads in one folder.
        groups: the age groups that a translation goes between, see `HeadBatches`; None for a
            generator that is told the years.

    Returns:
        The last line of the log: losses, and `accuracy`, the share of held-out heads, real and
        made, that the discriminator tells right.

    Raises:
        StabilityError: the run failed more often than it may be restarted.
    """
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    known = [
        _known(generator, part, out / f"{name}.npz")
        for name, part in (("parsed", heads), ("parsed_validation", validation))
    ]
    epoch = min(EPOCH, steps)
    batches, held_out = (
        HeadBatches(
            arrays,
            part.corpus.attributes["source"],
            fewest,
            batch_size=batch_size,
            steps=epoch,
            seed=seed,
            groups=groups,
        )
        for arrays, part, fewest in zip(known, (heads, validation), (4, 1), strict=True)
    )
    keras.utils.set_random_seed(seed)
    size = generator.inputs[0].shape[1]
    model = HeadAdversary(
        generator,
        {"network": "head_discriminator"},
        size,
        age_network,
        weights=None if groups is None else {"age": 0.0},
    )
    model.compile(
        MapOptimizer(RATE, begin=min(ALONE, steps // 2)),
        keras.optimizers.Adam(DISCRIMINATOR_RATE, beta_1=0.5, beta_2=0.99),
    )
    train(model, batches, out / name, -(-steps // epoch), verbose=0, held_out=held_out)
    model.trained()
    return json.loads((out / name / "log.jsonl").read_text(encoding="utf-8").splitlines()[-1])


def _known(generator, heads, path):
    """What `HeadBatches` wants of heads; what the parser says is kept in a file, with a checksum of
    the parser and the heads.
    """
    parser = generator.get_layer("face_parser")
    checksum = hashlib.sha256(
        b"".join(
            np.ascontiguousarray(weight).tobytes()
            for weight in (*parser.get_weights(), heads.landmarks)
        )
    ).hexdigest()
    maps = None
    if path.is_file():
        with np.load(path) as kept:
            maps = (
                {name: kept[name] for name in MAPS} if str(kept["checksum"]) == checksum else None
            )
    if maps is None:
        maps = parsed_heads(generator, heads.corpus.faces)
        with written_whole(path, path.with_name(f"part_{path.name}")) as temporary:
            np.savez(temporary, checksum=checksum, **maps)
    return {"face": heads.corpus.faces, "age": heads.corpus.age, **maps}
