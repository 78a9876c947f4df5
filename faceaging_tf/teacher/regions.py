"""Skin and hair of a head whose landmarks and outline are known: soft masks, by shape and by
colour.
"""

import cv2
import numpy as np

from faceaging_tf.geometry.landmarks import (
    CHEEKS,
    CHIN,
    LEFT_BROW,
    LEFT_EYE,
    LEFT_EYE_CORNER,
    LEFT_SIDE,
    LIPS,
    NOSE,
    NOSE_BASE,
    NOSE_TIP,
    OVAL,
    RIGHT_BROW,
    RIGHT_EYE,
    RIGHT_SIDE,
    above_oval,
)

# Landmarks around what lies below either corner of the mouth, down to the jaw.
BELOW_CORNERS = ((61, 57, 214, 210, 211, 204), (291, 287, 434, 430, 431, 424))

# All distances below are pixels of a head of this side.
SIDE = 256


def person_of(mask):
    """A mask of the person `(h, h)` uint8 as `(256, 256)` float32 in 0 to 1."""
    return cv2.resize(mask, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR).astype("float32") / 255


def polygon(landmarks, outline, grow=0, blur=2.0):
    """A soft mask of the polygon of some landmarks, `(256, 256)` float32.

    Args:
        landmarks: `(468, 2)` pixels.
        outline: numbers of landmarks, in order.
        grow: pixels by which it is grown, or shrunk if negative.
        blur: of its edge, in pixels.
    """
    mask = np.zeros((SIDE, SIDE), np.uint8)
    cv2.fillPoly(mask, [np.round(landmarks[list(outline)]).astype(int)], 255)
    if grow:
        element = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * abs(grow) + 1,) * 2)
        mask = (cv2.dilate if grow > 0 else cv2.erode)(mask, element)
    return cv2.GaussianBlur(mask.astype("float32") / 255, (0, 0), blur)


def eyes(landmarks):
    """Both eyes with their lids, `(256, 256)`."""
    return np.maximum(polygon(landmarks, LEFT_EYE, 4, 2), polygon(landmarks, RIGHT_EYE, 4, 2))


def nose(landmarks):
    """The nose with its wings, `(256, 256)`: its light and its edges are its shape's, not its
    age's.
    """
    return polygon(landmarks, NOSE, 1, 2.5)


def inner_face(landmarks, margin=7, blur=5):
    """1 within the face's oval by a margin in pixels, fading towards it, `(256, 256)`: near hair,
    averages know its shadow.
    """
    return polygon(landmarks, OVAL, -margin, blur)


def brows(landmarks):
    """Both brows, `(256, 256)`."""
    return np.maximum(polygon(landmarks, LEFT_BROW, 1, 1.5), polygon(landmarks, RIGHT_BROW, 1, 1.5))


def forehead(landmarks):
    """1 above the brows, 0 from them down, soft between, `(256, 256)`."""
    top = (landmarks[105, 1] + landmarks[334, 1]) / 2
    rows = np.arange(SIDE, dtype="float32")[:, None] + np.zeros((1, SIDE), "float32")
    return 1 - np.clip((rows - (top - 10)) / 12, 0, 1)


def below_mouth_corners(landmarks):
    """From the corners of the mouth down to the jaw, `(256, 256)`."""
    return np.maximum(*(polygon(landmarks, side, 3, 4.5) for side in BELOW_CORNERS))


def skin_colour(lab, landmarks):
    """The cheeks' colours: median `(3,)` and deviation `(3,)` of the samples, LAB of 0..255."""
    points = landmarks[list(CHEEKS)].round().astype(int).clip(2, SIDE - 3)
    samples = np.concatenate([lab[y - 2 : y + 3, x - 2 : x + 3].reshape(-1, 3) for x, y in points])
    return np.median(samples, axis=0), samples.std(axis=0)


def skin_and_hair(face, landmarks, person):
    """The face's skin with its forehead, without eyes, brows and lips, and the hair; by shape and
    by colour.

    The cheeks say what skin looks like, what lies above the forehead what hair does; a pixel is of
    the kind that it is more like, with a bias by where it lies. Whose head has no colour above the
    forehead but the skin's, and no strands, is bald. Colours that no hair has (green, blue, bright
    red) are left out.

    Args:
        face: `(256, 256, 3)` uint8.
        landmarks: `(468, 2)` pixels.
        person: `(256, 256)` in 0 to 1.

    Returns:
        Two `(256, 256)` float32 in 0 to 1.
    """
    rows, columns = np.mgrid[:SIDE, :SIDE].astype("float32")
    hull = _hull(landmarks, 0.15, 0.45)
    lab = _lab(face)
    smooth = cv2.GaussianBlur(lab, (0, 0), 1.2)
    skin_middle, skin_spread = skin_colour(lab, landmarks)
    unlike_skin = (((smooth - skin_middle) / (np.array([18, 5, 6]) + skin_spread)) ** 2).sum(
        axis=-1
    )
    # Below the brows the oval's inside is face whatever its colour; above them a fringe may hang.
    face_inside = np.clip((rows - (landmarks[[105, 334], 1].mean() - 8)) / 8, 0, 1)
    inside = np.clip(
        (cv2.GaussianBlur(cv2.erode(person.astype("float32"), np.ones((3, 3))), (0, 0), 1.2) - 0.35)
        / 0.5,
        0,
        1,
    )
    likeness = np.zeros((SIDE, SIDE), "float32")
    colour = _hair_colour(lab, landmarks, inside * (1 - hull), skin_middle)
    if colour is not None:
        hair_middle, hair_spread = colour
        unlike_hair = (
            ((smooth - hair_middle) / (np.array([12, 4, 5]) + 1.5 * hair_spread)) ** 2
        ).sum(axis=-1)
        bias = 1.5 - 2.2 * hull - 9.0 * face_inside * polygon(landmarks, OVAL, -14, 6)
        likeness = 1 / (
            1
            + np.exp(
                -np.clip(
                    0.5 * (np.minimum(unlike_skin, 30) - np.minimum(unlike_hair, 30)) + bias,
                    -20,
                    20,
                )
            )
        )
    below = rows > landmarks[NOSE_TIP, 1]
    # Below the nose beards are skin: the shape is trusted more than the colour.
    like_skin = np.exp(-0.5 * np.maximum(unlike_skin - 9, 0) / 4)
    like_skin = np.where(below, np.maximum(like_skin, 0.6), like_skin * (1 - likeness))
    skin = (
        cv2.GaussianBlur(hull, (0, 0), 3)
        * cv2.GaussianBlur(like_skin.astype("float32"), (0, 0), 1.5)
        * person
    )
    for outline, grow in (
        (LEFT_EYE, 1),
        (RIGHT_EYE, 1),
        (LEFT_BROW, 1),
        (RIGHT_BROW, 1),
        (LIPS, 0),
    ):
        skin *= 1 - polygon(landmarks, outline, grow, 1.5)
    if colour is None:
        return skin.astype("float32"), np.zeros((SIDE, SIDE), "float32")
    mask = inside * likeness * (1 - face_inside * polygon(landmarks, OVAL, -8, 4))
    # From the eyes' height down only what has the hair's colour: ears, necks and clothes are no
    # hair.
    alike = np.clip((2.4 - np.sqrt(unlike_hair)) / 0.8, 0, 1)
    eye_level = 0.75 * landmarks[LEFT_EYE_CORNER, 1] + 0.25 * landmarks[NOSE_TIP, 1]
    low = np.clip((rows - eye_level) / 16, 0, 1)
    red, yellow = (
        cv2.GaussianBlur(lab[..., 1], (0, 0), 2) - 128,
        cv2.GaussianBlur(lab[..., 2], (0, 0), 2) - 128,
    )
    impossible = np.maximum.reduce([(-6 - red) / 5, (red - 30) / 8, (-8 - yellow) / 5]).clip(0, 1)
    mask = mask * (1 - low + low * alike) * (1 - impossible)
    chin = landmarks[CHIN, 1]
    beside = np.abs(columns - landmarks[NOSE_TIP, 0]) / (
        np.linalg.norm(landmarks[RIGHT_SIDE] - landmarks[LEFT_SIDE]) / 2
    )
    mask = mask * (1 - np.clip((rows - (chin + 55)) / 25, 0, 1))
    mask = mask * (
        1 - polygon(landmarks, OVAL, 10, 3) * np.clip((rows - landmarks[NOSE_BASE, 1]) / 12, 0, 1)
    )
    mask = mask * (
        1 - np.clip((rows - (chin - 24)) / 12, 0, 1) * np.clip((0.95 - beside) / 0.1, 0, 1)
    )
    # A dark suit has dark hair's colour too; hair hangs together with what grows above the eyes.
    _, parts = cv2.connectedComponents((mask > 0.4).astype(np.uint8))
    rooted = np.unique(parts[(mask > 0.4) & (rows < landmarks[LEFT_EYE_CORNER, 1])])
    mask = mask * cv2.dilate(np.isin(parts, rooted[rooted > 0]).astype(np.uint8), np.ones((5, 5)))
    return skin.astype("float32"), cv2.GaussianBlur(mask.astype("float32"), (0, 0), 1.0)


# A head is bald where what lies above its forehead differs from the skin by less than this, in
# units of a usual difference, and has fewer strands.
BALD_COLOUR, BALD_STRANDS = 1.6, 5.0
FEWEST = 300


def _hair_colour(lab, landmarks, beyond, skin_middle):
    """Median and mean deviation of the hair's colour, `(3,)` each; None where there is none to be
    seen.

    Args:
        lab: `(256, 256, 3)`.
        landmarks: `(468, 2)` pixels.
        beyond: `(256, 256)` in 0 to 1, the person beyond the face and its forehead.
        skin_middle: `(3,)`.
    """
    rows = np.arange(SIDE)[:, None]
    seen = (beyond > 0.6) & (rows < landmarks[LEFT_EYE_CORNER, 1])
    if seen.sum() < FEWEST:
        return None
    middle = np.median(lab[seen], axis=0)
    difference = np.sqrt((((middle - skin_middle) / (28, 8, 9)) ** 2).sum())
    strands = np.abs(lab[..., 0] - cv2.GaussianBlur(lab[..., 0], (0, 0), 2))[seen].mean()
    if difference < BALD_COLOUR and strands < BALD_STRANDS:
        return None
    return middle, np.abs(lab[seen] - middle).mean(axis=0)


def _hull(landmarks, *above):
    """The face with a part of its forehead, `(256, 256)` float32, 0 or 1."""
    outline = cv2.convexHull(
        np.concatenate([landmarks[list(OVAL)], above_oval(landmarks, *above)]).astype("float32")
    )[:, 0]
    mask = np.zeros((SIDE, SIDE), np.uint8)
    cv2.fillPoly(mask, [outline.astype(int)], 1)
    return mask.astype("float32")


def _lab(face):
    return cv2.cvtColor(face, cv2.COLOR_RGB2LAB).astype("float32")
