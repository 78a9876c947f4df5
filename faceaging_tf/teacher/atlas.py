"""The atlas: what ageing is made of, as maps of the mean face, learned from photographs with
landmarks.
"""

import dataclasses
import itertools

import cv2
import numpy as np

from faceaging_tf.data.corpus import CorpusError
from faceaging_tf.geometry.exposure import LUMINANCE
from faceaging_tf.geometry.flow import flow_between
from faceaging_tf.geometry.landmarks import (
    BETWEEN_EYES,
    LEFT_MOUTH,
    LEFT_SIDE,
    LOWER_LIP,
    NOSE_TIP,
    RIGHT_MOUTH,
    RIGHT_SIDE,
    UPPER_LIP,
)
from faceaging_tf.layers.head_ageing import COARSE_SIDE, WINDOW
from faceaging_tf.layers.luminance import DARKEST
from faceaging_tf.layers.mean_face_part import MAP_SIDE
from faceaging_tf.teacher.exemplars import ROLES
from faceaging_tf.teacher.growth import growth_change
from faceaging_tf.teacher.mean_face import frontal_adults, into_mean_face
from faceaging_tf.teacher.regions import (
    SIDE,
    brows,
    eyes,
    forehead,
    inner_face,
    nose,
    skin_and_hair,
)
from faceaging_tf.teacher.traits import traits_of

# Standard deviations of the Gaussians between which bands lie, in 1/256 of the side, and how much
# of each goes into fine relief, of one exemplar and its neighbours, and into coarse relief, of
# many.
SIGMAS = (1, 2, 4, 8, 16)
FINE_OWN, FINE_AVERAGE = (1.2, 0.7, 0.0, 0.0, 0.0), (0.0, 0.7, 0.0, 0.0, 0.0)
COARSE = (0.0, 1.6, 2.8, 0.4, 0.0)
# What becomes of a face's own four finest bands at full strength: its own lines deepen, or go.
OWN_OLDER, OWN_YOUNGER = (1.15, 1.6, 1.5, 1.15), (0.75, 0.3, 0.35, 0.65)
NEIGHBOURS = 3
# Groups of the average young and old face, in years, at least and at most so many heads of each.
YOUNG, OLD, FEWEST, PER_GROUP = (20.0, 40.0), (63.0, 90.0), 10, 90
TONE_STRENGTH, SHAPE_STRENGTH = 1.4, 1.6
# How much stronger coarse relief is than measured, men and women: the same change tells a judge of
# ages less of men.
BY_SEX = (1.25, 1.0)
# How much red, green and blue take part in a change of tone, and how much of its own colour is
# kept: sources differ in light and cameras, and bluish shadows look like bruises.
TONE_WARMTH, TONE_COLOUR = (0.8, 1.07, 1.16), 0.25
# The Gaussian of the tone's map in pixels of 256, and how far within the oval it ends: what is
# sharper is seen as a patch.
TONE_BLUR, TONE_MARGIN = 7.0, (14, 8)
# What is left of the tone's change on the forehead, where averages know hair and its shadow.
FOREHEAD_TONE = 0.4
OLDEST = 85.0
# All-Age-Faces holds pictures that were retouched, and synthetic people are smooth: relief is not
# learned of them.
SMOOTH = ("aaf", "faker")
TOO_FEW = (
    f"The heads show too few {{sex}} faces to average: at least {FEWEST} of {YOUNG[0]:g} to {YOUNG[1]:g} years and as many of {OLD[0]:g} to {OLD[1]:g} are needed of one source, seen from the front; "
    "give more corpora."
)


@dataclasses.dataclass(frozen=True)
class Atlas:
    """The weights of `Relief`, `Tone`, `HeadShape` and `HairTone` by name of layer and weight:
    `{"relief": {"fine": ..., ...}, "tone": ..., "flow": ..., "greyed": ...}`.
    """

    maps: dict

    def assign_to(self, generator):
        """Puts the maps into a `head_generator`.

        Raises:
            ValueError: a map of another shape than the generator's.
        """
        for name, weights in self.maps.items():
            layer = generator.get_layer(name)
            for weight, value in weights.items():
                getattr(layer, weight).assign(value.astype("float32"))


def build_atlas(heads, shape, exemplars, pictures, relief_side):
    """Learns an atlas.

    Args:
        heads: `Heads` to learn tone and shape of, at 256 pixels.
        shape: `(468, 2)`, of the mean face.
        exemplars: list of `Exemplar`.
        pictures: `Heads` of the exemplars, in that order, at the size that their relief is wanted
            at.
        relief_side: pixels of a relief map, see `head_generator`.

    Returns:
        An `Atlas`.

    Raises:
        CorpusError: too few young or old heads of either sex.
    """
    maps = {
        "relief": {
            **_relief(exemplars, pictures, shape, relief_side),
            "coarse": coarse_relief(heads, shape),
        },
        "tone": {"change": tone_change(heads, shape)},
        "flow": {"change": shape_change(heads, shape), "growth": growth_change(heads, shape)},
    }
    pixels = shape * SIDE - 0.5
    small = lambda plane: cv2.resize(plane, (MAP_SIDE, MAP_SIDE), interpolation=cv2.INTER_AREA)
    maps["relief"]["places"] = np.stack(
        [small(forehead(pixels)), small(np.maximum(eyes(pixels), nose(pixels)))], axis=-1
    )
    maps["greyed"] = {"brows": small(brows(pixels))[..., None]}
    return Atlas(maps)


def _relief(exemplars, pictures, shape, side):
    bands, masks, traits, sharpness = [], [], [], []
    for face, landmarks, mask in zip(
        pictures.corpus.faces, pictures.landmarks, pictures.masks, strict=True
    ):
        small = cv2.resize(face, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        pixels = landmarks * SIDE - 0.5
        person = (
            cv2.resize(mask, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR).astype("float32") / 255
        )
        skin_mask, _ = skin_and_hair(small, pixels, person)
        light = into_mean_face(log_luminance(face), landmarks, shape, side, WINDOW)
        bands.append(bands_of(light, side / (SIDE * WINDOW[2])))
        masks.append(np.clip(into_mean_face(skin_mask, landmarks, shape, side, WINDOW), 0, 1))
        traits.append(traits_of(small, pixels, skin_mask))
        sharpness.append(sharpness_of(log_luminance(small)))
    traits = np.stack(traits)
    roles = np.array(
        [[float(role in exemplar.roles) for role in ROLES] for exemplar in exemplars], "float32"
    )
    fine, inner = [], _inner_face(shape, side)
    for number in range(len(exemplars)):
        # Whoever shares a role is a neighbour, the nearest in expression and light first.
        shares = (roles @ roles[number]) > 0
        order = [
            other
            for other in np.argsort(np.abs(traits - traits[number]).sum(axis=1))
            if shares[other] and other != number
        ][:NEIGHBOURS]
        group = [number, *order]
        total = np.maximum(sum(masks[each] for each in group), 0.3)
        average = [
            sum(bands[each][band] * masks[each] for each in group) / total
            for band in range(len(SIGMAS))
        ]
        weigh = lambda weights, parts: sum(
            weight * part for weight, part in zip(weights, parts, strict=True) if weight
        )
        fine.append(
            inner * masks[number] * (weigh(FINE_OWN, bands[number]) + weigh(FINE_AVERAGE, average))
        )
    return {
        "fine": np.stack(fine).reshape(len(fine), -1),
        "traits": traits,
        "roles": roles,
        "ages": pictures.corpus.age,
        "sharpness": np.array(sharpness),
        "own": np.array([OWN_OLDER, OWN_YOUNGER]),
    }


def coarse_relief(heads, shape, seed=0):
    """The coarse relief of old faces less that of young ones, averaged over many,
    `(2, 128, 128, 1)`: men, women; 0 where too few faces show skin.
    """
    chosen = frontal_adults(heads)
    source = heads.corpus.attributes.get("source", np.array([""] * len(heads)))
    side = int(SIDE * WINDOW[2])
    inner = _inner_face(shape, side)
    found = []
    for sex in ("male", "female"):
        averages = []
        for low, high in (YOUNG, OLD):
            rows = np.flatnonzero(
                chosen
                & ~np.isin(source, SMOOTH)
                & (heads.corpus.attributes["sex"] == sex)
                & (heads.corpus.age >= low)
                & (heads.corpus.age < high)
            )
            if len(rows) < FEWEST:
                raise CorpusError(TOO_FEW.format(sex=sex))
            part = heads.take(np.random.default_rng(seed).permutation(rows)[:PER_GROUP])
            total, weight = 0, 0
            for face, landmarks, mask in zip(
                part.corpus.faces, part.landmarks, part.masks, strict=True
            ):
                sure = into_mean_face(
                    _sure_skin(face, landmarks, mask), landmarks, shape, side, WINDOW
                ).clip(0, 1)
                bands = bands_of(
                    into_mean_face(log_luminance(face), landmarks, shape, side, WINDOW), 1.0
                )
                total, weight = (
                    total
                    + sure * sum(share * band for share, band in zip(COARSE, bands, strict=True)),
                    weight + sure,
                )
            averages.append((total / np.maximum(weight, 2), weight / len(part)))
        (young, young_weight), (old, old_weight) = averages
        known = inner * np.clip((np.minimum(young_weight, old_weight) - 0.15) / 0.25, 0, 1)
        change = known * (old - young)
        found.append(
            cv2.resize(
                ((change + change[:, ::-1]) / 2).astype("float32"),
                (COARSE_SIDE, COARSE_SIDE),
                interpolation=cv2.INTER_AREA,
            )[..., None]
        )
    return np.reshape(BY_SEX, (2, 1, 1, 1)) * np.stack(found)


def _inner_face(shape, side):
    """`regions.inner_face` of the mean face in the window, `(side, side)`."""
    left, top, width = (int(SIDE * part) for part in WINDOW)
    inner = inner_face(shape * SIDE - 0.5)[top : top + width, left : left + width]
    return cv2.resize(inner, (side, side), interpolation=cv2.INTER_LINEAR)


def _sure_skin(face, landmarks, mask):
    """What is skin beyond doubt, `(256, 256)` float32 in 0 to 1."""
    person = cv2.resize(mask, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR).astype("float32") / 255
    return np.clip((skin_and_hair(face, landmarks * SIDE - 0.5, person)[0] - 0.5) / 0.4, 0, 1)


def log_luminance(face):
    """`log max(Y, .02)`, `(S, S)` float32, of a uint8 face; the same as
    `faceaging_tf.layers.luminance.log_luminance`.
    """
    return np.log(np.maximum((face.astype("float32") / 255) @ LUMINANCE, DARKEST))


def bands_of(light, pixels):
    """Differences of Gaussians of `SIGMAS`, finest first: a list of `(S, S)`.

    Args:
        light: `(S, S)` float32.
        pixels: how many pixels 1/256 of the head's square is.
    """
    blurred = [
        light,
        *(
            cv2.GaussianBlur(light, (0, 0), sigma * pixels, borderType=cv2.BORDER_REFLECT)
            for sigma in SIGMAS
        ),
    ]
    return [finer - coarser for finer, coarser in itertools.pairwise(blurred)]


def sharpness_of(light):
    """How sharp a head's `(256, 256)` log luminance is; the same as
    `faceaging_tf.layers.head_ageing.sharpness_of`.
    """
    cut = lambda plane: plane[
        int(0.35 * SIDE) : int(0.88 * SIDE), int(0.29 * SIDE) : int(0.71 * SIDE)
    ]
    return float(
        cut(light - cv2.GaussianBlur(light, (7, 7), 1.0)).std() / max(cut(light).std(), 0.03)
    )


def tone_change(heads, shape, seed=0):
    """How the average face's log colour changes over 40 years, `(2, 64, 64, 3)`: men, women.

    The averages are made of skin alone, each source by itself, so that its light falls out; where
    too few faces show skin, as below a fringe, the change is the face's mean change.
    """
    chosen = frontal_adults(heads)
    source = heads.corpus.attributes.get("source", np.array(["" for _ in range(len(heads))]))
    found = []
    for sex in ("male", "female"):
        changes, weights = [], []
        for each in _sources(source):
            groups = []
            for low, high in (YOUNG, OLD):
                rows = np.flatnonzero(
                    chosen
                    & np.isin(source, each)
                    & (heads.corpus.attributes["sex"] == sex)
                    & (heads.corpus.age >= low)
                    & (heads.corpus.age < high)
                )
                groups.append(np.random.default_rng(seed).permutation(rows)[:PER_GROUP])
            if min(len(rows) for rows in groups) < FEWEST:
                continue
            (young, young_weight), (old, old_weight) = (
                _average_colour(heads.take(rows), shape) for rows in groups
            )
            years = heads.corpus.age[groups[1]].mean() - heads.corpus.age[groups[0]].mean()
            changes.append((old - young) / years * 40)
            weights.append(np.minimum(young_weight, old_weight))
        if not changes:
            raise CorpusError(TOO_FEW.format(sex=sex))
        found.append(_smooth_change(sum(changes) / len(changes), sum(weights) / len(weights)))
    pixels = shape * SIDE - 0.5
    above, inner = (
        cv2.resize(mask, (MAP_SIDE, MAP_SIDE), interpolation=cv2.INTER_AREA)[..., None]
        for mask in (forehead(pixels), inner_face(pixels, *TONE_MARGIN))
    )
    return (
        TONE_STRENGTH
        * np.stack(found)
        * (1 - (1 - FOREHEAD_TONE) * above)
        * (inner + inner[:, ::-1])
        / 2
    )


def _sources(source):
    """Sources that are averaged together: official portraits as one, others each by itself."""
    official = [
        name for name in np.unique(source) if name in ("civilservices", "clerk", "voteview")
    ]
    return [official, *([name] for name in np.unique(source) if name not in official)]


def _average_colour(heads, shape):
    """The mean log colour of skin `(256, 256, 3)`, each face less its own mean, and the share of
    faces that show skin, `(256, 256, 1)`.
    """
    total, weight = 0, 0
    for face, landmarks, mask in zip(heads.corpus.faces, heads.landmarks, heads.masks, strict=True):
        person = (
            cv2.resize(mask, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR).astype("float32") / 255
        )
        # Only what is skin beyond doubt: a fringe's shadow would grey the forehead.
        sure = cv2.erode(
            np.clip((skin_and_hair(face, landmarks * SIDE - 0.5, person)[0] - 0.7) / 0.25, 0, 1),
            np.ones((7, 7)),
        )
        colour = np.log(np.maximum(face.astype("float32"), 4) / 255)
        colour = into_mean_face(colour, landmarks, shape, SIDE)
        sure = np.clip(into_mean_face(sure, landmarks, shape, SIDE), 0, 1)[..., None]
        colour = colour - (colour * sure).sum((0, 1)) / np.maximum(sure.sum((0, 1)), 1)
        total, weight = total + colour * sure, weight + sure
    return total / np.maximum(weight, 1e-3), weight / len(heads)


def _smooth_change(change, weight):
    """The change blurred where it is known, symmetric, most of its colour replaced by that of
    darker skin, `(64, 64, 3)`.
    """
    change, weight = (each + each[:, ::-1] for each in (change * weight, weight))
    blur = lambda plane, sigma: cv2.GaussianBlur(plane, (0, 0), sigma).reshape(plane.shape)
    near, far = (
        (blur(change, sigma) / np.maximum(blur(weight, sigma), 1e-3)) for sigma in (TONE_BLUR, 12)
    )
    # Where few faces show skin, only what is known from further away.
    known = np.clip((blur(weight, TONE_BLUR) / 2 - 0.25) / 0.35, 0, 1)
    smooth = near * known + far * (1 - known) * np.clip(blur(weight, 12) / 0.3, 0, 1)
    light = smooth.mean(axis=-1, keepdims=True)
    smooth = light * np.array(TONE_WARMTH, "float32") + TONE_COLOUR * (smooth - light)
    return cv2.resize(smooth.astype("float32"), (MAP_SIDE, MAP_SIDE), interpolation=cv2.INTER_AREA)


def shape_change(heads, shape):
    """How heads move with age, `(2, 2, 64, 64, 2)`: men and women; flow per 50 years, and per 50
    years beyond 45.

    Landmarks are regressed on age, with a second slope from 45 on; the mouth's opening, the smile,
    yaw, pitch and the source are regressors too, so that they fall out.
    """
    chosen = frontal_adults(heads)
    found = []
    for sex in ("male", "female"):
        part = heads.take(chosen & (heads.corpus.attributes["sex"] == sex))
        points, age = part.landmarks.astype("float64"), np.clip(part.corpus.age, 18, OLDEST)
        distance = lambda first, second, points=points: np.linalg.norm(
            points[:, first] - points[:, second], axis=1
        )
        yaw = (points[:, NOSE_TIP, 0] - points[:, LEFT_SIDE, 0]) / (
            points[:, RIGHT_SIDE, 0] - points[:, LEFT_SIDE, 0]
        )
        columns = [age / 50, np.maximum(age - 45, 0) / 50]
        columns += [
            x - x.mean()
            for x in (
                distance(UPPER_LIP, LOWER_LIP),
                distance(LEFT_MOUTH, RIGHT_MOUTH),
                yaw,
                points[:, NOSE_TIP, 1] - points[:, BETWEEN_EYES, 1],
            )
        ]
        source = part.corpus.attributes.get("source", np.array([""] * len(part)))
        columns += [(np.isin(source, each)).astype("float64") for each in _sources(source)]
        slopes = np.linalg.lstsq(
            np.stack(columns, axis=1), points.reshape(len(points), -1), rcond=None
        )[0][:2].reshape(2, -1, 2)
        found.append(
            [
                _symmetric(2 * flow_between(shape, shape + 0.5 * SHAPE_STRENGTH * slope, MAP_SIDE))
                for slope in slopes
            ]
        )
    return np.array(found)


def _symmetric(flow):
    """A flow and its mirror image, averaged."""
    return (flow + flow[:, ::-1] * (-1, 1)) / 2
