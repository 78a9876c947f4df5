"""FA-GAN: one generator to age and one to make younger, told the years and the age."""

import functools

import keras
import numpy as np
from keras import ops

from faceaging_tf import losses, networks
from faceaging_tf.geometry.frames import FRAMES, TIGHT
from faceaging_tf.layers import FaceAugmentation
from faceaging_tf.models.adversarial import AdversarialModel, average_of
from faceaging_tf.models.age_regressor import AgeRegressor
from faceaging_tf.models.distillation import distance_to_lesson, means_of_squares, outputs_of
from faceaging_tf.models.faces import edit_by, moved, relit, to_range
from faceaging_tf.models.observation import Observation
from faceaging_tf.models.pacing import TRIED, along, checked_pace, checked_stretch, pace, stretched
from faceaging_tf.models.route import both_ways
from faceaging_tf.networks.mobile_generator import LUMINANCE

# The discriminator and the age network see a face moved, mirrored and relit; only the age network sees it blurred and with grain.
SEEN_BY_DISCRIMINATOR = {"shift": 0.06, "turn": 4.0, "scale": 0.04, "light": 0.1, "colour": 0.05, "blur": 0.0, "grain": 0.0}
SEEN_BY_AGE_NETWORK = {"shift": 0.04, "turn": 6.0, "scale": 0.06, "light": 0.15, "colour": 0.1, "blur": 0.7, "grain": 0.08}

OLDEST = 90.0
WEIGHTS = {
    "adversarial": 1.0,
    "age": [0.0, 1.0, 0, 300],
    "cycle": [2.0, 4.0, 450, 1050],
    "change": [0.1, 0.5, 450, 1050],
    "smoothness": [0.1, 0.6, 450, 1050],
    "colour": 2.0,
    "shade": 5.0,
    "prototype": 0.0,
}


@keras.saving.register_keras_serializable(package="faceaging_tf")
class FAGAN(AdversarialModel):
    """Ages a face x by k years: `G+(x, k, age)` for k above 0, `G-(x, k, age)` below (Palsson et al., CVPRW 2018).

    The generators' losses, both ways alike:

        adversarial   the discriminator, told the age asked for, takes the output for real
        age           |age(G(x, k)) - c(age(x) + k)| / 10, by the frozen guide; c, the guide's curve, is the identity in the paper
        cycle         E|G-(G+(x, k), -k) - x|
        change        E|G(x, k) - x| * min(1, 8 / (|k| + 4)): little change for few years (ours)
        smoothness    total variation of dY (ours)
        colour        E|dC| + 8 * total variation of dC: no bands of colour (ours)
        shade         E|mean of the change over a sixteenth of the side|: detail, not bands and patches of light (ours)
        prototype     the distance to what a teacher does (ours; see `PrototypeChange`), weight 0 unless asked for; the attribute `teacher` holds it, and
                      batches then bring `place` and `male`

    dY is the change's luminance, dC the rest of it. With `age_sees="luminance"` (ours, the default) each loss reaches only what it can be
    trusted with: the age network sees `x + trust * highpass(dY)`, the input's own colours, large shades, eyes, mouth and surroundings, so that
    these are taught by the discriminator alone, and no coloured pattern, bright eye or striped background can pass for age. With "skin" it sees the whole
    change, but teaches that trusted part of it alone: the years that colour and shade bring are counted, and need not be carved. With "image" it sees the
    whole output, as in the paper. It never sees the face moved. The paper publishes neither the weights nor how k and the age enter its networks: ours.

    Args:
        image_size: side of the face in pixels.
        generator: specification of a conditioned generator, for both, or for G+ where the next is given.
        rejuvenation_generator: specification of G-, where it is not the same.
        discriminator: specification of a conditioned discriminator; None in a release.
        age_network: specification of the age network, frozen: it estimates ages, and guides where no other guide is given.
        guide: specification of another age network, frozen, that the age loss asks instead (ours); None in a release. One that is robust
            against its own gradient (see `AgeRegressor`) teaches folds where an accurate one teaches patterns.
        guide_curve: c as `[[age, seen], ...]`, rising ages: what the guide sees on average in real faces of an age, linear between (ours).
            A network takes the old for younger than they are; asked for 70 by itself, it would get what looks like 90. None is the identity.
        adversarial: "hinge" or "least_squares".
        age_sees: "luminance", "skin" or "image".
        reach: where `transform` puts the change: "skin" leaves the eyes and all beyond the face as they were (ours), "image" nothing.
        stretch: for older and for younger, a factor or a curve: what `transform` asks G+ and G- for, so that faces move by the years that are
            wanted, on average (see `pacing.stretched`). Measured after training.
        pace: None, or `{"share": s, "aging": [[age, moved], ...], "rejuvenation": ...}`: `transform` first tries each face, and asks more of one that
            hardly moves and less of one that moves readily, by its own age network (see `pacing.pace`). It costs a second pass of the generator.
        chroma: share of the change of colour that `transform` puts beside the change of light (see `relit`): the few old faces of a corpus have the casts of
            their photographs (ours).
        most: the most years, stretched, that `transform` asks G+ and G- for: for more, that change is continued in proportion, so that more years
            are more of the same and never look younger.
        wrong_age: share that real faces under an age that is not theirs have in what the discriminator learns to refuse; fakes have the
            rest. Refusing must not weigh more than accepting, or a discriminator that refuses everything has found its rest.
        weights: of the losses, see `AdversarialModel`; those not named have the default `WEIGHTS`.
        momentum: of the averages.
        seed: of the random draws.
        frame: how much of a head the faces show, "tight" or "whole_head", see `AgingModel`.

    Trains on batches as `faceaging_tf.data.AgeShiftBatches` gives.

    Example:
        >>> from faceaging_tf.models import FAGAN
        >>> model = FAGAN(image_size=32, generator={"network": "mobile_generator", "widths": (4, 4, 4, 4)},
        ...               discriminator={"network": "patch_discriminator", "filters": 4, "stages": 2, "conditioned": True},
        ...               age_network={"network": "age_network", "widths": (4, 8), "blocks": (1, 1)})
        >>> model.compile()
    """

    loss_names = ("adversarial", "age", "cycle", "change", "smoothness", "colour", "shade", "prototype")
    background_losses = ("change",)

    def __init__(
        self,
        image_size=128,
        generator=None,
        rejuvenation_generator=None,
        discriminator=None,
        age_network=None,
        guide=None,
        guide_curve=None,
        adversarial="hinge",
        age_sees="luminance",
        wrong_age=0.4,
        reach="skin",
        stretch=(1.0, 1.0),
        pace=None,
        chroma=1.0,
        most=(50.0, 50.0),
        weights=None,
        momentum=0.999,
        seed=0,
        frame="tight",
        **kwargs,
    ):
        super().__init__(image_size, age_network, {**WEIGHTS, **(weights or {})}, momentum, frame=frame, **kwargs)
        if age_sees not in ("luminance", "skin", "image"):
            raise ValueError(f'FAGAN got age_sees={age_sees!r}; it needs "luminance", "skin" or "image".')
        if reach not in ("skin", "image"):
            raise ValueError(f'FAGAN got reach={reach!r}; it needs "skin" or "image".')
        self.reach, self.most, self.pace, self.chroma = reach, tuple(most), checked_pace(pace), chroma
        self.stretch = tuple(checked_stretch(each) for each in stretch)
        generator = generator or {"network": "mobile_generator"}
        self.aging_generator = networks.build(generator, image_size=image_size, conditioned=True)
        self.aging_generator.name = "aging_generator"
        self.rejuvenation_generator = networks.build(
            rejuvenation_generator or networks.serialize(self.aging_generator), image_size=image_size, conditioned=True
        )
        self.rejuvenation_generator.name = "rejuvenation_generator"
        self.discriminator = networks.build(discriminator, image_size=image_size, conditioned=True)
        self.teacher = None
        self.guide = None
        if guide is not None:
            self.guide = AgeRegressor(image_size, guide, frame=frame, name="guide")
            self.guide.trainable = False
        self.guide_curve = None if guide_curve is None else [[float(age), float(seen)] for age, seen in guide_curve]
        self.adversarial, self.age_sees, self.wrong_age, self.seed = adversarial, age_sees, wrong_age, seed
        self.generator_loss, self.discriminator_loss = losses.adversarial_pair(adversarial)
        if self.discriminator is not None:
            self.average_aging_generator = average_of(self.aging_generator, "average_aging_generator")
            self.average_rejuvenation_generator = average_of(self.rejuvenation_generator, "average_rejuvenation_generator")
            self.discriminator_view = FaceAugmentation(**SEEN_BY_DISCRIMINATOR, seed=seed, name="discriminator_view")
            self.age_view = FaceAugmentation(**SEEN_BY_AGE_NETWORK, seed=seed + 1, name="age_view")
            for view in (self.discriminator_view, self.age_view):
                view.build((None, image_size, image_size, 3))

    @property
    def generators(self):
        """The trained generators by name."""
        return {"aging": self.aging_generator, "rejuvenation": self.rejuvenation_generator}

    @property
    def averages(self):
        """The averages of the generators' weights, by the same names; none in a model for release."""
        if self.discriminator is None:
            return {}
        return {"aging": self.average_aging_generator, "rejuvenation": self.average_rejuvenation_generator}

    @property
    def discriminators(self):
        """The discriminators by name; none in a model for release."""
        return {} if self.discriminator is None else {"discriminator": self.discriminator}

    def generator_losses(self, batch):
        parts, fakes, goals = [], [], []
        for way, there, back in (
            ("aging", self.aging_generator, self.rejuvenation_generator),
            ("rejuvenation", self.rejuvenation_generator, self.aging_generator),
        ):
            face = to_range(batch[f"{way}_face"])
            age, years = _column(batch[f"{way}_age"]), _column(batch[f"{way}_years"])
            goal = ops.clip(age + years, 0.0, 100.0)
            fake, changed, flow = outputs_of(there, [face, years, age])
            cycled = back([fake, -years, goal], training=True)
            change = changed - face
            luminance = _luminance(change)
            colour = change - luminance
            trusted = _trusted_skin(self.image_size, self.frame) * _highpass(luminance)
            prototype = 0.0 * years[:, 0]
            if self.weights_of_losses["prototype"]:
                known = {name: batch[f"{way}_{name}"] for name in ("place", "male")}
                prototype = distance_to_lesson(changed, flow, self.teacher, {"face": face, "age": age, "years": years, **known})
            parts.append(
                {
                    "cycle": losses.cycle_consistency(face, cycled),
                    "change": losses.mean_absolute(changed, face) * ops.minimum(1.0, 8.0 / (ops.abs(years[:, 0]) + 4.0)),
                    "smoothness": losses.smoothness(luminance),
                    "colour": losses.mean_absolute(colour, 0.0 * colour) + 8.0 * losses.smoothness(colour),
                    "shade": losses.mean_absolute(means_of_squares(change), 0.0),
                    "prototype": prototype,
                    "seen": {
                        "luminance": lambda: face + trusted,
                        "skin": lambda: face + ops.stop_gradient(change - trusted) + trusted,
                        "image": lambda: changed,
                    }[self.age_sees](),
                }
            )
            fakes.append(fake)
            goals.append(goal)
        both = {name: ops.concatenate([part[name] for part in parts], axis=0) for name in parts[0]}
        fake, goal = ops.concatenate(fakes, axis=0), ops.concatenate(goals, axis=0)
        seen = (self.guide or self.age_regressor).age(self.age_view(both.pop("seen"), training=True))
        both["age"] = losses.age_shift(along(self.guide_curve, goal[:, 0]), seen, 0.0 * seen) / 10.0
        both["adversarial"] = self.generator_loss(self.discriminator([self.discriminator_view(fake), goal], training=False))
        return {name: ops.mean(values) for name, values in both.items()}, (fake, goal)

    def discriminator_losses(self, batch, fakes):
        fake, goal = fakes
        real, age = to_range(batch["real_face"]), _column(batch["real_age"])
        real = self.discriminator_view(real, training=True)
        fake_scores = self.discriminator([self.discriminator_view(fake, training=True), goal], training=True)
        total = ops.mean(self.discriminator_loss(self.discriminator([real, age], training=True), fake_scores))
        if self.wrong_age:
            # Half of the real faces again, under ages that are not theirs; every second, so that a batch split over devices gives the same.
            scores = self.discriminator([real[::2], _column(batch["wrong_age"])[::2]], training=True)
            refuse = (lambda x: ops.relu(1.0 + x)) if self.adversarial == "hinge" else ops.square
            total = total + self.wrong_age * (ops.mean(refuse(scores)) - ops.mean(refuse(fake_scores)))
        return {"discriminator": total}

    def observe(self, batch):
        observations = {}
        real = self.discriminator([to_range(batch["real_face"]), _column(batch["real_age"])], training=False)
        for way, generator in self.generators.items():
            faces, age, years = to_range(batch[f"{way}_face"]), _column(batch[f"{way}_age"]), _column(batch[f"{way}_years"])
            outputs = generator([faces, years, age], training=False)
            scores = self.discriminator([outputs, ops.clip(age + years, 0.0, 100.0)], training=False)
            observations[way] = Observation(faces, outputs, real, scores, self.adversarial)
        return observations

    @property
    def routes(self):
        return both_ways()

    def edit_in(self, direction, faces, years, ages):
        number = self.directions.index(direction)
        ages = ops.clip(ops.cast(ages, "float32"), 0.0, 100.0)
        # No face is asked to be younger than new-born or older than 90; one that is either stays.
        if direction == "aging":
            years = ops.minimum(years, ops.maximum(OLDEST - ages, 0.5))
        else:
            years = ops.maximum(years, ops.minimum(-ages, -0.5))
        asked = stretched(years, self.stretch[number])
        if self.pace is not None:
            tried = stretched(0.0 * years + TRIED[direction], self.stretch[number])
            outcome = moved(*self._edit_asked(number, faces, tried, ages))
            seen = self.age_regressor.mirrored_age(outcome) - self.age_regressor.mirrored_age(faces)
            asked = asked * pace(seen, ages, self.pace[direction], self.pace["share"])
        return self._edit_asked(number, faces, asked, ages)

    def _edit_asked(self, number, faces, asked, ages):
        """`(changed, flow)` of one direction, asked for so many years `(N,)`; for more than `most` the change goes on in proportion, that of light as a factor."""
        direction, most = self.directions[number], self.most[number]
        within = ops.clip(asked, -most, most)
        share = ops.reshape(asked / within, (-1, 1, 1, 1))
        changed, flow = edit_by(self.averaged(direction), [faces, _column(within), _column(ages)])
        change = relit(faces, changed, share) - faces
        if self.chroma:
            change = change + share * self.chroma * (changed - relit(faces, changed))
        if self.reach == "skin":
            change = _skin(self.image_size, self.frame) * change
        return faces + change, None if flow is None else share * flow

    def get_config(self):
        return {
            "image_size": self.image_size,
            "generator": networks.serialize(self.aging_generator),
            "rejuvenation_generator": networks.serialize(self.rejuvenation_generator),
            "discriminator": networks.serialize(self.discriminator),
            "age_network": networks.serialize(self.age_regressor.network),
            "guide": None if self.guide is None else networks.serialize(self.guide.network),
            "guide_curve": self.guide_curve,
            "adversarial": self.adversarial,
            "age_sees": self.age_sees,
            "wrong_age": self.wrong_age,
            "reach": self.reach,
            "stretch": list(self.stretch),
            "pace": self.pace,
            "chroma": self.chroma,
            "most": list(self.most),
            "weights": self.weights_of_losses,
            "momentum": self.momentum,
            "seed": self.seed,
            "frame": self.frame,
        }

    def release_config(self):
        return {**super().release_config(), "guide": None, "guide_curve": None}


def _column(values):
    return ops.reshape(ops.cast(values, "float32"), (-1, 1))


def _luminance(images):
    return ops.sum(images * ops.convert_to_tensor(LUMINANCE, "float32"), axis=-1, keepdims=True)


def _tight_places(size, frame):
    """Where the pixels of a frame's square lie in the tight frame, in fractions of its side: `(size,)` across, `(size,)` down."""
    left, top, right, bottom = TIGHT.window(FRAMES[frame])
    place = (np.arange(size, dtype="float32") + 0.5) / size
    return left + (right - left) * place, top + (bottom - top) * place


@functools.cache
def _trusted_skin(size, frame="tight"):
    """Where the age network is shown the change: not on the mouth either, or it etches teeth; see `_face_without_eyes`."""
    x, y = _tight_places(size, frame)
    mouth = np.hypot((x[None, :] - 0.5) / 0.2, (y[:, None] - 0.7) / 0.1)
    outside_mouth = np.clip((mouth - 0.8) / 0.4, 0.0, 1.0)[None, :, :, None]
    return (outside_mouth * _face_without_eyes(size, frame, (0.42, 0.41), (0.31, 0.11, 0.055), 0.4)).astype("float32")


@functools.cache
def _skin(size, frame="tight"):
    """Where a face is changed in the end: a little less, for the change ends softly before the chin's edge and around the eyes."""
    return _face_without_eyes(size, frame, (0.44, 0.36), (0.315, 0.125, 0.075), 0.5)


def _face_without_eyes(size, frame, face, eye, softness):
    """1 over the skin of an aligned face, 0 over the eyes and outside the face, soft between: `(1, size, size, 1)` float32.

    Args:
        size: side in pixels.
        frame: the name of the frame that the face is aligned in.
        face: radii of the face's ellipse across and down, fractions of the tight frame's side, as are the others.
        eye: height of the eyes, and radii of their ellipses across and down.
        softness: width of the eyes' edge, in their radii.
    """
    across, down = _tight_places(size, frame)
    x, y = across[None, :], down[:, None]
    ellipse = lambda centre_x, centre_y, radius_x, radius_y: np.hypot((x - centre_x) / radius_x, (y - centre_y) / radius_y)
    inside = np.clip((1.08 - ellipse(0.5, 0.47, *face)) / 0.16, 0.0, 1.0)
    for centre in (0.31, 0.69):
        inside = inside * np.clip((ellipse(centre, *eye) - (1 - softness / 2)) / softness, 0.0, 1.0)
    return inside[None, :, :, None].astype("float32")


def _highpass(plane):
    """The plane less its means over an eighth of the side, taken every sixteenth."""
    size = plane.shape[1]
    window, stride = max(size // 8, 1), max(size // 16, 1)
    low = ops.average_pool(plane, window, strides=stride, padding="same")
    return plane - ops.image.resize(low, plane.shape[1:3], interpolation="bilinear")
