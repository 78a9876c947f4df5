"""Relief of real faces in bands of log luminance, looked up in the mean face."""

import itertools

import cv2
import numpy as np

from faceaging_tf.data.corpus import CorpusError
from faceaging_tf.geometry.exposure import LUMINANCE
from faceaging_tf.layers.head_ageing import COARSE_SIDE, WINDOW
from faceaging_tf.layers.luminance import DARKEST
from faceaging_tf.teacher.exemplars import ROLES
from faceaging_tf.teacher.mean_face import (
    FEWEST,
    TOO_FEW,
    frontal_adults,
    into_mean_face,
    young_and_old,
)
from faceaging_tf.teacher.regions import (
    SIDE,
    below_mouth_corners,
    forehead,
    inner_face,
    person_of,
    skin_and_hair,
)
from faceaging_tf.teacher.traits import traits_of

# Standard deviations of the Gaussians between which bands lie, in 1/256 of the side, and how much
# of each goes into fine relief, of one exemplar, and into coarse relief, of many.
SIGMAS = (1, 2, 4, 8, 16)
FINE = (1.7, 1.7, 0.35, 0.0, 0.0)
# Old skin is lined unequally, and lit unequally: each exemplar's relief is made as strong as the
# median one's, by a factor within these.
EQUAL_STRENGTH = (0.55, 1.25)
# A line that one exemplar alone has looks drawn on somebody else: below the forehead, whose lines
# lie elsewhere on everyone, relief is softly limited to so many times what is usual in its place
# (the median of the exemplars, blurred by a share of the map's side; at least a hundredth of log
# luminance), and what is left is made stronger again. A line is weakened as a whole, by the mean
# around it, of which its peak is so many times: limited pixel by pixel it becomes a strip of one
# shade with hard edges, as if drawn with a pen.
USUAL, AROUND, LEAST, AGAIN = 1.8, 6.0 / 384, 0.01, 1.3
LOCALLY, PEAK = 4.0 / 384, 1.8
# How much of it goes below the corners of the mouth: lines down to the jaw box the mouth in;
# averages have softer ones.
BOXED_IN = 0.6
COARSE = (0.0, 1.6, 2.8, 0.4, 0.0)
# What becomes of a face's own four finest bands at full strength: its own lines deepen, or go.
OWN_OLDER, OWN_YOUNGER = (1.15, 1.6, 1.5, 1.15), (1.2, 0.1, 0.2, 0.65)
# How much stronger coarse relief is than measured, men and women: the same change tells a judge of
# ages less of men.
BY_SEX = (1.25, 1.0)
# All-Age-Faces holds pictures that were retouched, and most synthetic people are smooth: averages
# are made without them. Old synthetic people are lined, and make good exemplars.
SMOOTH = ("aaf", "faker")


def exemplar_relief(exemplars, pictures, shape, side):
    """Fine relief of each exemplar and what is known of it, by the names of `Relief`'s weights;
    arguments of `build_atlas`, `side` pixels of a relief map.
    """
    inner = _in_window(inner_face(shape * SIDE - 0.5), side)
    fine, traits, sharpness = [], [], []
    for face, landmarks, mask in zip(
        pictures.corpus.faces, pictures.landmarks, pictures.masks, strict=True
    ):
        small = cv2.resize(face, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        pixels = landmarks * SIDE - 0.5
        skin, _ = skin_and_hair(small, pixels, person_of(mask))
        placed = lambda plane, landmarks=landmarks: into_mean_face(
            plane, landmarks, shape, side, WINDOW
        )
        bands = bands_of(placed(log_luminance(face)), side / (SIDE * WINDOW[2]))
        relief = sum(share * band for share, band in zip(FINE, bands, strict=True))
        fine.append((inner * placed(skin).clip(0, 1) * relief).ravel())
        traits.append(traits_of(small, pixels, skin))
        sharpness.append(sharpness_of(log_luminance(small)))
    fine = _without_own_lines(np.stack(fine), shape, side)
    strength = np.sqrt((fine**2).mean(axis=1) + 1e-8)
    roles = [[float(role in exemplar.roles) for role in ROLES] for exemplar in exemplars]
    known = zip(exemplars, pictures.corpus.age, strict=True)
    return {
        "fine": fine * np.clip(np.median(strength) / strength, *EQUAL_STRENGTH)[:, None],
        "traits": np.stack(traits),
        "roles": np.array(roles, "float32"),
        "ages": np.array([age if one.age is None else one.age for one, age in known]),
        "sharpness": np.array(sharpness),
        "own": np.array([OWN_OLDER, OWN_YOUNGER]),
    }


def _without_own_lines(fine, shape, side):
    """Relief of exemplars, without the lines that few of them have, see `USUAL`; what is usual on
    one side of the mean face is on the other.

    Args:
        fine: `(K, side * side)`, log luminance.
        shape: `(468, 2)`, of the mean face, fractions of the side of its square.
        side: pixels of a relief map.

    Returns:
        `(K, side * side)`, log luminance.
    """
    planes = np.abs(fine).reshape(-1, side, side).astype("float32")
    usual = np.median([cv2.GaussianBlur(plane, (0, 0), AROUND * side) for plane in planes], axis=0)
    most = np.maximum(USUAL * (usual + usual[:, ::-1]).ravel() / 2, LEAST)
    free, below = (
        _in_window(region(shape * SIDE - 0.5), side).ravel()
        for region in (forehead, below_mouth_corners)
    )
    around = np.stack([cv2.GaussianBlur(plane, (0, 0), LOCALLY * side) for plane in planes])
    limited = AGAIN * fine / np.hypot(1, PEAK * around.reshape(len(fine), -1) / most)
    return (free * fine + (1 - free) * limited) * (1 - BOXED_IN * below)


def coarse_relief(heads, shape, seed=0):
    """The coarse relief of old faces less that of young ones, averaged over many,
    `(2, 128, 128, 1)`: men, women; 0 where too few faces show skin.
    """
    chosen = frontal_adults(heads)
    source = heads.corpus.attributes.get("source", np.array([""] * len(heads)))
    side = int(SIDE * WINDOW[2])
    inner = _in_window(inner_face(shape * SIDE - 0.5), side)
    found = []
    for sex in ("male", "female"):
        averages = []
        for rows in young_and_old(heads, chosen & ~np.isin(source, SMOOTH), sex, seed):
            if len(rows) < FEWEST:
                raise CorpusError(TOO_FEW.format(sex=sex))
            part = heads.take(rows)
            total, weight = 0, 0
            for face, landmarks, mask in zip(
                part.corpus.faces, part.landmarks, part.masks, strict=True
            ):
                placed = lambda plane, landmarks=landmarks: into_mean_face(
                    plane, landmarks, shape, side, WINDOW
                )
                sure = placed(sure_skin(face, landmarks, mask)).clip(0, 1)
                bands = bands_of(placed(log_luminance(face)), 1.0)
                total = total + sure * sum(
                    share * band for share, band in zip(COARSE, bands, strict=True)
                )
                weight = weight + sure
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


def _in_window(mask, side):
    """What of a mask of the mean face `(256, 256)` lies in the window, `(side, side)`."""
    left, top, width = (int(SIDE * part) for part in WINDOW)
    return cv2.resize(
        mask[top : top + width, left : left + width].astype("float32"),
        (side, side),
        interpolation=cv2.INTER_LINEAR,
    )


def sure_skin(face, landmarks, mask, least=0.5, span=0.4):
    """What is skin beyond doubt, `(256, 256)` float32 in 0 to 1: 0 up to `least`, 1 from `span`
    more on; arguments of `measured_head`.
    """
    skin, _ = skin_and_hair(face, landmarks * SIDE - 0.5, person_of(mask))
    return np.clip((skin - least) / span, 0, 1)


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
