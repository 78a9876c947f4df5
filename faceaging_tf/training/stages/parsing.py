"""Teaching the face parser: what landmarks and masks say of a head, it learns to say of the pixels
alone.
"""

import keras
from keras import ops

from faceaging_tf import networks
from faceaging_tf.layers import SampleAlongFlow, resize_by_matrices

# Weight outside skin and hair, where the flow hardly matters, and what the losses are multiplied
# by: the flow's counts hundredths of the side.
OUTSIDE = 0.03
LOSS_WEIGHTS = {"flow": 1.25, "regions": 2.0, "female": 0.2, "traits": 0.2}
# What the light, the camera and the aligner may do to a face.
AUGMENTATION = {
    "light": (0.6, 1.2),
    "colour": 0.06,
    "noise": 0.05,
    "blurred": 0.25,
    "grey": 0.1,
    "scale": 0.04,
    "turn": 0.05,
    "shift": 0.02,
}


@keras.saving.register_keras_serializable(package="faceaging_tf")
class FaceParsing(keras.Model):
    """A face parser under training, by `fit`.

    Batches are dicts: `face` `(N, S, S, 3)` uint8; `flow` `(N, S/4, S/4, 2)` float, `regions`
    `(N, S/2, S/2, 2)` in 0..255 and `traits` `(N, 6)` as the parser gives them (sex 0 or 1, the
    others; NaN where unknown); `weight` `(N, S/4, S/4)` in 0..255, where the targets hold.

    Losses: flow, the mean absolute error in hundredths of the side, over skin and hair and a little
    elsewhere; regions, the binary cross-entropy; female, likewise; traits, the mean absolute error.

    Args:
        parser: specification of a `face_parser`.
        augment: whether faces are moved, relit, blurred and made noisy in training.
        seed: of the random draws.
    """

    def __init__(self, parser=None, augment=True, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.parser = networks.build(parser or {"network": "face_parser"})
        self.augment = augment
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.sample = SampleAlongFlow(name="sample")
        self.trackers = {name: keras.metrics.Mean(name=name) for name in LOSS_WEIGHTS}
        self.built = True

    def call(self, batch, training=False):
        face = ops.cast(batch["face"], "float32") / 127.5 - 1.0
        flow, regions = (
            ops.cast(batch["flow"], "float32"),
            ops.cast(batch["regions"], "float32") / 255.0,
        )
        weight = ops.cast(batch["weight"], "float32")[..., None] / 255.0
        if training and self.augment:
            face, flow, regions, weight = self._moved(self._relit(face), flow, regions, weight)
        told = self.parser(face, training=training)
        return {
            "told": told,
            "flow": flow,
            "regions": regions,
            "weight": weight,
            "traits": ops.cast(batch["traits"], "float32"),
        }

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        told, weight = y_pred["told"], y_pred["weight"]
        inside = resize_by_matrices(
            ops.max(y_pred["regions"], axis=-1, keepdims=True), weight.shape[1]
        )
        flow_weight = weight * ops.clip(2.0 * inside, OUTSIDE, 1.0)
        flow = (
            100.0
            * ops.sum(flow_weight * ops.abs(told["flow"] - y_pred["flow"]))
            / (2.0 * ops.sum(flow_weight) + 1.0)
        )
        wide = resize_by_matrices(weight, y_pred["regions"].shape[1])
        entropy = _cross_entropy(told["regions"], y_pred["regions"])
        regions = ops.sum(wide * entropy) / (2.0 * ops.sum(wide) + 1.0)
        known = ops.logical_not(ops.isnan(y_pred["traits"]))
        truth = ops.where(known, y_pred["traits"], 0.0)
        female = _mean(_cross_entropy(told["traits"][:, :1], truth[:, :1]), known[:, :1])
        traits = _mean(ops.abs(told["traits"][:, 1:] - truth[:, 1:]), known[:, 1:])
        losses = {"flow": flow, "regions": regions, "female": female, "traits": traits}
        for name, value in losses.items():
            self.trackers[name].update_state(value)
        return sum(LOSS_WEIGHTS[name] * value for name, value in losses.items())

    def _uniform(self, low, high, shape):
        return keras.random.uniform(shape, low, high, seed=self.seed_generator)

    def _relit(self, face):
        number, size = ops.shape(face)[0], face.shape[1]
        draw = lambda low, high, channels=1: self._uniform(low, high, (number, 1, 1, channels))
        colour = AUGMENTATION["colour"]
        face = (face + 1.0) * draw(*AUGMENTATION["light"]) * draw(
            1.0 - colour, 1.0 + colour, 3
        ) - 1.0
        face = face + draw(0.0, AUGMENTATION["noise"]) * keras.random.normal(
            ops.shape(face), seed=self.seed_generator
        )
        small = resize_by_matrices(resize_by_matrices(face, size * 3 // 8), size)
        face = ops.where(draw(0.0, 1.0) < AUGMENTATION["blurred"], small, face)
        grey = ops.broadcast_to(ops.mean(face, axis=-1, keepdims=True), ops.shape(face))
        return ops.clip(ops.where(draw(0.0, 1.0) < AUGMENTATION["grey"], grey, face), -1.0, 1.0)

    def _moved(self, face, flow, regions, weight):
        """Half of the faces scaled, turned and shifted a little, and their targets with them."""
        number = ops.shape(face)[0]
        draw = lambda most: self._uniform(-most, most, (number, 1, 1))
        moved = ops.cast(self._uniform(0.0, 1.0, (number, 1, 1)) < 0.5, "float32")
        scale, turn = 1.0 + moved * draw(AUGMENTATION["scale"]), moved * draw(AUGMENTATION["turn"])
        right, down = moved * draw(AUGMENTATION["shift"]), moved * draw(AUGMENTATION["shift"])
        cosine, sine = scale * ops.cos(turn), scale * ops.sin(turn)

        def grid(size):
            axis = (ops.arange(size, dtype="float32") + 0.5) / size - 0.5
            x, y = axis[None, None, :], axis[None, :, None]
            return ops.stack(
                [cosine * x - sine * y + right - x, sine * x + cosine * y + down - y], axis=-1
            )

        coarse = grid(flow.shape[1])
        # A pixel now shows what lay `coarse` further: there the mean face's position is its own
        # plus the flow of there.
        flow = self.sample([flow, coarse]) + coarse
        return (
            self.sample([face, grid(face.shape[1])]),
            flow,
            self.sample([regions, grid(regions.shape[1])]),
            self.sample([weight, coarse]),
        )

    def get_config(self):
        return {
            "parser": networks.serialize(self.parser),
            "augment": self.augment,
            "seed": self.seed,
        }


def _cross_entropy(logits, targets):
    return ops.relu(logits) - logits * targets + ops.log1p(ops.exp(-ops.abs(logits)))


def _mean(values, known):
    known = ops.cast(known, "float32")
    return ops.sum(ops.where(known > 0, values, 0.0)) / ops.maximum(ops.sum(known), 1.0)
