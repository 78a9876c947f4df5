"""The stage that trains a head generator against a discriminator, from what it learned of the teacher."""

import hashlib
import json
import pathlib

import keras
import numpy as np
from keras import ops

from faceaging_tf import losses, networks
from faceaging_tf.data import HeadBatches
from faceaging_tf.layers import FaceWarp, resize_by_matrices
from faceaging_tf.models.adversarial import AdversarialModel, average_of
from faceaging_tf.models.faces import column_of, to_range
from faceaging_tf.models.gradients import squared_gradient
from faceaging_tf.models.observation import Observation
from faceaging_tf.networks.head_generator import MAPS, edit_of, parse_of
from faceaging_tf.training.run import train

WEIGHTS = {"adversarial": 1.0, "age": 0.1, "cycle": 1.0}
OLDEST = 95.0
EPOCH, RATE, DISCRIMINATOR_RATE = 50, 1e-4, 2e-3
# Whose places stay, and the exemplars: free pixels would follow the noise of every batch.
KEPT = ("fine", "places", "brows")


@keras.saving.register_keras_serializable(package="faceaging_tf")
class HeadAdversary(AdversarialModel):
    """Trains what a `head_generator` does with a parsed head: FA-GAN's losses on whole heads.

        adversarial   the discriminator, conditioned on the requested age, takes the output for real
        age           |age(G(x, k)) - (age(x) + k)| / 10, by the frozen age network
        cycle         E|G(G(x, k), -k) - x|, of the colours, before anything moves

    The parser is not trained, and what it says of a head is part of the batch. The discriminator is regularized by lazy R1
    (Mescheder et al., ICML 2018; Karras et al., CVPR 2020): in every 16th step 16 times `r1 / 2 |dD(y) / dy|^2`, y real.

    Args:
        generator: specification of a `head_generator`, or one.
        discriminator: specification of a conditioned `head_discriminator`; None after training.
        image_size: side of the head's square in pixels.
        age_network: specification of the frozen age network.
        adversarial: name of an `AdversarialLoss`.
        r1: weight of the regularization.
        weights: of the losses, see `AdversarialModel`.
        momentum: of the averages.

    Trains on batches as `faceaging_tf.data.HeadBatches` gives.
    """

    loss_names = ("adversarial", "age", "cycle")
    R1_EVERY = 16

    def __init__(self, generator, discriminator=None, image_size=256, age_network=None, adversarial="logistic", r1=0.2, weights=None, momentum=0.995, **kwargs):
        super().__init__(image_size, age_network, {**WEIGHTS, **(weights or {})}, momentum, frame="whole_head", **kwargs)
        self.generator = networks.build(generator, image_size=image_size, conditioned=True)
        self.edit = edit_of(self.generator)
        # Not by the layers' switches, which parser and parts of a layer do not have of their own.
        edited = {id(variable) for variable in self.edit.trainable_variables if variable.name not in KEPT}
        for variable in self.generator.trainable_variables:
            variable.trainable = id(variable) in edited
        self.discriminator = networks.build(discriminator, image_size=image_size, conditioned=True)
        self.adversarial, self.r1 = adversarial, r1
        self.adversarial_loss = losses.adversarial_loss(adversarial)
        self.average_edit = average_of(self.edit, "average_edit")
        self.warp = FaceWarp(name="warp")
        self.warp.build(None)

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

    def _edited(self, face, batch, years, age, training):
        strengths = ops.ones((ops.shape(years)[0], self.edit.inputs[-1].shape[-1]))
        return self.edit([face, *(ops.cast(batch[name], "float32") for name in MAPS), years, age, strengths], training=training)

    def _fakes(self, batch, training):
        """Heads edited, as the discriminator sees them, and the same before they move, with the ages requested."""
        face = to_range(batch["face"])
        age, years = column_of(batch["age"]), column_of(batch["years"])
        edited = self._edited(face, batch, years, age, training)
        goal = ops.clip(age + years, 0.0, OLDEST)
        return self.warp([with_planes(edited["changed"], batch), edited["flow"]]), edited["changed"], goal

    def _real(self, batch):
        """Real heads, moved a little at random, as made ones are: resampling alone would tell them apart."""
        real = {name.removeprefix("real_"): value for name, value in batch.items() if name.startswith("real_")}
        return self.warp([with_planes(to_range(real["face"]), real), ops.cast(real["movement"], "float32")]), column_of(real["age"])

    def generator_losses(self, batch):
        fakes, changed, goal = self._fakes(batch, True)
        face, years = to_range(batch["face"]), column_of(batch["years"])
        back = self._edited(changed, batch, -years, goal, True)["changed"]
        seen = self.age_regressor.age(fakes[..., :3])
        every = {
            "adversarial": self.adversarial_loss.generator(self.discriminator([fakes, goal], training=False)),
            "age": losses.age_shift(goal[:, 0], seen, ops.zeros_like(seen)) / 10.0,
            "cycle": losses.cycle_consistency(face, back),
        }
        return {name: ops.mean(values) for name, values in every.items()}, (fakes, goal)

    def discriminator_losses(self, batch, fakes):
        real, age = self._real(batch)
        real_scores = self.discriminator([real, age], training=True)
        total = ops.mean(self.adversarial_loss.discriminator(real_scores, self.discriminator(list(fakes), training=True)))
        if self.r1:
            penalty = lambda: ops.mean(squared_gradient(lambda heads: self.discriminator([heads, age], training=True), real))
            due = ops.equal(ops.cast(self.optimizer.iterations, "int32") % self.R1_EVERY, 0)
            total = total + 0.5 * self.r1 * self.R1_EVERY * ops.cond(due, penalty, lambda: ops.zeros(()))
        return {"discriminator": total}

    def observe(self, batch):
        fakes, _, goal = self._fakes(batch, False)
        scores = [self.discriminator(inputs, training=False) for inputs in (self._real(batch), (fakes, goal))]
        return {"edit": Observation(to_range(batch["face"]), fakes[..., :3], *scores, self.adversarial)}

    def get_config(self):
        return {
            "generator": networks.serialize(self.generator),
            "discriminator": networks.serialize(self.discriminator),
            "image_size": self.image_size,
            "age_network": networks.serialize(self.age_regressor.network),
            "adversarial": self.adversarial,
            "r1": self.r1,
            "weights": self.weights_of_losses,
            "momentum": self.momentum,
        }


def with_planes(faces, maps):
    """Heads `(N, S, S, 3)` with planes of their skin and of the person behind the colours, `(N, S, S, 5)`."""
    size = faces.shape[1]
    skin = ops.sigmoid(ops.cast(maps["regions"][..., :1], "float32"))
    person = ops.cast(maps["person"], "float32")[..., None] / 255.0
    return ops.concatenate([faces, *(resize_by_matrices(plane, size) for plane in (skin, person))], axis=-1)


def parsed_heads(generator, faces, batch_size=32):
    """What a head generator's parser says of heads: dict of the arrays `MAPS`, float16.

    Args:
        generator: a `head_generator`.
        faces: `(N, S, S, 3)` uint8, S its size.
        batch_size: heads read at a time.
    """
    found = parse_of(generator).predict(ops.convert_to_numpy(to_range(faces)), batch_size=batch_size, verbose=0)
    return {name: np.clip(values, -20, 20).astype("float16") for name, values in zip(MAPS, found, strict=True)}


def train_against_discriminator(generator, heads, validation, age_network, out, steps, batch_size=8, seed=0, discriminator=None):
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
        discriminator: specification; `head_discriminator`'s defaults when None.

    Returns:
        The last line of the log: losses, and `accuracy`, the share of held-out heads, real and made, that the discriminator tells right.

    Raises:
        StabilityError: the run failed more often than it may be restarted.
    """
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    known = [_known(generator, part, out / f"{name}.npz") for name, part in (("parsed", heads), ("parsed_validation", validation))]
    epoch = min(EPOCH, steps)
    batches, held_out = (
        HeadBatches(arrays, part.corpus.attributes["source"], fewest, batch_size=batch_size, steps=epoch, seed=seed)
        for arrays, part, fewest in zip(known, (heads, validation), (4, 1), strict=True)
    )
    keras.utils.set_random_seed(seed)
    size = generator.input_shape[0][1]
    model = HeadAdversary(generator, discriminator or {"network": "head_discriminator"}, size, age_network)
    optimizer = lambda rate: keras.optimizers.Adam(rate, beta_1=0.0, beta_2=0.99)
    model.compile(optimizer(RATE), optimizer(DISCRIMINATOR_RATE))
    train(model, batches, out, -(-steps // epoch), verbose=0, held_out=held_out)
    model.trained()
    return json.loads((out / "log.jsonl").read_text(encoding="utf-8").splitlines()[-1])


def _known(generator, heads, path):
    """What `HeadBatches` wants of heads; what the parser says is kept in a file, with a checksum of the parser and the heads."""
    parser = generator.get_layer("face_parser")
    checksum = hashlib.sha256(b"".join(np.ascontiguousarray(weight).tobytes() for weight in (*parser.get_weights(), heads.landmarks))).hexdigest()
    maps = None
    if path.is_file():
        with np.load(path) as kept:
            maps = {name: kept[name] for name in MAPS} if str(kept["checksum"]) == checksum else None
    if maps is None:
        maps = parsed_heads(generator, heads.corpus.faces)
        beside = path.with_name(f"part_{path.name}")
        np.savez(beside, checksum=checksum, **maps)
        beside.replace(path)
    return {"face": heads.corpus.faces, "person": heads.masks, "age": heads.corpus.age, **maps}
