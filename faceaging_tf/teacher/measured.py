"""What the teacher measures of one head: its flow to the mean face, skin, hair and traits."""

import dataclasses

import cv2
import numpy as np

from faceaging_tf.geometry.flow import flow_between
from faceaging_tf.geometry.landmarks import OVAL, above_oval
from faceaging_tf.teacher.regions import SIDE, person_of, skin_and_hair
from faceaging_tf.teacher.traits import traits_of

FLOW_SIDE, REGION_SIDE = SIDE // 4, SIDE // 2


@dataclasses.dataclass(frozen=True)
class MeasuredHead:
    """What the parser is to say of a head, see `networks.face_parser`.

    Attributes:
        flow: `(64, 64, 2)` float32, fractions of the side.
        regions: `(128, 128, 2)` uint8, skin and hair.
        traits: `(6,)` float32; the first is 1 for a woman, 0 for a man, NaN where unknown.
        weight: `(64, 64)` uint8, 255 where the head can be trusted.
    """

    flow: np.ndarray
    regions: np.ndarray
    traits: np.ndarray
    weight: np.ndarray


def measured_head(face, landmarks, mask, mean_shape, sex="", closed=True):
    """Measures one head.

    Args:
        face: `(256, 256, 3)` uint8.
        landmarks: `(468, 2)`, fractions of the side.
        mask: `(h, h)` uint8, the person.
        mean_shape: `(468, 2)`, fractions of the side.
        sex: "female", "male" or another word where it is unknown.
        closed: see `Heads`.
    """
    pixels = landmarks * SIDE - 0.5
    skin_mask, hair_mask = skin_and_hair(face, pixels, person_of(mask))
    small = lambda plane, side: cv2.resize(plane, (side, side), interpolation=cv2.INTER_AREA)
    flow = small(flow_between(mean_shape, landmarks, REGION_SIDE), FLOW_SIDE)
    regions = np.stack([small(plane, REGION_SIDE) for plane in (skin_mask, hair_mask)], axis=-1)
    female = {"female": 1.0, "male": 0.0}.get(sex, np.nan)
    traits = np.concatenate([[female], traits_of(face, pixels, skin_mask)]).astype("float32")
    weight = np.full((FLOW_SIDE, FLOW_SIDE), 255, np.uint8) if closed else _inside(landmarks)
    return MeasuredHead(flow, np.clip(255 * regions, 0, 255).astype(np.uint8), traits, weight)


def _inside(landmarks):
    """The face with a little of its forehead, `(64, 64)` uint8: all that is known of a head that is
    cut off at the hairline.
    """
    hull = cv2.convexHull(
        (np.concatenate([landmarks[list(OVAL)], above_oval(landmarks, 0.12)]) * FLOW_SIDE).astype(
            "float32"
        )
    )[:, 0]
    mask = np.zeros((FLOW_SIDE, FLOW_SIDE), np.uint8)
    cv2.fillPoly(mask, [hull.astype(int)], 255)
    return cv2.dilate(mask, np.ones((5, 5)))
