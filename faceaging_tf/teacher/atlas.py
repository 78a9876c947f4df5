"""The atlas: what ageing is made of, as maps of the mean face, learned from photographs with
landmarks.
"""

import dataclasses

import cv2
import numpy as np

from faceaging_tf.data.corpus import CorpusError
from faceaging_tf.geometry.flow import flow_between
from faceaging_tf.layers.mean_face_part import MAP_SIDE
from faceaging_tf.teacher.contrast import contrast_change, feature_places
from faceaging_tf.teacher.growth import growth_change
from faceaging_tf.teacher.lips import lips_change, with_thinner_lips
from faceaging_tf.teacher.mean_face import (
    FEWEST,
    TOO_FEW,
    age_slopes,
    frontal_adults,
    into_mean_face,
    sources_together,
    symmetric,
    young_and_old,
)
from faceaging_tf.teacher.regions import (
    SIDE,
    brows,
    eyes,
    forehead,
    inner_face,
    nose,
)
from faceaging_tf.teacher.relief import coarse_relief, exemplar_relief, sure_skin

TONE_STRENGTH, SHAPE_STRENGTH = 1.4, 1.6
# A lip is two or three pixels of the map high, so that half of its change would be lost.
LIPS_STRENGTH = 2.0
# How much red, green and blue take part in a change of tone, and how much of its own colour is
# kept: sources differ in light and cameras, and bluish shadows look like bruises.
TONE_WARMTH, TONE_COLOUR = (0.8, 1.07, 1.16), 0.25
# The Gaussian of the tone's map in pixels of 256, and how far within the oval it ends: what is
# sharper is seen as a patch.
TONE_BLUR, TONE_MARGIN = 7.0, (14, 8)
# What is left of the tone's change on the forehead, where averages know hair and its shadow.
FOREHEAD_TONE = 0.4


@dataclasses.dataclass(frozen=True)
class Atlas:
    """The weights of `Relief`, `Tone`, `FacialContrast`, `HeadShape` and `HairTone` by name of
    layer and weight: `{"relief": {"fine": ..., ...}, "tone": ..., "contrast": ..., ...}`.
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
            **exemplar_relief(exemplars, pictures, shape, relief_side),
            "coarse": coarse_relief(heads, shape),
        },
        "tone": {"change": tone_change(heads, shape)},
        "contrast": {"places": feature_places(shape), "change": contrast_change(heads)},
        "flow": {"change": shape_change(heads, shape), "growth": growth_change(heads, shape)},
    }
    pixels = shape * SIDE - 0.5
    small = lambda plane: cv2.resize(plane, (MAP_SIDE, MAP_SIDE), interpolation=cv2.INTER_AREA)
    maps["relief"]["places"] = np.stack(
        [small(forehead(pixels)), small(np.maximum(eyes(pixels), nose(pixels)))], axis=-1
    )
    maps["greyed"] = {"brows": small(brows(pixels))[..., None]}
    return Atlas(maps)


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
        for each in sources_together(source):
            groups = young_and_old(heads, chosen & np.isin(source, each), sex, seed)
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


def _average_colour(heads, shape):
    """The mean log colour of skin `(256, 256, 3)`, each face less its own mean, and the share of
    faces that show skin, `(256, 256, 1)`.
    """
    total, weight = 0, 0
    for face, landmarks, mask in zip(heads.corpus.faces, heads.landmarks, heads.masks, strict=True):
        # Only what is skin beyond doubt: a fringe's shadow would grey the forehead.
        sure = cv2.erode(sure_skin(face, landmarks, mask, 0.7, 0.25), np.ones((7, 7)))
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
    """
    chosen = frontal_adults(heads)
    found = []
    for sex in ("male", "female"):
        part = heads.take(chosen & (heads.corpus.attributes["sex"] == sex))
        slopes, _ = age_slopes(part, part.landmarks.reshape(len(part), -1).astype("float64"))
        slopes = [
            with_thinner_lips(slope.reshape(-1, 2), shape, shares / SHAPE_STRENGTH)
            for slope, shares in zip(slopes, LIPS_STRENGTH * lips_change(part), strict=True)
        ]
        found.append(
            [
                symmetric(2 * flow_between(shape, shape + 0.5 * SHAPE_STRENGTH * slope, MAP_SIDE))
                for slope in slopes
            ]
        )
    return np.array(found)
