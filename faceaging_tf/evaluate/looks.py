"""What a classifier looks at to tell made pictures from photographs: the tight face's texture; of
whole heads, patches of skin at full size, and the head shown small.

Both are described by hand, as in `texture.py`, by numbers that no generator is trained on.
"""

import numpy as np
from PIL import Image

from faceaging_tf.evaluate.shrinking import shrunk
from faceaging_tf.evaluate.texture import texture_features

# Middles of the patches: landmarks of the forehead, of both cheeks and under both eyes.
PATCHES = (151, 205, 425, 119, 348)
# A patch's side is this part of the head's: half the distance of the eyes, 32 pixels of 256 and 64
# of 512.
PATCH_PART = 8
RADII, NEIGHBOURS = (1, 2, 4), 8
BANDS = ((0.0, 1.0), (1.0, 2.0), (2.0, 4.0))
# A head is shown small at this size, on grey: backgrounds tell ages and nothing of a model.
SMALL_SIDE, GREY = 96, 128


def head_looks(heads, landmarks, masks):
    """Features of whole heads.

    Args:
        heads: `(N, S, S, 3)` uint8.
        landmarks: `(N, 468, 2)`, fractions of the side.
        masks: `(N, h, h)` uint8, 255 where the person is.

    Returns:
        A dict of `skin` and `head`, `(N, F)` float32 each.
    """
    skin = [
        skin_features(skin_patches(head, points))
        for head, points in zip(heads, landmarks, strict=True)
    ]
    return {"skin": np.stack(skin), "head": texture_features(small_heads(heads, masks))}


def skin_patches(head, landmarks):
    """Patches of skin at the head's own resolution, `(5, P, P, 3)` uint8, P = S // 8; moved inwards
    where they reach over the edge.

    Args:
        head: `(S, S, 3)` uint8.
        landmarks: `(468, 2)`, fractions of the side.
    """
    size = head.shape[0]
    side = size // PATCH_PART
    corners = np.clip(np.rint(landmarks[list(PATCHES)] * size - side / 2), 0, size - side).astype(
        int
    )
    return np.stack([head[y : y + side, x : x + side] for x, y in corners])


def skin_features(patches):
    """The features of one face's patches `(5, P, P, 3)` uint8: `(6 * 57,)` float32, those of each
    patch, and their mean.
    """
    each = np.stack([_of_patch(patch) for patch in patches])
    return np.concatenate([each, each.mean(axis=0, keepdims=True)]).ravel().astype("float32")


def small_heads(heads, masks):
    """Whole heads on grey, shrunk by area: `(N, 96, 96, 3)` uint8, or as they are where they are no
    larger; arguments of `head_looks`.
    """
    side = min(SMALL_SIDE, heads.shape[1])
    small = shrunk(heads, side).astype("float32")
    person = np.stack(
        [
            np.asarray(Image.fromarray(mask).resize((side, side), Image.Resampling.BILINEAR))
            for mask in masks
        ]
    )
    person = person[..., None].astype("float32") / 255
    return np.rint(person * small + (1 - person) * GREY).astype("uint8")


def _of_patch(patch):
    """Of light: shares of local binary patterns at three radii, strength, skewness and peakedness
    of three bands, and the bands' strength across over that down; of all channels of Lab: mean,
    deviation, skewness; of the colours' bands: strength.
    """
    from scipy.ndimage import gaussian_filter
    from skimage.color import rgb2lab
    from skimage.feature import local_binary_pattern

    lab = rgb2lab(patch)
    grey = np.rint(2.55 * lab[..., 0]).astype("uint8")
    shares = [
        np.bincount(
            local_binary_pattern(grey, NEIGHBOURS, radius, "uniform").astype(int).ravel(),
            minlength=NEIGHBOURS + 2,
        )
        / grey.size
        for radius in RADII
    ]
    centred = lab - lab.mean(axis=(0, 1))
    moments = [
        lab.mean(axis=(0, 1)),
        centred.std(axis=(0, 1)),
        np.cbrt((centred**3).mean(axis=(0, 1))),
    ]
    bands = []
    for fine, coarse in BANDS:
        finer = lab if fine == 0 else gaussian_filter(lab, (fine, fine, 0), mode="nearest")
        band = finer - gaussian_filter(lab, (coarse, coarse, 0), mode="nearest")
        light, deviation = band[..., 0], band.std(axis=(0, 1)) + 0.02
        across, down = (np.abs(np.diff(light, axis=axis)).mean() + 0.01 for axis in (1, 0))
        bands.append(
            [
                *np.log(deviation),
                np.cbrt((light**3).mean()) / deviation[0],
                (light**4).mean() ** 0.25 / deviation[0],
                np.log(across / down),
            ]
        )
    return np.concatenate([*shares, *moments, *bands])
